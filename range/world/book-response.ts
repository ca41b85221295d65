import { entryText, firstRows, inclusionOf, rootOf } from './book-tree.ts'
import { majorityOf, QUORUM, WITNESSES } from './book-witness.ts'
import type {
  BookCommand,
  BookEntry,
  BookEvent,
  BookProof,
  BookState,
  BookWitness,
} from './types-book.ts'
import type { Refused, World } from './types.ts'

type Responses = Extract<
  BookCommand,
  { kind: 'FreezeBook' | 'ThawBook' | 'RebuildBook' | 'ProveChange' }
>
type Decided = readonly (BookEvent | Refused)[]

/** What defenders do about the book. What would change nothing is refused with a reason. */
export function decideBookResponse(world: World, book: BookState, { kind }: Responses): Decided {
  const refuse = (reason: string): Decided => [{ kind: 'CommandRefused', command: kind, reason }]
  switch (kind) {
    case 'FreezeBook':
      return book.frozen ? refuse('book-frozen-already') : [{ kind: 'BookFrozen' }]
    case 'ThawBook':
      return book.frozen ? [{ kind: 'BookThawed' }] : refuse('book-not-frozen')
    case 'RebuildBook':
      return rebuild(world, book, refuse)
    case 'ProveChange': {
      const proof = prove(world, book)
      return proof ? [{ kind: 'BookChangeProven', proof }] : refuse('nothing-to-prove')
    }
  }
}

/**
 * The rows that a quorum of witnesses in reach keeps, and after them, again in their order, what
 * the systems wrote since and no witness has seen yet.
 */
function rebuild(world: World, book: BookState, refuse: (reason: string) => Decided): Decided {
  const majority = majorityOf(world, book)
  if (!majority || majority.agreed.length < QUORUM) return refuse('too-few-witnesses')
  const { copy, kept } = majority.longest
  const known = new Set(copy.map(entryText))
  const carried = book.entries.filter(
    (entry) => entry.at > kept!.at && !known.has(entryText(entry)),
  )
  const entries = [...copy, ...carried]
  if (book.aside === null && rootOf(entries) === rootOf(book.entries))
    return refuse('book-agrees-already')
  return [
    {
      kind: 'BookRebuilt',
      entries,
      head: { at: kept!.at, size: copy.length, root: rootOf(copy) },
      agreed: majority.agreed.map((one) => one.id),
      restored: differing(book, copy),
      carried: carried.length,
    },
  ]
}
/** Rows of the copy that the stored book does not hold as they are. */
function differing(book: BookState, copy: readonly BookEntry[]): number {
  const stored = new Set(book.entries.map(entryText))
  const aside = book.aside === null ? stored : new Set(book.aside.entries.map(entryText))
  return copy.map(entryText).filter((text) => !stored.has(text) || !aside.has(text)).length
}

/** Rows back, one story, and whoever had been shown another one begins again from the head. */
export function afterRebuild(
  book: BookState,
  event: Extract<BookEvent, { kind: 'BookRebuilt' }>,
): BookState {
  const { head, entries, agreed } = event
  const anew = (one: BookWitness): BookWitness =>
    agreed.includes(one.id) || one.kept === null || keepsSame(one, entries)
      ? one
      : { ...one, kept: head, copy: firstRows(entries, head.size), differs: null }
  return {
    ...book,
    entries,
    aside: null,
    asideHead: null,
    head,
    witnesses: book.witnesses.map(anew),
  }
}
/** Whether the rows lead on from what the witness keeps, and none of the new ones is dated back. */
function keepsSame({ copy, kept }: BookWitness, entries: readonly BookEntry[]): boolean {
  return (
    copy.length <= entries.length &&
    rootOf(copy) === rootOf(entries, copy.length) &&
    entries.slice(copy.length).every((one) => one.at >= (kept?.at ?? 0))
  )
}

/**
 * The change as something to show: the row as it was, its way to a head that a witness keeps, and
 * the row as it is now. A witness that found its history broken comes first; else two witnesses
 * that keep two histories. Null where nobody knows of any change.
 */
function prove(world: World, book: BookState): BookProof | null {
  const named = book.witnesses.find((one) => one.differs !== null && one.kept !== null)
  if (named) {
    const { size, root } = named.differs!.kept === null ? named.shown! : named.kept!
    return { ...named.differs!, witness: named.id, size, root }
  }
  const majority = majorityOf(world, book)
  const other = book.witnesses.find((one) => majority && splitFrom(majority.longest, one) !== null)
  if (!majority || !other) return null
  const { id, copy, kept } = majority.longest
  const index = splitFrom(majority.longest, other)!
  return {
    witness: id,
    index,
    kept: entryText(copy[index]!),
    shown: entryText(other.copy[index]!),
    path: inclusionOf(copy, index, kept!.size),
    size: kept!.size,
    root: kept!.root,
  }
}
function splitFrom(one: BookWitness, other: BookWitness): number | null {
  const size = Math.min(one.copy.length, other.copy.length)
  for (let i = 0; i < size; i++) if (entryText(one.copy[i]!) !== entryText(other.copy[i]!)) return i
  return null
}

/**
 * Whether the stored book leads on from what at least a quorum of witnesses keeps, in one story.
 */
export function agreesWithWitnesses(book: BookState): boolean {
  const same = book.witnesses.filter((one) => one.kept !== null && keepsSame(one, book.entries))
  return book.aside === null && same.length >= Math.min(QUORUM, WITNESSES.length)
}
