import { AMBIENT_MILLI, cargoTemperatureAt, parcelTemperatureAt } from './cold.ts'
import { claimedAt, inCanyon, odometerAt, positionAt, type Fix } from './fleet-motion.ts'
import { nodeOf, town } from './town.ts'
import type { Parcel, SensorTruth, Van } from './types-logistics.ts'
import type { Milliseconds, Scheduled, World } from './types.ts'
import { STATIONS } from './warehouse.ts'

/** Devices are numbered: two for each van, three station terminals, one for each smart parcel. */
export type Device =
  | { readonly kind: 'tracker'; readonly van: number }
  | { readonly kind: 'cargo'; readonly van: number }
  | { readonly kind: 'station'; readonly station: number }
  | { readonly kind: 'parcel'; readonly parcel: number }

const STATION_0 = 900
const PARCEL_0 = 1000
export const TRACKER_MOVING_MS = 10_000
export const TRACKER_STANDING_MS = 60_000
const CARGO_MS = 60_000
const STATION_MS = 300_000
const PARCEL_MS = 120_000

export function deviceOf(device: number): Device {
  if (device >= PARCEL_0) return { kind: 'parcel', parcel: device - PARCEL_0 }
  if (device >= STATION_0) return { kind: 'station', station: device - STATION_0 }
  return { kind: device % 2 === 0 ? 'tracker' : 'cargo', van: device >> 1 }
}
export function trackerOf(van: number): number {
  return van * 2
}

/** Dear parcels, and one in eleven others, carry a logger of shock and light. */
export function isSmart(parcel: Parcel): boolean {
  return parcel.valueMinor >= 30_000 || parcel.key % 11 === 3
}

/** Devices that report from the start of the day, each at its own second. */
export function openingReads(world: World): readonly Scheduled[] {
  const { vans, parcels } = world.logistics
  const devices = [
    ...vans.flatMap((v) => [trackerOf(v.id), trackerOf(v.id) + 1]),
    ...STATIONS.map((_, station) => STATION_0 + station),
    ...parcels.filter(isSmart).map((p) => PARCEL_0 + p.id),
  ]
  return devices.map((device) => read(device, 0, world.now + 1_000 + ((device * 2_377) % 9_000)))
}

/** A new parcel's logger is switched on when it is packed. */
export function firstRead(world: World, parcel: number): readonly Scheduled[] {
  return isSmart(world.logistics.parcels[parcel]!)
    ? [read(PARCEL_0 + parcel, 0, world.now + 5_000)]
    : []
}

/** The next reading of a device, or none once a parcel has reached its end. */
export function nextRead(world: World, device: number, sample: number): readonly Scheduled[] {
  const period = periodMs(world, deviceOf(device))
  return period === null ? [] : [read(device, sample + 1, world.now + period)]
}

function read(device: number, sample: number, at: Milliseconds): Scheduled {
  return {
    at,
    entity: device,
    ordinal: sample,
    command: { kind: 'ReadSensors', device, sample },
    cause: { kind: 'town' },
  }
}

function periodMs(world: World, device: Device): number | null {
  switch (device.kind) {
    case 'tracker':
      return isStanding(world.logistics.vans[device.van]!) ? TRACKER_STANDING_MS : TRACKER_MOVING_MS
    case 'cargo':
      return CARGO_MS
    case 'station':
      return STATION_MS
    case 'parcel':
      return isGone(world.logistics.parcels[device.parcel]!) ? null : PARCEL_MS
  }
}

function isStanding(van: Van): boolean {
  return (
    van.leg === null &&
    (van.status === 'depot' || van.status === 'stopped' || van.status === 'broken')
  )
}
function isGone(parcel: Parcel): boolean {
  return (
    parcel.status === 'delivered' || parcel.status === 'collected' || parcel.status === 'stolen'
  )
}

/** What the sensors of a device feel now. A spoofed tracker also gets what it is made to say. */
export function truthOf(world: World, device: Device): SensorTruth {
  const { vans, parcels } = world.logistics
  const { now } = world
  if (device.kind === 'tracker' || device.kind === 'cargo') return vanTruth(vans[device.van]!, now)
  const still = {
    odometerMm: 0,
    moving: false,
    canyon: false,
    dark: false,
    temperatureMilli: AMBIENT_MILLI,
  }
  if (device.kind === 'station') return { ...positionOf(town.depot), ...still }
  const parcel = parcels[device.parcel]!
  const van = vans.find((v) => v.cargo.includes(parcel.id))
  const temperatureMilli = parcelTemperatureAt(parcel, vans, now)
  if (van === undefined)
    return {
      ...positionOf(town.depot),
      ...still,
      temperatureMilli,
      dark: parcel.holder.startsWith('locker:'),
    }
  return { ...vanTruth(van, now), temperatureMilli, dark: !van.doorOpen }
}

function vanTruth(van: Van, now: Milliseconds): SensorTruth {
  const truth = {
    ...positionAt(van, now),
    odometerMm: odometerAt(van, now),
    moving: van.leg !== null,
    canyon: inCanyon(van),
    temperatureMilli: cargoTemperatureAt(van, now),
    dark: !van.doorOpen,
  }
  if (van.spoof === null || now >= van.spoof.until) return truth
  return { ...truth, claimed: claimNow(van, now), stealthPermille: van.spoof.stealthPermille }
}

/** False fixes come at the crew's own rate; between two of them the tracker has none. */
function claimNow(van: Van, now: Milliseconds): Fix | null {
  const { since, periodMs: every } = van.spoof!
  const due = Math.floor((now - since) / every)
  const before = Math.floor((now - TRACKER_MOVING_MS - since) / every)
  return due > before || every <= TRACKER_MOVING_MS ? claimedAt(van, now) : null
}

function positionOf(node: string): { readonly x: number; readonly y: number } {
  const { x, y } = town.nodes[nodeOf(node)]!
  return { x, y }
}
