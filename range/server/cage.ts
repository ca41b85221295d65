import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { rememberedKey } from '../world/identity.ts'
import { mediaType } from '../world/pages.ts'
import { sealRequest } from '../world/shop-seal.ts'
import { SHOP_HOST } from '../world/shop-scripts.ts'
import type { ShopRequest, ShopResponse } from '../world/types-shop.ts'
import { readBody, sendText } from './answer.ts'
import { cageHeaders, shopPolicy } from './cage-headers.ts'
import { HOME } from './home.ts'
import { Limits } from './limits.ts'
import { originOf } from './origin.ts'
import type { Room } from './room.ts'
import type { Rooms } from './rooms.ts'

const ADDRESS = /^\/x\/([A-Za-z0-9_-]{24})\/(~shim\.js|~csp|~\/([a-z0-9][a-z0-9.-]{0,79})(\/.*)?)$/i
const FORM_BYTES_MAX = 16_384
const FIELDS_MAX = 40
const RATE = { burst: 150, perSecond: 25 }
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0'
const SHIM = readFileSync(join(HOME, 'range/client/cage/shim.js'), 'utf8')
/** A visit's number that no simulated customer reaches. */
const PLAYER_VISIT = 9000

interface Place {
  readonly room: Room
  readonly seat: string
  readonly cap: string
  readonly base: string
}

/**
 * The storefront in its cage: `/x/<cap>/~/<host>/path` is `https://<host>/path` of the town, asked
 * by the seat that the capability stands for. Cookies are ignored, redirects never leave the
 * capability, and a card number that was not printed by us is refused before anything is stored or
 * logged.
 */
export function createCage(
  rooms: Rooms,
  publicUrl?: URL,
): (req: IncomingMessage, res: ServerResponse, path: string) => Promise<boolean> {
  const limits = new Limits(RATE)
  return async (req, res, path) => {
    if (!path.startsWith('/x/') && path !== '/x') return false
    const origin = originOf(req, publicUrl)!
    const [, cap = '', what = '', host = '', rest = '/'] = ADDRESS.exec(path) ?? []
    const base = `${origin}/x/${cap || 'nobody'}/`
    const inner = req.headers['sec-fetch-dest']
    cageHeaders(res, base, {
      outermost: inner === undefined || inner === 'iframe' || inner === 'document',
    })
    const held = cap === '' ? undefined : rooms.cage(cap)
    if (!held) return say(res, 404, 'There is no shop at this address.')
    if (req.headers['service-worker'] !== undefined) return say(res, 403, 'No.')
    if (inner === 'document')
      return say(res, 403, 'This shop is only shown in its window in the exercise.')
    if (!limits.take(cap)) return say(res, 429, 'The shop is busy. Please try again in a moment.')
    const place: Place = { ...held, cap, base }
    if (req.method === 'OPTIONS') return preflight(res)
    if (what === '~shim.js') return shim(res)
    if (what === '~csp') return report(place, req, res)
    await visit(place, req, res, { host: host.toLowerCase(), path: rest })
    return true
  }
}

function say(res: ServerResponse, status: number, words: string): true {
  sendText(res, status, `${words}\n`)
  return true
}
function preflight(res: ServerResponse): true {
  res.writeHead(204, {
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Allow-Headers': 'content-type',
    'Access-Control-Max-Age': '600',
  })
  res.end()
  return true
}
function shim(res: ServerResponse): true {
  sendText(res, 200, SHIM, 'text/javascript; charset=utf-8')
  return true
}

async function visit(
  place: Place,
  req: IncomingMessage,
  res: ServerResponse,
  where: { host: string; path: string },
): Promise<void> {
  const method = req.method === 'HEAD' ? 'GET' : req.method
  if (method !== 'GET' && method !== 'POST')
    return void say(res, 405, 'The shop does not understand that.')
  const origin = req.headers.origin
  if (method === 'POST' && origin !== undefined && origin !== 'null')
    return void say(res, 403, 'This comes from another site.')
  const form = method === 'POST' ? await readForm(req) : {}
  if (form === null) return void say(res, 413, 'That is too much at once.')
  await answer(
    place,
    res,
    requestOf(place, {
      ...where,
      method,
      query: (req.url ?? '').split('?').slice(1).join('?').slice(0, 2000),
      form,
    }),
  )
}

