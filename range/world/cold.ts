import { exp } from './detmath.ts'
import type { Parcel, Van } from './types-logistics.ts'
import type { Milliseconds } from './types.ts'

/**
 * Temperatures in millidegree Celsius. First-order heat flow: T(t) = Te + (T0 - Te) exp(-(t - t0)
 * / tau).
 */
export const AMBIENT_MILLI = 18_000
export const COLD_ROOM_MILLI = 3_500
/** A cold chain is broken above this: in the air of a cargo room, or in the core of cold goods. */
export const WARM_MILLI = 8_000
const CARGO_COOLED = { milli: COLD_ROOM_MILLI, tauMs: 12 * 60_000 }
const CARGO_OPEN = { milli: 14_000, tauMs: 25 * 60_000 }
const CARGO_WARM = { milli: AMBIENT_MILLI, tauMs: 70 * 60_000 }
const PARCEL_TAU_MS = 110 * 60_000

function relax(from: number, to: number, elapsedMs: number, tauMs: number): number {
  return Math.round(to + (from - to) * exp(-elapsedMs / tauMs))
}

/** Air in the cargo room of a van at `t`, not before its last change of door or cooling. */
export function cargoTemperatureAt(van: Van, t: Milliseconds): number {
  const toward = van.doorOpen ? CARGO_OPEN : van.cooling ? CARGO_COOLED : CARGO_WARM
  return relax(van.cargoTemperatureMilli, toward.milli, t - van.temperatureSince, toward.tauMs)
}

/**
 * Surroundings of a parcel by its holder: cold room and lockers are cooled, pick and pack stations
 * are not.
 */
function surroundings(parcel: Parcel, vans: readonly Van[], t: Milliseconds): number {
  const van = vans.find((v) => parcel.holder === `van:${v.id}`)
  if (van !== undefined) return cargoTemperatureAt(van, t)
  if (parcel.holder === 'place:depot')
    return parcel.status === 'docked' ? COLD_ROOM_MILLI : AMBIENT_MILLI
  return parcel.holder.startsWith('locker:') ? COLD_ROOM_MILLI : AMBIENT_MILLI
}

/** Core of a cold parcel at `t`; for other goods what surrounds them. */
export function parcelTemperatureAt(parcel: Parcel, vans: readonly Van[], t: Milliseconds): number {
  const around = surroundings(parcel, vans, t)
  if (parcel.thermal === undefined) return around
  return relax(parcel.thermal.milli, around, t - parcel.thermal.since, PARCEL_TAU_MS)
}

/** The parcel with its core settled at `t`, to be called before its holder changes. */
export function settle(parcel: Parcel, vans: readonly Van[], t: Milliseconds): Parcel {
  if (parcel.thermal === undefined) return parcel
  return { ...parcel, thermal: { milli: parcelTemperatureAt(parcel, vans, t), since: t } }
}
