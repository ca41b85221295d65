import type { BookRow, BookView } from '../../../range/protocol/book.ts'
import type { DefenderView } from '../../../range/protocol/view.ts'
import { t, type MessageKey } from '../../messages.ts'
import { clock, money } from '../format.ts'

export type BookAction = 'FreezeBook' | 'ThawBook' | 'ProveChange' | 'RebuildBook'

/** What can be done about the book now, in the order in which one would. */
export function bookActions({ frozen }: BookView): readonly BookAction[] {
  return frozen
    ? ['ProveChange', 'RebuildBook', 'ThawBook']
    : ['FreezeBook', 'ProveChange', 'RebuildBook']
}

/** Whether the same action was decided on and has not worked yet. */
export function waiting(view: DefenderView, kind: BookAction): boolean {
  return view.decisions.some((one) => one.action === kind && one.effect === 'pending')
}

export function nameOfWitness(witness: string): string {
  return t(`exercise.book.witness.${witness}` as MessageKey)
}

/** A row as a person reads it: `09:41:26 paid, order 7KQ2MX, €48.00`. */
export function rowText(row: BookRow): string {
  const parts = [
    t(`exercise.book.kind.${row.kind}` as MessageKey),
    t('exercise.book.order', { order: row.order }),
    row.parcel === '' ? '' : t('exercise.book.parcel', { parcel: row.parcel }),
    row.amountMinor === 0 ? '' : money(row.amountMinor, true),
  ]
  return `${clock(row.at)} ${parts.filter((part) => part !== '').join(', ')}`
}

/** Hands the proof out as a file: whoever has it checks it by hashing (RFC 6962). */
export function saveProof(proof: NonNullable<BookView['proof']>): void {
  const text = `${JSON.stringify(proof, null, 2)}\n`
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = `book-entry-${proof.index}.json`
  link.click()
  URL.revokeObjectURL(address)
}
