/** How often somebody may do something: `burst` at once, then `perSecond`. */
export interface Rate {
  readonly burst: number
  readonly perSecond: number
}

const KEYS_MAX = 20_000

/**
 * Token buckets by key. Holds at most 20,000 keys; at the bound the longest unused are forgotten,
 * which only ever gives somebody their burst anew.
 */
export class Limits {
  readonly #rate: Rate
  readonly #now: () => number
  readonly #buckets = new Map<string, { left: number; at: number }>()

  constructor(rate: Rate, now: () => number = () => performance.now()) {
    this.#rate = rate
    this.#now = now
  }

  /** Takes one token of `key`; false where none is left. */
  take(key: string, cost = 1): boolean {
    const now = this.#now()
    const { burst, perSecond } = this.#rate
    const bucket = this.#buckets.get(key) ?? { left: burst, at: now }
    bucket.left = Math.min(burst, bucket.left + ((now - bucket.at) / 1000) * perSecond)
    bucket.at = now
    this.#buckets.delete(key)
    this.#buckets.set(key, bucket)
    if (this.#buckets.size > KEYS_MAX) this.#buckets.delete(this.#buckets.keys().next().value!)
    if (bucket.left < cost) return false
    bucket.left -= cost
    return true
  }
}
