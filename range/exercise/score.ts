import type { Response } from '../protocol/move.ts'
import type { Happened } from '../world/types.ts'
import { targetOf } from '../respond/cost.ts'
import { agreesWithWitnesses } from '../world/book-response.ts'
import { parcelRef } from '../world/refs.ts'
import type { Trail, Decision, RunState } from './state.ts'
import type { ScoreLine } from './types.ts'

/**
 * Points come from outcomes only; each line names what gave it. Values are explained on the guide's
 * page.
 */
const POINTS = {
  card: 20,
  workingCard: 10,
  parcel: 100,
  perTenEuro: 1,
  pageRestored: 100,
  sourceBlocked: 15,
  insiderStopped: 100,
  claimRefused: 15,
  bookFrozen: 80,
  bookRebuilt: 60,
  changeProven: 30,
  refundsFrozen: 40,
  parcelByRecall: 24,
  parcelByLock: 8,
  hostBlocked: 60,
  cardsSaved: 2,
  parcelSaved: 10,
  onTime: 2,
  innocentBlocked: -15,
  innocentSuspended: -40,
  heldForNothing: -5,
  recalledForNothing: -40,
  restoredForNothing: -10,
} as const

type Give = (
  points: number,
  why: string,
  params: ScoreLine['params'],
  ref: string,
) => readonly ScoreLine[]

function linesOf(team: ScoreLine['team'], at: number): Give {
  return (points, why, params, ref) => [{ at, team, points, why, params, ref }]
}

type OfParcel = Extract<
  Happened['event'],
  { kind: 'ParcelStolen' | 'ParcelDelivered' | 'ParcelBackInCustody' }
>
function parcelLine(event: OfParcel, at: number): readonly ScoreLine[] {
  const ref = parcelRef(event.parcel)
  const params = { parcel: ref.slice('parcel:'.length) }
  switch (event.kind) {
    case 'ParcelStolen':
      return linesOf('attackers', at)(POINTS.parcel, 'parcel-stolen', params, ref)
    case 'ParcelDelivered':
      return event.late ? [] : linesOf('defenders', at)(POINTS.onTime, 'on-time', params, ref)
    case 'ParcelBackInCustody':
      return linesOf('defenders', at)(POINTS.parcelSaved, 'parcel-back', params, ref)
  }
}

type OfBook = Extract<Happened['event'], { kind: 'BookSettled' | 'BookClaimRefused' }>
function bookLine(event: OfBook, attackers: Give): readonly ScoreLine[] {
  if (event.kind === 'BookClaimRefused')
    return attackers(POINTS.claimRefused, 'claim-refused', {}, 'device:book')
  const points = Math.round(event.restMinor / 1000) * POINTS.perTenEuro
  return attackers(points, 'book-taken', { minor: event.restMinor }, 'device:book')
}

/** Lines that one happening gives, in order. `run` is the attack that caused it, if any. */
export function scoreOf(
  state: RunState,
  happened: Happened,
  run: Trail | null,
): readonly ScoreLine[] {
  const { event, at } = happened
  const world = state.town.world()
  const attackers = linesOf('attackers', at)
  switch (event.kind) {
    case 'HostCalled': {
      if (event.card === null || !isDrop(state, event.host)) return []
      return attackers(
        POINTS.card,
        'card-leaked',
        { host: event.host, last4: world.shop.cards[event.card]?.last4 ?? '' },
        `host:${event.host}`,
      )
    }
    case 'PaymentAnswered': {
      if (run === null || event.response !== '00') return []
      return attackers(POINTS.workingCard, 'card-works', {}, `transaction:${event.transaction}`)
    }
    case 'RefundExecuted': {
      if (run === null) return []
      const refund = world.shop.refunds[event.refund]
      return refund
        ? attackers(
            Math.round(refund.amountMinor / 1000) * POINTS.perTenEuro,
            'refund-landed',
            { minor: refund.amountMinor },
            `refund:${event.refund}`,
          )
        : []
    }
    case 'BookSettled':
    case 'BookClaimRefused':
      return run === null ? [] : bookLine(event, attackers)
    case 'ParcelStolen':
    case 'ParcelDelivered':
    case 'ParcelBackInCustody':
      return parcelLine(event, at)
    default:
      return []
  }
}

type Line = (points: number, why: string, params?: ScoreLine['params']) => ScoreLine[]
type Worth = (saved: boolean, ...given: Parameters<Line>) => ScoreLine[]

/**
 * Lines for a decision once it has worked: good where it removed a mechanism, costly where it hit
 * the innocent.
 */
