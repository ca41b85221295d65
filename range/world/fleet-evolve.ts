import { cargoTemperatureAt, settle } from './cold.ts'
import { legMm } from './fleet-motion.ts'
import { lineOfVan } from './fleet-tour.ts'
import { nodeOf, town } from './town.ts'
import type { FleetEvent, LogisticsState, Van } from './types-logistics.ts'
import type { Milliseconds, World, WorldConfig } from './types.ts'
import { range, Stream } from './draw.ts'

const REST_AFTER_RECALL_MS = 45 * 60_000

/** A van as it stands in the depot when the day begins. */
export function initialVan(config: WorldConfig, id: number): Van {
  const line = lineOfVan(id)
  const wornKm = 40_000 + range(80_000, config.seed, Stream.odometer, id, 0xffff)
  return {
    id,
    name: `Van ${String.fromCharCode(65 + id)}`,
    driver: id,
    line,
    route: [],
    stops: [],
    at: town.depot,
    leg: null,
    cargo: [],
    doorOpen: false,
    doorSince: config.start,
    odometerMm: wornKm * 1_000_000,
    tour: -1,
    status: 'depot',
    diversion: null,
    spoof: null,
    cargoTemperatureMilli: 4_000,
    cooling: true,
    temperatureSince: config.start,
    locked: false,
    step: 0,
    via: null,
    restUntil: 0,
    brokenUntil: 0,
    bring: [],
  }
}

/** The van after an event that concerns it; `null` when it is none of the fleet's own. */
export function evolveVan(van: Van, event: FleetEvent, world: World): Van | null {
  return afterStep(van, event, world) ?? afterOther(van, event, world)
}

/** Events of the driver's own steps: each counts one. */
function afterStep(before: Van, event: FleetEvent, world: World): Van | null {
  const van = { ...before, step: before.step + 1 }
  switch (event.kind) {
    case 'TourPlanned': {
      const { tour, route, stops } = event
      return { ...van, tour, route, stops, bring: [], via: null }
    }
    case 'ParcelLoaded':
      return { ...van, cargo: [...van.cargo, event.parcel] }
    case 'VanDeparted':
      return departed({ ...van, leg: event.leg })
    case 'VanArrived':
      return arrived(van)
    case 'VanStopped':
      return { ...van, status: stoppedStatus(van, event.place) }
    case 'DoorOpened':
    case 'DoorClosed':
      return door(van, event.kind === 'DoorOpened', world.now)
    case 'ParcelDelivered':
    case 'ParcelPutInLocker':
      return { ...van, cargo: without(van.cargo, event.parcel) }
    case 'LockerRefused':
      return { ...van, bring: [...van.bring, event.parcel] }
    case 'TourEnded': {
      const empty = { stops: [], route: [], cargo: [], bring: [] }
      return { ...van, ...empty, status: 'depot', via: null, diversion: null, leg: null }
    }
    default:
      return null
  }
}

/** What is done to a van from outside, between two steps of its driver. */
function afterOther(van: Van, event: FleetEvent, { now }: World): Van | null {
  switch (event.kind) {
    case 'ParcelStolen':
    case 'ParcelBackInCustody':
      return { ...van, cargo: without(van.cargo, event.parcel) }
    case 'VanRecalled': {
      const restUntil = now + REST_AFTER_RECALL_MS
      return { ...van, status: 'recalled', diversion: null, via: null, restUntil }
    }
    case 'CargoLocked':
      return { ...van, locked: event.locked }
    case 'VanDiverted': {
      const diversion = { to: event.to, since: now, run: event.run }
      return { ...van, status: 'diverted', diversion }
    }
    case 'GpsSpoofed': {
      const { untilMs, stealthPermille, periodMs, track } = event
      const spoof = { since: now, until: untilMs, stealthPermille, periodMs, track: track ?? [] }
      return { ...van, spoof }
    }
    case 'SpoofEnded':
      return { ...van, spoof: null }
    case 'TyreFlat':
      return { ...van, brokenUntil: event.until }
    case 'DetourTaken':
      return { ...van, via: event.via }
    default:
      return null
  }
}

/** Leaving a stop makes it done; leaving the meeting place ends a diversion. */
function departed(van: Van): Van {
  const stops = van.stops.map((s) =>
    s.node === van.at && van.status === 'stopped' ? { ...s, done: true } : s,
  )
  const met = van.diversion !== null && nodeOf(van.diversion.to) === nodeOf(van.at)
  if (van.status === 'recalled') return { ...van, stops }
  if (met) return { ...van, stops, diversion: null, status: 'driving' }
  return { ...van, stops, status: van.diversion === null ? 'driving' : 'diverted' }
}

function arrived(van: Van): Van {
  if (van.leg === null) return van
  const via = van.via === van.leg.to ? null : van.via
  return { ...van, at: van.leg.to, odometerMm: van.odometerMm + legMm(van.leg), leg: null, via }
}

function stoppedStatus(van: Van, place: string): Van['status'] {
  if (!place.startsWith('road:')) return 'stopped'
  return van.status === 'recalled' || van.status === 'diverted' ? van.status : 'broken'
}

function door(van: Van, open: boolean, now: Milliseconds): Van {
  const temperature = cargoTemperatureAt(van, now)
  const since = open === van.doorOpen || !open ? van.doorSince : now
  return {
    ...van,
    doorOpen: open,
    doorSince: since,
    cargoTemperatureMilli: temperature,
    temperatureSince: now,
  }
}

function without(list: readonly number[], id: number): readonly number[] {
  return list.includes(id) ? list.filter((x) => x !== id) : list
}

/** Cargo temperatures of the parcels aboard are settled before the air around them changes. */
export function settleCargo(
  state: LogisticsState,
  van: Van,
  now: Milliseconds,
): LogisticsState['parcels'] {
  if (!van.cargo.some((id) => state.parcels[id]?.thermal !== undefined)) return state.parcels
  return state.parcels.map((p) => (van.cargo.includes(p.id) ? settle(p, state.vans, now) : p))
}
