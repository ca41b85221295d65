import type { KeyState } from './keyed.ts'
import { Queue } from './queue.ts'

type Entry = readonly [time: number, text: string]

/**
 * The texts of the last `spanMs` milliseconds, both ends included, at most `entriesMax`, the oldest
 * going first, and how often each occurs. Times must not decrease.
 */
export class ShareWindow implements KeyState {
  readonly #spanMs: number
  readonly #entriesMax: number
  readonly #counts = new Map<string, number>()
  #entries = new Queue<Entry>()

  constructor(spanMs: number, entriesMax: number) {
    this.#spanMs = spanMs
    this.#entriesMax = entriesMax
  }

  get size(): number {
    return this.#entries.length
  }

  /** Adds a text and returns its share of the window in percent. */
  add(time: number, text: string): number {
    this.#entries.push([time, text])
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1)
    while (this.#oldest()[0] < time - this.#spanMs || this.size > this.#entriesMax) {
      const [, gone] = this.#oldest()
      this.#entries.shift()
      const left = (this.#counts.get(gone) ?? 1) - 1
      if (left === 0) this.#counts.delete(gone)
      else this.#counts.set(gone, left)
    }
    return (100 * (this.#counts.get(text) ?? 0)) / this.size
  }

  save(): readonly Entry[] {
    return this.#entries.toArray()
  }

  restore(saved: readonly Entry[]): this {
    this.#entries = new Queue()
    this.#counts.clear()
    for (const [time, text] of saved) this.add(time, text)
    return this
  }

  #oldest(): Entry {
    return this.#entries.peek() as Entry
  }
}
