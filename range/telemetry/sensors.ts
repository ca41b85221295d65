import type { EpcisEvent, SensorElement } from '../../engine/event/telemetry.ts'
import { parcelRef, vanRef } from '../world/refs.ts'
import { deviceOf, trackerOf } from '../world/sensor-device.ts'
import {
  cargoReading,
  delayMs,
  isLost,
  isoTime,
  parcelReading,
  trackerReading,
  type Sample,
} from '../world/sensor.ts'
import type { FleetEvent } from '../world/types-logistics.ts'
import type { World } from '../world/types.ts'
import { STATIONS } from '../world/warehouse.ts'
import { heartbeat } from './backoffice.ts'
import type { Report, Source } from './report.ts'

/**
 * Bare sensor reports: trackers, cargo rooms, cargo doors, smart parcels, and the heartbeats of
 * the stations.
 */
export const sensors: Source = (world, at, event) => {
  switch (event.kind) {
    case 'SensorsRead':
      return read(world, at, event)
    case 'DoorOpened':
    case 'DoorClosed':
      return [door(world, event.van, event.kind === 'DoorOpened', at)]
    default:
      return []
  }
}

function read(
  world: World,
  at: number,
  event: Extract<FleetEvent, { kind: 'SensorsRead' }>,
): readonly Report[] {
  const { device, sample, truth } = event
  const { seed } = world.config
  const which = deviceOf(device)
  if (which.kind === 'station') return [heartbeat(STATIONS[which.station]!)]
  const entity =
    which.kind === 'parcel' ? 10_000_000 + world.logistics.parcels[which.parcel]!.key : device
  if (truth === undefined || isLost(seed, entity, sample)) return []
  const s: Sample = { config: world.config, device, sample, at }
  const delay = delayMs(seed, entity, sample)
  switch (which.kind) {
    case 'tracker':
      return [
        sensorReport(
          `van-${which.van}-tracker`,
          delay,
          vanRef(which.van),
          trackerReading(s, which.van, truth),
        ),
      ]
    case 'cargo':
      return [
        sensorReport(
          `van-${which.van}-cargo`,
          delay,
          vanRef(which.van),
          cargoReading(s, which.van, truth),
        ),
      ]
    case 'parcel': {
      const label = parcelRef(which.parcel)
      return [
        sensorReport(
          label.replace(':', '-'),
          delay,
          label,
          parcelReading(s, world.logistics.parcels[which.parcel]!, truth),
        ),
      ]
    }
  }
}

function door(world: World, van: number, open: boolean, at: number): Report {
  const step = world.logistics.vans[van]!.step
  const element: SensorElement = {
    sensorMetadata: { deviceID: `device:van-${van}-door`, time: isoTime(at) },
    sensorReport: [{ type: 'doorstep:door', booleanValue: open }],
  }
  return sensorReport(
    `van-${van}-door`,
    delayMs(world.config.seed, 500_000 + trackerOf(van), step),
    vanRef(van),
    [element],
  )
}

function sensorReport(
  stream: string,
  delay: number,
  readPoint: string,
  sensorElementList: readonly SensorElement[],
): Report {
  return {
    stream,
    delayMs: delay,
    body: (time, uid): EpcisEvent => ({
      type: 'ObjectEvent',
      eventID: uid,
      eventTime: isoTime(time),
      eventTimeZoneOffset: '+00:00',
      action: 'OBSERVE',
      bizStep: 'sensor_reporting',
      epcList: [],
      readPoint: { id: readPoint },
      sensorElementList,
    }),
  }
}
