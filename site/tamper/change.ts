import type { Keys, Row } from './record.ts'

/** What a learner can do to the record; one experiment uses one tool. */
export type Tool = 'edit' | 'delete' | 'reorder' | 'cut' | 'backdate' | 'fork' | 'lie'
export const TOOLS: readonly Tool[] = [
  'edit',
  'delete',
  'reorder',
  'cut',
  'backdate',
  'fork',
  'lie',
]

/** One change of the rows. Rows are named by id, which stays with them. */
export type Change =
  | { readonly kind: 'edit'; readonly id: number; readonly what: string }
  | { readonly kind: 'delete'; readonly id: number }
  /** To the place that the row then has. */
  | { readonly kind: 'move'; readonly id: number; readonly to: number }
  /** Keeps the first `size` rows. */
  | { readonly kind: 'cut'; readonly size: number }
  /** `after` is the id of the row above; the new row gets `id`. */
  | {
      readonly kind: 'insert'
      readonly after: number
      readonly id: number
      readonly at: string
      readonly what: string
    }
  /** At the end, by the front door. */
  | { readonly kind: 'append'; readonly id: number; readonly at: string; readonly what: string }

/** Rows that a learner wrote have ids from here on. */
export const OWN_IDS_FROM = 100
export const WHAT_CHARS_MAX = 160
const CHANGES_MAX = 60

/** The rows after all changes, in their order. A change that names no row is passed over. */
export function applyChanges(
  rows: readonly Row[],
  changes: readonly Change[],
  keys: Keys,
): readonly Row[] {
  return changes.reduce((now, change) => applyChange(now, change, keys), rows)
}

function applyChange(rows: readonly Row[], change: Change, keys: Keys): readonly Row[] {
  switch (change.kind) {
    case 'edit':
      return rows.map((row) =>
        row.id === change.id ? { ...row, entry: { ...row.entry, what: change.what } } : row,
      )
    case 'delete':
      return rows.filter((row) => row.id !== change.id)
    case 'move':
      return moved(rows, change.id, change.to)
    case 'cut':
      return rows.slice(0, change.size)
    case 'insert': {
      const at = rows.findIndex((row) => row.id === change.after)
      return at < 0 ? rows : rows.toSpliced(at + 1, 0, ownRow(change, keys))
    }
    case 'append':
      return [...rows, ownRow(change, keys)]
  }
}

function moved(rows: readonly Row[], id: number, to: number): readonly Row[] {
  const from = rows.findIndex((row) => row.id === id)
  const row = rows[from]
  if (row === undefined || to < 0 || to >= rows.length) return rows
  return rows.toSpliced(from, 1).toSpliced(to, 0, row)
}

function ownRow(
  { id, at, what }: { readonly id: number; readonly at: string; readonly what: string },
  keys: Keys,
): Row {
  return { id, entry: { kind: 'note', at, what }, salt: keys.saltOf(id) }
}

/** Parses what a device has kept of changes; undefined for anything else, or for too many. */
export function parseChanges(value: unknown): Change[] | undefined {
  if (!Array.isArray(value) || value.length > CHANGES_MAX) return undefined
  return value.every(isChange) ? value : undefined
}

function isChange(value: unknown): value is Change {
  if (typeof value !== 'object' || value === null) return false
  const { kind, id, what, to, size, after, at } = value as Readonly<Record<string, unknown>>
  const isText = (text: unknown): boolean =>
    typeof text === 'string' && text.length <= WHAT_CHARS_MAX && text.isWellFormed()
  const isCount = (n: unknown): boolean => Number.isSafeInteger(n) && (n as number) >= 0
  const isHour = typeof at === 'string' && /^\d\d:\d\d$/.test(at)
  switch (kind) {
    case 'edit':
      return isCount(id) && isText(what)
    case 'delete':
      return isCount(id)
    case 'move':
      return isCount(id) && isCount(to)
    case 'cut':
      return isCount(size)
    case 'insert':
      return isCount(id) && isCount(after) && isHour && isText(what)
    case 'append':
      return isCount(id) && isHour && isText(what)
    default:
      return false
  }
}
