import { equalBytes, utf8Text } from '../ledger/bytes.ts'
import { verifyEd25519 } from '../ledger/ed25519.ts'
import { leafOf, parseOpening, type Entry } from '../ledger/leaf.ts'
import { MoveJudge } from '../ledger/move-seal.ts'
import { sha256 } from '../ledger/sha256.ts'
import { TILE_WIDTH } from '../ledger/tile.ts'
import { originOf } from '../protocol/log-origin.ts'
import type { ReceiptMessage } from '../protocol/message.ts'
import { openRecord, Unreadable, type RecordClaim } from './checked-record.ts'
import { fetchFromServer } from './proof.ts'

/** The keys that a browser holds for an exercise, by seat, and the receipts it was handed. */
export interface OwnSeat {
  readonly keys: ReadonlyMap<string, string>
  readonly receipts: readonly ReceiptMessage[]
}

/** What the record holds of moves in the name of this browser's seats. */
export interface SignedMoves {
  /** `record`: all of the opened record; `receipts`: what this browser has receipts for. */
  readonly of: 'record' | 'receipts'
  /** Signed with a key that this browser holds. */
  readonly mine: number
  /** In the name of a seat for which this browser has no key. */
  readonly unsigned: number
  /** In the name of a seat for which it has one, and not signed with it; or forged. */
  readonly notMine: number
}

/**
 * Judges the moves of this browser's seats: those of the whole opened record once it is published,
 * each opening compared with its leaf under the signed root; before that, those it has receipts for
 * (their receipts are for `checkOwnMoves` to check). Undefined where the published record cannot be
 * read or does not lead to the root.
 */
export async function checkSignedMoves(
  claim: RecordClaim & { readonly ended: boolean },
  own: OwnSeat,
): Promise<SignedMoves | undefined> {
  const handed = own.receipts.flatMap(({ opening }) => parseOpening(opening)?.entry ?? [])
  const seats = new Set([...own.keys.keys(), ...handed.flatMap((entry) => seatOf(entry) ?? [])])
  try {
    const entries = claim.ended ? await openedEntries(claim) : handed
    const origin = originOf(claim.ledger)
    const judge = new MoveJudge(origin, verifyEd25519)
    const found = { of: claim.ended ? 'record' : 'receipts', mine: 0, unsigned: 0, notMine: 0 }
    for (const entry of entries) {
      const seat = seatOf(entry)
      const verdict = seat !== undefined && seats.has(seat) ? judge.judge(entry) : undefined
      if (verdict === undefined) continue
      const key = own.keys.get(verdict.seat)
      if (verdict.state === 'signed' && verdict.did === key) found.mine++
      else if (key === undefined && verdict.state === 'unsigned') found.unsigned++
      else found.notMine++
    }
    return found as SignedMoves
  } catch (error) {
    if (error instanceof Unreadable) return undefined
    throw error
  }
}

/** Whose move an entry is: the seat in whose name it stands, whatever else it says. */
function seatOf(entry: Entry): string | undefined {
  const { input } = entry as { input?: { kind?: unknown; seat?: unknown } }
  return input?.kind === 'Moved' && typeof input.seat === 'string' ? input.seat : undefined
}

/** Every opening of the record that was not erased; each opens the leaf of its line. */
async function openedEntries(claim: RecordClaim): Promise<Entry[]> {
  const record = await openRecord(claim)
  if (!('size' in record)) throw new Unreadable('not-there')
  const path = `/ledger/${encodeURIComponent(claim.ledger)}/openings.jsonl`
  const bytes = await (claim.fetchPath ?? fetchFromServer)(path).catch(() => undefined)
  const lines = (bytes && utf8Text(bytes))?.split('\n') ?? []
  if (lines.length < record.size) throw new Unreadable('not-there')
  const entries: Entry[] = []
  for (let from = 0; from < record.size; from += TILE_WIDTH) {
    const leaves = await record.leaves(from, Math.min(record.size, from + TILE_WIDTH))
    for (const [i, leaf] of leaves.entries()) {
      const line = lines[from + i]!
      if (line.startsWith('{"erased":true,')) continue
      const opening = parseOpening(line)
      const opened = opening && leafOf(opening, sha256)
      if (opening === undefined || opened === undefined || !equalBytes(opened, leaf))
        throw new Unreadable('bundle-differs')
      entries.push(opening.entry)
    }
  }
  return entries
}
