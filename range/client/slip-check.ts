import { verifyEd25519 } from '../ledger/ed25519.ts'
import { sha256 } from '../ledger/sha256.ts'
import { slipLeaf, verifySlip, type Slip, type SlipError } from '../ledger/slip.ts'
import { TILE_WIDTH } from '../ledger/tile.ts'
import { openRecord, Unreadable, type RecordClaim, type RecordError } from './checked-record.ts'

/** What a customer's receipt turned out to be. */
export type SlipFinding =
  /** Signed by another log, for another order, or changed since. */
  | { readonly state: 'forged'; readonly code: SlipError }
  /** The record could not be read, or does not lead to its signed head. */
  | { readonly state: 'unreadable'; readonly code: RecordError }
  /** Good, and not in the record yet: it has until size `until`. */
  | { readonly state: 'due'; readonly until: number; readonly size: number }
  /** The log signed it and does not have the entry. */
  | { readonly state: 'unlogged'; readonly size: number }
  | {
      readonly state: 'logged'
      readonly index: number
      readonly leaf: Uint8Array
      readonly size: number
      readonly slip: Slip
    }

export interface SlipClaim extends RecordClaim {
  /** Whether the log is sealed. */
  readonly ended: boolean
}

/**
 * Judges a customer's receipt in this browser: the log's signature, then the leaf it commits to,
 * looked for where the receipt says, in bundles that lead to the signed head. Nobody is told which
 * leaf it is. At most as many leaves are read as the receipt allows.
 */
export async function checkSlip(
  claim: SlipClaim,
  order: string,
  code: string,
): Promise<SlipFinding> {
  const read = verifySlip(code, order, claim.vkey, { sha256, verify: verifyEd25519 })
  if (!read.ok) return { state: 'forged', code: read.code }
  const { slip } = read
  const record = await openRecord(claim)
  if (!('size' in record)) return { state: 'unreadable', code: record.code }
  const { size, origin } = record
  const until = slip.from + slip.within
  const last = Math.min(size, until)
  try {
    for (let from = slip.from; from < last;) {
      const to = Math.min(last, (Math.floor(from / TILE_WIDTH) + 1) * TILE_WIDTH)
      const leaves = await record.leaves(from, to)
      const at = slipLeaf(slip, { origin, order }, leaves, sha256)
      if (at >= 0) return { state: 'logged', index: from + at, leaf: leaves[at]!, size, slip }
      from = to
    }
  } catch (error) {
    if (error instanceof Unreadable) return { state: 'unreadable', code: error.code }
    throw error
  }
  return claim.ended || size >= until ? { state: 'unlogged', size } : { state: 'due', until, size }
}
