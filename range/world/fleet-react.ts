import { range, Stream, type StreamId } from './draw.ts'
import { crossingWaitMs, legEntity } from './fleet-motion.ts'
import { nextStop } from './fleet-tour.ts'
import { isMeeting, nodeOf, town } from './town.ts'
import type { FleetCommand, FleetEvent, Van } from './types-logistics.ts'
import type { Cause, Milliseconds, Scheduled, World } from './types.ts'

const UNLOAD_MS = 240_000
const GIVE_UP_MS = 330_000

/**
 * What a van tries next after an event of its own: the driver's next step, and what else follows
 * by itself.
 */
export function reactVan(world: World, van: Van, event: FleetEvent): readonly Scheduled[] {
  switch (event.kind) {
    case 'TourPlanned':
      return tourPlanned(world, van)
    case 'VanStopped':
      return [
        ...unloading(world, van, event.place),
        step(world, van, stopMs(world, van, event.place)),
      ]
    case 'VanDeparted':
      return [...forgottenDoor(world, van), step(world, van, 0)]
    case 'DoorOpened':
      return [
        step(
          world,
          van,
          isMeeting(event.place)
            ? UNLOAD_MS
            : 12_000 + spread(world, Stream.stop, van, 20_000, event.place.length),
        ),
      ]
    case 'DoorClosed':
      return [step(world, van, 8_000)]
    case 'ParcelLoaded':
      return [step(world, van, 9_000 + parcelSpread(world, event.parcel, 10_000))]
    case 'VanArrived':
      return [step(world, van, arrivalMs(world, van))]
    case 'ParcelDelivered':
      return [step(world, van, 35_000 + parcelSpread(world, event.parcel, 75_000))]
    case 'ParcelPutInLocker':
      return [step(world, van, 9_000 + parcelSpread(world, event.parcel, 8_000))]
    case 'LockerRefused':
      return [step(world, van, 20_000)]
    case 'GpsSpoofed':
      return [
        later(
          event.untilMs,
          van,
          { kind: 'EndSpoof', van: van.id, untilMs: event.untilMs },
          causeOf(van),
        ),
      ]
    case 'TourEnded':
      return [plan(world, van, afterTourMs(world, van))]
    default:
      return []
  }
}

/** The driver's next step: at the end of a leg under way, else `afterMs` from now. */
function step(world: World, van: Van, afterMs: number): Scheduled {
  const at = van.leg === null ? world.now + afterMs : van.leg.arrives
  return later(
    at,
    van,
    { kind: 'DriveOn', van: van.id, tour: van.tour, step: van.step },
    causeOf(van),
  )
}

function later(at: Milliseconds, van: Van, command: FleetCommand, cause: Cause): Scheduled {
  return { at, entity: van.id, ordinal: van.step, command, cause }
}

function causeOf(van: Van): Cause {
  return van.diversion === null ? { kind: 'town' } : { kind: 'attack', run: van.diversion.run }
}

/**
 * Vans leave the yard one after the other; a late driver (benign twin `lateVan`) by up to 25
 * minutes.
 */
export function firstPlan(world: World, van: Van): Scheduled {
  return plan(world, van, 20_000 + van.id * 70_000)
}

function plan(world: World, van: Van, afterMs: number): Scheduled {
  const at = Math.max(world.now + afterMs, van.restUntil)
  return later(at, van, { kind: 'PlanTour', van: van.id, tour: van.tour + 1 }, { kind: 'town' })
}

function tourPlanned(world: World, van: Van): readonly Scheduled[] {
  if (van.stops.length === 0) return [plan(world, van, 10 * 60_000)]
  const { seed, twins } = world.config
  const late =
    range(1000, seed, Stream.twinEvent, 700 + van.id, van.tour) <
    (80 * (twins['lateVan'] ?? 1000)) / 1000
  const lateMs = late ? 60_000 * range(25, seed, Stream.twinEvent, 720 + van.id, van.tour) : 0
  return [step(world, van, 30_000 + spread(world, Stream.stop, van, 50_000, 900) + lateMs)]
}

/** Between two tours the driver rests 8 to 20 minutes. */
function afterTourMs(world: World, van: Van): number {
  return 8 * 60_000 + spread(world, Stream.stop, van, 12 * 60_000, 901)
}

function spread(world: World, stream: StreamId, van: Van, ms: number, index: number): number {
  return range(ms, world.config.seed, stream, legEntity(van.id, van.tour), index)
}
function parcelSpread(world: World, parcel: number, ms: number): number {
  return range(
    ms,
    world.config.seed,
    Stream.stop,
    4_000_000 + world.logistics.parcels[parcel]!.key,
    0,
  )
}

function stopMs(world: World, van: Van, place: string): number {
  if (place.startsWith('road:')) return Math.max(1_000, van.brokenUntil - world.now)
  return isMeeting(place)
    ? GIVE_UP_MS
    : 5_000 + spread(world, Stream.stop, van, 15_000, 200 + nodeOf(van.at))
}

/** At the meeting place the crew waits, and begins to unload 40 to 80 s later. */
function unloading(world: World, van: Van, place: string): readonly Scheduled[] {
  if (van.diversion === null || van.diversion.to !== place) return []
  const { run } = van.diversion
  const at = world.now + 40_000 + range(40_000, world.config.seed, Stream.attackD1, run, 500_000)
  return [later(at, van, { kind: 'Unload', van: van.id, place, run }, { kind: 'attack', run })]
}

/** Parking takes a little at a stop; elsewhere a crossing may make the van wait. */
function arrivalMs(world: World, van: Van): number {
  const stop = nextStop(van)
  const here =
    stop?.node === van.at ||
    van.at === town.depot ||
    (van.diversion !== null && nodeOf(van.diversion.to) === nodeOf(van.at))
  if (here) return 10_000 + spread(world, Stream.stop, van, 20_000, 600 + nodeOf(van.at))
  return crossingWaitMs(
    world.config.seed,
    nodeOf(van.at),
    legEntity(van.id, van.tour),
    nodeOf(van.at),
  )
}

/** A door that stands open on the road is seen and closed within a minute and a half. */
function forgottenDoor(world: World, van: Van): readonly Scheduled[] {
  if (!van.doorOpen) return []
  const at = world.now + 45_000 + spread(world, Stream.stop, van, 45_000, 902)
  return [later(at, van, { kind: 'CloseDoor', van: van.id }, { kind: 'town' })]
}
