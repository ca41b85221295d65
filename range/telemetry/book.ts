import type { BookActivity } from '../../engine/event/telemetry.ts'
import { entryText } from '../world/book-tree.ts'
import type { BookEvent } from '../world/types-book.ts'
import type { WorldEvent } from '../world/types.ts'
import { base, type Report, type Source } from './report.ts'

type Told = BookActivity['book']

/**
 * The book of the shop: each look of a witness as it saw it, heads and paths and the first row that
 * it kept otherwise; and what the shop's own people do to the book in the open. Writing rows past
 * the shop's programs is reported by nobody. A look is class 99902, activity 1, all else 2.
 */
export const book: Source = (_world, _at, event) => {
  if (event.kind === 'BookWitnessed')
    return [report(`witness:${event.witness}`, `witness-${event.witness}`, lookOf(event))]
  const told = keeperOf(event)
  return told === null ? [] : [report('staff:book-keeper', 'book', told)]
}

function keeperOf(event: WorldEvent): Told | null {
  switch (event.kind) {
    case 'BookFrozen':
      return { operation: 'freeze' }
    case 'BookThawed':
      return { operation: 'thaw' }
    case 'EntryCorrected':
      return { operation: 'correct', rows: event.entries.map(entryText) }
    case 'BookRebuilt': {
      const agreed = event.agreed.map((id) => `witness:${id}`)
      return { operation: 'rebuild', head: event.head, agreed }
    }
    default:
      return null
  }
}

function lookOf(event: Extract<BookEvent, { kind: 'BookWitnessed' }>): Told {
  const { kept, shown, path, accepted, differs } = event
  return {
    operation: 'look',
    kept,
    shown,
    path,
    accepted,
    differs,
  }
}

function report(actor: string, stream: string, told: Told): Report {
  return {
    stream,
    delayMs: 0,
    body: (time, uid): BookActivity => ({
      class_uid: 99902,
      category_uid: 99,
      activity_id: told.operation === 'look' ? 1 : 2,
      ...base(time, uid, 'book', 'book of the shop'),
      actor: { user: { uid: actor } },
      book: told,
    }),
  }
}
