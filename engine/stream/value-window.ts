import type { KeyState } from './keyed.ts'
import { Queue } from './queue.ts'

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
  #entries = new Queue<Entry>()
  #order: number[] = []
  #sum = 0
  #inexact = 0

  constructor(spanMs: number, entriesMax: number, options: { readonly ranked: boolean }) {
    this.#spanMs = spanMs
    this.#entriesMax = entriesMax
    this.#ranked = options.ranked
  }

  get size(): number {
    return this.#entries.length
  }

  add(time: number, value: number): void {
    this.#entries.push([time, value])
    this.#take(value, 1)
    if (this.#ranked) this.#order.splice(rank(this.#order, value), 0, value)
    const before = time - this.#spanMs
    while (this.#oldest()[0] < before || this.size > this.#entriesMax) {
      const [, gone] = this.#oldest()
      this.#entries.shift()
      this.#take(gone, -1)
      if (this.#ranked) this.#order.splice(rank(this.#order, gone), 1)
    }
  }

  sum(): number {
    if (this.#inexact === 0 && Math.abs(this.#sum) <= EXACT_MAX) return this.#sum
    let sum = 0
    for (let i = 0; i < this.size; i += 1) sum += (this.#entries.at(i) as Entry)[1]
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

  /** The middle value, or the mean of the two in the middle; NaN where empty or not ranked. */
  median(): number {
    const { length } = this.#order
    const upper = this.#order[length >> 1] ?? Number.NaN
    return length % 2 === 1 ? upper : ((this.#order[(length >> 1) - 1] ?? Number.NaN) + upper) / 2
  }

  save(): readonly Entry[] {
    return this.#entries.toArray()
  }

  restore(saved: readonly Entry[]): this {
    this.#entries = new Queue()
    this.#order = []
    this.#sum = 0
    this.#inexact = 0
    for (const [time, value] of saved) this.add(time, value)
    return this
  }

  #oldest(): Entry {
    return this.#entries.peek() as Entry
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
