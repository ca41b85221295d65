export type MonitorErrorCode =
  | 'inexact-integer'
  | 'out-of-order'
  | 'bad-timestamp'
  | 'bad-state'
  | 'too-much-kept'
  | 'too-much-work'
  | 'too-many-answers'

/** Why a monitor refuses to go on. After one of a step it must not be used again. */
export class MonitorError extends Error {
  readonly code: MonitorErrorCode
  constructor(code: MonitorErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
