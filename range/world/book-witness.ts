import { consistencyOf, continues, entryText, firstRows, inclusionOf, rootOf } from './book-tree.ts'
import { chance, range, Stream } from './draw.ts'
import type {
  BookDifference,
  BookEntry,
  BookEvent,
  BookHead,
  BookState,
  BookWitness,
  WitnessId,
} from './types-book.ts'
import type { Milliseconds, World } from './types.ts'

export const WITNESSES: readonly WitnessId[] = ['carrier', 'lockers', 'bank', 'customers']
/** So many must keep the same rows before the book is rebuilt from them: more than half. */
export const QUORUM = 3
const SLOT_MS = 60 * 60_000

/** The rows, and the published head, that somebody who asks from `witness` is shown. */
export function storyFor(book: BookState, witness: WitnessId): readonly BookEntry[] {
  return book.aside?.audience.includes(witness) ? book.aside.entries : book.entries
}
function headFor(book: BookState, witness: WitnessId): BookHead | null {
  return book.aside?.audience.includes(witness) ? book.asideHead : book.head
}

/**
 * Benign twin `witness-away`: in one hour of eight, at its usual rate, a witness is not reached for
 * four to twelve minutes.
 */
export function isAway(world: World, witness: WitnessId, now: Milliseconds = world.now): boolean {
  const { seed, start, twins } = world.config
  const slot = Math.floor((now - start) / SLOT_MS)
  const entity = WITNESSES.indexOf(witness) * 1_000 + slot
  const permille = Math.min(1000, Math.floor(((twins['witness-away'] ?? 1000) * 125) / 1000))
  if (!chance(permille, seed, Stream.book, entity, 10)) return false
  const from = start + slot * SLOT_MS + range(46, seed, Stream.book, entity, 11) * 60_000
  const until = from + (4 + range(9, seed, Stream.book, entity, 12)) * 60_000
  return now >= from && now < until
}

/**
 * One look of a witness at the newest head: it asks for the path from what it keeps, hashes the
 * rows it is given itself, and tells what it saw. Nothing where it is away or no head is out.
 */
export function look(world: World, book: BookState, id: WitnessId): readonly BookEvent[] {
  const witness = book.witnesses.find((one) => one.id === id)
  const shown = headFor(book, id)
  if (!witness || !shown || isAway(world, id)) return []
  const rows = storyFor(book, id)
  const { kept } = witness
  const path = kept ? consistencyOf(rows, kept.size, shown.size) : []
  const leadsOn =
    shown.size <= rows.length &&
    rootOf(rows, shown.size) === shown.root &&
    (kept === null || (kept.size <= shown.size && continues(kept, shown, path)))
  const differs = leadsOn ? datedBack(kept, shown, rows) : firstDifference(witness, rows)
  return [
    {
      kind: 'BookWitnessed',
      witness: id,
      kept,
      shown,
      path,
      accepted: leadsOn && differs === null,
      differs,
    },
  ]
}

/** The first row kept otherwise; null where the witness had not seen what was changed. */
function firstDifference(
  { kept, copy }: BookWitness,
  rows: readonly BookEntry[],
): BookDifference | null {
  const size = kept?.size ?? 0
  for (let index = 0; index < size; index++) {
    const row = rows[index]
    const before = entryText(copy[index]!)
    const after = row === undefined ? null : entryText(row)
    if (before !== after)
      return { index, kept: before, shown: after, path: inclusionOf(copy, index, size) }
  }
  return null
}

/** Systems write as it happens: a row that is older than a head below it was not there then. */
function datedBack(
  kept: BookHead | null,
  shown: BookHead,
  rows: readonly BookEntry[],
): BookDifference | null {
  if (kept === null) return null
  const index = rows.findIndex((row, i) => i >= kept.size && i < shown.size && row.at < kept.at)
  if (index < 0) return null
  const path = inclusionOf(rows, index, shown.size)
  return { index, kept: null, shown: entryText(rows[index]!), path }
}

/** The witness after its look: what it refused moves nothing that it keeps. */
export function afterLook(
  book: BookState,
  event: Extract<BookEvent, { kind: 'BookWitnessed' }>,
  now: Milliseconds,
): BookState {
  const rows = storyFor(book, event.witness)
  const change = (one: BookWitness): BookWitness => ({
    ...one,
    at: now,
    verdict: event.accepted ? 'good' : 'changed',
    differs: event.differs,
    shown: event.shown,
    ...(event.accepted ? { kept: event.shown, copy: firstRows(rows, event.shown.size) } : {}),
  })
  return {
    ...book,
    witnesses: book.witnesses.map((one) => (one.id === event.witness ? change(one) : one)),
  }
}

/** Whether two witnesses keep the same history, as far as both go. */
function agree(a: BookWitness, b: BookWitness): boolean {
  const size = Math.min(a.copy.length, b.copy.length)
  return rootOf(a.copy, size) === rootOf(b.copy, size)
}

/**
 * The largest group of witnesses in reach that keep the same history, and of them the one that has
 * seen most; the earlier of equals. Null where nobody is in reach.
 */
export function majorityOf(
  world: World,
  book: BookState,
): { readonly agreed: readonly BookWitness[]; readonly longest: BookWitness } | null {
  const here = book.witnesses.filter((one) => one.kept !== null && !isAway(world, one.id))
  const groups = here.map((one) => here.filter((other) => agree(one, other)))
  const agreed = groups.reduce<readonly BookWitness[]>(
    (best, group) => (group.length > best.length ? group : best),
    [],
  )
  if (agreed.length === 0) return null
  const longest = agreed.reduce((best, one) => (one.copy.length > best.copy.length ? one : best))
  return { agreed, longest }
}
