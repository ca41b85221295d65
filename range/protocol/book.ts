// CONTRACT: change only by adding.
import type { Milliseconds } from '../world/types.ts'

/** The shop's book as defenders see it: what witnesses report, and what was proven of it. */
export interface BookView {
  /** The newest head that a witness accepted, else was shown; root in hex. */
  readonly head: {
    readonly at: Milliseconds
    readonly size: number
    readonly root: string
  } | null
  readonly frozen: boolean
  /** When the bank settles next by what the book says. */
  readonly settlesAt: Milliseconds
  readonly witnesses: readonly {
    readonly witness: string
    /** `away`: nothing was heard for three minutes. `split`: another head than most. */
    readonly verdict: 'none' | 'good' | 'changed' | 'split' | 'away'
    readonly at: Milliseconds | null
    /** Size of the newest head that it keeps. */
    readonly size: number
  }[]
  /**
   * The first row that witnesses kept otherwise, and who says so. `after` null: it is gone;
   * `before` null: it was put in, dated back.
   */
  readonly change: {
    readonly index: number
    readonly before: BookRow | null
    readonly after: BookRow | null
    readonly by: readonly string[]
  } | null
  /** Once the change was proven: what anybody can check by hashing. */
  readonly proof: {
    readonly witness: string
    readonly index: number
    readonly before: string | null
    readonly after: string | null
    readonly size: number
    readonly root: string
    readonly path: readonly string[]
  } | null
}
export interface BookRow {
  readonly at: Milliseconds
  readonly kind: string
  readonly order: string
  readonly parcel: string
  readonly amountMinor: number
  readonly place: string
}
