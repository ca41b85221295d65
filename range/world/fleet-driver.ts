import { chance, range, Stream } from './draw.ts'
import { legEntity, nextLeg } from './fleet-motion.ts'
import { nextStop, planTour } from './fleet-tour.ts'
import { parcelTemperatureAt, WARM_MILLI } from './cold.ts'
import { lockerOf } from './refs.ts'
import { nodeOf, town } from './town.ts'
import type { FleetEvent, Parcel, Van } from './types-logistics.ts'
import type { World } from './types.ts'

/**
 * What the driver does next: one step, always with at least one event that counts it, so that the
 * chain of steps never breaks whatever is held, locked, recalled or diverted meanwhile. Empty only
 * for a stale step.
 */
export function driveOn(world: World, van: Van, step: number): readonly FleetEvent[] {
  if (step !== van.step) return []
  if (van.leg !== null)
    return [{ kind: 'VanArrived', van: van.id, node: van.leg.to, odometerMm: van.odometerMm }]
  if (van.brokenUntil > world.now)
    return [{ kind: 'VanStopped', van: van.id, place: `road:${van.at}` }]
  if (van.status === 'depot') return leaveDepot(world, van)
  if (van.status === 'recalled') return homeward(world, van)
  if (van.diversion !== null) return diverted(world, van)
  const stop = nextStop(van)
  if (stop !== null && stop.node === van.at) return atStop(world, van, stop)
  return stop === null && van.at === town.depot
    ? enterDepot(world, van)
    : [depart(world, van, stop?.node ?? town.depot)]
}

function leaveDepot(world: World, van: Van): readonly FleetEvent[] {
  const missing = van.stops
    .flatMap((s) => s.parcels)
    .map((id) => world.logistics.parcels[id]!)
    .filter((p) => p.status === 'docked' && !p.held)
  if (missing.length > 0 && !van.doorOpen)
    return [{ kind: 'DoorOpened', van: van.id, place: 'place:depot' }]
  if (missing.length > 0) return [{ kind: 'ParcelLoaded', parcel: missing[0]!.id, van: van.id }]
  if (van.doorOpen) return [{ kind: 'DoorClosed', van: van.id }]
  const stop = nextStop(van)
  if (stop === null || van.cargo.length === 0) return enterDepot(world, van)
  return [depart(world, van, stop.node)]
}

/** Home: what is still aboard is taken back, and the tour is over. */
function enterDepot(world: World, van: Van): readonly FleetEvent[] {
  const back = van.cargo.map((parcel): FleetEvent => ({ kind: 'ParcelBackInCustody', parcel }))
  const door = van.doorOpen ? [{ kind: 'DoorClosed', van: van.id } as const] : []
  return [
    ...spoiled(world, van.cargo),
    ...back,
    ...door,
    { kind: 'TourEnded', van: van.id, tour: van.tour },
  ]
}

function homeward(world: World, van: Van): readonly FleetEvent[] {
  if (van.doorOpen) return [{ kind: 'DoorClosed', van: van.id }]
  return van.at === town.depot ? enterDepot(world, van) : [depart(world, van, town.depot)]
}

/** On the way to the meeting place, there (waiting for `Unload`), and then back on the route. */
function diverted(world: World, van: Van): readonly FleetEvent[] {
  const meeting = van.diversion!.to
  if (nodeOf(meeting) !== nodeOf(van.at)) {
    if (van.doorOpen) return [{ kind: 'DoorClosed', van: van.id }]
    return [depart(world, van, town.nodes[nodeOf(meeting)]!.id)]
  }
  if (van.status !== 'stopped') return [{ kind: 'VanStopped', van: van.id, place: meeting }]
  if (van.doorOpen) return [{ kind: 'DoorClosed', van: van.id }]
  return [depart(world, van, nextStop(van)?.node ?? town.depot)]
}

function depart(world: World, van: Van, to: string): FleetEvent {
  const target = van.via !== null && van.via !== van.at && van.diversion === null ? van.via : to
  return { kind: 'VanDeparted', van: van.id, leg: nextLeg(world.config, van, target, world.now) }
}

function atStop(world: World, van: Van, stop: Van['stops'][number]): readonly FleetEvent[] {
  if (van.status !== 'stopped') return [{ kind: 'VanStopped', van: van.id, place: stop.place }]
  const next = stop.parcels
    .map((id) => world.logistics.parcels[id]!)
    .find((p) => van.cargo.includes(p.id) && deliverable(van, p))
  if (next === undefined || van.locked) return leaveStop(world, van, stop)
  if (!van.doorOpen) return [{ kind: 'DoorOpened', van: van.id, place: stop.place }]
  return handOver(world, van, next, stop.place)
}

function deliverable(van: Van, parcel: Parcel): boolean {
  return !parcel.held && parcel.status === 'loaded' && !van.bring.includes(parcel.id)
}

/**
 * The driver forgets to close the door about once in 70 stops (benign twin `doorForgotten`);
 * `CloseDoor` follows.
 */
function forgetsDoor(world: World, van: Van): boolean {
  const rate = Math.round((14 * (world.config.twins['doorForgotten'] ?? 1000)) / 1000)
  return chance(
    rate,
    world.config.seed,
    Stream.stop,
    legEntity(van.id, van.tour) + 2_000_000,
    doneCount(van),
  )
}

function doneCount(van: Van): number {
  return van.stops.filter((s) => s.done).length
}

function leaveStop(world: World, van: Van, stop: Van['stops'][number]): readonly FleetEvent[] {
  if (van.doorOpen && !forgetsDoor(world, van)) return [{ kind: 'DoorClosed', van: van.id }]
  const rest = van.stops[van.stops.indexOf(stop) + 1]
  return [depart(world, van, rest?.node ?? town.depot)]
}

/** A door takes the parcel, a locker a free box; a broken or full locker refuses it. */
export function handOver(
  world: World,
  van: Van,
  parcel: Parcel,
  place: string,
): readonly FleetEvent[] {
  const warm = spoiled(world, [parcel.id])
  const locker = lockerOf(place)
  if (locker === null) {
    return [
      ...warm,
      {
        kind: 'ParcelDelivered',
        parcel: parcel.id,
        van: van.id,
        place,
        late: world.now > parcel.due,
      },
    ]
  }
  const row = world.logistics.lockers[locker]!
  const box = row.brokenUntil > world.now ? -1 : row.boxes.findIndex((b) => b.parcel === null)
  if (box < 0) return [{ kind: 'LockerRefused', locker, parcel: parcel.id }]
  const code = 100_000 + range(900_000, world.config.seed, Stream.lockerSlot, locker, parcel.key)
  return [...warm, { kind: 'ParcelPutInLocker', parcel: parcel.id, locker, box, code, van: van.id }]
}

/** Cold goods whose core got too warm, once each. */
function spoiled(world: World, parcels: readonly number[]): readonly FleetEvent[] {
  return parcels
    .map((id) => world.logistics.parcels[id]!)
    .filter(
      (p) =>
        p.cold &&
        p.status === 'loaded' &&
        p.spoiled !== true &&
        parcelTemperatureAt(p, world.logistics.vans, world.now) > WARM_MILLI,
    )
    .map((p): FleetEvent => ({ kind: 'ParcelSpoiled', parcel: p.id }))
}

/** A tour begins only from the depot, with the door shut. */
export function startTour(world: World, van: Van, tour: number): readonly FleetEvent[] {
  if (van.status !== 'depot' || van.stops.some((s) => !s.done)) return []
  return [planTour(world.logistics, van, tour)]
}