async function answer(place: Place, res: ServerResponse, asked: ShopRequest): Promise<void> {
  const { room, seat } = place
  const { request, unprinted } = sealRequest(room.run.world().shop, asked)
  if (unprinted)
    return void say(
      res,
      400,
      'This shop takes only the cards of your own wallet. Never type a real card number here.',
    )
  if (room.run.phase() === 'ended')
    return void say(res, 503, 'The exercise is over. The shop has closed.')
  // What changes something of the shop is receipted, and what its pages post elsewhere is not: to
  // the seat over its own line, never in here.
  const changes = request.method === 'POST' && request.host === SHOP_HOST
  const sent = changes ? { seat, id: randomBytes(12).toString('hex') } : undefined
  const outcome = await room.submit({ kind: 'Requested', seat, request }, sent)
  if (!outcome.ok)
    return void say(
      res,
      503,
      outcome.reason === 'paused'
        ? 'The exercise is paused: you can look around, but nothing changes.'
        : 'The shop did not answer. Please try again.',
    )
  if (!outcome.response) return void say(res, 500, 'The shop did not answer.')
  send(place, res, request, outcome.response)
}

function send(
  place: Place,
  res: ServerResponse,
  request: ShopRequest,
  response: ShopResponse,
): void {
  const { room, base } = place
  const { csp } = room.run.world().shop
  const policy = request.host === SHOP_HOST ? shopPolicy(csp, base, SHOP_HOST) : null
  if (policy !== null) {
    if (policy.name === 'Content-Security-Policy')
      res.setHeader(policy.name, [String(res.getHeader(policy.name)), policy.value])
    else res.setHeader(policy.name, policy.value)
  }
  if (response.location !== null) {
    res.writeHead(response.code, { Location: inCage(response.location, base, request.host) })
    return void res.end()
  }
  const text = room.run.render(response, `${base}~/${SHOP_HOST}/`)
  const type = mediaType(response.view)
  if (response.code === 204 || response.code === 304) {
    res.writeHead(response.code)
    return void res.end()
  }
  sendText(res, response.code, type.startsWith('text/html') ? withShim(text, base) : text, type)
}

/**
 * Where a redirect leads, always inside the own capability: it is the one way out that no policy
 * stops.
 */
export function inCage(location: string, base: string, host: string): string {
  const absolute = /^(?:https?:)?\/\/([a-z0-9][a-z0-9.-]{0,79})(\/.*)?$/i.exec(location)
  const target = absolute
    ? `${absolute[1]!.toLowerCase()}${absolute[2] ?? '/'}`
    : location.startsWith('/')
      ? host + location
      : `${host}/`
  const url = new URL(`http://cage/${target.replaceAll('\\', '/')}`)
  // Dots in a path are resolved by URL and cannot climb above its root, which is the host's name
  // here.
  return `${base}~${url.pathname}${url.search}`
}

function withShim(html: string, base: string): string {
  const tag = `<script src="${base}~shim.js"></script>`
  const head = /<head[^>]*>/i.exec(html)
  return head
    ? html.slice(0, head.index + head[0].length) + tag + html.slice(head.index + head[0].length)
    : tag + html
}

type Where = Pick<ShopRequest, 'method' | 'host' | 'path' | 'query' | 'form'>
/**
 * The request as the town sees it: the device of the seat's customer, or a crew's machine behind an
 * address of its own.
 */
