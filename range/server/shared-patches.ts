import { diff } from '../protocol/patch.ts'
import type { View } from '../protocol/view.ts'

type Row = Readonly<Record<string, unknown>>
interface Known {
  readonly before: unknown
  readonly after: unknown
  readonly ops: string
}

/** Changes of one key that are kept within a round; what seats share comes among the first. */
const KNOWN_MAX = 8

/**
 * The changes of one round, as JSON. A view is compared key by key, and a part that several seats
 * have in common is compared and written once for all of them.
 */
export class SharedPatches {
  readonly #known = new Map<string, Known[]>()

  /** Operations from one view to the next; null where nothing changed. */
  between(before: View, after: View): string | null {
    const [old, now] = [before as unknown as Row, after as unknown as Row]
    const parts: string[] = []
    for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
      const ops = old[key] === now[key] ? '' : this.#part(key, old[key], now[key])
      if (ops !== '') parts.push(ops)
    }
    return parts.length === 0 ? null : `[${parts.join(',')}]`
  }

  #part(key: string, before: unknown, after: unknown): string {
    const known = this.#known.get(key) ?? []
    const same = known.find((one) => one.before === before && one.after === after)
    if (same) return same.ops
    const ops = JSON.stringify(diff({ [key]: before }, { [key]: after })).slice(1, -1)
    if (known.length < KNOWN_MAX) this.#known.set(key, [...known, { before, after, ops }])
    return ops
  }
}