export function scoreDecision(
  state: RunState,
  decision: Decision,
  at: number,
): readonly ScoreLine[] {
  const { action } = decision
  const ref = decision.incident ?? targetOf(action)
  const line: Line = (points, why, params = {}) => [
    { at, team: 'defenders', points, why, params, ref },
  ]
  // Right, but there was nothing left to save: told, and worth nothing.
  const worth: Worth = (saved, points, why, params) =>
    saved ? line(points, why, params) : line(0, `${why}-late`, params)
  const target = targetOf(action)
  const id = target.slice(target.indexOf(':') + 1)
  const live = state.trails.filter((attack) => attack.startsAt <= at)
  switch (action.kind) {
    case 'RestorePage':
      return tampered(live, action.page)
        ? line(POINTS.pageRestored, 'page-restored', { page: id })
        : line(POINTS.restoredForNothing, 'restored-for-nothing', { page: id })
    case 'BlockHost':
      return isDrop(state, action.host)
        ? worth(heldUp(state, live, 'W1'), POINTS.hostBlocked, 'host-blocked', { host: id })
        : line(POINTS.innocentBlocked, 'innocent-blocked', { what: id })
    case 'BlockSource': {
      const guilty = live.filter((attack) => usedIp(attack, action.ip))
      return guilty.length > 0
        ? worth(heldUp(state, guilty), POINTS.sourceBlocked, 'source-blocked', { ip: id })
        : line(POINTS.innocentBlocked, 'innocent-blocked', { what: id })
    }
    case 'SuspendAccount': {
      const guilty = live.filter((attack) => actedAs(state, attack, action.account))
      return guilty.length > 0
        ? worth(heldUp(state, guilty), POINTS.insiderStopped, 'account-suspended', { account: id })
        : line(POINTS.innocentSuspended, 'innocent-suspended', { account: id })
    }
    case 'FreezeRefunds':
    case 'FreezeBook':
    case 'RebuildBook':
    case 'ProveChange':
      return insiderLines(state, live, action.kind, { line, worth })
    case 'RecallVan':
    case 'LockCargo':
      return vanLines(savedAboard(state, live, action.van), action, { line, worth })
    case 'HoldParcel':
      return isLedAway(state, action.parcel)
        ? line(POINTS.parcelSaved, 'parcel-held', { parcel: id })
        : line(POINTS.heldForNothing, 'held-for-nothing', { parcel: id })
    case 'NotifyCardHolders':
      return isDrop(state, action.host)
        ? line(state.town.world().meters.cardsLeaked * POINTS.cardsSaved, 'holders-told', {
            host: id,
          })
        : line(POINTS.restoredForNothing, 'told-for-nothing')
    default:
      return []
  }
}

function isLedAway(state: RunState, parcel: number): boolean {
  const { vans } = state.town.world().logistics
  return vans.some((van) => van.diversion !== null && van.cargo.includes(parcel))
}
function hasBegun(live: readonly Trail[], technique: string): boolean {
  return live.some((attack) => attack.technique === technique && attack.firstEffect !== null)
}

/** The town refuses to rebuild or prove where nothing differs, so both always helped. */
function insiderLines(
  state: RunState,
  live: readonly Trail[],
  kind: 'FreezeRefunds' | 'FreezeBook' | 'RebuildBook' | 'ProveChange',
  { line, worth }: { readonly line: Line; readonly worth: Worth },
): readonly ScoreLine[] {
  if (kind === 'RebuildBook') return line(POINTS.bookRebuilt, 'book-rebuilt')
  if (kind === 'ProveChange') return line(POINTS.changeProven, 'change-proven')
  if (kind === 'FreezeRefunds')
    return hasBegun(live, 'I1')
      ? worth(heldUp(state, live, 'I1'), POINTS.refundsFrozen, 'refunds-frozen')
      : line(POINTS.restoredForNothing, 'frozen-for-nothing')
  return hasBegun(live, 'I4')
    ? worth(heldUp(state, live, 'I4'), POINTS.bookFrozen, 'book-frozen')
    : line(POINTS.restoredForNothing, 'book-frozen-for-nothing')
}

/** What a recall or a lock gave, by the parcels it saved; `null`: no crew was after the van. */
function vanLines(
  count: number | null,
  { kind, van }: Extract<Response, { kind: 'RecallVan' | 'LockCargo' }>,
  { line, worth }: { readonly line: Line; readonly worth: Worth },
): readonly ScoreLine[] {
  const params = { van: van + 1, count: count ?? 0 }
  if (count === null)
    return kind === 'LockCargo'
      ? []
      : line(POINTS.recalledForNothing, 'recalled-for-nothing', params)
  return kind === 'LockCargo'
    ? worth(count > 0, count * POINTS.parcelByLock, 'cargo-locked', params)
    : worth(count > 0, count * POINTS.parcelByRecall, 'van-recalled', params)
}

