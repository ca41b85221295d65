import { settle } from './cold.ts'
import { range, Stream } from './draw.ts'
import { driveOn, handOver, startTour } from './fleet-driver.ts'
import { evolveVan, initialVan, settleCargo } from './fleet-evolve.ts'
import { FLEET_COMMANDS, FLEET_EVENTS, isFleetEvent } from './fleet-kinds.ts'
import { fleetMeters } from './fleet-meters.ts'
import { firstPlan, reactVan } from './fleet-react.ts'
import * as response from './fleet-response.ts'
import { mishaps } from './fleet-twins.ts'
import { collectFromLocker, evolveLockers, initialLockers } from './locker.ts'
import { deviceOf, firstRead, nextRead, openingReads, truthOf } from './sensor-device.ts'
import { isPlace, town } from './town.ts'
import { changeParcel } from './custody.ts'
import type { FleetCommand, FleetEvent, LogisticsState, Parcel, Van } from './types-logistics.ts'
import type { Happened, Part, Refused, Scheduled, World, WorldConfig } from './types.ts'
import {
  depotParcels,
  nextWork,
  stationWorked,
  STATIONS,
  takeIn,
  takeInOf,
  workStation,
} from './warehouse.ts'

/**
 * Warehouse, vans, lockers and their sensors. Positions and temperatures are closed formulas;
 * nothing is stepped.
 */
export const logistics: Part<LogisticsState, FleetCommand, FleetEvent> = {
  commands: FLEET_COMMANDS,
  events: FLEET_EVENTS,
  initial,
  opening,
  decide,
  evolve,
  react,
  meters: fleetMeters,
}

function initial(config: WorldConfig): LogisticsState {
  const parcels = depotParcels(config)
  return {
    parcels,
    vans: Array.from({ length: config.vans }, (_, id) => initialVan(config, id)),
    lockers: initialLockers(),
    warehouse: { pick: [], pack: [], dock: parcels.map((p) => p.id), heldParcels: [] },
  }
}

function opening(world: World): readonly Scheduled[] {
  return [
    ...world.logistics.vans.map((van) => firstPlan(world, van)),
    ...openingReads(world),
    ...mishaps(world),
  ]
}

type Decided = readonly (FleetEvent | Refused)[]

function decide(world: World, command: FleetCommand): Decided {
  switch (command.kind) {
    case 'TakeIn':
      return isPlace(command.address)
        ? takeIn(world, command)
        : response.refused('TakeIn', 'no-such-place')
    case 'WorkStation':
      return workStation(world, command.station)
    case 'CollectFromLocker':
      return collectFromLocker(world, command)
    case 'Collected':
      return collected(world, command.parcel)
    case 'ReadSensors': {
      const { device, sample } = command
      return [{ kind: 'SensorsRead', device, sample, truth: truthOf(world, deviceOf(device)) }]
    }
    case 'HoldParcel':
      return response.holdParcel(world.logistics.parcels[command.parcel])
    case 'ReleaseParcel':
      return response.releaseParcel(world.logistics.parcels[command.parcel])
    case 'LockerFails':
      return [
        {
          kind: 'LockerFailed',
          locker: command.locker,
          until: world.now + command.minutes * 60_000,
        },
      ]
    default:
      return decideVan(world, command)
  }
}

type VanCommand = Extract<FleetCommand, { van: number }>

function decideVan(world: World, command: VanCommand): Decided {
  const van = world.logistics.vans[command.van]
  if (van === undefined) return response.refused(command.kind, 'no-such-van')
  switch (command.kind) {
    case 'PlanTour':
      return command.tour === van.tour + 1 ? startTour(world, van, command.tour) : []
    case 'DriveOn':
      return driveOn(world, van, command.step)
    case 'OpenDoor':
      return openDoor(van, command.place)
    case 'CloseDoor':
      return van.doorOpen ? [{ kind: 'DoorClosed', van: van.id }] : []
    case 'Deliver':
    case 'LoadParcel':
      return byHand(world, van, command)
    case 'RecallVan':
      return response.recallVan(van)
    case 'LockCargo':
      return response.lockCargo(van, command.locked)
    case 'DivertVan':
      return response.divertVan(van, command)
    case 'SpoofGps':
      return response.spoofGps(world, van, command)
    case 'EndSpoof':
      return response.endSpoof(van, command.untilMs)
    case 'Unload':
      return response.unload(world, van, command)
    case 'FlatTyre':
      return van.status === 'depot'
        ? []
        : [{ kind: 'TyreFlat', van: van.id, until: world.now + command.minutes * 60_000 }]
    case 'Detour':
      return van.status === 'driving' && van.diversion === null
        ? [{ kind: 'DetourTaken', van: van.id, via: command.via }]
        : []
  }
}

function openDoor(van: Van, place: string): Decided {
  if (van.locked && place !== 'place:depot') return response.refused('OpenDoor', 'cargo-locked')
  return van.doorOpen ? [] : [{ kind: 'DoorOpened', van: van.id, place }]
}

