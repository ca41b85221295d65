import { isEpcis, type Telemetry } from '../../engine/event/telemetry.ts'
import { deviceOf } from '../world/sensor-device.ts'
import { isoTime } from '../world/sensor.ts'
import { vanOf } from '../world/refs.ts'
import type { Happened } from '../world/types.ts'
import type { RunState } from './state.ts'

/** Readings remembered until their report arrives: the latest report is 15 s late, one is 10 s. */
const READINGS_MAX = 8
/** A fix this old says nothing about now: a silent tracker is no gap. */
const FIX_STALE_MS = 120_000

/**
 * Compares each fix with where the van was when its tracker took it. It reads the truth: only
 * debriefs show it. A report comes up to 15 s late, so the van may be on another road by then: what
 * it does now says nothing of what it did.
 */
export function followGaps(
  state: RunState,
  happened: readonly Happened[],
  telemetry: readonly Telemetry[],
): void {
  for (const { at, event } of happened) {
    if (event.kind !== 'SensorsRead' || event.truth === undefined) continue
    const device = deviceOf(event.device)
    if (device.kind !== 'tracker') continue
    const before = state.followed.get(device.van)
    const { x, y } = event.truth
    const places = [...(before?.places ?? []), { time: isoTime(at), x, y }].slice(-READINGS_MAX)
    state.followed.set(device.van, { places, gap: before?.gap ?? null })
  }
  for (const event of telemetry) compare(state, event)
}

function compare(state: RunState, { body, time }: Telemetry): void {
  if (!isEpcis(body) || body.sensorElementList === undefined) return
  const followed = state.followed.get(vanOf(body.readPoint.id) ?? -1)
  if (followed === undefined) return
  for (const { sensorMetadata, sensorReport } of body.sensorElementList) {
    const x = sensorReport.find((one) => one.type === 'doorstep:x')?.value
    const y = sensorReport.find((one) => one.type === 'doorstep:y')?.value
    const really = followed.places.find((one) => one.time === sensorMetadata.time)
    if (x === undefined || y === undefined || really === undefined) continue
    const [dx, dy] = [x - really.x, y - really.y]
    const mm = Math.round(Math.sqrt(dx * dx + dy * dy))
    state.followed.set(vanOf(body.readPoint.id)!, { ...followed, gap: { at: time, mm } })
  }
}

/** Millimetres between a van's last fix and where it was then, of the van where that is widest. */
export function widestGap(state: RunState): number {
  let widest = 0
  for (const { gap } of state.followed.values())
    if (gap !== null && state.now - gap.at <= FIX_STALE_MS) widest = Math.max(widest, gap.mm)
  return widest
}
