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
    map: mapOf(state),
    talk: state.talk.slice(-8),
  }
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
