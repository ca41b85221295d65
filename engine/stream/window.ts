import type { KeyState } from './keyed.ts'
import { Queue } from './queue.ts'

/**
 * The times of the last `spanMs` milliseconds, both ends included, at most `entriesMax` of them:
 * beyond that the oldest go first, so that a count is exact up to the bound. Times must not
 * decrease.
 */
export class TimeWindow implements KeyState {
  readonly #spanMs: number
  readonly #entriesMax: number
  #times = new Queue<number>()

  constructor(spanMs: number, entriesMax: number) {
    this.#spanMs = spanMs
    this.#entriesMax = entriesMax
  }

  get size(): number {
    return this.#times.length
  }

  /** Adds one time and returns how many the window then holds. */
  add(time: number): number {
    this.#times.push(time)
    const before = time - this.#spanMs
    while ((this.#times.peek() as number) < before || this.size > this.#entriesMax)
      this.#times.shift()
    return this.size
  }

  save(): readonly number[] {
    return this.#times.toArray()
  }

  restore(saved: readonly number[]): this {
    this.#times = new Queue(saved)
    return this
  }
}

/**
 * The distinct texts of the last `spanMs` milliseconds, both ends included, at most `entriesMax`,
 * the oldest going first. Times must not decrease.
 */
export class DistinctWindow implements KeyState {
  readonly #spanMs: number
  readonly #entriesMax: number
  readonly #last = new Map<string, number>()

  constructor(spanMs: number, entriesMax: number) {
    this.#spanMs = spanMs
    this.#entriesMax = entriesMax
  }

  get size(): number {
    return this.#last.size
  }

  /** Adds a text and returns how many different ones the window then holds. */
  add(time: number, text: string): number {
    this.#last.delete(text)
    this.#last.set(text, time)
    const before = time - this.#spanMs
    for (const [oldest, at] of this.#last) {
      if (at >= before && this.#last.size <= this.#entriesMax) break
      this.#last.delete(oldest)
    }
    return this.#last.size
  }

  save(): readonly (readonly [string, number])[] {
    return [...this.#last]
  }

  restore(saved: readonly (readonly [string, number])[]): this {
    this.#last.clear()
    for (const [text, time] of saved) this.#last.set(text, time)
    return this
  }
}
