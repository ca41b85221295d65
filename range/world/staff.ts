import { chance, range, Stream } from './draw.ts'
import { crowd, wakeUp } from './customer.ts'
import { DEAD_CARD_VISITS, FORGOTTEN_VISITS, GIFT_VISITS } from './customer-visit.ts'
import { hash32, hex16 } from './key.ts'
import { approveOrRefuse, handleClaim } from './staff-desk.ts'
import { later, MINUTE } from './staff-later.ts'
import { changePage, lookAtPage, publishTag, updatePartner } from './staff-pages.ts'
import type { Staff } from './types-shop.ts'
import type { Cause, Command, Happened, Scheduled, World, WorldEvent } from './types.ts'

const DAY_MINUTES = 480
const INSPECT_MINUTES = 5
/**
 * Turns of `StaffWorks` from these ordinals up are not claims: signing in, a change of a page, a
 * benign twin of customers. They ascend; `afterTurn` asks from the last down.
 */
const SIGN_IN = 1_000_000
const TAG = 1_100_000
const DEPENDENCY = 1_150_000
const CHANGE = 1_180_000
const UNREVIEWED = 1_190_000
const GIFT_RUSH = 1_200_000
const FORGOTTEN_PEAK = 1_300_000
const DEAD_CARD = 1_400_000

/**
 * The office's day: everyone signs in, the page monitor starts, and the day's benign twins are
 * drawn.
 */
export function staffOpening(world: World): readonly Scheduled[] {
  const { seed } = world.config
  const office = world.shop.staff.filter((one) => one.role !== 'driver')
  return [
    ...office.map((one) =>
      later(world, range(9, seed, Stream.staffWork, one.id, SIGN_IN), one.id, SIGN_IN, {
        kind: 'StaffWorks',
        staff: one.id,
        turn: SIGN_IN,
      }),
    ),
    later(world, 1 + range(3, seed, Stream.monitor, 0, 0), 0, 0, {
      kind: 'InspectPages',
      round: 0,
    }),
    ...twins(world),
  ]
}
/**
 * How often each innocent look-alike happens in eight hours at its usual rate of 1000 per mille.
 */
const TWINS: readonly {
  readonly name: string
  readonly count: number
  readonly command: (world: World, n: number) => Command
}[] = [
  {
    name: 'sale',
    count: 1,
    command: () => ({ kind: 'StartSale', minutes: 50, factorPercent: 20 }),
  },
  { name: 'release', count: 1, command: (_world, n) => ({ kind: 'ReleaseShop', release: 42 + n }) },
  { name: 'gift-rush', count: 1, command: byManager(GIFT_RUSH) },
  { name: 'forgotten-password', count: 1, command: byManager(FORGOTTEN_PEAK) },
  { name: 'declined-card', count: 2, command: byManager(DEAD_CARD) },
  { name: 'dependency-update', count: 1, command: byEditor(DEPENDENCY) },
  { name: 'page-change', count: 5, command: byEditor(CHANGE) },
  { name: 'unreviewed-change', count: 0.25, command: byEditor(UNREVIEWED) },
  { name: 'marketing-tag', count: 3, command: byEditor(TAG) },
]
function twins(world: World): readonly Scheduled[] {
  const { seed } = world.config
  return TWINS.flatMap((twin, t) => {
    const permille = (world.config.twins[twin.name] ?? 1000) * twin.count
    const count =
      Math.floor(permille / 1000) +
      (chance(permille % 1000, seed, Stream.twinEvent, 50_000 + t, 0) ? 1 : 0)
    return Array.from({ length: count }, (_, n) =>
      later(
        world,
        4 +
          range(DAY_MINUTES - 40, seed, Stream.twinEvent, 50_000 + t, n + 1) +
          range(60_000, seed, Stream.twinEvent, 50_000 + t, 500 + n) / MINUTE,
        50_000 + t,
        n,
        twin.command(world, n),
      ),
    )
  })
}
/** The n-th twin of a sort is a turn of the first manager, whose name it bears. */
function byManager(turn: number): (world: World, n: number) => Command {
  return (_world, n) => ({ kind: 'StaffWorks', staff: 7, turn: turn + n })
}
/** The n-th twin of a sort is a turn of an editor, one after the other. */
function byEditor(turn: number): (world: World, n: number) => Command {
  return (world, n) => {
    const editors = world.shop.staff.filter((one) => one.role === 'editor')
    return { kind: 'StaffWorks', staff: editors[n % editors.length]!.id, turn: turn + n }
  }
}

/**
 * One turn of work: signing in, a twin, or claim number `turn`. A suspended person does nothing.
 */
export function staffWorks(world: World, staff: number, turn: number): readonly WorldEvent[] {
  const row = world.shop.staff[staff]
  if (!row) return [{ kind: 'CommandRefused', command: 'StaffWorks', reason: 'no-such-staff' }]
  const turned: WorldEvent = { kind: 'StaffTurned', staff, turn }
  if (turn < SIGN_IN) return handleClaim(world, row, turn)
  if (turn >= TAG || row.suspended) return [turned]
  return [
    {
      kind: 'SignedIn',
      session: hex16(world.config.seed, Stream.staffTraits, staff, 50),
      account: row.account,
      ip: row.ip,
      ok: true,
      staff: true,
    },
    turned,
  ]
}