/** Loading and handing over outside the driver's own steps: an inject or a later attack. */
function byHand(
  world: World,
  van: Van,
  command: Extract<FleetCommand, { kind: 'Deliver' | 'LoadParcel' }>,
): Decided {
  const parcel = world.logistics.parcels[command.parcel]
  if (parcel === undefined) return response.refused(command.kind, 'no-such-parcel')
  if (parcel.held) return response.refused(command.kind, 'parcel-held')
  if (command.kind === 'LoadParcel') {
    const ready = van.at === town.depot && van.leg === null && parcel.status === 'docked'
    return ready
      ? [{ kind: 'ParcelLoaded', parcel: parcel.id, van: van.id }]
      : response.refused('LoadParcel', 'parcel-not-here')
  }
  const stop = van.stops.find((s) => s.place === parcel.address)
  const here = van.cargo.includes(parcel.id) && van.leg === null && stop?.node === van.at
  return here
    ? handOver(world, van, parcel, parcel.address)
    : response.refused('Deliver', 'parcel-not-here')
}

function collected(world: World, id: number): Decided {
  const parcel = world.logistics.parcels[id]
  const locker = world.logistics.lockers.find((l) => l.boxes.some((b) => b.parcel === id))
  if (parcel?.status !== 'in-locker' || locker === undefined)
    return response.refused('Collected', 'parcel-not-in-locker')
  return [
    {
      kind: 'ParcelCollected',
      parcel: id,
      locker: locker.id,
      box: locker.boxes.findIndex((b) => b.parcel === id),
    },
  ]
}

function evolve(state: LogisticsState, event: FleetEvent, world: World): LogisticsState {
  if (event.kind === 'SensorsRead' || event.kind === 'StationIdle') return state
  const van = vanOfEvent(state, event)
  const aired =
    van !== null && (event.kind === 'DoorOpened' || event.kind === 'DoorClosed')
      ? { ...state, parcels: settleCargo(state, van, world.now) }
      : state
  const parcels = changeParcel(aired, event, world.now)
  const moved = van === null ? null : evolveVan(van, event, world)
  const vans = moved === null ? state.vans : state.vans.map((v) => (v.id === moved.id ? moved : v))
  const next = {
    ...state,
    parcels,
    vans,
    lockers: evolveLockers(state.lockers, event),
    warehouse: queues(state, event),
  }
  if (event.kind !== 'StationWorked') return next
  const settled = next.parcels.map((p): Parcel =>
    p.id === event.parcel ? settle(p, state.vans, world.now) : p,
  )
  return stationWorked({ ...next, parcels: settled }, event)
}

function queues(state: LogisticsState, event: FleetEvent): LogisticsState['warehouse'] {
  const { warehouse } = state
  switch (event.kind) {
    case 'ParcelTakenIn':
      return { ...warehouse, pick: [...warehouse.pick, event.parcel.id] }
    case 'ParcelLoaded':
      return { ...warehouse, dock: warehouse.dock.filter((id) => id !== event.parcel) }
    case 'ParcelBackInCustody':
      return { ...warehouse, dock: [...warehouse.dock, event.parcel] }
    case 'ParcelHeld':
      return { ...warehouse, heldParcels: [...warehouse.heldParcels, event.parcel] }
    case 'ParcelReleased':
      return {
        ...warehouse,
        heldParcels: warehouse.heldParcels.filter((id) => id !== event.parcel),
      }
    default:
      return warehouse
  }
}

/** The van an event concerns; for a parcel's event the one that carries it (or just carried it). */
function vanOfEvent(state: LogisticsState, event: FleetEvent): Van | null {
  if ('van' in event && event.van !== undefined) return state.vans[event.van] ?? null
  if (event.kind === 'ParcelBackInCustody' || event.kind === 'LockerRefused') {
    return state.vans.find((v) => v.cargo.includes(event.parcel)) ?? null
  }
  return null
}

function react(world: World, happened: Happened): readonly Scheduled[] {
  const { event } = happened
  if (event.kind === 'OrderPaid') {
    const item = takeInOf(world, event.order)
    return item === null ? [] : [item]
  }
  if (!isFleetEvent(event)) return []
  const own: FleetEvent = event
  switch (own.kind) {
    case 'SensorsRead':
      return nextRead(world, own.device, own.sample)
    case 'ParcelTakenIn':
      return nextWork(world, 'pick', true)
    case 'StationWorked': {
      const next = STATIONS[STATIONS.indexOf(own.station) + 1]
      return [
        ...nextWork(world, own.station, false),
        ...(next === undefined ? [] : nextWork(world, next, true)),
        ...(own.station === 'pack' ? firstRead(world, own.parcel) : []),
      ]
    }
    default: {
      const van = vanOfEvent(world.logistics, own)
      return [...(van === null ? [] : reactVan(world, van, own)), ...collection(world, own)]
    }
  }
}

/** A customer fetches from the locker half an hour to four hours later. */
function collection(world: World, event: FleetEvent): readonly Scheduled[] {
  if (event.kind !== 'ParcelPutInLocker') return []
  const { parcel, locker, code } = event
  const at =
    world.now +
    1_800_000 +
    1_000 *
      range(
        12_600,
        world.config.seed,
        Stream.lockerSlot,
        1_000_000 + world.logistics.parcels[parcel]!.key,
        0,
      )
  const command: FleetCommand = { kind: 'CollectFromLocker', locker, parcel, code }
  return [{ at, entity: parcel, ordinal: 0, command, cause: { kind: 'town' } }]
}
