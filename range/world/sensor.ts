import { civilDate } from '../../engine/civil-date.ts'
import type { SensorElement, SensorReport } from '../../engine/event/telemetry.ts'
import { chance, fraction, range, Stream, type StreamId } from './draw.ts'
import { exponential, normal } from './detmath.ts'
import { MASTS, UNIT_MM } from './town-layout.ts'
import type { Parcel, SensorTruth } from './types-logistics.ts'
import type { Milliseconds, WorldConfig } from './types.ts'

/** What the type plates of the sensors promise; the twin plan repeats the first two. */
export const GPS_SIGMA_MM = 4_000
export const ODOMETER_PPM_MAX = 10_000
const ODOMETER_STEP_MM = 1_000
const SCALE_STEP_G = 5

export interface Sample {
  readonly config: WorldConfig
  readonly device: number
  readonly sample: number
  readonly at: Milliseconds
}

function gauss(stream: StreamId, entity: number, index: number, seed: number): number {
  return normal(fraction(seed, stream, entity, index))
}

/**
 * What a van's tracker reports: GPS fix, odometer and serving mast, or fewer where one has nothing
 * to say. A spoofed tracker reports the claimed place; odometer and modem know nothing of it.
 */
export function trackerReading(
  s: Sample,
  van: number,
  truth: SensorTruth,
): readonly SensorElement[] {
  const fix = gpsFix(s, van, truth)
  const gps: readonly SensorReport[] =
    fix === null
      ? []
      : [
          { type: 'doorstep:x', value: fix.x, uom: 'MMT' },
          { type: 'doorstep:y', value: fix.y, uom: 'MMT' },
        ]
  return [
    ...(gps.length === 0 ? [] : [element(`device:van-${van}-gps`, s.at, gps)]),
    element(`device:van-${van}-odometer`, s.at, [
      { type: 'doorstep:odometer', value: odometer(s, van, truth), uom: 'MMT' },
    ]),
    element(`device:van-${van}-modem`, s.at, [
      { type: 'doorstep:cell', stringValue: servingMast(s, van, truth) },
    ]),
  ]
}

/**
 * Error of a fix: a slow drift of 2 minutes and a fresh part; three times as much in narrow
 * streets.
 */
function gpsFix(s: Sample, van: number, truth: SensorTruth): { x: number; y: number } | null {
  if (truth.claimed === null || (truth.claimed === undefined && noFix(s, van, truth))) return null
  const spoofed = truth.claimed !== undefined
  const scale = spoofed
    ? Math.min(1, (truth.stealthPermille ?? 0) / 400)
    : truth.canyon
      ? 1 + 2 * twin(s, 'gpsCanyon')
      : 1
  const at = truth.claimed ?? truth
  return {
    x: Math.round(at.x + scale * gpsError(s, van, 0)),
    y: Math.round(at.y + scale * gpsError(s, van, 1)),
  }
}

const DRIFT_MS = 120_000

function gpsError({ config, device, sample, at }: Sample, van: number, axis: number): number {
  const knot = Math.floor(at / DRIFT_MS)
  const part = (at - knot * DRIFT_MS) / DRIFT_MS
  const drift = (k: number): number =>
    gauss(Stream.gpsNoise, 1_000_000 + van * 2 + axis, k, config.seed)
  const slow = drift(knot) * (1 - part) + drift(knot + 1) * part
  return (
    GPS_SIGMA_MM *
    (0.7 * slow + 0.5 * gauss(Stream.gpsNoise, device * 2 + axis, sample, config.seed))
  )
}

/**
 * No satellites: for whole four minutes one time in sixty (twin `gpsDropout`), a single fix
 * oftener in narrow streets.
 */
function noFix(s: Sample, van: number, truth: SensorTruth): boolean {
  const { seed } = s.config
  const slot = Math.floor(s.at / 240_000)
  if (chance(Math.round(16 * twin(s, 'gpsDropout')), seed, Stream.gpsFault, van, slot)) return true
  const single = truth.canyon ? 120 * twin(s, 'gpsCanyon') : 4
  return chance(Math.round(single), seed, Stream.gpsFault, 1_000 + s.device, s.sample)
}

function twin(s: Sample, name: string): number {
  return (s.config.twins[name] ?? 1000) / 1000
}

/**
 * The odometer counts wheel turns: exact but for a scale error of the day's tyres, at most 0.8 %.
 */
function odometer(s: Sample, van: number, truth: SensorTruth): number {
  const ppm = range(16_001, s.config.seed, Stream.calibration, van, 0) - 8_000
  return (
    Math.floor((truth.odometerMm * (1 + ppm / 1_000_000)) / ODOMETER_STEP_MM) * ODOMETER_STEP_MM
  )
}

