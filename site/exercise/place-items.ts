import type { Lane } from '../../range/protocol/view.ts'
import { labelOf } from './lane-label.ts'

export interface Placed {
  readonly item: Lane['items'][number]
  /** From 0, at most `ROWS_MAX - 1`. */
  readonly row: number
  /** Minutes from the start. */
  readonly a: number
  readonly b: number
  readonly text: string
}
export interface PlacedLane {
  readonly placed: readonly Placed[]
  readonly rows: number
}

const ROWS_MAX = 6
const COLUMNS = 9
const STEPS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 45, 60, 120] as const

/** Minutes of one of a timeline's nine columns, a round number, so that all of `minutes` fits. */
export function columnMinutes(minutes: number): number {
  return STEPS.find((step) => step * COLUMNS >= minutes) ?? Math.ceil(minutes / COLUMNS)
}

/** The nine hours over a timeline. */
export function columnStarts(start: number, step: number): readonly number[] {
  return Array.from({ length: COLUMNS }, (_, i) => start + i * step * 60_000)
}

/**
 * Rows for items of one lane, so that labels do not run into each other; where six rows do not do,
 * the row that is free first. `span` is the timeline's width in minutes, `letters` how many letters
 * fit across it.
 */
export function placeItems(
  items: Lane['items'],
  { start, span, letters, until }: { start: number; span: number; letters: number; until: number },
): PlacedLane {
  const minute = (time: number): number => Math.max(0, Math.min(span, (time - start) / 60_000))
  const ends: number[] = []
  const placed = items.map((item): Placed => {
    const text = labelOf(item)
    const a = minute(item.from)
    const b = item.tone === 'attack' ? minute(item.to ?? until) : a
    let row = ends.findIndex((free) => free <= a)
    if (row < 0) row = ends.length < ROWS_MAX ? ends.length : ends.indexOf(Math.min(...ends))
    const kinds = (item.kinds?.length ?? 0) * 3
    ends[row] = Math.max(b, a + ((text.length + kinds + 2) * span) / letters)
    return { item, row, a, b, text }
  })
  return { placed, rows: Math.max(1, ends.length) }
}
