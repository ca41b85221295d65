import { isEpcis, type EpcisEvent, type Telemetry } from '../../../engine/event/telemetry.ts'
import { createObserver, observe } from '../../../range/telemetry/observe.ts'
import type { Cause, Happened } from '../../../range/world/types.ts'
import { configOf, rig, type Rig } from '../world/rig.ts'
import type { WorldConfig } from '../../../range/world/types.ts'

/**
 * Telemetry of a day watched second by second from its first second. `meddle` is called before
 * each tick.
 */
export function watch(
  seed: number,
  minutes: number,
  meddle: (run: Rig, second: number) => void = () => {},
  twins: WorldConfig['twins'] = {},
  cause?: Cause,
): Telemetry[] {
  const run = rig(seed, twins)
  let observer = createObserver(configOf(seed, twins))
  const telemetry: Telemetry[] = []
  let read = 0
  for (let second = 1; second <= minutes * 60; second++) {
    run.to(second / 60)
    meddle(run, second)
    const fresh: Happened[] = run.log
      .slice(read)
      .map((one) => (cause === undefined ? one : { ...one, cause }))
    read = run.log.length
    const seen = observe(run.world(), fresh, observer)
    observer = seen.state
    telemetry.push(...seen.telemetry)
  }
  return telemetry
}

export function epcisOf(telemetry: readonly Telemetry[]): EpcisEvent[] {
  return telemetry.flatMap(({ body }) => (isEpcis(body) ? [body] : []))
}
export function streamOf(telemetry: readonly Telemetry[], part: string): Telemetry[] {
  return telemetry.filter(({ uid }) => uid.startsWith(`event:${part}`))
}

export interface Track {
  readonly at: number
  readonly x: number | null
  readonly y: number | null
  readonly odometer: number
  readonly mast: string
}
/** What the tracker of a van told, message by message, by the time of its sensors. */
export function trackOf(telemetry: readonly Telemetry[], van: number): Track[] {
  return epcisOf(streamOf(telemetry, `van-${van}-tracker`)).map((event) => {
    const reports = event.sensorElementList!.flatMap((element) => element.sensorReport)
    const value = (type: string): number | null =>
      reports.find((report) => report.type === type)?.value ?? null
    return {
      at: Date.parse(event.sensorElementList!.at(-1)!.sensorMetadata.time!),
      x: value('doorstep:x'),
      y: value('doorstep:y'),
      odometer: value('doorstep:odometer')!,
      mast: reports.find((report) => report.type === 'doorstep:cell')!.stringValue!,
    }
  })
}
