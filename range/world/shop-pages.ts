import { chance, Stream } from './draw.ts'
import { effectsOf, policyOn } from './scripts.ts'
import { baselineOf, buildOf, customerBy, pageOf, staffBy } from './shop-lookup.ts'
import { releasedScripts, SLUGS } from './shop-scripts.ts'
import type { MonitorCall, Page } from './types-shop.ts'
import type { ShopCommand, ShopEvent } from './types-shop-change.ts'
import type { World, WorldEvent } from './types.ts'

type PageCommand = Extract<
  ShopCommand,
  { kind: 'PublishPage' | 'SignPage' | 'InspectPages' | 'RestorePage' | 'ReleaseShop' }
>
const SCRIPTS_MAX = 12
const TEXT_MAX = 20_000
const REVISIONS_MAX = 400

/**
 * Pages of the shop. Publishing appends a revision and serves it; signing makes the live one part
 * of the baseline; restoring serves the newest signed revision again, or, where that one is live
 * and in doubt, what the shop's own build last made; inspecting only looks. Refuses a suspended or
 * locked author, and where the control is on what nobody but its author has approved.
 */
export function decidePages(world: World, command: PageCommand): readonly WorldEvent[] {
  switch (command.kind) {
    case 'PublishPage':
      return publish(world, command)
    case 'SignPage':
      return sign(world, command.page, command.revision)
    case 'InspectPages':
      return [
        { kind: 'PagesInspected', round: command.round, calls: callsSeen(world, command.round) },
      ]
    case 'RestorePage':
      return restore(world, command.page)
    case 'ReleaseShop':
      return release(world, command.release)
  }
}

function publish(
  world: World,
  command: Extract<PageCommand, { kind: 'PublishPage' }>,
): readonly WorldEvent[] {
  const refuse = (reason: string): readonly WorldEvent[] => [
    { kind: 'CommandRefused', command: 'PublishPage', reason },
  ]
  const staff = staffBy(world.shop, command.author)
  if (staff?.suspended || customerBy(world.shop, command.author)?.locked)
    return refuse('account-suspended')
  const alone = command.approvedBy === null || command.approvedBy === command.author
  if (world.config.controls.pageApproval && alone) return refuse('not-approved')
  const page = pageOf(world.shop, command.page)
  if (page.revisions.length >= REVISIONS_MAX) return refuse('too-many-revisions')
  const fits =
    command.scripts.length <= SCRIPTS_MAX &&
    command.scripts.every((script) => script.text.length <= TEXT_MAX)
  if (!fits) return refuse('page-too-large')
  return [
    {
      kind: 'PagePublished',
      page: command.page,
      revision: {
        number: nextNumber(page),
        at: world.now,
        author: command.author,
        via: command.via,
        approvedBy: command.approvedBy,
        signed: false,
        scripts: command.scripts,
      },
      ...(command.hand === undefined ? {} : { hand: command.hand }),
    },
  ]
}
function nextNumber(page: Page): number {
  return page.revisions.at(-1)!.number + 1
}
function sign(world: World, slug: Page['slug'], number: number | undefined): readonly WorldEvent[] {
  const page = pageOf(world.shop, slug)
  const revision = page.revisions[page.live]!
  if (number !== undefined && number !== revision.number)
    return [{ kind: 'CommandRefused', command: 'SignPage', reason: 'another-revision' }]
  if (revision.signed)
    return [{ kind: 'CommandRefused', command: 'SignPage', reason: 'signed-already' }]
  return [{ kind: 'PageSigned', page: slug, revision: revision.number }]
}
function restore(world: World, slug: Page['slug']): readonly WorldEvent[] {
  const page = pageOf(world.shop, slug)
  const signed = baselineOf(page)
  const back = page.live === signed ? buildOf(page) : signed
  if (page.live === back)
    return [{ kind: 'CommandRefused', command: 'RestorePage', reason: 'page-is-baseline' }]
  return [{ kind: 'PageRestored', page: slug, revision: page.revisions[back]!.number }]
}

/**
 * The monitor opens every page in a browser of its own, as a customer who buys would: on the
 * checkout it types a number into the card field and sends the form. What the programs then call
 * is noted by a proxy, which lets nothing out. A program may draw lots, or keep still in such a
 * browser.
 */
function callsSeen(world: World, round: number): readonly MonitorCall[] {
  const { seed } = world.config
  return world.shop.pages.flatMap((page) =>
    page.revisions[page.live]!.scripts.flatMap((script, place) =>
      effectsOf(script.text)
        .filter(({ host, automated, permille, when }, i) => {
          const may = automated && policyOn(world.shop.csp, host) !== 'blocked'
          const typed = when === 'load' || page.slug === 'checkout'
          return (
            may && typed && chance(permille, seed, Stream.monitor, round + 1, 10 + 16 * place + i)
          )
        })
        .map(({ host, card }): MonitorCall => ({ page: page.slug, host, canary: card })),
    ),
  )
}
/**
 * A release publishes every page from the signed baseline; signing follows shortly after
 * (staff.ts).
 */
function release(world: World, number: number): readonly WorldEvent[] {
  const published = SLUGS.map((slug): ShopEvent => {
    const page = pageOf(world.shop, slug)
    const scripts = releasedScripts(page.revisions[baselineOf(page)]!.scripts, number)
    return {
      kind: 'PagePublished',
      page: slug,
      revision: {
        number: nextNumber(page),
        at: world.now,
        author: 'release',
        via: 'release',
        approvedBy: 'release',
        signed: false,
        scripts,
      },
    }
  })
  return [{ kind: 'ShopReleased', release: number }, ...published]
}
