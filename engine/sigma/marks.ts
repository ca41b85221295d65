import type { KeyState } from '../stream/keyed.ts'

/** One time for each rule of a temporal correlation, in its order; null where there is none. */
export type Marks = (number | null)[]

/** Takes an event of the rules at `matched` into the marks and says what they then amount to. */
export type See = (marks: Marks, time: number, matched: readonly number[]) => number | null

/** What a `temporal` or `temporal_ordered` keeps of a group: as many times as it has rules. */
export class RuleMarks implements KeyState {
  readonly size: number
  readonly #see: See
  #marks: Marks

  constructor(rules: number, see: See) {
    this.size = rules
    this.#see = see
    this.#marks = Array.from({ length: rules }, () => null)
  }

  add(time: number, matched: readonly number[]): number | null {
    return this.#see(this.#marks, time, matched)
  }

  save(): readonly (number | null)[] {
    return this.#marks
  }

  restore(saved: readonly (number | null)[]): this {
    this.#marks = [...saved]
    return this
  }
}

/** How many different rules matched within the span: each mark is when its rule last did. */
export function rulesWithin(spanMs: number): See {
  return (marks, time, matched) => {
    for (const position of matched) marks[position] = time
    return marks.filter((last) => last !== null && last >= time - spanMs).length
  }
}

/**
 * The number of rules where this event completes all of them in order within the span, else null.
 * Each mark is the latest start of a chain that got as far as its rule: a later start dominates an
 * earlier one, so one time for each is all that is needed. One event is one step of a chain.
 */
export function chainWithin(spanMs: number): See {
  return (marks, time, matched) => {
    let completed = false
    for (let i = matched.length - 1; i >= 0; i -= 1) {
      const position = matched[i] as number
      const start = position === 0 ? time : (marks[position - 1] ?? null)
      if (start === null || start < time - spanMs) continue
      marks[position] = Math.max(start, marks[position] ?? start)
      completed ||= position === marks.length - 1
    }
    return completed ? marks.length : null
  }
}
