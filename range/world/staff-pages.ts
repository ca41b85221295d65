import { range, Stream } from './draw.ts'
import { hash32 } from './key.ts'
import { hostsNamed } from './scripts.ts'
import { baselineOf, liveRevision, pageOf } from './shop-lookup.ts'
import {
  ALLOWED_HOSTS,
  COUNTER_HOST,
  marketingTag,
  noticeScript,
  releasedScripts,
} from './shop-scripts.ts'
import type { Page, PageRevision, ScriptTag } from './types-shop.ts'
import type { ShopCommand, ShopEvent } from './types-shop-change.ts'
import { later, MINUTE, TOWN } from './staff-later.ts'
import type { Scheduled, World } from './types.ts'

/**
 * The pages' part of the office: changes that editors make, and the colleague with the release key
 * who signs what was published. What the colleague knows is what anybody at that desk could see or
 * ask: the change, who approved it, and the word of the person whose account did it.
 */
/**
 * Minutes that a page rests before the next change, so that each is looked at and signed by itself.
 */
const REST_MINUTES = 3
/**
 * The same turn again a little later, where the page has just been changed; null where it is free.
 */
function waitFor(
  world: World,
  page: Page['slug'],
  staff: number,
  turn: number,
): readonly Scheduled[] | null {
  const live = liveRevision(world.shop, page)
  const fresh =
    !live.signed && live.at > world.config.start && world.now - live.at < REST_MINUTES * MINUTE
  return fresh
    ? [later(world, REST_MINUTES, staff, turn, { kind: 'StaffWorks', staff, turn })]
    : null
}

/** Account of the editor who is asked before a change of a colleague's. */
function otherEditor(world: World, staff: number): string | null {
  const other = world.shop.staff.find((one) => one.role === 'editor' && one.id !== staff)
  return other?.account ?? null
}

/** An editor publishes a change at once, in person and under the own account. */
function inPerson(
  world: World,
  staff: number,
  n: number,
  { page, via, approvedBy, scripts }: Pick<PublishPage, 'page' | 'via' | 'approvedBy' | 'scripts'>,
): Scheduled {
  const author = world.shop.staff[staff]!.account
  const kind = 'PublishPage'
  return later(world, 0, staff, n, { kind, page, author, via, approvedBy, hand: staff, scripts })
}
type PublishPage = Extract<ShopCommand, { kind: 'PublishPage' }>

/** A new campaign of the tag manager, approved by the other editor. */
export function publishTag(
  world: World,
  staff: number,
  n: number,
  turn: number,
): readonly Scheduled[] {
  const { seed } = world.config
  const page = (['home', 'product', 'checkout'] as const)[range(3, seed, Stream.marketing, n, 0)]!
  const wait = waitFor(world, page, staff, turn)
  if (wait) return wait
  const number = 300 + range(600, seed, Stream.marketing, n, 1)
  const standing = liveRevision(world.shop, page).scripts.filter(
    (script) => !script.src.includes('campaign'),
  )
  const scripts = [...standing, marketingTag(number)]
  const approvedBy = otherEditor(world, staff)
  return [inPerson(world, staff, n, { page, via: 'tag-manager', approvedBy, scripts })]
}

/**
 * An editor's own small change: a notice at the top of a page. Once in a while nobody is there to
 * ask beforehand.
 */
export function changePage(
  world: World,
  staff: number,
  n: number,
  turn: number,
  reviewed: boolean,
): readonly Scheduled[] {
  const { seed } = world.config
  const page = (['home', 'checkout', 'cart', 'checkout'] as const)[
    range(4, seed, Stream.marketing, 5_000 + n, 0)
  ]!
  const wait = waitFor(world, page, staff, turn)
  if (wait) return wait
  const standing = liveRevision(world.shop, page).scripts.filter(
    (script) => !script.text.startsWith('// notice'),
  )
  const notice = noticeScript(standing.length, range(900, seed, Stream.marketing, 5_000 + n, 1))
  const scripts = [...standing, notice]
  const approvedBy = reviewed ? otherEditor(world, staff) : null
  return [inPerson(world, staff, n, { page, via: 'editor', approvedBy, scripts })]
}

/**
 * The payment company ships a new version of its whole file; an editor has read the note about it.
 */
