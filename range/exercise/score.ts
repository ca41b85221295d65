import type { Happened } from '../world/types.ts'
import { targetOf } from '../respond/cost.ts'
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
  refundsFrozen: 40,
  vanRecalled: 120,
  cargoLocked: 40,
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
    case 'ParcelStolen':
    case 'ParcelDelivered':
    case 'ParcelBackInCustody':
      return parcelLine(event, at)
    default:
      return []
  }
}

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
  const line = (points: number, why: string, params: ScoreLine['params'] = {}): ScoreLine[] => [
    { at, team: 'defenders', points, why, params, ref },
  ]
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
        ? line(POINTS.hostBlocked, 'host-blocked', { host: id })
        : line(POINTS.innocentBlocked, 'innocent-blocked', { what: id })
    case 'BlockSource':
      return usedIp(live, action.ip)
        ? line(POINTS.sourceBlocked, 'source-blocked', { ip: id })
        : line(POINTS.innocentBlocked, 'innocent-blocked', { what: id })
    case 'SuspendAccount':
      return actedAs(state, live, action.account)
        ? line(POINTS.insiderStopped, 'account-suspended', { account: id })
        : line(POINTS.innocentSuspended, 'innocent-suspended', { account: id })
    case 'FreezeRefunds':
      return live.some((attack) => attack.technique === 'I1' && running(state, attack))
        ? line(POINTS.refundsFrozen, 'refunds-frozen')
        : line(POINTS.restoredForNothing, 'frozen-for-nothing')
    case 'RecallVan':
      return hitVan(live, action.van)
        ? line(POINTS.vanRecalled, 'van-recalled', { van: action.van + 1 })
        : line(POINTS.recalledForNothing, 'recalled-for-nothing', { van: action.van + 1 })
    case 'LockCargo':
      return hitVan(live, action.van)
        ? line(POINTS.cargoLocked, 'cargo-locked', { van: action.van + 1 })
        : []
    case 'HoldParcel':
      return state.town
        .world()
        .logistics.vans.some((van) => van.diversion !== null && van.cargo.includes(action.parcel))
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

/** A host that an attack of this exercise opened to collect at. */
export function isDrop(state: RunState, host: string): boolean {
  return state.town.world().shop.hosts.some((one) => one.host === host && one.owner === 'drop')
}
function tampered(attacks: readonly Trail[], page: string): boolean {
  return attacks.some((attack) =>
    attack.happened.some(({ event }) => event.kind === 'PagePublished' && event.page === page),
  )
}
function usedIp(attacks: readonly Trail[], ip: string): boolean {
  return attacks.some((attack) =>
    attack.happened.some(({ event }) => event.kind === 'HttpServed' && event.request.ip === ip),
  )
}
function actedAs(state: RunState, attacks: readonly Trail[], account: string): boolean {
  const staff = state.town.world().shop.staff
  return attacks.some((attack) =>
    attack.happened.some(({ event }) => {
      if (event.kind === 'RefundRequested') return staff[event.staff]?.account === account
      return event.kind === 'PagePublished' && event.revision.author === account
    }),
  )
}
function hitVan(attacks: readonly Trail[], van: number): boolean {
  return attacks.some((attack) =>
    attack.happened.some(
      ({ event }) =>
        (event.kind === 'VanDiverted' || event.kind === 'GpsSpoofed') && event.van === van,
    ),
  )
}

function running(state: RunState, trail: Trail): boolean {
  return state.town.world().attacks.runs[trail.run]?.status === 'running'
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
