import type { Space } from '../../ledger/replica.ts'

/** Characters of values that this browser keeps for itself and for others. */
export const KEPT_CHARS_MAX = 64 * 1024 * 1024
export const KEPT_VALUES_MAX = 50_000

/** Checked values by their keys. What would exceed the bounds is not kept. */
export class KeptValues {
  readonly #values = new Map<string, string>()
  #chars = 0

  get(space: Space, key: string): string | undefined {
    return this.#values.get(`${space}#${key}`)
  }

  /** `value` has been hashed against `key`. */
  keep(space: Space, key: string, value: string): void {
    const name = `${space}#${key}`
    const full = this.#values.size >= KEPT_VALUES_MAX || this.#chars + value.length > KEPT_CHARS_MAX
    if (full || this.#values.has(name)) return
    this.#values.set(name, value)
    this.#chars += value.length
  }

  /** Drops all but what is named, as `space#key`. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const [name, value] of this.#values) {
      if (names.has(name)) continue
      this.#values.delete(name)
      this.#chars -= value.length
    }
  }
}
