import type { ScreenView } from '../../protocol/view.ts'
import type { RunState } from '../state.ts'
import { commonOf, mapOf, scoreView } from './common.ts'

/** The projector: QR, lobby, score, map as reported, the town's talk; no personal names. */
export function screenView(state: RunState): ScreenView {
  const count = (role: string): number =>
    [...state.seats.values()].filter((seat) => !seat.removed && seat.role === role).length
  const score = scoreView(state)
  return {
    ...commonOf(state, null, 'screen'),
    role: 'screen',
    code: state.code,
    seats: {
      attackers: count('attacker'),
      defenders: count('defender'),
      customers: count('customer'),
    },
    score: score.shown ? score : { attackers: 0, defenders: 0, shown: false },
    meters: publicMeters(state),
    map: withoutDoubt(mapOf(state)),
    talk: talkOfTown(state),
  }
}

/**
 * The big screen is for both teams: that defenders doubt a position would tell the crew they are
 * seen.
 */
function withoutDoubt(map: ScreenView['map']): ScreenView['map'] {
  return { ...map, vans: map.vans.map((van) => ({ ...van, twin: null })) }
}

type Talk = ScreenView['talk'][number]
/** Numbers of the day that a town notices. */
const ROUND = [1, 10, 25, 50, 100, 200, 400] as const
const TALK_SHOWN = 8

/**
 * What people said and what everybody can count, newest last; the same said twice in a row is said
 * once.
 */
function talkOfTown(state: RunState): ScreenView['talk'] {
  const all = [...state.talk, ...milestones(state)].sort((a, b) => a.at - b.at)
  const folded: Talk[] = []
  for (const one of all) {
    const before = folded.at(-1)
    if (before && wording(before) === wording(one)) folded.pop()
    folded.push(one)
  }
  return folded.slice(-TALK_SHOWN)
}
function wording({ key, params }: Talk): string {
  return `${key} ${String(params['locker'] ?? params['van'] ?? params['count'] ?? '')}`
}

/**
 * The first order of the day, the tenth parcel at its door, and so on: each with the time at which
 * it was.
 */
function milestones(state: RunState): readonly Talk[] {
  const { shop, logistics } = state.town.world()
  const orders = shop.orders.filter((order) => order.parcel !== null).map((order) => order.at)
  const doors = logistics.parcels
    .map((parcel) => parcel.deliveredAt)
    .filter((at): at is number => at !== null)
    .sort((a, b) => a - b)
  const start = state.scenario.world.start
  const reached = (key: string, times: readonly number[]): Talk[] =>
    ROUND.flatMap((count) => {
      const at = times[count - 1]
      return at === undefined ? [] : [{ at, key, params: { count } }]
    })
  return [
    ...reached(
      'orders',
      orders.filter((at) => at >= start),
    ),
    ...reached(
      'doors',
      doors.filter((at) => at >= start),
    ),
  ]
}

/**
 * What the books and scans show: leaked cards, hidden losses and vain kilometres are known only
 * afterwards.
 */
export function publicMeters(state: RunState): ScreenView['meters'] {
  const world = state.town.world()
  let hiddenMinor = 0
  let hidden = 0
  for (const parcel of unknownThefts(state)) {
    hiddenMinor += world.logistics.parcels[parcel]?.valueMinor ?? 0
    hidden++
  }
  const { meters } = world
  return {
    ...meters,
    cardsLeaked: 0,
    vainMm: 0,
    lostMinor: Math.max(0, meters.lostMinor - hiddenMinor),
    parcelsLost: Math.max(0, meters.parcelsLost - hidden),
  }
}

/** Parcels that are gone while nobody can know yet: they are missed when they are due. */
export function unknownThefts(state: RunState): readonly number[] {
  const { parcels } = state.town.world().logistics
  return [...state.reported.stolenFrom.keys()].filter(
    (parcel) => (parcels[parcel]?.due ?? 0) > state.now,
  )
}