/**
 * What the office does about what happened: claims, approvals, signatures, the next look of the
 * page monitor.
 */
export function staffReacts(world: World, { event, cause }: Happened): readonly Scheduled[] {
  switch (event.kind) {
    case 'PagesInspected':
      return [
        later(world, inspectGap(world, event.round + 1), 0, event.round + 1, {
          kind: 'InspectPages',
          round: event.round + 1,
        }),
      ]
    case 'ClaimOpened':
      return [takeClaim(world, world.shop.claims.length - 1, 0)]
    case 'StaffTurned':
      return afterTurn(world, event)
    case 'RefundRequested':
      return event.waits ? [approval(world, event.refund, cause)] : []
    case 'PagePublished':
      return lookAtPage(world, event)
    default:
      return []
  }
}
function inspectGap(world: World, round: number): number {
  return INSPECT_MINUTES - 0.5 + range(61, world.config.seed, Stream.monitor, 0, round) / 60
}

/** The claim goes to an agent drawn by its order; a suspended one is passed over. */
function takeClaim(world: World, claim: number, attempt: number): Scheduled {
  const { seed } = world.config
  const row = world.shop.claims[claim]!
  const entity = hash32(world.shop.orders[row.order]!.number)
  const agents = world.shop.staff.filter((one) => one.role === 'support' && !one.suspended)
  const staff =
    agents.length === 0
      ? 0
      : agents[range(agents.length, seed, Stream.refundCase, entity, 10 + attempt)]!.id
  return later(world, 3 + range(14, seed, Stream.refundCase, entity, 11 + attempt), staff, claim, {
    kind: 'StaffWorks',
    staff,
    turn: claim,
  })
}
/**
 * What a turn sets off. A claim that could not be settled (refunds frozen, agent suspended) is
 * tried again until it has waited for an hour and a half.
 */
function afterTurn(
  world: World,
  event: { staff: number; turn: number; claim?: number },
): readonly Scheduled[] {
  if (event.turn >= DEAD_CARD) return deadCard(world, event.turn - DEAD_CARD)
  if (event.turn >= FORGOTTEN_PEAK)
    return crowd(world, FORGOTTEN_VISITS + event.turn - FORGOTTEN_PEAK, 160, 15 * MINUTE)
  if (event.turn >= GIFT_RUSH)
    return crowd(world, GIFT_VISITS + event.turn - GIFT_RUSH, 200, 20 * MINUTE)
  if (event.turn >= UNREVIEWED)
    return changePage(world, event.staff, event.turn - CHANGE, event.turn, false)
  if (event.turn >= CHANGE)
    return changePage(world, event.staff, event.turn - CHANGE, event.turn, true)
  if (event.turn >= DEPENDENCY)
    return updatePartner(world, event.staff, event.turn - DEPENDENCY, event.turn)
  if (event.turn >= TAG) return publishTag(world, event.staff, event.turn - TAG, event.turn)
  if (event.turn >= SIGN_IN || event.claim !== undefined) return []
  const claim = world.shop.claims[event.turn]
  const waited = claim ? Math.floor((world.now - claim.at) / (10 * MINUTE)) : 99
  return waited > 8 ? [] : [takeClaim(world, event.turn, 1 + waited)]
}

/** Somebody tries an old card again and again before taking another one. */
function deadCard(world: World, n: number): readonly Scheduled[] {
  const holders = world.shop.customers.filter(
    (one) =>
      one.secondCard !== null &&
      world.shop.cards[one.secondCard]!.state === 'expired' &&
      !one.player,
  )
  const customer =
    holders[range(Math.max(1, holders.length), world.config.seed, Stream.twinEvent, 60_000, n)]
  return customer ? [wakeUp(customer.id, DEAD_CARD_VISITS + n, world.now + 5_000)] : []
}

/**
 * A refund that waits for another pair of eyes gets one within two to nine minutes, from whoever is
 * drawn.
 */
function approval(world: World, refund: number, cause: Cause): Scheduled {
  const { seed } = world.config
  const row = world.shop.refunds[refund]!
  const entity = hash32(row.reference)
  const others = world.shop.staff.filter(
    (one): one is Staff =>
      (one.role === 'support' || one.role === 'manager') &&
      one.id !== row.requestedBy &&
      !one.suspended,
  )
  const staff =
    others.length === 0
      ? row.requestedBy
      : others[range(others.length, seed, Stream.refundCase, entity, 20)]!.id
  const command = approveOrRefuse(world, row, staff)
  return {
    at: world.now + (120 + range(420, seed, Stream.refundCase, entity, 21)) * 1000,
    entity,
    ordinal: refund,
    command,
    cause,
  }
}
