import type { EpcisEvent, SensorElement } from '../../engine/event/telemetry.ts'
import { range, Stream } from '../world/draw.ts'
import { lockerRef, parcelRef, vanRef } from '../world/refs.ts'
import { isoTime, scaleReading } from '../world/sensor.ts'
import { town } from '../world/town.ts'
import type { FleetEvent } from '../world/types-logistics.ts'
import type { World, WorldEvent } from '../world/types.ts'
import type { Report, Source } from './report.ts'

interface Scan {
  readonly type: EpcisEvent['type']
  readonly action: EpcisEvent['action']
  readonly bizStep: string
  readonly epc: string
  readonly readPoint: string
  readonly parent?: string
  readonly actor?: string
  readonly disposition?: string
  readonly sensors?: readonly SensorElement[]
}

/**
 * Scans of parcels and vans: who holds what, as the depot, the drivers' scanners and the lockers
 * report it.
 */
export const custody: Source = (world, _at, event) => {
  const scan = depotScan(world, event) ?? roadScan(world, event)
  return scan === null ? [] : [report(world, scan, event)]
}

/** A driver's scanner sends within two seconds, the depot's terminals at once. */
function report(world: World, scan: Scan, event: WorldEvent): Report {
  const mobile = scan.bizStep === 'delivering' || scan.bizStep === 'storing'
  const key =
    'parcel' in event && typeof event.parcel === 'number'
      ? world.logistics.parcels[event.parcel]!.key
      : 0
  const delayMs = mobile
    ? 300 + range(1_700, world.config.seed, Stream.delay, 5_000_000 + key, 0)
    : 0
  const stream = scan.readPoint.startsWith('locker:')
    ? scan.readPoint.replace(':', '-')
    : mobile
      ? 'doors'
      : 'depot'
  return {
    stream: `scan-${stream}`,
    delayMs,
    body: (time, uid): EpcisEvent => ({
      type: scan.type,
      eventID: uid,
      eventTime: isoTime(time),
      eventTimeZoneOffset: '+00:00',
      action: scan.action,
      bizStep: scan.bizStep,
      ...(scan.disposition === undefined ? {} : { disposition: scan.disposition }),
      epcList: [scan.epc],
      ...(scan.parent === undefined ? {} : { parentID: scan.parent }),
      readPoint: { id: scan.readPoint },
      ...(scan.actor === undefined ? {} : { 'doorstep:actor': scan.actor }),
      ...(scan.sensors === undefined ? {} : { sensorElementList: scan.sensors }),
    }),
  }
}

const DEPOT = 'place:depot'

function depotScan(world: World, event: WorldEvent): Scan | null {
  switch (event.kind) {
    case 'ParcelTakenIn':
      return {
        type: 'ObjectEvent',
        action: 'ADD',
        bizStep: 'commissioning',
        epc: parcelRef(event.parcel.id),
        readPoint: DEPOT,
        disposition: 'active',
      }
    case 'StationWorked':
      return stationScan(world, event)
    case 'ParcelLoaded':
      return {
        type: 'AggregationEvent',
        action: 'ADD',
        bizStep: 'loading',
        epc: parcelRef(event.parcel),
        parent: vanRef(event.van),
        readPoint: DEPOT,
        actor: driverOf(world, event.van),
        disposition: 'in_transit',
      }
    case 'ParcelBackInCustody':
      return {
        type: 'AggregationEvent',
        action: 'DELETE',
        bizStep: 'receiving',
        epc: parcelRef(event.parcel),
        readPoint: DEPOT,
        disposition: 'returned',
      }
    case 'VanDeparted':
      return event.leg.from === town.depot ? vanScan(world, event.van, 'departing') : null
    case 'TourEnded':
      return vanScan(world, event.van, 'arriving')
    default:
      return null
  }
}

function vanScan(world: World, van: number, bizStep: string): Scan {
  return {
    type: 'ObjectEvent',
    action: 'OBSERVE',
    bizStep,
    epc: vanRef(van),
    readPoint: DEPOT,
    actor: driverOf(world, van),
  }
}

function stationScan(world: World, event: Extract<FleetEvent, { kind: 'StationWorked' }>): Scan {
  const scan = {
    type: 'ObjectEvent',
    action: 'OBSERVE',
    epc: parcelRef(event.parcel),
    readPoint: DEPOT,
    actor: event.account ?? 'warehouse',
    disposition: 'in_progress',
  } as const
  if (event.station === 'pick') return { ...scan, bizStep: 'picking' }
  if (event.station === 'dock') return { ...scan, bizStep: 'staging_outbound' }
  return {
    ...scan,
    bizStep: 'packing',
    sensors: [scaleReading(world.config, world.logistics.parcels[event.parcel]!, event.massG)],
  }
}

function roadScan(world: World, event: WorldEvent): Scan | null {
  switch (event.kind) {
    case 'ParcelDelivered':
      return {
        type: 'AggregationEvent',
        action: 'DELETE',
        bizStep: 'delivering',
        epc: parcelRef(event.parcel),
        parent: vanRef(event.van),
        readPoint: event.place,
        actor: driverOf(world, event.van),
        disposition: 'retail_sold',
      }
    case 'ParcelPutInLocker':
      return {
        type: 'AggregationEvent',
        action: 'ADD',
        bizStep: 'storing',
        epc: parcelRef(event.parcel),
        parent: lockerRef(event.locker),
        readPoint: lockerRef(event.locker),
        ...(event.van === undefined ? {} : { actor: driverOf(world, event.van) }),
        disposition: 'sellable_not_accessible',
      }
    case 'ParcelCollected':
      return {
        type: 'AggregationEvent',
        action: 'DELETE',
        bizStep: 'collecting',
        epc: parcelRef(event.parcel),
        parent: lockerRef(event.locker),
        readPoint: lockerRef(event.locker),
        disposition: 'retail_sold',
      }
    case 'LockerRefused':
      return {
        type: 'ObjectEvent',
        action: 'OBSERVE',
        bizStep: 'holding',
        epc: parcelRef(event.parcel),
        readPoint: lockerRef(event.locker),
        disposition: 'unavailable',
      }
    default:
      return null
  }
}

/** Account of the van's driver: the drivers among the staff, in order. */
function driverOf(world: World, van: number): string {
  const drivers = world.shop.staff.filter((one) => one.role === 'driver')
  return (
    drivers[world.logistics.vans[van]!.driver % Math.max(1, drivers.length)]?.account ??
    `driver-${van}`
  )
}
