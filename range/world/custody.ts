import { settle } from './cold.ts'
import { lockerRef, vanRef } from './refs.ts'
import type { FleetEvent, LogisticsState, Parcel } from './types-logistics.ts'
import type { Milliseconds } from './types.ts'

/**
 * Parcels after an event. Every parcel is at exactly one holder, and each event names the next
 * one.
 */
export function changeParcel(
  state: LogisticsState,
  event: FleetEvent,
  now: Milliseconds,
): LogisticsState['parcels'] {
  const { parcels } = state
  switch (event.kind) {
    case 'ParcelTakenIn':
      return [...parcels, event.parcel]
    case 'ParcelLoaded':
      return hand(state, event.parcel, now, { status: 'loaded', holder: vanRef(event.van) })
    case 'ParcelDelivered':
      return hand(state, event.parcel, now, {
        status: 'delivered',
        holder: event.place,
        deliveredAt: now,
      })
    case 'ParcelPutInLocker':
      return hand(state, event.parcel, now, {
        status: 'in-locker',
        holder: lockerRef(event.locker),
        deliveredAt: now,
      })
    case 'ParcelCollected':
      return hand(state, event.parcel, now, { status: 'collected', holder: 'customer' })
    case 'ParcelBackInCustody':
      return hand(state, event.parcel, now, { status: 'docked', holder: 'place:depot' })
    case 'ParcelStolen':
      return hand(state, event.parcel, now, { status: 'stolen', holder: event.place })
    case 'ParcelSpoiled':
      return hand(state, event.parcel, now, { spoiled: true })
    case 'ParcelHeld':
      return hand(state, event.parcel, now, { held: true })
    case 'ParcelReleased':
      return hand(state, event.parcel, now, { held: false })
    default:
      return parcels
  }
}

function hand(
  state: LogisticsState,
  id: number,
  now: Milliseconds,
  change: Partial<Parcel>,
): LogisticsState['parcels'] {
  return state.parcels.map((p) => (p.id === id ? { ...settle(p, state.vans, now), ...change } : p))
}
