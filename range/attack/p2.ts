import { range, Stream } from '../world/draw.ts'
import { browserOf, STRANGERS_FROM, strangerNetwork } from '../world/identity.ts'
import { hex16, pick } from '../world/key.ts'
import { POPULARITY } from '../world/shop-catalogue.ts'
import { strangerCard } from '../world/shop-initial.ts'
import { sessionOf } from '../world/shop-lookup.ts'
import { SHOP_HOST } from '../world/shop-scripts.ts'
import type { AttackRun, Memory } from '../world/types-attack.ts'
import type { ShopRequest } from '../world/types-shop.ts'
import type { Command, Happened, World } from '../world/types.ts'
import {
  commonParameters,
  num,
  overdue,
  type Seen,
  type Step,
  type Technique,
  type Witness,
} from './technique.ts'

/** Networks that the crew can come from: one, and forty more at full stealth. */
const NETWORKS_MORE = 40

/**
 * P2, card testing. The crew has a bought list of card numbers and buys small things with one after
 * the other to learn which still work: ordinary requests through the ordinary checkout, as a guest,
 * below the amount from which a bank asks its customer. `rate` is authorisations a minute. Stealth:
 * more networks (one at 0, 41 at 1) and a new one for every visit, fewer cards a visit, a slower
 * pace (70 % at 1), looking around before buying, mixed amounts. `worth: large` buys gift cards
 * above the amount from which the bank asks: worth more, and nothing where it does ask. A visit
 * that is refused (403, 429) is what the crew sees: it moves to another network, slows down, and
 * gives up when it has none left.
 */
export const p2: Technique = {
  id: 'P2',
  family: 'payment',
  ids: ['F1012', 'OAT-001', 'OAT-010'],
  stream: Stream.attackP2,
  hours: 2,
  parameters: [
    { name: 'worth', type: 'choice', default: 'small', about: 'p2.worth' },
    ...commonParameters({ min: 1, max: 30, default: 8 }, 40, 'P2'),
  ],
  tells: [
    {
      field: 'decline',
      reason: 'most numbers of a bought list are dead, and only the bank can say which',
    },
    {
      field: 'amount',
      reason: 'a test must stay below the amount from which strong authentication is asked',
    },
  ],
  targets: () => ({
    worth: ['small', 'large'].map((value) => ({
      value,
      label: `p2.${value}`,
      note: `p2.${value}-note`,
    })),
  }),
  refuses: () => null,
  begin: (_world, run) => ({
    network: 0,
    visit: 0,
    tried: 0,
    refused: 0,
    slow: 1000,
    pending: 0,
    dead: [],
    cards: run.run * 397,
  }),
  step,
  witness,
  describe,
}

/**
 * One visit: a session of some cards. Its outcome is read at the next step from what came back to
 * the crew.
 */
function step(world: World, run: AttackRun): Step {
  const memory = lookBack(world, run)
  if (memory === null)
    return { commands: [], nextAfterMs: null, memory: run.memory, status: 'blocked' }
  if (overdue(world, run)) return { commands: [], nextAfterMs: null, memory, status: 'done' }
  const { seed } = world.config
  const stealth = num(run, 'stealth')
  const visit = Number(memory['visit'])
  const lot = (n: number, index: number): number =>
    range(n, seed, Stream.attackP2, run.run * 4_096 + visit, index)
  const count = stealth < 0.15 ? 10 : Math.max(1, 5 - Math.round(stealth * 5) + lot(3, 0))
  const gap = (60_000 * 1_000) / (num(run, 'rate') * (1 - 0.3 * stealth) * Number(memory['slow']))
  const commands: { afterMs: number; command: Command }[] = []
  let at = 0
  const go = (command: Command, afterMs: number): void => {
    at += afterMs
    commands.push({ afterMs: Math.floor(at), command })
  }
  const device = deviceOf(world, run, memory)
  const place = addressOf(world, lot(1_000_000, 12))
  go(request(device, 'GET', '/', {}), lot(4_000, 11))
  const cheap = CHEAP[pick(stealth < 0.15 ? [1, 0, 0] : [5, 6, 2], lot(13, 10))]!
  const product = run.params['worth'] === 'large' ? DEAR : cheap
  for (let i = 0; i < count; i++) {
    const pause = gap * (0.6 + lot(800, 30 + i) / 1_000)
    const looked = lot(100, 300 + i) < 35 ? product : popular(world, lot(1_000, 400 + i))
    go(request(device, 'GET', `/product/${looked}`, {}), pause * 0.35)
    go(request(device, 'POST', '/cart/add', { product, count: '1' }), pause * 0.2)
    go(request(device, 'GET', '/checkout', {}), pause * 0.1)
    const card = world.shop.cards[strangerCard(world, Number(memory['cards']) + i)]!
    go(request(device, 'POST', '/checkout/pay', { card: card.token, address: place }), pause * 0.35)
  }
  const next: Memory = {
    ...memory,
    pending: count,
    cards: Number(memory['cards']) + count,
    visit: visit + 1,
    last: device.session,
  }
  return { commands, nextAfterMs: Math.floor(at + gap * 0.15), memory: next, status: 'running' }
}
/** Any address of the town: nothing is ever sent there. */
function addressOf(world: World, value: number): string {
  const { customers } = world.shop
  return customers.length === 0 ? 'locker:L1' : customers[value % customers.length]!.address
}
/** What is looked at on the way, as others look. */
function popular(world: World, value: number): string {
  return world.shop.products[pick(POPULARITY, value)]!.slug
}
/** Things that never ship and cost little. */
const CHEAP = ['boot-care', 'trail-map', 'gift-card-25'] as const
/** Never ships either, and costs more than may be paid without the holder. */
const DEAR = 'gift-card-50'

