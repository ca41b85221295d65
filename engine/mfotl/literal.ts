import type { Value } from './ast.ts'
import type { Core, Slot } from './core.ts'
import type { Fact } from './monitor.ts'

export type Literal = Extract<Core, { kind: 'comparison' | 'substring' | 'matches' }>

/** A claim about a log, on which a verdict rests. `index` counts the points of the window. */
export type Leaf = { readonly kind: 'event'; readonly index: number; readonly fact: Fact } | Absent

/** Nothing of this predicate happened, from one point to another, that fits columns and tests. */
export interface Absent extends Shape {
  readonly kind: 'absent'
  /** Some that fit did happen, and did not suffice: nothing else happened. */
  readonly others: boolean
  readonly from: number
  readonly to: number
  /** Seconds; the claim reaches this far, with time-points or without. */
  readonly since: number
  readonly until: number
}

/** What an absence is of, wherever it is claimed. */
export interface Shape {
  readonly name: string
  /** What a column holds: a value, an unknown that a test may name, or anything at all. */
  readonly columns: readonly { readonly slot: Slot | null; readonly value: Value | null }[]
  readonly where: readonly Core[]
  readonly env: readonly (Value | undefined)[]
  /** Two absences of one key are of the same; see `keyOfShape`. */
  readonly key: string
}

/** Told apart by length, since a value may hold any character. */
export function keyOfShape(a: Omit<Shape, 'key'>): string {
  let key = a.name
  for (const { slot, value } of a.columns) {
    const text = String(value)
    key += ` ${slot} ${typeof value} ${text.length} ${text}`
  }
  for (const { at } of a.where) key += ` ${at.line}:${at.column}`
  return key
}

/**
 * Joins what was found at one point after another: an event is named once, and an absence once
 * with the span of its points; one that holds at every point holds for the whole `span`.
 */
export function mergeAbsences(
  found: readonly (readonly Leaf[])[],
  span: { readonly since: number; readonly until: number } | null,
): Leaf[] {
  const events = new Map<Fact, Leaf>()
  const absences = new Map<string, { all: Absent; points: number }>()
  for (const leaves of found) {
    const seen = new Set<string>()
    for (const leaf of leaves) {
      if (leaf.kind === 'event') {
        events.set(leaf.fact, leaf)
        continue
      }
      const { key } = leaf
      const known = absences.get(key)
      const points = (known?.points ?? 0) + (seen.has(key) ? 0 : 1)
      seen.add(key)
      absences.set(key, { all: known ? joined(known.all, leaf) : leaf, points })
    }
  }
  const whole = [...absences.values()].map(({ all, points }) =>
    span !== null && points === found.length ? { ...all, ...span } : all,
  )
  return [...events.values(), ...whole]
}

function joined(a: Absent, b: Absent): Absent {
  return {
    ...a,
    others: a.others || b.others,
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
    since: Math.min(a.since, b.since),
    until: Math.max(a.until, b.until),
  }
}
