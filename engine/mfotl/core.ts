import type {
  AggregationOperator,
  ArithmeticOperator,
  Comparison,
  Interval,
  Position,
  Value,
  ValueType,
} from './ast.ts'

/**
 * A variable of the formula: variables of the same name in different scopes are different slots.
 */
export type Slot = number

export type CoreTerm =
  | { readonly kind: 'slot'; readonly slot: Slot }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'constant'; readonly value: Value }
  | {
      readonly kind: 'arithmetic'
      readonly operator: ArithmeticOperator
      readonly integer: () => boolean
      readonly left: CoreTerm
      readonly right: CoreTerm
    }
  | { readonly kind: 'negative' | 'i2f' | 'f2i'; readonly argument: CoreTerm }

/** One member of a union for each kind, so that each can be narrowed to. */
type Each<K extends string, T> = K extends string ? { readonly kind: K } & T : never

/**
 * `free` lists the free slots as verdicts have their columns (F18): by first occurrence, but the
 * right side of SINCE and UNTIL first, and a predicate of LET by its arguments. `at` points into
 * the formula as written.
 */
interface Base {
  readonly at: Position
  readonly free: readonly Slot[]
}

/**
 * The formula in few operators: no IMPLIES, EQUIV, FORALL, HISTORICALLY, ALWAYS, LET; AND and OR
 * are flat; NOT stands as deep as it can.
 */
export type Core = Base &
  (
    | { readonly kind: 'truth'; readonly value: boolean }
    | { readonly kind: 'predicate'; readonly name: string; readonly terms: readonly CoreTerm[] }
    | {
        readonly kind: 'comparison'
        readonly operator: Comparison
        readonly left: CoreTerm
        readonly right: CoreTerm
      }
    | { readonly kind: 'substring'; readonly left: CoreTerm; readonly right: CoreTerm }
    | { readonly kind: 'matches'; readonly left: CoreTerm; readonly pattern: string }
    | { readonly kind: 'not'; readonly word: NegationWord; readonly body: Core }
    | Each<'and' | 'or', { readonly parts: readonly Core[] }>
    | { readonly kind: 'exists'; readonly slots: readonly Slot[]; readonly body: Core }
    | Each<
        'previous' | 'next' | 'once' | 'eventually',
        { readonly interval: Interval; readonly body: Core }
      >
    | Each<
        'since' | 'until',
        { readonly interval: Interval; readonly left: Core; readonly right: Core }
      >
    | {
        readonly kind: 'aggregation'
        readonly operator: AggregationOperator
        readonly result: Slot
        readonly variable: Slot
        readonly group: readonly Slot[]
        readonly body: Core
        readonly type: () => ValueType
      }
  )

export function termSlots(term: CoreTerm): readonly Slot[] {
  switch (term.kind) {
    case 'slot':
      return [term.slot]
    case 'wildcard':
    case 'constant':
      return []
    case 'arithmetic':
      return [...termSlots(term.left), ...termSlots(term.right)]
    case 'negative':
    case 'i2f':
    case 'f2i':
      return termSlots(term.argument)
  }
}

export function union(...lists: readonly (readonly Slot[])[]): Slot[] {
  return [...new Set(lists.flat())]
}

export function and(at: Position, parts: readonly Core[]): Core {
  const flat = parts.flatMap((p) => (p.kind === 'and' ? p.parts : [p]))
  return flat.length === 1 && flat[0]
    ? flat[0]
    : { kind: 'and', at, parts: flat, free: union(...parts.map((p) => p.free)) }
}

export function or(at: Position, parts: readonly Core[]): Core {
  const flat = parts.flatMap((p) => (p.kind === 'or' ? p.parts : [p]))
  return flat.length === 1 && flat[0]
    ? flat[0]
    : { kind: 'or', at, parts: flat, free: union(...parts.map((p) => p.free)) }
}

/** The formulas directly inside a formula, left to right. */
export function partsOf(f: Core): readonly Core[] {
  switch (f.kind) {
    case 'truth':
    case 'predicate':
    case 'comparison':
    case 'substring':
    case 'matches':
      return []
    case 'and':
    case 'or':
      return f.parts
    case 'since':
    case 'until':
      return [f.left, f.right]
    case 'not':
    case 'exists':
    case 'previous':
    case 'next':
    case 'once':
    case 'eventually':
    case 'aggregation':
      return [f.body]
  }
}

/** What the author wrote that became a negation. */
export type NegationWord = 'NOT' | 'IMPLIES' | 'EQUIV' | 'FORALL' | 'HISTORICALLY' | 'ALWAYS'

/** The negation, pushed inwards where that keeps the meaning and helps evaluation. */
export function negate(f: Core, at: Position = f.at, word: NegationWord = 'NOT'): Core {
  if (f.kind === 'truth') return { ...f, value: !f.value }
  if (f.kind === 'not') return f.body
  const each = (parts: readonly Core[]): Core[] => parts.map((p) => negate(p, p.at, word))
  const { free } = f
  if (f.kind === 'or') return { ...and(at, each(f.parts)), free }
  if (f.kind === 'and' && f.parts.every((p) => p.kind === 'not'))
    return { ...or(at, each(f.parts)), free }
  return { kind: 'not', at, word, free: f.free, body: f }
}