/**
 * Reads the last visit: cards that were answered are learnt; a refusal costs the network. Null: no
 * network is left.
 */
function lookBack(world: World, run: AttackRun): Memory | null {
  const { memory } = run
  const pending = Number(memory['pending'])
  const stealth = num(run, 'stealth')
  const pool = 1 + Math.round(stealth * NETWORKS_MORE)
  if (pending === 0) return { ...memory, network: pickNetwork(run, 0, pool, []) }
  const answered = paymentsOf(world, String(memory['last']))
  const tried = Number(memory['tried']) + answered
  const refused = answered < pending
  const dead = memory['dead'] as readonly number[]
  const deadNow = refused ? [...dead, Number(memory['network'])].slice(-64) : dead
  if (new Set(deadNow).size >= pool) return null
  const slow = refused
    ? Math.max(300, Math.floor(Number(memory['slow']) * 0.8))
    : Number(memory['slow'])
  const moves = refused || stealth >= 0.3
  const network = moves
    ? pickNetwork(run, Number(memory['visit']), pool, deadNow)
    : Number(memory['network'])
  return {
    ...memory,
    tried,
    slow,
    dead: deadNow,
    network,
    refused: Number(memory['refused']) + (refused ? 1 : 0),
    pending: 0,
  }
}
function pickNetwork(run: AttackRun, visit: number, pool: number, dead: readonly number[]): number {
  const free = Array.from({ length: pool }, (_, i) => i).filter((one) => !dead.includes(one))
  return free.length === 0 ? 0 : free[(visit * 7 + run.run) % free.length]!
}
/** Payments that a session got as far as the bank with: the crew holds their answers. */
function paymentsOf(world: World, session: string): number {
  const row = sessionOf(world.shop, session)
  return row ? row.orders : 0
}

interface Device {
  readonly session: string
  readonly ip: string
  readonly agent: string
}
function deviceOf(world: World, run: AttackRun, memory: Memory): Device {
  const { seed } = world.config
  const entity = STRANGERS_FROM + run.run * 64 + Number(memory['network'])
  const agentOf = num(run, 'stealth') < 0.3 ? entity : entity * 31 + Number(memory['visit'])
  return {
    session: hex16(seed, Stream.attackP2, run.run, 100_000 + Number(memory['visit'])),
    ip: strangerNetwork(entity, seed),
    agent: browserOf(agentOf, seed),
  }
}
function request(
  device: Device,
  method: 'GET' | 'POST',
  path: string,
  form: ShopRequest['form'],
): Command {
  const referrer = path === '/' ? '' : `https://${SHOP_HOST}/`
  return {
    kind: 'Http',
    request: { method, host: SHOP_HOST, path, query: '', form, ...device, referrer },
  }
}

function witness(world: World, _run: AttackRun, { event }: Happened): Witness {
  if (event.kind !== 'PaymentTried') return { actors: [], targets: [], effect: false }
  return {
    actors: [`ip:${event.ip}`],
    targets: [`card:${world.shop.cards[event.card]!.token}`],
    effect: true,
  }
}

function describe(world: World, run: AttackRun): Seen {
  const { memory } = run
  const own = world.shop.transactions.filter((one) => one.session === memory['last'])
  const tried = Number(memory['tried']) + (Number(memory['pending']) > 0 ? own.length : 0)
  const last = own.at(-1)?.response ?? 'none'
  if (run.status === 'blocked')
    return { key: 'p2.blocked', params: { tried, refused: Number(memory['refused']) } }
  return {
    key: run.status === 'running' ? 'p2.testing' : `p2.${run.status}`,
    params: { tried, refused: Number(memory['refused'] ?? 0), last },
  }
}
