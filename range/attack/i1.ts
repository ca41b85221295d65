import { range, Stream } from '../world/draw.ts'
import { staffCard, strangerCard } from '../world/shop-initial.ts'
import { refundable } from '../world/shop-lookup.ts'
import { FOUR_EYES_LIMIT_MINOR } from '../world/shop-refunds.ts'
import type { AttackRun, Memory } from '../world/types-attack.ts'
import type { Order, Refund } from '../world/types-shop.ts'
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

const REASONS = ['changed-mind', 'wrong-size', 'wrong-size', 'damaged', 'ordered-twice'] as const
/** Requests in a row without an answer after which the agent stops. */
const PATIENCE = 4

/**
 * I1, self-approved refunds. A support agent refunds other people's orders to a card of their own.
 * Where four eyes are not asked for, large ones, approved by the same hand; otherwise, and after a
 * first refusal, amounts below the limit up to which one pair of eyes is enough. `rate` is refunds
 * an hour. Stealth: amounts spread below the limit (75 to 100 % of it at 1) instead of just under
 * it, a new order each time, a second card from 0.5 on, pauses like those of real work. The agent
 * sees only whether the desk takes a request.
 */
export const i1: Technique = {
  id: 'I1',
  family: 'insider',
  ids: ['F1033', 'F1043'],
  stream: Stream.attackI1,
  hours: 4,
  parameters: [
    { name: 'staff', type: 'choice', default: '', about: 'i1.staff' },
    ...commonParameters({ min: 1, max: 30, default: 12 }, 90, 'I1'),
  ],
  tells: [],
  targets,
  refuses: (world) =>
    world.shop.staff.some((one) => one.role === 'support' && !one.suspended)
      ? null
      : 'nobody-at-the-desk',
  begin: () => ({ asked: 0, small: 0, silent: 0, seen: 0, last: -1 }),
  step,
  witness,
  describe,
}

/**
 * The agents of the desk, in an order drawn anew for each run, so that the first offer is nobody in
 * particular.
 */
function targets(world: World): ReturnType<Technique['targets']> {
  const desk = world.shop.staff.filter((one) => one.role === 'support')
  const from = range(
    desk.length,
    world.config.seed,
    Stream.attackI1,
    world.attacks.runs.length,
    1_000_000,
  )
  const order = [...desk.slice(from), ...desk.slice(0, from)]
  return {
    staff: order.map(({ account, name }) => ({
      value: account,
      label: 'named',
      note: 'i1.staff-note',
      name,
    })),
  }
}

function step(world: World, run: AttackRun): Step {
  const memory = lookBack(world, run)
  if (Number(memory['silent']) >= PATIENCE)
    return { commands: [], nextAfterMs: null, memory, status: 'blocked' }
  if (overdue(world, run)) return { commands: [], nextAfterMs: null, memory, status: 'done' }
  const staff = staffOf(world, run)
  const waiting = ownRefunds(world, run).find(
    (one) => one.status === 'requested' && one.approvedBy === null,
  )
  const asked = Number(memory['asked'])
  const lot = (n: number, index: number): number =>
    range(n, world.config.seed, Stream.attackI1, run.run * 1_024 + asked, index)
  if (waiting && memory['small'] === 0) {
    const command: Command = { kind: 'ApproveRefund', refund: waiting.id, staff }
    return {
      commands: [{ afterMs: 0, command }],
      nextAfterMs: 1_000,
      memory: { ...memory, small: world.config.controls.fourEyes ? 1 : 0 },
      status: 'running',
    }
  }
  const choice = chooseOrder(world, run, memory, lot)
  const pause = Math.floor(
    (3_600_000 / (num(run, 'rate') * (1 - 0.2 * num(run, 'stealth')))) * pace(run, lot),
  )
  if (!choice)
    return { commands: [], nextAfterMs: Math.min(pause, 180_000), memory, status: 'running' }
  const command: Command = {
    kind: 'RequestRefund',
    order: choice.order.id,
    staff,
    amountMinor: choice.amountMinor,
    destination: destinationOf(world, run, asked),
    reason: REASONS[lot(REASONS.length, 4)]!,
  }
  const large = choice.amountMinor > FOUR_EYES_LIMIT_MINOR
  const next: Memory = { ...memory, asked: asked + 1, last: choice.order.id }
  return {
    commands: [{ afterMs: 0, command }],
    nextAfterMs: large ? 45_000 + lot(60_000, 5) : pause,
    memory: next,
    status: 'running',
  }
}

