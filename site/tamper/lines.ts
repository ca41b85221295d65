import type { Change, Tool } from './change.ts'
import type { Row } from './record.ts'

export type Mark = 'edit' | 'move' | 'insert' | 'append'

/** A line of the list as the learner sees it: a row, or the trace of one that is gone. */
export type Line =
  | {
      readonly kind: 'row'
      readonly row: Row
      readonly index: number
      readonly mark: Mark | null
    }
  | { readonly kind: 'gone'; readonly row: Row }
  | { readonly kind: 'cut'; readonly count: number }

/**
 * The list: the rows as they are now, each with what was done to it, and where rows are gone, what
 * stood there. `before` are the true rows.
 */
export function linesOf(
  before: readonly Row[],
  rows: readonly Row[],
  changes: readonly Change[],
  tool: Tool,
): Line[] {
  const here = new Map(rows.map((row) => [row.id, row]))
  const moved = new Set(changes.flatMap((change) => (change.kind === 'move' ? [change.id] : [])))
  const was = new Map(before.map((row, index) => [row.id, { row, index }]))
  const markOf = (row: Row, index: number): Mark | null => {
    const then = was.get(row.id)
    if (then === undefined) return tool === 'lie' ? 'append' : 'insert'
    if (then.row.entry.what !== row.entry.what) return 'edit'
    return moved.has(row.id) && then.index !== index ? 'move' : null
  }
  const lines: Line[] = rows.map((row, index) => ({
    kind: 'row',
    row,
    index,
    mark: markOf(row, index),
  }))
  if (tool === 'cut') {
    const count = before.length - rows.length
    return count > 0 ? [...lines, { kind: 'cut', count }] : lines
  }
  let above: number | undefined
  for (const row of before) {
    if (here.has(row.id)) {
      above = row.id
      continue
    }
    const at = lines.findIndex((line) => line.kind === 'row' && line.row.id === above)
    let place = at + 1
    while (lines[place]?.kind === 'gone') place += 1
    lines.splice(place, 0, { kind: 'gone', row })
  }
  return lines
}

/** Whether the rows are others than the true ones, in words or in order. */
export function isChanged(before: readonly Row[], rows: readonly Row[]): boolean {
  return (
    before.length !== rows.length ||
    rows.some((row, i) => row.id !== before[i]?.id || row.entry.what !== before[i].entry.what)
  )
}
