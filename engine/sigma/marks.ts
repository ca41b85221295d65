import type { KeyState } from '../stream/keyed.ts'

/** When each rule of a `temporal` last matched: how many different ones did within the span. */
export class TemporalMarks implements KeyState {
  readonly size: number
  readonly #spanMs: number
  #last: (number | null)[]

  constructor(spanMs: number, rules: number) {
    this.#spanMs = spanMs
    this.size = rules
    this.#last = Array.from({ length: rules }, () => null)
  }

  add(time: number, matched: readonly number[]): number {
    for (const position of matched) this.#last[position] = time
    return this.#last.filter((last) => last !== null && last >= time - this.#spanMs).length
  }

  save(): readonly (number | null)[] {
    return this.#last
  }

  restore(saved: readonly (number | null)[]): this {
    this.#last = [...saved]
    return this
  }
}

/**
 * For each length of prefix of a `temporal_ordered`, the latest start of a chain that got that
 * far. A later start dominates an earlier one, so one time per rule is all that is needed. One
 * event is one step of a chain.
 */
export class OrderedMarks implements KeyState {
  readonly size: number
  readonly #spanMs: number
  #starts: (number | null)[]

  constructor(spanMs: number, rules: number) {
    this.#spanMs = spanMs
    this.size = rules
    this.#starts = Array.from({ length: rules }, () => null)
  }

  /** The number of rules if this event completes a chain within the span, else null. */
  add(time: number, matched: readonly number[]): number | null {
    let completed = false
    for (let i = matched.length - 1; i >= 0; i -= 1) {
      const position = matched[i] as number
      const start = position === 0 ? time : (this.#starts[position - 1] ?? null)
      if (start === null || start < time - this.#spanMs) continue
      this.#starts[position] = Math.max(start, this.#starts[position] ?? start)
      completed ||= position === this.size - 1
    }
    return completed ? this.size : null
  }

  save(): readonly (number | null)[] {
    return this.#starts
  }

  restore(saved: readonly (number | null)[]): this {
    this.#starts = [...saved]
    return this
  }
}

/**
 * The texts of the last `spanMs` milliseconds, at most `entriesMax`, and how often each occurs.
 */
export class ShareWindow implements KeyState {
  readonly #spanMs: number
  readonly #entriesMax: number
  readonly #counts = new Map<string, number>()
  #entries: (readonly [time: number, text: string])[] = []
  #head = 0

  constructor(spanMs: number, entriesMax: number) {
    this.#spanMs = spanMs
    this.#entriesMax = entriesMax
  }

  get size(): number {
    return this.#entries.length - this.#head
  }

  /** Adds a text and returns its share of the window in percent. */
  add(time: number, text: string): number {
    this.#entries.push([time, text])
    this.#counts.set(text, (this.#counts.get(text) ?? 0) + 1)
    while (this.#oldest()[0] < time - this.#spanMs || this.size > this.#entriesMax) {
      const [, gone] = this.#oldest()
      this.#head += 1
      const left = (this.#counts.get(gone) ?? 1) - 1
      if (left === 0) this.#counts.delete(gone)
      else this.#counts.set(gone, left)
    }
    if (this.#head > 64 && this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head)
      this.#head = 0
    }
    return (100 * (this.#counts.get(text) ?? 0)) / this.size
  }

  save(): readonly (readonly [number, string])[] {
    return this.#entries.slice(this.#head)
  }

  restore(saved: readonly (readonly [number, string])[]): this {
    this.#entries = []
    this.#head = 0
    this.#counts.clear()
    for (const [time, text] of saved) this.add(time, text)
    return this
  }

  #oldest(): readonly [number, string] {
    return this.#entries[this.#head] as readonly [number, string]
  }
}
