import { verifyEd25519 } from '../ledger/ed25519.ts'
import {
  follows,
  standing,
  verifyReceipt,
  type Link,
  type Receipt,
  type ReceiptError,
} from '../ledger/receipt.ts'
import { sha256 } from '../ledger/sha256.ts'
import { TILE_WIDTH } from '../ledger/tile.ts'
import type { ReceiptMessage } from '../protocol/message.ts'
import {
  openRecord,
  Unreadable,
  type CheckedRecord,
  type RecordClaim,
  type RecordError,
} from './checked-record.ts'

/** What became of one acknowledged message. */
export type Finding =
  | { readonly state: 'logged'; readonly index: number }
  /** Not in the record yet, and not overdue. */
  | { readonly state: 'due' }
  /** The log promised it and does not have it: receipt and checkpoint together prove that. */
  | { readonly state: 'unlogged' }
  /** Signed, and contradicts the receipt before it: the actor's chain was bent. */
  | { readonly state: 'bent' }
  | { readonly state: 'refused'; readonly code: ReceiptError }

export type OwnMovesResult =
  | {
      readonly ok: true
      /** Size of the checked record. */
      readonly size: number
      /** One for each message, in their order. */
      readonly findings: readonly Finding[]
    }
  | { readonly ok: false; readonly code: RecordError }

export interface OwnMovesClaim extends RecordClaim {
  /** Whether the log is sealed. */
  readonly ended: boolean
}

/**
 * Looks up every message that this seat holds a receipt for in the record, in the order in which
 * they were acknowledged. Of the record only what may hold them is read: at most as many
 * leaves from where each receipt begins as it says.
 */
export async function checkOwnMoves(
  claim: OwnMovesClaim,
  messages: readonly ReceiptMessage[],
): Promise<OwnMovesResult> {
  const tools = { sha256, verify: verifyEd25519 }
  const record = await openRecord(claim)
  if (!('size' in record)) return record
  const { size } = record
  const findings: Finding[] = []
  let before: { readonly link: Link; readonly leaf: Uint8Array } | null = null
  try {
    for (const { receipt: text, opening } of messages) {
      const read = verifyReceipt(text, opening, claim.vkey, tools)
      if (!read.ok) {
        findings.push({ state: 'refused', code: read.code })
        continue
      }
      const { receipt, link } = read
      const bent = link === null || follows(before, link) === 'broken'
      if (link !== null) before = { link, leaf: receipt.leaf }
      findings.push(bent ? { state: 'bent' } : await find(record, receipt, claim.ended))
    }
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, code: error.code }
    throw error
  }
  return { ok: true, size, findings }
}

async function find(record: CheckedRecord, receipt: Receipt, ended: boolean): Promise<Finding> {
  const { size } = record
  const last = Math.min(size, receipt.from + receipt.within)
  for (let from = receipt.from; from < last;) {
    const to = Math.min(last, (Math.floor(from / TILE_WIDTH) + 1) * TILE_WIDTH)
    const leaves = await record.leaves(from, to)
    const found = standing({ ...receipt, from }, leaves, { size, ended })
    if (found.state === 'logged') return found
    from = to
  }
  return standing(receipt, [], { size, ended })
}
