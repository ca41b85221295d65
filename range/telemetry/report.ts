import type { OcsfEvent, Telemetry } from '../../engine/event/telemetry.ts'
import type { Happened, Milliseconds, World, WorldEvent } from '../world/types.ts'

/**
 * One message of one source on its way to the collector. `body` is asked for once its time and uid
 * are known.
 */
export interface Report {
  /** Messages of a stream keep their order and are numbered without gaps. */
  readonly stream: string
  readonly delayMs: number
  readonly body: (time: Milliseconds, uid: string) => Telemetry['body']
}
/** What one system or sensor says about an event of the world: never why it happened. */
export type Source = (world: World, at: Milliseconds, event: WorldEvent) => readonly Report[]

/** All that a source may look at. The cause is left out on purpose. */
export type Seen = Pick<Happened, 'at' | 'event'>

export const OCSF_VERSION = '1.8.0'

/** The fields that all OCSF classes share. */
export function base(
  time: Milliseconds,
  uid: string,
  log: string,
  product: string,
): Pick<OcsfEvent, 'time' | 'metadata' | 'severity_id'> {
  return {
    time,
    severity_id: 1,
    metadata: { uid, version: OCSF_VERSION, product: { name: product }, log_name: log },
  }
}