/** A host that an attack of this exercise opened to collect at. */
export function isDrop(state: RunState, host: string): boolean {
  return state.town.world().shop.hosts.some((one) => one.host === host && one.owner === 'drop')
}
function tampered(attacks: readonly Trail[], page: string): boolean {
  return attacks.some((attack) =>
    attack.happened.some(({ event }) => event.kind === 'PagePublished' && event.page === page),
  )
}
function usedIp(attack: Trail, ip: string): boolean {
  return attack.happened.some(({ event }) => event.kind === 'HttpServed' && event.request.ip === ip)
}
function actedAs(state: RunState, attack: Trail, account: string): boolean {
  const staff = state.town.world().shop.staff
  return attack.happened.some(({ event }) => {
    if (event.kind === 'RefundRequested') return staff[event.staff]?.account === account
    return event.kind === 'PagePublished' && event.revision.author === account
  })
}

/** Whether an attack of these, of this technique if one is named, could still have gained. */
function heldUp(state: RunState, attacks: readonly Trail[], technique?: string): boolean {
  return attacks.some(
    (attack) =>
      (technique === undefined || attack.technique === technique) && couldGain(state, attack),
  )
}
/**
 * A crew at work could gain; so could refunds that wait to be paid, a script that a stopped crew
 * has left in a page, and rows of the book that are not what witnesses keep.
 */
function couldGain(state: RunState, attack: Trail): boolean {
  const world = state.town.world()
  const status = world.attacks.runs[attack.run]?.status
  if (status === 'running' || status === 'planned') return true
  if (attack.technique === 'W1') return status === 'stopped'
  if (attack.technique === 'I4') return world.book !== undefined && !agreesWithWitnesses(world.book)
  return attack.happened.some(
    ({ event }) =>
      event.kind === 'RefundRequested' &&
      ['requested', 'approved'].includes(world.shop.refunds[event.refund]?.status ?? ''),
  )
}

/** Whether this action, which just worked, ended what the attack could still do. */
export function endedBy(state: RunState, attack: Trail, action: Response): boolean {
  if (action.kind === 'RestorePage') return tampered([attack], action.page)
  if (!couldGain(state, attack)) return false
  switch (action.kind) {
    case 'BlockHost':
      return attack.happened.some(
        ({ event }) => event.kind === 'DropOpened' && event.host === action.host,
      )
    case 'BlockSource':
      return attack.technique === 'P2' && usedIp(attack, action.ip)
    case 'SetVelocityRule':
      return attack.technique === 'P2' && action.perMinute !== null
    case 'SuspendAccount':
      return attack.technique === 'I1' && actedAs(state, attack, action.account)
    case 'FreezeRefunds':
      return attack.technique === 'I1'
    case 'FreezeBook':
    case 'RebuildBook':
      return attack.technique === 'I4' && attack.firstEffect !== null
    case 'RecallVan':
    case 'LockCargo':
      return (savedAboard(state, [attack], action.van) ?? 0) > 0
    default:
      return false
  }
}

/** A crew unloads once, and takes at most so many parcels (`range/world/fleet-response.ts`). */
const TAKEN_MAX = 5
/**
 * Parcels that crews would still have taken from this van: none after they have unloaded, or in
 * vain. `null`: no crew is after this van.
 */
function savedAboard(state: RunState, attacks: readonly Trail[], van: number): number | null {
  const after = attacks.filter((attack) => hitVan(attack, van))
  if (after.length === 0) return null
  const open = after.some(
    (attack) =>
      couldGain(state, attack) &&
      !attack.happened.some(
        ({ event }) =>
          event.kind === 'ParcelStolen' ||
          (event.kind === 'CommandRefused' && event.command === 'Unload'),
      ),
  )
  if (!open) return 0
  const { vans, parcels } = state.town.world().logistics
  const aboard = (vans[van]?.cargo ?? []).filter((parcel) => parcels[parcel]?.held === false)
  return Math.min(TAKEN_MAX, aboard.length)
}
function hitVan(attack: Trail, van: number): boolean {
  return attack.happened.some(
    ({ event }) =>
      (event.kind === 'VanDiverted' || event.kind === 'GpsSpoofed') && event.van === van,
  )
}

export function totals(score: readonly ScoreLine[]): { attackers: number; defenders: number } {
  let attackers = 0
  let defenders = 0
  for (const line of score) {
    if (line.team === 'attackers') attackers += line.points
    else defenders += line.points
  }
  return { attackers, defenders }
}
