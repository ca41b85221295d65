/** Where something stands in a text; both count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** An author's mistake: all of a text's mistakes are reported together. */
export interface Diagnostic extends Position {
  readonly message: string
  /** What to write instead, where that is known. */
  readonly correction?: string
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

export type ValueType = 'int' | 'float' | 'string'
/** A field of an event. Which of the three types it has is known from the signature. */
export type Value = number | string

export interface Predicate {
  readonly name: string
  readonly types: readonly ValueType[]
  /** Names of the fields, '' where the signature gives none; explanations use them. */
  readonly fields?: readonly string[]
}
export type Signature = ReadonlyMap<string, Predicate>

/** Closed on both sides, in seconds; `to` is Infinity where the interval has no end. */
export interface Interval {
  readonly from: number
  readonly to: number
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | 'MOD'
export type Comparison = '=' | '<' | '<='
export type AggregationOperator = 'CNT' | 'SUM' | 'MIN' | 'MAX' | 'AVG' | 'MED'
export type UnaryTemporal = 'previous' | 'next' | 'once' | 'historically' | 'eventually' | 'always'

export type Term = { readonly at: Position } & (
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'constant'; readonly type: ValueType; readonly value: Value }
  | { readonly kind: 'regexp'; readonly pattern: string }
  | {
      readonly kind: 'arithmetic'
      readonly operator: ArithmeticOperator
      readonly left: Term
      readonly right: Term
    }
  | { readonly kind: 'negative'; readonly argument: Term }
  | { readonly kind: 'i2f' | 'f2i'; readonly argument: Term }
)

/** A formula as it was written. */
export type Formula = { readonly at: Position } & (
  | { readonly kind: 'truth'; readonly value: boolean }
  | { readonly kind: 'predicate'; readonly name: string; readonly terms: readonly Term[] }
  | {
      readonly kind: 'comparison'
      readonly operator: Comparison
      readonly left: Term
      readonly right: Term
    }
  | { readonly kind: 'substring' | 'matches'; readonly left: Term; readonly right: Term }
  | { readonly kind: 'not'; readonly body: Formula }
  | {
      readonly kind: 'and' | 'or' | 'implies' | 'equiv'
      readonly left: Formula
      readonly right: Formula
    }
  | {
      readonly kind: 'exists' | 'forall'
      readonly variables: readonly string[]
      readonly body: Formula
    }
  | { readonly kind: UnaryTemporal; readonly interval: Interval; readonly body: Formula }
  | {
      readonly kind: 'since' | 'until'
      readonly interval: Interval
      readonly left: Formula
      readonly right: Formula
    }
  | {
      readonly kind: 'aggregation'
      readonly operator: AggregationOperator
      readonly result: string
      readonly variable: string
      readonly group: readonly string[]
      readonly body: Formula
    }
  | {
      readonly kind: 'let'
      readonly name: string
      readonly parameters: readonly string[]
      readonly definition: Formula
      readonly body: Formula
    }
)
