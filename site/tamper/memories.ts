import { RECEIPT, SEEN } from './scene.ts'

/** Who has taken home something of the log, in the order of the lanes beside the list. */
export type Memory = 'receipt' | keyof typeof SEEN
export const MEMORIES: readonly Memory[] = ['receipt', 'tablet', 'bakery', 'insurer', 'carrier']

/** Whether a memory reaches the entry at `index`, and whether it ends there. */
export function remembers(memory: Memory, index: number): 'held' | 'end' | 'beyond' {
  if (memory === 'receipt') return index === RECEIPT.index ? 'end' : 'beyond'
  const size = SEEN[memory]
  return index < size - 1 ? 'held' : index === size - 1 ? 'end' : 'beyond'
}

/** The number that its caption names: of the one entry, or of how many. */
export function countOf(memory: Memory): number {
  return memory === 'receipt' ? RECEIPT.index + 1 : SEEN[memory]
}
