// CONTRACT: change only by adding.
import type { Milliseconds } from './types.ts'

/**
 * The shop's book: a transparency log of what matters to customers, kept in a database, and those
 * who witness it. `World.book` is there only where the scenario says so.
 */
export interface BookState {
  /** The rows as they are stored, oldest first; at most ENTRIES_MAX, then nothing more is taken. */
  readonly entries: readonly BookEntry[]
  /** What whoever asks from one of `audience` is shown instead; null in ordinary life. */
  readonly aside: {
    readonly audience: readonly WitnessId[]
    readonly entries: readonly BookEntry[]
  } | null
  /** Newest published heads, of the rows and of the other story; null before the first minute. */
  readonly head: BookHead | null
  readonly asideHead: BookHead | null
  /** Heads published so far. */
  readonly round: number
  readonly witnesses: readonly BookWitness[]
  /** The account that may write rows by hand is closed. */
  readonly frozen: boolean
  /** Rows written by hand so far: the database's own count. */
  readonly handWrites: number
  /** What customers paid since the last settlement, as it lies on the clearing account. */
  readonly takenMinor: number
  readonly settledAt: Milliseconds
  /** Left on the clearing account after settlements, for who has access to it. */
  readonly restMinor: number
  /** Orders whose customers were not believed. */
  readonly asked: readonly number[]
  readonly proof: BookProof | null
}
export type WitnessId = 'carrier' | 'lockers' | 'bank' | 'customers'

export interface BookEntry {
  readonly at: Milliseconds
  readonly kind:
    'paid' | 'refund' | 'handed-over' | 'delivered' | 'in-locker' | 'collected' | 'correction'
  /** Number of the order, and label of the parcel such as `P-1042`, or nothing. */
  readonly order: string
  readonly parcel: string
  /** Signed; a correction takes back what it names. */
  readonly amountMinor: number
  readonly place: string
}
/** `root` in hex. */
export interface BookHead {
  readonly at: Milliseconds
  readonly size: number
  readonly root: string
}
export interface BookWitness {
  readonly id: WitnessId
  /** The newest head that it found to continue what it had seen, and its copy of the rows. */
  readonly kept: BookHead | null
  readonly copy: readonly BookEntry[]
  /** What it found at its last look. */
  readonly verdict: 'none' | 'good' | 'changed'
  readonly at: Milliseconds | null
  readonly shown: BookHead | null
  readonly differs: BookDifference | null
}
/**
 * The first row that a witness kept otherwise; or the first new one that is dated before the head
 * that it keeps, and so was not there then (`kept` null). Texts as they are hashed, path in hex.
 */
export interface BookDifference {
  readonly index: number
  readonly kept: string | null
  /** Null where there is no such row any more. */
  readonly shown: string | null
  /** From the kept row to the root that the witness keeps; from a new one to that it was shown. */
  readonly path: readonly string[]
}
/** A change that anybody can check: the row, and its way to a head that was published. */
export interface BookProof extends BookDifference {
  readonly witness: WitnessId
  readonly size: number
  readonly root: string
}

/** What somebody who can write the rows does to them. */
export type BookChange =
  | { readonly way: 'edit'; readonly index: number; readonly entry: BookEntry }
  | { readonly way: 'drop'; readonly index: number }
  | { readonly way: 'insert'; readonly index: number; readonly entry: BookEntry }
  | { readonly way: 'cut'; readonly size: number }
  | {
      readonly way: 'fork'
      readonly audience: readonly WitnessId[]
      readonly index: number
      readonly entry: BookEntry
    }

export type BookCommand =
  | { readonly kind: 'PublishHead'; readonly round: number }
  | { readonly kind: 'WitnessLooks'; readonly witness: WitnessId; readonly round: number }
  | { readonly kind: 'SettleBook'; readonly round: number }
  | { readonly kind: 'AskBook'; readonly order: number }
  | { readonly kind: 'CorrectEntry'; readonly ordinal: number; readonly tries: number }
  | { readonly kind: 'ChangeBook'; readonly change: BookChange }
  // responses
  | { readonly kind: 'FreezeBook' }
  | { readonly kind: 'ThawBook' }
  | { readonly kind: 'RebuildBook' }
  | { readonly kind: 'ProveChange' }

export type BookEvent =
  | {
      readonly kind: 'HeadPublished'
      readonly round: number
      readonly head: BookHead
      readonly aside: BookHead | null
    }
  | {
      readonly kind: 'BookWitnessed'
      readonly witness: WitnessId
      readonly kept: BookHead | null
      readonly shown: BookHead
      /** Consistency path from `kept` to `shown` as the book gave it, hex. */
      readonly path: readonly string[]
      readonly accepted: boolean
      readonly differs: BookDifference | null
    }
  /** What the book says was paid went to the shop; the rest stays on the clearing account. */
  | {
      readonly kind: 'BookSettled'
      readonly round: number
      readonly bookedMinor: number
      readonly restMinor: number
    }
  | { readonly kind: 'SettlementHeld'; readonly round: number }
  /** A customer without a parcel was told that the book says otherwise. */
  | { readonly kind: 'BookClaimRefused'; readonly order: number }
  | { readonly kind: 'EntryCorrected'; readonly entries: readonly BookEntry[] }
  | { readonly kind: 'CorrectionWaits'; readonly ordinal: number; readonly tries: number }
  | { readonly kind: 'BookChanged'; readonly change: BookChange }
  | { readonly kind: 'BookFrozen' }
  | { readonly kind: 'BookThawed' }
  | {
      readonly kind: 'BookRebuilt'
      readonly entries: readonly BookEntry[]
      readonly head: BookHead
      readonly agreed: readonly WitnessId[]
      /** Rows that were put back or put right, and rows that no witness had seen yet. */
      readonly restored: number
      readonly carried: number
    }
  | { readonly kind: 'BookChangeProven'; readonly proof: BookProof }
