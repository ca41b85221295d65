export type MonitorErrorCode = 'inexact-integer' | 'out-of-order' | 'bad-timestamp' | 'bad-state'

/** Why a monitor refuses to go on. After `inexact-integer` it must not be used again. */
export class MonitorError extends Error {
  readonly code: MonitorErrorCode
  constructor(code: MonitorErrorCode, message: string) {
    super(message)
    this.code = code
  }
}
