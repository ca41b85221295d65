import type { Scheduled } from './types.ts'

/**
 * Commands that wait in virtual time, as a binary heap. At most `QUEUE_MAX`; more is our bug and
 * asserts.
 */
export interface Queue {
  readonly heap: Scheduled[]
}

export const QUEUE_MAX = 200_000

/** The order of equal times: kind, then entity, then ordinal. Negative when `a` comes first. */
export function compareScheduled(a: Scheduled, b: Scheduled): number {
  if (a.at !== b.at) return a.at - b.at
  if (a.command.kind !== b.command.kind) return a.command.kind < b.command.kind ? -1 : 1
  if (a.entity !== b.entity) return a.entity - b.entity
  return a.ordinal - b.ordinal
}

export function push(queue: Queue, item: Scheduled): void {
  const { heap } = queue
  if (heap.length >= QUEUE_MAX) throw new Error(`more than ${QUEUE_MAX} commands wait`)
  let i = heap.length
  heap.push(item)
  while (i > 0) {
    const parent = (i - 1) >> 1
    const above = heap[parent]!
    if (compareScheduled(above, item) <= 0) break
    heap[i] = above
    i = parent
  }
  heap[i] = item
}

/** The first command with `at` <= `until`, taken out, or null. */
export function popUntil(queue: Queue, until: number): Scheduled | null {
  const { heap } = queue
  const first = heap[0]
  if (!first || first.at > until) return null
  const last = heap.pop()!
  if (heap.length > 0) sink(heap, last)
  return first
}

function sink(heap: Scheduled[], item: Scheduled): void {
  let i = 0
  for (;;) {
    let child = 2 * i + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && compareScheduled(heap[child + 1]!, heap[child]!) < 0) child += 1
    if (compareScheduled(item, heap[child]!) <= 0) break
    heap[i] = heap[child]!
    i = child
  }
  heap[i] = item
}
