import { isEpcis, type Telemetry } from '../../../engine/event/telemetry.ts'
import { MASTS, UNIT_MM } from '../../../range/world/town-layout.ts'

/** Virtual milliseconds and a reading. */
export type Curve = readonly (readonly [number, number])[]
/**
 * Kilometres along the GPS fixes and by the odometer since the first reading shown; cargo air in
 * °C.
 */
export interface Sensors {
  readonly gps: Curve
  readonly odometer: Curve
  readonly temperature: Curve
  /** Kilometres from the place that GPS claims to the mast that serves the van. */
  readonly mast: Curve
}

/** No mast hears further than this, in kilometres. */
export const MAST_REACH_KM = (Math.max(...MASTS.map((one) => one.radius)) * UNIT_MM) / 1_000_000

/** Kilometres by which the GPS path is longer than the wheels turned, at each odometer reading. */
export function gapOf({ gps, odometer }: Sensors): Curve {
  let i = 0
  return odometer.flatMap(([time, driven]) => {
    while (i + 1 < gps.length && gps[i + 1]![0] <= time) i++
    const fix = gps[i]
    return fix && fix[0] <= time ? [[time, Math.abs(fix[1] - driven)] as const] : []
  })
}
/** The highest reading of a curve, the first of equals; zero at time zero where it has none. */
export function peakOf(curve: Curve): readonly [number, number] {
  return curve.reduce((top, one) => (one[1] > top[1] ? one : top), curve[0] ?? ([0, 0] as const))
}

const BACK_MS = 40 * 60_000
/** A search answers at most 200 rows; a van reports about ten a minute. */
const SLICE_MS = 10 * 60_000

/** The last forty minutes in slices that each fit into one answer, oldest first. */
export function sensorTimes(start: number, now: number): readonly (readonly [number, number])[] {
  const slices: (readonly [number, number])[] = []
  for (let from = Math.max(start, now - BACK_MS); from < now; from += SLICE_MS)
    slices.push([from, Math.min(now, from + SLICE_MS - 1)])
  return slices.length === 0 ? [[start, now]] : slices
}

/**
 * Curves from rows in the order of time. A fix is compared with the one before it, as a pair of
 * dividers would.
 */
export function readSensors(rows: readonly Telemetry[]): Sensors {
  const gps: (readonly [number, number])[] = []
  const odometer: (readonly [number, number])[] = []
  const temperature: (readonly [number, number])[] = []
  const mast: (readonly [number, number])[] = []
  let last: { readonly x: number; readonly y: number } | null = null
  let along = 0
  let first: number | null = null
  for (const row of rows) {
    if (!isEpcis(row.body)) continue
    const report = new Map(
      (row.body.sensorElementList ?? [])
        .flatMap((one) => one.sensorReport)
        .map((one) => [one.type, one.value ?? 0]),
    )
    const x = report.get('doorstep:x')
    const y = report.get('doorstep:y')
    const total = report.get('doorstep:odometer')
    const degrees = report.get('gs1:Temperature')
    if (x !== undefined && y !== undefined) {
      if (last) along += Math.sqrt((x - last.x) * (x - last.x) + (y - last.y) * (y - last.y))
      last = { x, y }
      gps.push([row.time, along / 1_000_000])
    }
    const serving = cellOf(row)
    if (serving && last) mast.push([row.time, apart(last, serving)])
    if (total !== undefined) {
      first ??= total
      odometer.push([row.time, (total - first) / 1_000_000])
    }
    if (degrees !== undefined) temperature.push([row.time, degrees / 1000])
  }
  return { gps, odometer, temperature, mast }
}

type Place = { readonly x: number; readonly y: number }
function cellOf({ body }: Telemetry): Place | undefined {
  if (!isEpcis(body)) return undefined
  const cell = (body.sensorElementList ?? [])
    .flatMap((one) => one.sensorReport)
    .find((one) => one.type === 'doorstep:cell')?.stringValue
  const at = MASTS.find((one) => one.id === cell)?.at
  return at && { x: at[0] * UNIT_MM, y: at[1] * UNIT_MM }
}
function apart(a: Place, b: Place): number {
  return Math.sqrt((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)) / 1_000_000
}