export function updatePartner(
  world: World,
  staff: number,
  n: number,
  turn: number,
): readonly Scheduled[] {
  const wait = waitFor(world, 'checkout', staff, turn)
  if (wait) return wait
  const page = pageOf(world.shop, 'checkout')
  const theirs = page.revisions[baselineOf(page)]!.scripts.find((script) =>
    script.src.includes('paynorth'),
  )
  const text = (theirs?.text ?? '').replace(/field \d+\.\d+/, `field 3.${3 + n}`)
  const scripts = liveRevision(world.shop, 'checkout').scripts.map((script) =>
    theirs && script.src === theirs.src ? { ...script, text } : script,
  )
  return [
    later(world, 0, staff, n, {
      kind: 'PublishPage',
      page: 'checkout',
      author: 'paynorth',
      via: 'dependency',
      approvedBy: world.shop.staff[staff]!.account,
      scripts,
    }),
  ]
}

/** Changes that the colleague opens and reads line by line, per mille; the others get a glance. */
const READ_PERMILLE = 500
/** Authors who pick up the telephone at once, per mille. */
const REACHED_PERMILLE = 800

/**
 * The colleague looks at a publication within two minutes and signs it, or leaves it unsigned:
 * - a release, if the page is what the build made of the last baseline;
 * - anything else only while no more than one script is new, and, where it is read, nothing in it
 *   looks odd;
 * - then what somebody else approved; what nobody approved after a word with its author, who may be
 *   hard to reach, and only if it was the author's own doing. A firm outside is not asked.
 */
export function lookAtPage(
  world: World,
  { page, revision, hand }: Extract<ShopEvent, { kind: 'PagePublished' }>,
): readonly Scheduled[] {
  if (liveRevision(world.shop, page).number !== revision.number) return []
  const { seed } = world.config
  if (revision.via === 'release') {
    const seconds = 25 + range(50, seed, Stream.release, revision.number, 0)
    return isBuild(world, page, revision) ? [signAfter(world, page, revision, seconds)] : []
  }
  const lot = (n: number, index: number): number =>
    range(n, seed, Stream.marketing, hash32(page) + revision.number, index)
  const strange = strangeScripts(world, page)
  if (strange.length > 1) return []
  if (lot(1_000, 3) < READ_PERMILLE && looksOdd(world, page, strange)) return []
  const seconds = 30 + range(85, seed, Stream.marketing, revision.number, 2)
  if (revision.approvedBy !== null && revision.approvedBy !== revision.author)
    return [signAfter(world, page, revision, seconds)]
  const own = hand !== undefined && world.shop.staff[hand]?.account === revision.author
  if (!own) return []
  const reached = lot(1_000, 4) < REACHED_PERMILLE
  return [signAfter(world, page, revision, reached ? seconds : 360 + lot(540, 5))]
}
function signAfter(
  world: World,
  page: Page['slug'],
  revision: PageRevision,
  seconds: number,
): Scheduled {
  return {
    at: world.now + seconds * 1000,
    entity: hash32(page),
    ordinal: revision.number,
    command: { kind: 'SignPage', page, revision: revision.number },
    cause: TOWN,
  }
}

function isBuild(world: World, slug: Page['slug'], revision: PageRevision): boolean {
  const page = pageOf(world.shop, slug)
  const built = releasedScripts(page.revisions[baselineOf(page)]!.scripts, world.shop.release)
  return (
    built.length === revision.scripts.length &&
    built.every(
      ({ src, text }, i) => src === revision.scripts[i]!.src && text === revision.scripts[i]!.text,
    )
  )
}

/** Scripts of the page as it stands that no signed revision of it has. */
function strangeScripts(world: World, page: Page['slug']): readonly ScriptTag[] {
  const signed = new Set(signedScripts(world, page).map(({ src, text }) => `${src}\n${text}`))
  return liveRevision(world.shop, page).scripts.filter(
    ({ src, text }) => !signed.has(`${src}\n${text}`),
  )
}
function signedScripts(world: World, page: Page['slug']): readonly ScriptTag[] {
  return pageOf(world.shop, page)
    .revisions.filter((one) => one.signed)
    .flatMap((one) => one.scripts)
}

/**
 * What makes a reader frown at the new lines: words put together so that they cannot be read, the
 * payment form, a host that is on no list.
 */
function looksOdd(world: World, page: Page['slug'], strange: readonly ScriptTag[]): boolean {
  const known = new Set(signedScripts(world, page).flatMap(({ text }) => text.split('\n')))
  const fresh = strange
    .flatMap(({ text }) => text.split('\n'))
    .filter((line) => !known.has(line))
    .join('\n')
  const hosts: readonly string[] = ALLOWED_HOSTS
  return (
    /\b(?:atob|eval|fromCharCode)\b|\.reverse\(/.test(fresh) ||
    /data-pay|elements\./.test(fresh) ||
    hostsNamed(fresh).some((host) => !hosts.includes(host) && host !== COUNTER_HOST)
  )
}
