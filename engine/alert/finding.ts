import type { Json } from '../event/json.ts'
import type { Telemetry } from '../event/telemetry.ts'
import type { SuppressionState } from '../sigma/suppression.ts'
import type { Alert } from './alert.ts'

/** What a detector says; the engine gives it its id. */
export type Finding = Omit<Alert, 'id'>

/**
 * One kind of reasoning. Sees telemetry and nothing else, holds bounded state, reads no clock: what
 * it says is a function of the stream alone. `tick` is called with the virtual time after the
 * events up to it were seen.
 */
export interface Detector {
  readonly name: string
  see(event: Telemetry): Finding[]
  tick(now: number): Finding[]
  save(): Json
  /** Refuses by throwing if `saved` is of another version of this detector. */
  restore(saved: Json): void
  /** Where it has rules that somebody suppressed: each suppression as it stands. */
  suppressions?(): readonly SuppressionState[]
}

/** At most this many telemetry uids in an alert. */
export const EVIDENCE_MAX = 32
