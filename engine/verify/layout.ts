import type { Cell } from './ground.ts'

/** Where a cell's value lies in the packed state: bits of one 32-bit word, counted from `low`. */
export interface Field {
  readonly word: number
  readonly shift: number
  readonly mask: number
  readonly low: number
  /** Most that may be counted. */
  readonly limit: number
}

/** Packs all cells into as few words as their order allows; a field never crosses two words. */
export function layoutOf(cells: readonly Cell[]): { fields: readonly Field[]; words: number } {
  const fields: Field[] = []
  let word = 0
  let used = 0
  for (const { low, high } of cells) {
    const limit = (high ?? low) - low
    const bits = 32 - Math.clz32(limit)
    if (used + bits > 32) {
      word++
      used = 0
    }
    const mask = bits === 0 ? 0 : bits === 32 ? -1 : (1 << bits) - 1
    fields.push({ word, shift: used % 32, mask, low, limit })
    used += bits
  }
  return { fields, words: word + 1 }
}
