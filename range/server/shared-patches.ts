import { diff } from '../protocol/patch.ts'
import type { View } from '../protocol/view.ts'

interface Known {
  readonly before: View
  readonly after: View
  readonly ops: string | null
}
/** What is a seat's own in the views of a role; all else is shared between its seats. */
const OWN = new Set(['me', 'shop'])

/**
 * The changes of one round, as JSON. Two seats of a role whose views share all but their own parts
 * get the same text; it is computed once. At most 16 different changes of a round are kept.
 */
export class SharedPatches {
  readonly #known: Known[] = []

  /** Operations from one view to the next; null where nothing changed. */
  between(before: View, after: View): string | null {
    const shareable = same(before, after, 'me') && same(before, after, 'shop')
    const known = shareable
      ? this.#known.find((one) => alike(one.before, before) && alike(one.after, after))
      : undefined
    if (known) return known.ops
    const ops = diff(before, after)
    const text = ops.length === 0 ? null : JSON.stringify(ops)
    if (shareable && this.#known.length < KNOWN_MAX) this.#known.push({ before, after, ops: text })
    return text
  }
}
const KNOWN_MAX = 16

type Row = Readonly<Record<string, unknown>>
function alike(a: View, b: View): boolean {
  if (a === b) return true
  if (a.role !== b.role) return false
  const [one, other] = [a as unknown as Row, b as unknown as Row]
  const keys = Object.keys(one)
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => OWN.has(key) || one[key] === other[key])
  )
}
function same(before: View, after: View, key: string): boolean {
  const [one, other] = [(before as unknown as Row)[key], (after as unknown as Row)[key]]
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}