function requestOf({ room, seat }: Place, where: Where): ShopRequest {
  const holder = room.run.state.seats.get(seat)
  const world = room.run.world()
  const customer =
    holder?.customer === null || holder === undefined
      ? undefined
      : world.shop.customers[holder.customer]
  if (customer)
    return {
      ...where,
      session: rememberedKey(customer.id, PLAYER_VISIT, room.run.seed),
      ip: customer.ip,
      agent: customer.agent,
      referrer: '',
    }
  return {
    ...where,
    session: '',
    ip: `198.51.100.${(numberOf(seat) % 250) + 2}`,
    agent: AGENT,
    referrer: '',
  }
}
function numberOf(seat: string): number {
  let sum = 0
  for (const letter of seat) sum = (sum * 31 + letter.charCodeAt(0)) % 65_521
  return sum
}

/** Fields of a form, JSON object or plain text of at most 16 kB; null where it is larger. */
async function readForm(req: IncomingMessage): Promise<Record<string, string> | null> {
  const body = await readBody(req, FORM_BYTES_MAX)
  if (!body.ok) return null
  const text = body.bytes.toString('utf8')
  const type = (req.headers['content-type'] ?? '').toLowerCase()
  if (type.includes('application/x-www-form-urlencoded')) return fieldsOf(new URLSearchParams(text))
  if (type.includes('json')) {
    try {
      const value: unknown = JSON.parse(text)
      if (typeof value === 'object' && value !== null)
        return fieldsOf(
          Object.entries(value).map(([key, one]) => [
            key,
            typeof one === 'string' ? one : JSON.stringify(one),
          ]),
        )
    } catch {
      /* Sent on as text. */
    }
  }
  return text === '' ? {} : { body: text.slice(0, 4000) }
}
function fieldsOf(pairs: Iterable<readonly [string, string]>): Record<string, string> {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>
  let count = 0
  for (const [name, value] of pairs) {
    if (count++ >= FIELDS_MAX || name === '__proto__') continue
    fields[name.slice(0, 40)] = String(value).slice(0, 4000)
  }
  return { ...fields }
}

/**
 * A browser's report of what a policy stopped: told to the shop in the town's words, as a
 * customer's browser would.
 */
async function report(place: Place, req: IncomingMessage, res: ServerResponse): Promise<true> {
  const body = req.method === 'POST' ? await readBody(req, FORM_BYTES_MAX) : null
  res.writeHead(204)
  res.end()
  const told = body?.ok ? readReport(body.bytes.toString('utf8'), place.base) : null
  if (told !== null && place.room.run.phase() === 'running') {
    const asked = requestOf(place, {
      method: 'POST',
      host: SHOP_HOST,
      path: '/~csp',
      query: '',
      form: told,
    })
    await place.room.submit({
      kind: 'Requested',
      seat: place.seat,
      request: sealRequest(place.room.run.world().shop, asked).request,
    })
  }
  return true
}

const PAGES = ['product', 'cart', 'checkout', 'account']
/**
 * Host, address, directive, page and disposition of a report, or null where it names no host of the
 * town.
 */
export function readReport(text: string, base: string): Record<string, string> | null {
  try {
    const value = (JSON.parse(text) as Record<string, unknown>)['csp-report'] as Record<
      string,
      unknown
    >
    const blocked = String(value['blocked-uri'] ?? '')
    const fictional = blocked.startsWith(`${base}~/`)
      ? `https://${blocked.slice(base.length + 2)}`
      : blocked
    const url = /^https?:/.test(fictional) ? new URL(fictional) : null
    if (url === null || url.origin === new URL(base).origin) return null
    const at =
      String(value['document-uri'] ?? '')
        .slice(`${base}~/${SHOP_HOST}/`.length)
        .split(/[/?#]/, 1)[0] ?? ''
    return {
      host: url.hostname.slice(0, 120),
      uri: `${url.origin}${url.pathname}`.slice(0, 300),
      directive: String(value['effective-directive'] ?? value['violated-directive'] ?? '')
        .split(' ', 1)[0]!
        .slice(0, 40),
      page: PAGES.includes(at) ? at : 'home',
      disposition: value['disposition'] === 'report' ? 'report' : 'enforce',
    }
  } catch {
    return null
  }
}
