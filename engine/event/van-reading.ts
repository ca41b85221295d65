import type { TwinPlan } from '../twin/plan.ts'
import type { EpcisEvent } from './telemetry.ts'

/**
 * What one report says of a van; absent means that this report does not speak of it. Millimetres.
 */
export interface VanReading {
  readonly van: string
  x?: number
  y?: number
  odometer?: number
  cell?: string
  door?: boolean
}

/** Which device belongs to which van, by the type plates. */
export class VanDevices {
  readonly #vanOf = new Map<string, string>()

  constructor(plan: TwinPlan) {
    for (const { id, gps, odometer, door, cell } of plan.vans) {
      for (const device of [gps, odometer, door, cell]) this.#vanOf.set(device, id)
    }
  }

  /** One reading for each van that the event's sensors belong to; empty for anything else. */
  read(body: EpcisEvent): VanReading[] {
    const readings = new Map<string, VanReading>()
    for (const element of body.sensorElementList ?? []) {
      const van = this.#vanOf.get(element.sensorMetadata.deviceID)
      if (van === undefined) continue
      const reading = readings.get(van) ?? { van }
      readings.set(van, reading)
      for (const report of element.sensorReport) {
        if (report.type === 'doorstep:x' && report.value !== undefined) reading.x = report.value
        if (report.type === 'doorstep:y' && report.value !== undefined) reading.y = report.value
        if (report.type === 'doorstep:odometer' && report.value !== undefined)
          reading.odometer = report.value
        if (report.type === 'doorstep:cell' && report.stringValue !== undefined)
          reading.cell = report.stringValue
        if (report.type === 'doorstep:door' && report.booleanValue !== undefined)
          reading.door = report.booleanValue
      }
    }
    return [...readings.values()]
  }
}
