import { range, Stream } from './draw.ts'
import { hash32, hex16 } from './key.ts'
import { renderView } from './pages.ts'
import { sealRequest } from './shop-seal.ts'
import { SHOP_HOST } from './shop-scripts.ts'
import { partnerRoute } from './storefront-partners.ts'
import { route } from './storefront-routes.ts'
import { sessionOf } from './shop-lookup.ts'
import { newSession } from './shop-session.ts'
import type { Reply } from './storefront-visit.ts'
import type { Session, ShopRequest, ShopResponse, View } from './types-shop.ts'
import type { ShopEvent } from './types-shop-change.ts'
import type { World } from './types.ts'

/** Sessions that the shop keeps in a day; a visitor beyond is answered 503. */
export const SESSIONS_MAX = 20_000
const EMPTY: View = { kind: 'text', text: '' }

/**
 * Answers one HTTP request of anybody, simulated or real: the only door of the shop and of every
 * other host of the town's internet. Pure. Events end with HttpServed, whose request holds no card
 * number (printed ones have become tokens). Refuses with 400 a number that is not printed, 403 a
 * blocked source, 404 what is not there, 429 too many payments, 503 beyond SESSIONS_MAX.
 */
export function handle(
  world: World,
  asked: ShopRequest,
): { readonly response: ShopResponse; readonly events: readonly ShopEvent[] } {
  const { request, unprinted } = sealRequest(world.shop, asked)
  if (request.host !== SHOP_HOST) return partner(world, request, unprinted)
  const turnAway = (code: number, words: string): ReturnType<typeof handle> =>
    finish(world, request, null, { code, view: { kind: 'text', text: words } }, [])
  if (world.shop.blockedIps.includes(request.ip))
    return turnAway(403, 'Your network is not welcome here.')
  if (unprinted) return turnAway(400, 'This shop takes only the cards of your own wallet.')
  const session = freshSession(world, request)
  const known = sessionOf(world.shop, session.key) !== null
  if (!known && world.shop.sessions.length >= SESSIONS_MAX)
    return turnAway(503, 'Please come back in a minute.')
  const opened: readonly ShopEvent[] = known
    ? []
    : [{ kind: 'SessionOpened', key: session.key, ip: request.ip, agent: request.agent }]
  const own = { ...request, session: session.key }
  return finish(world, own, session, route({ world, request: own, session }), opened)
}
function freshSession(world: World, request: ShopRequest): Session {
  const fits = /^[0-9a-f]{16}$/.test(request.session)
  const key = fits
    ? request.session
    : hex16(world.config.seed, Stream.http, hash32(request.ip + request.agent), 1)
  return (
    sessionOf(world.shop, key) ??
    newSession(world.shop, { key, ip: request.ip, agent: request.agent }, world)
  )
}

function partner(
  world: World,
  request: ShopRequest,
  unprinted: boolean,
): ReturnType<typeof handle> {
  const reply = unprinted ? { code: 400 } : partnerRoute(world, request)
  return finish(world, request, null, reply, [])
}

function finish(
  world: World,
  request: ShopRequest,
  session: Session | null,
  reply: Reply,
  opened: readonly ShopEvent[],
): ReturnType<typeof handle> {
  const view = reply.view ?? EMPTY
  const response: ShopResponse = {
    code: reply.code,
    location: reply.location ?? null,
    view,
    page: reply.page ?? null,
    length: view === EMPTY ? 0 : utf8Length(renderView(world, view, { base: '/' })),
  }
  const customer = session?.customer ?? null
  const served: ShopEvent = {
    kind: 'HttpServed',
    request,
    response,
    durationMs: duration(world, request, session),
    account: customer === null ? null : world.shop.customers[customer]!.account,
  }
  return { response, events: [...opened, ...(reply.events ?? []), served] }
}

/** Milliseconds that the answer took: pages 18 to 90, payments wait for the bank. */
function duration(world: World, request: ShopRequest, session: Session | null): number {
  const wait = request.path === '/checkout/pay' ? 380 : 0
  const entity = session ? hash32(session.key) : hash32(request.ip)
  return (
    18 +
    wait +
    range(72 + wait, world.config.seed, Stream.http, entity, 100 + (session?.requests ?? 0))
  )
}

/** Bytes of a text in UTF-8. */
function utf8Length(words: string): number {
  let bytes = 0
  for (let from = 0; from < words.length;) {
    const { read, written } = encoder.encodeInto(from === 0 ? words : words.slice(from), scratch)
    bytes += written
    from += read
  }
  return bytes
}
const encoder = new TextEncoder()
/** Written over at each call; only its length matters. */
const scratch = new Uint8Array(131_072)