/**
 * At stealth 0 like clockwork; at 1 on average 1.6 times as long, between nearly the usual pause
 * and 2.3 times.
 */
function pace(run: AttackRun, lot: (n: number, index: number) => number): number {
  const stealth = num(run, 'stealth')
  return 1 + stealth * (lot(1_300, 6) / 1_000 - 0.05)
}

/** Counts what the desk took; a request that left no trace was refused. */
function lookBack(world: World, run: AttackRun): Memory {
  const { memory } = run
  const taken = ownRefunds(world, run).length
  const missing = Number(memory['asked']) - taken - Number(memory['lost'] ?? 0)
  return missing > 0
    ? {
        ...memory,
        silent: Number(memory['silent']) + 1,
        lost: Number(memory['lost'] ?? 0) + missing,
        seen: taken,
      }
    : {
        ...memory,
        silent: taken > Number(memory['seen']) ? 0 : Number(memory['silent']),
        seen: taken,
      }
}

/** An order with money left: the largest at stealth 0, drawn among all at more. */
function chooseOrder(
  world: World,
  run: AttackRun,
  memory: Memory,
  lot: (n: number, index: number) => number,
): { order: Order; amountMinor: number } | null {
  const stealth = num(run, 'stealth')
  const { shop } = world
  const mine = new Set(ownRefunds(world, run).map((one) => one.order))
  const small = memory['small'] === 1 || world.config.controls.fourEyes || stealth >= 0.5
  const least = small ? Math.floor(FOUR_EYES_LIMIT_MINOR * 0.55) : FOUR_EYES_LIMIT_MINOR
  const open = shop.orders.filter(
    (one) => (stealth < 0.3 || !mine.has(one.id)) && refundable(shop, one) >= least,
  )
  if (open.length === 0) return null
  const order =
    stealth < 0.3
      ? open.reduce((best, one) => (refundable(shop, one) > refundable(shop, best) ? one : best))
      : open[lot(open.length, 1)]!
  const most = refundable(shop, order)
  if (!small)
    return {
      order,
      amountMinor: stealth < 0.3 ? most : Math.floor((most * (60 + lot(41, 2))) / 100),
    }
  const percent = 100 - Math.floor(stealth * lot(26, 2))
  return {
    order,
    amountMinor: Math.min(most, Math.floor((FOUR_EYES_LIMIT_MINOR * percent) / 100) - lot(90, 3)),
  }
}

function staffOf(world: World, run: AttackRun): number {
  const named = world.shop.staff.find((one) => one.account === run.params['staff'])
  return named?.id ?? world.shop.staff.find((one) => one.role === 'support')!.id
}
function ownCards(world: World, run: AttackRun): readonly number[] {
  return [staffCard(world, staffOf(world, run)), strangerCard(world, 1_500 + run.run)]
}
function destinationOf(world: World, run: AttackRun, asked: number): number {
  return ownCards(world, run)[num(run, 'stealth') >= 0.5 ? asked % 2 : 0]!
}
function ownRefunds(world: World, run: AttackRun): readonly Refund[] {
  const cards = ownCards(world, run)
  const staff = staffOf(world, run)
  return world.shop.refunds.filter(
    (one) => one.requestedBy === staff && cards.includes(one.destination) && one.at >= run.launched,
  )
}

function witness(world: World, run: AttackRun, { event }: Happened): Witness {
  if (event.kind !== 'RefundRequested' && event.kind !== 'RefundExecuted')
    return { actors: [], targets: [], effect: false }
  const refund = world.shop.refunds[event.refund]!
  const staff = world.shop.staff[refund.requestedBy]!
  if (!ownCards(world, run).includes(refund.destination))
    return { actors: [], targets: [], effect: false }
  return {
    actors: [`staff:${staff.account}`, `card:${world.shop.cards[refund.destination]!.token}`],
    targets: [`order:${world.shop.orders[refund.order]!.number}`],
    effect: true,
  }
}

function describe(world: World, run: AttackRun): Seen {
  const paid = ownRefunds(world, run).filter((one) => one.status === 'executed')
  const amountMinor = paid.reduce((sum, one) => sum + one.amountMinor, 0)
  const params = { refunds: paid.length, amountMinor, silent: Number(run.memory['silent'] ?? 0) }
  if (run.status === 'blocked') return { key: 'i1.refused', params }
  return {
    key: run.status === 'running' && params.silent > 0 ? 'i1.waiting' : `i1.${run.status}`,
    params,
  }
}
