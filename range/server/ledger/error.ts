/** Why a stored log is refused or an append is not taken. */
export type LedgerCode =
  | 'log-header'
  | 'frame-changed'
  | 'opening-changed'
  | 'opening-missing'
  | 'tile-changed'
  | 'shorter-than-checkpoint'
  | 'differs-from-checkpoint'
  | 'checkpoint-refused'
  | 'key-refused'
  | 'origin-refused'
  | 'fenced'
  | 'disk-failed'
  | 'closed'
  | 'sealed'
  | 'backlog-full'
  | 'batch-refused'
  | 'not-json'
  | 'not-ended'

/** A refusal. `at` names the frame (counting from 0) or the entry (its index) it is about. */
export class LedgerError extends Error {
  readonly code: LedgerCode
  readonly at: number | undefined

  constructor(code: LedgerCode, message: string, at?: number) {
    super(`${code}: ${message}`)
    this.name = 'LedgerError'
    this.code = code
    this.at = at
  }
}
