import type { KeyState } from './keyed.ts'

/** Sums of integers up to here are exact in a float64. */
const EXACT_MAX = Number.MAX_SAFE_INTEGER

type Entry = readonly [time: number, value: number]

/**
 * The numbers of the last `spanMs` milliseconds, both ends included, at most `entriesMax`, the
 * oldest going first. Sums of safe integers are exact; others are added up oldest first each
 * time. `ranked` keeps them in order of size as well, for quantiles. Times must not decrease.
 */
export class ValueWindow implements KeyState {
  readonly #spanMs: number
  readonly #entriesMax: number
  readonly #ranked: boolean
  #entries: Entry[] = []
  #head = 0
  #order: number[] = []
  #sum = 0
  #inexact = 0

  constructor(spanMs: number, entriesMax: number, options: { readonly ranked: boolean }) {
    this.#spanMs = spanMs
    this.#entriesMax = entriesMax
    this.#ranked = options.ranked
  }

  get size(): number {
    return this.#entries.length - this.#head
  }

  add(time: number, value: number): void {
    this.#entries.push([time, value])
    this.#take(value, 1)
    if (this.#ranked) this.#order.splice(rank(this.#order, value), 0, value)
    const before = time - this.#spanMs
    for (
      let oldest = this.#oldest();
      oldest[0] < before || this.size > this.#entriesMax;
      oldest = this.#oldest()
    ) {
      this.#head += 1
      this.#take(oldest[1], -1)
      if (this.#ranked) this.#order.splice(rank(this.#order, oldest[1]), 1)
    }
    if (this.#head > 64 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head)
      this.#head = 0
    }
  }

  sum(): number {
    if (this.#inexact === 0 && Math.abs(this.#sum) <= EXACT_MAX) return this.#sum
    let sum = 0
    for (let i = this.#head; i < this.#entries.length; i += 1) sum += (this.#entries[i] as Entry)[1]
    return sum
  }

  /**
   * The value at `percent` (0 to 100) by nearest rank; NaN where the window is empty or not
   * ranked.
   */
  percentile(percent: number): number {
    const index = Math.max(0, Math.ceil((percent / 100) * this.#order.length) - 1)
    return this.#order[index] ?? Number.NaN
  }

  save(): readonly Entry[] {
    return this.#entries.slice(this.#head)
  }

  restore(saved: readonly Entry[]): this {
    this.#entries = []
    this.#head = 0
    this.#order = []
    this.#sum = 0
    this.#inexact = 0
    for (const [time, value] of saved) this.add(time, value)
    return this
  }

  #oldest(): Entry {
    return this.#entries[this.#head] as Entry
  }

  #take(value: number, sign: 1 | -1): void {
    if (Number.isSafeInteger(value) && Math.abs(value) <= EXACT_MAX / this.#entriesMax)
      this.#sum += sign * value
    else this.#inexact += sign
  }
}

/** Where `value` stands, or would stand, in ascending numbers. */
function rank(order: readonly number[], value: number): number {
  let low = 0
  let high = order.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((order[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}
