import type { Fact } from '../mfotl/monitor.ts'
import { bare, fact } from './bare.ts'
import type { StopWatch } from './stops.ts'
import type { EpcisEvent } from './telemetry.ts'

/** Lux from which a parcel's logger sees more than the gaps of a closed box let in. */
export const LIGHT_MIN_LUX = 50

interface Look {
  /** Null where nobody asks where a van stood at a delivery. */
  readonly stops: StopWatch | null
  readonly light: boolean
}

/**
 * Scans, who took a parcel over and who gave it up, deliveries, and light inside parcels; doors of
 * vans apart.
 */
export function epcisFacts(body: EpcisEvent, time: number, look: Look): Fact[] {
  if (body.bizStep === 'sensor_reporting') return look.light ? light(body) : []
  const facts: Fact[] = []
  const [place, actor] = [bare(body.readPoint.id), bare(body['doorstep:actor'] ?? '')]
  const holder = body.parentID === undefined ? '' : bare(body.parentID)
  const delivered = body.bizStep === 'delivering'
  const near =
    !delivered || look.stops?.stoodAt(body.parentID ?? '', body.readPoint.id, time) !== false
  for (const epc of body.epcList) {
    const parcel = bare(epc)
    facts.push(fact('scan', parcel, body.bizStep, place, actor))
    if (delivered) facts.push(fact('delivered', parcel, place, holder, near ? 1 : 0))
    if (holder === '' || body.type !== 'AggregationEvent') continue
    if (body.action === 'ADD') facts.push(fact('held', parcel, holder, actor))
    if (body.action === 'DELETE') facts.push(fact('freed', parcel, holder, actor))
  }
  return facts
}

function light(body: EpcisEvent): Fact[] {
  if (!body.readPoint.id.startsWith('parcel:')) return []
  const facts: Fact[] = []
  for (const { sensorReport } of body.sensorElementList ?? []) {
    for (const { type, value } of sensorReport) {
      if (type !== 'gs1:Illuminance' || value === undefined || value < LIGHT_MIN_LUX) continue
      facts.push(fact('light', bare(body.readPoint.id), Math.round(value)))
    }
  }
  return facts
}
