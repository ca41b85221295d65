import type { QuizItem } from '../content-schema.ts'
import { uneven } from '../parts/draw.ts'

/** True when exactly the right options are picked, or all steps stand in their place. */
export function isRight(item: QuizItem, picked: readonly string[]): boolean {
  if (item.type === 'order') return item.options.every((option, i) => option.id === picked[i])
  const right = item.options.filter((option) => option.right).map((option) => option.id)
  return right.length === picked.length && right.every((id) => picked.includes(id))
}

/** The same shuffle for the same name; two or more never come back in their order. */
export function shuffled<T>(list: readonly T[], name: string): T[] {
  let seed = 0
  for (const letter of name) seed = (Math.imul(seed, 31) + letter.charCodeAt(0)) | 0
  const next = uneven(seed)
  const mixed = list
    .map((value) => ({ value, at: next() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value)
  const same = mixed.every((value, i) => value === list[i])
  return same && mixed.length > 1 ? [...mixed.slice(1), ...mixed.slice(0, 1)] : mixed
}

/** A new list with the entry at `index` moved by one place; at the ends it stays. */
export function moved<T>(list: readonly T[], index: number, by: 1 | -1): T[] {
  const to = index + by
  const entry = list[index]
  if (entry === undefined || to < 0 || to >= list.length) return [...list]
  const without = list.filter((_value, i) => i !== index)
  return [...without.slice(0, to), entry, ...without.slice(to)]
}
