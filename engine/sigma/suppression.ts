import type { EventTest } from './compile.ts'
import type { FieldTable } from './fields.ts'
import type { Detection, Position } from './rule.ts'

/**
 * What a rule raises is let pass where it is known and accepted: for events that `when` matches
 * and for entities named, until a day. It says why. Correlations go on counting the rule.
 */
export interface Suppression {
  readonly at: Position
  readonly title: string
  /** Ids or names of rules, each with its place. */
  readonly rules: readonly { readonly name: string; readonly at: Position }[]
  /** Null where entities alone decide. */
  readonly when: Detection | null
  /** References such as `ip:10.0.0.9`; empty where the event alone decides. */
  readonly entities: readonly string[]
  readonly reason: string
  /** The last day, such as 2026-12-31, and the milliseconds at which it is over, in UTC. */
  readonly until: string
  readonly endsAt: number
}

/** A suppression as it stands: how many matches it kept back, and whether its day is over. */
export interface SuppressionState {
  readonly suppression: Suppression
  readonly held: number
  readonly expired: boolean
}

/** Suppressions at work, by rule. What they held is of this run and is not saved. */
export class Suppressor {
  readonly #all: readonly Suppression[]
  readonly #tests: readonly (EventTest | null)[]
  readonly #held: number[]
  readonly #byRule = new Map<string, number[]>()

  /** `ruleOf` gives the id of the rule that has an id or name. */
  constructor(
    all: readonly Suppression[],
    compile: (detection: Detection) => EventTest,
    ruleOf: (name: string) => string | null,
  ) {
    this.#all = all
    this.#tests = all.map((each) => (each.when === null ? null : compile(each.when)))
    this.#held = all.map(() => 0)
    for (const [index, { rules }] of all.entries()) {
      for (const id of new Set(rules.map(({ name }) => ruleOf(name) ?? name)))
        this.#byRule.set(id, [...(this.#byRule.get(id) ?? []), index])
    }
  }

  /** Whether a match of this rule is kept back at `time`; the first that fits counts it. */
  holds(
    match: {
      readonly ruleId: string
      readonly lead: readonly string[]
      readonly entities: readonly string[]
    },
    table: FieldTable,
    time: number,
  ): boolean {
    const found = this.#byRule.get(match.ruleId)?.find((index) => {
      const { endsAt, entities } = this.#all[index] as Suppression
      const named = (ref: string): boolean =>
        match.lead.includes(ref) || match.entities.includes(ref)
      if (time >= endsAt || (entities.length > 0 && !entities.some(named))) return false
      return this.#tests[index]?.(table) ?? true
    })
    if (found === undefined) return false
    this.#held[found] = (this.#held[found] ?? 0) + 1
    return true
  }

  /** All of them as of `time`, in the order of the files. */
  states(time: number): readonly SuppressionState[] {
    return this.#all.map((suppression, index) => {
      const expired = time >= suppression.endsAt
      return { suppression, held: this.#held[index] ?? 0, expired }
    })
  }
}
