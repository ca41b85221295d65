import { chance, range, Stream } from './draw.ts'
import { hash32 } from './key.ts'
import { revisionNumbered, sessionOf } from './shop-lookup.ts'
import { SHOP_HOST } from './shop-scripts.ts'
import { effectsOf, policyOn, type Effect } from './scripts.ts'
import type { Page, PageRevision, Session, ShopRequest } from './types-shop.ts'
import type { Cause, Command, Happened, Scheduled, World } from './types.ts'

/**
 * The browsers of simulated people: they load the scripts of the page revision that they were
 * served, do what those programs do, and keep to the shop's Content-Security-Policy. A person's own
 * browser does the same by itself, so requests with a player as cause set nothing off here.
 */
export function browserReacts(world: World, { event, cause }: Happened): readonly Scheduled[] {
  if (cause.kind === 'player') return []
  if (event.kind === 'HttpServed') return loaded(world, event.request, event.response.page, cause)
  if (event.kind === 'PaymentTried') return submitted(world, event.session, event.card, cause)
  return []
}

function loaded(
  world: World,
  request: ShopRequest,
  page: { slug: Page['slug']; revision: number } | null,
  cause: Cause,
): readonly Scheduled[] {
  const session = page && request.host === SHOP_HOST ? sessionOf(world.shop, request.session) : null
  const revision = page && session ? revisionNumbered(world.shop, page.slug, page.revision) : null
  if (!session || !revision) return []
  const effects = effectsIn(revision, 'load')
  const fresh = session.seen.some(
    (one) => one.slug === page!.slug && one.request === session.requests,
  )
  const wanted = fresh ? ownScripts(world, session, revision) : []
  const browser = { world, session, page: page!, cause }
  return [
    ...wanted.map((src, i) => later(browser, i, get(session, src))),
    ...effects.flatMap((effect, i) => act(browser, effect, 8 + i, {})),
    ...extension(browser),
  ]
}
/** Hosts that people's own browser extensions call from shops' pages. */
const EXTENSIONS = [
  'coupons.saveatill.example',
  'api.pricebell.example',
  'words.typecoach.example',
  'deals.cartbuddy.example',
  'ads.oldtoolbar.example',
  'sync.passvault.example',
] as const
/**
 * Benign twin `browser-extension`: behind one address in 25 a browser has an extension that wants
 * to call home from basket and checkout, every other time; the shop's policy makes the browser
 * report it.
 */
function extension(browser: Browser): readonly Scheduled[] {
  const { world, session, page } = browser
  if (page.slug !== 'checkout' && page.slug !== 'cart') return []
  const { seed, twins } = world.config
  const device = hash32(session.ip)
  const permille = Math.min(1000, Math.round((40 * (twins['browser-extension'] ?? 1000)) / 1000))
  if (!chance(permille, seed, Stream.agent, device, 1)) return []
  const host = EXTENSIONS[range(EXTENSIONS.length, seed, Stream.agent, device, 2)]!
  return act(browser, { host, path: '/v1', when: 'load', card: false, permille: 500 }, 7, {})
}
function submitted(world: World, key: string, card: number, cause: Cause): readonly Scheduled[] {
  const session = sessionOf(world.shop, key)
  if (!session?.page || session.page.slug !== 'checkout') return []
  const revision = revisionNumbered(world.shop, 'checkout', session.page.revision)
  if (!revision) return []
  const browser = { world, session, page: session.page, cause }
  const { token } = world.shop.cards[card]!
  return effectsIn(revision, 'submit').flatMap((effect, i) =>
    act(browser, effect, 20 + i, effect.card ? { v: token } : {}),
  )
}

interface Browser {
  readonly world: World
  readonly session: Session
  readonly page: { readonly slug: Page['slug']; readonly revision: number }
  readonly cause: Cause
}
/** One effect: drawn by its sampling rate, then sent, reported, or both, as the policy says. */
function act(
  browser: Browser,
  effect: Omit<Effect, 'automated'>,
  slot: number,
  form: ShopRequest['form'],
): readonly Scheduled[] {
  const { world, session } = browser
  const lot = session.requests * 64 + slot
  if (
    !chance(
      effect.permille,
      world.config.seed,
      Stream.customerBrowse,
      hash32(session.key),
      1_000_000 + lot,
    )
  )
    return []
  const verdict = policyOn(world.shop.csp, effect.host)
  const sent =
    verdict === 'blocked'
      ? []
      : [later(browser, slot, post(session, effect.host, effect.path, form))]
  const told =
    verdict === 'allowed'
      ? []
      : [
          later(
            browser,
            slot + 8,
            post(session, SHOP_HOST, '/~csp', {
              host: effect.host,
              uri: `https://${effect.host}${effect.path}`,
              directive: 'connect-src',
              page: browser.page.slug,
              disposition: verdict === 'blocked' ? 'enforce' : 'report',
            }),
          ),
        ]
  return [...sent, ...told]
}

function effectsIn(revision: PageRevision, when: Effect['when']): readonly Effect[] {
  return revision.scripts
    .flatMap((script) => effectsOf(script.text))
    .filter((effect) => effect.when === when)
}
/** The shop's own script files that this session's browser has not got yet. */
function ownScripts(world: World, session: Session, revision: PageRevision): readonly string[] {
  const cached = new Set(
    session.seen.slice(0, -1).flatMap(({ slug }) => {
      const page = world.shop.pages.find((one) => one.slug === slug)!
      return page.revisions[page.live]!.scripts.map((script) => script.src)
    }),
  )
  return revision.scripts
    .map((script) => script.src)
    .filter((src) => src.startsWith('/assets/') && !cached.has(src))
}

function later({ world, session, cause }: Browser, slot: number, request: ShopRequest): Scheduled {
  const entity = hash32(session.key)
  const ordinal = session.requests * 64 + slot
  const delay =
    60 + range(400, world.config.seed, Stream.customerBrowse, entity, 2_000_000 + ordinal)
  const command: Command = { kind: 'Http', request }
  return { at: world.now + delay, entity, ordinal, command, cause }
}
function get(session: Session, path: string): ShopRequest {
  return {
    method: 'GET',
    host: SHOP_HOST,
    path,
    query: '',
    form: {},
    session: session.key,
    ip: session.ip,
    agent: session.agent,
    referrer: `https://${SHOP_HOST}/`,
  }
}
function post(
  session: Session,
  host: string,
  path: string,
  form: ShopRequest['form'],
): ShopRequest {
  return {
    method: 'POST',
    host,
    path,
    query: '',
    form,
    session: host === SHOP_HOST ? session.key : '',
    ip: session.ip,
    agent: session.agent,
    referrer: `https://${SHOP_HOST}/checkout`,
  }
}