/**
 * The mast that serves the modem: the nearest for its reach, with fading that changes every two
 * minutes.
 */
function servingMast(s: Sample, van: number, truth: SensorTruth): string {
  let best = ''
  let least = Infinity
  MASTS.forEach((mast, i) => {
    const [dx, dy] = [mast.at[0] * UNIT_MM - truth.x, mast.at[1] * UNIT_MM - truth.y]
    const fading =
      0.05 * gauss(Stream.cell, van * 64 + i, Math.floor(s.at / 120_000), s.config.seed)
    const cost = Math.sqrt(dx * dx + dy * dy) / (mast.radius * UNIT_MM) + fading
    if (cost < least) [best, least] = [mast.id, cost]
  })
  return best
}

/** Air in the cargo room: a fixed offset of up to 0.3 degrees and noise of 0.1. */
export function cargoReading(s: Sample, van: number, truth: SensorTruth): readonly SensorElement[] {
  return [
    element(`device:van-${van}-cargo`, s.at, [
      { type: 'gs1:Temperature', value: temperature(s, truth), uom: 'CEL' },
    ]),
  ]
}

function temperature(s: Sample, truth: SensorTruth): number {
  const offset = range(601, s.config.seed, Stream.calibration, s.device, 1) - 300
  return Math.round(
    truth.temperatureMilli +
      offset +
      100 * gauss(Stream.temperature, s.device, s.sample, s.config.seed),
  )
}

/** A logger in a parcel: shock since the last reading, light now. */
export function parcelReading(
  s: Sample,
  parcel: Parcel,
  truth: SensorTruth,
): readonly SensorElement[] {
  const { seed } = s.config
  const shock =
    (truth.moving ? 120 : 15) +
    exponential(truth.moving ? 90 : 8, fraction(seed, Stream.shock, parcel.key, s.sample))
  const light = truth.dark
    ? exponential(0.3, fraction(seed, Stream.light, parcel.key, s.sample))
    : 90 + 260 * fraction(seed, Stream.light, parcel.key, s.sample)
  return [
    element(`device:parcel-${parcel.id + 1000}`, s.at, [
      { type: 'doorstep:shock', value: Math.round(shock) },
      { type: 'gs1:Illuminance', value: Math.round(light), uom: 'LUX' },
    ]),
  ]
}

/** The pack station's scale: 0.3 % of gain at most, noise of 6 g, steps of 5 g. */
export function scaleReading(config: WorldConfig, parcel: Parcel, massG: number): SensorElement {
  const gain = 1 + (range(6_001, config.seed, Stream.calibration, 900, 2) - 3_000) / 1_000_000
  const value = massG * gain + 6 * gauss(Stream.scale, parcel.key, 0, config.seed)
  const report: SensorReport = {
    type: 'gs1:Mass',
    value: Math.max(0, Math.round(value / SCALE_STEP_G) * SCALE_STEP_G),
    uom: 'GRM',
  }
  return { sensorMetadata: { deviceID: 'device:scale-pack' }, sensorReport: [report] }
}

/**
 * Time on the air in milliseconds: 250 and 400 on average, once in a hundred 4 to 15 s from a
 * buffer.
 */
export function delayMs(seed: number, device: number, sample: number): number {
  if (chance(10, seed, Stream.delay, device, sample))
    return 4_000 + range(11_000, seed, Stream.delay, 1_000_000 + device, sample)
  return (
    250 +
    Math.round(
      Math.min(2_500, exponential(400, fraction(seed, Stream.delay, 2_000_000 + device, sample))),
    )
  )
}

/** One message in 250 never arrives. */
export function isLost(seed: number, device: number, sample: number): boolean {
  return chance(4, seed, Stream.loss, device, sample)
}

function element(
  deviceID: string,
  at: Milliseconds,
  sensorReport: readonly SensorReport[],
): SensorElement {
  return { sensorMetadata: { deviceID, time: isoTime(at) }, sensorReport }
}

/** ISO 8601 of milliseconds since 1970-01-01T00:00Z, not before it. */
export function isoTime(ms: Milliseconds): string {
  const days = Math.floor(ms / 86_400_000)
  const rest = ms - days * 86_400_000
  const { year, month, day } = civilDate(days)
  const clock = [3_600_000, 60_000, 1_000].map((unit) => twoDigits(Math.floor(rest / unit) % 60))
  const date = `${year}-${twoDigits(month)}-${twoDigits(day)}`
  return `${date}T${clock.join(':')}.${String(rest % 1000).padStart(3, '0')}Z`
}

function twoDigits(value: number): string {
  return value < 10 ? `0${value}` : `${value}`
}
