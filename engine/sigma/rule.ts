/**
 * What a Sigma document says, parsed and typed; nothing here is compiled yet. Source: Sigma
 * 2.1.0.
 */

export type Level = 'informational' | 'low' | 'medium' | 'high' | 'critical'
export const LEVELS: readonly Level[] = ['informational', 'low', 'medium', 'high', 'critical']

/** Lines and columns count from 1. */
export interface Position {
  readonly file: string
  readonly line: number
  readonly column: number
}

export interface Diagnostic extends Position {
  readonly severity: 'error' | 'warning'
  readonly message: string
  /** The text that would be right, or what to do; absent where nothing can be suggested. */
  readonly correction?: string
}

export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year'
export type CompareOperator = 'lt' | 'lte' | 'gt' | 'gte' | 'eq' | 'neq'

/** A piece of a Sigma string: text, `*` (many) or `?` (one). */
export type StringPart =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'many' }
  | { readonly kind: 'one' }

export interface RegexFlags {
  readonly i: boolean
  readonly m: boolean
  readonly s: boolean
}

/** How one value of a rule is compared with one value of an event. */
export type ValueMatcher =
  | { readonly kind: 'string'; readonly parts: readonly StringPart[]; readonly cased: boolean }
  | { readonly kind: 'number'; readonly number: number; readonly text: string }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'null' }
  | { readonly kind: 'exists'; readonly expected: boolean }
  | { readonly kind: 'regex'; readonly source: string; readonly flags: RegexFlags }
  | { readonly kind: 'cidr'; readonly network: string }
  | {
      readonly kind: 'compare'
      readonly operator: CompareOperator
      readonly number: number
      readonly part: TimePart | null
    }
  | {
      readonly kind: 'fieldref'
      readonly field: string
      readonly how: 'equal' | 'contains' | 'startswith' | 'endswith'
      readonly cased: boolean
    }

/**
 * `field: value(s)` of a map, or a keyword where `field` is null. Each value of the rule is a
 * list of alternatives (base64offset gives three, windash many); `linking` joins the values.
 */
export interface FieldItem {
  readonly kind: 'item'
  readonly field: string | null
  readonly linking: 'any' | 'all'
  readonly negated: boolean
  readonly values: readonly (readonly ValueMatcher[])[]
}

export type SearchNode =
  | FieldItem
  | { readonly kind: 'and'; readonly of: readonly SearchNode[] }
  | { readonly kind: 'or'; readonly of: readonly SearchNode[] }

/** A condition with its patterns (`1 of sel*`, `all of them`) already resolved to names. */
export type Condition =
  | { readonly kind: 'search'; readonly name: string }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and'; readonly of: readonly Condition[] }
  | { readonly kind: 'or'; readonly of: readonly Condition[] }

export interface Detection {
  readonly searches: ReadonlyMap<string, SearchNode>
  readonly condition: Condition
}

export interface LogSource {
  readonly category: string | null
  readonly product: string | null
  readonly service: string | null
}

/** One event of a case: its body, and when it is seen in milliseconds. */
export interface CaseEvent {
  readonly event: Record<string, unknown>
  readonly time: number
}

/** A case inside a rule: what must, or must not, raise it. */
export interface RuleCase {
  readonly name: string
  readonly fires: boolean
  readonly events: readonly CaseEvent[]
  readonly at: Position
}

/**
 * Our extension key `doorstep:`. Templates such as `ip:{src_endpoint.ip}` are filled from the
 * event.
 */
export interface DoorstepKeys {
  readonly family: string | null
  readonly attack: string | null
  readonly lead: readonly string[]
  readonly entities: readonly string[]
  readonly cases: readonly RuleCase[]
}

interface RuleHead {
  readonly at: Position
  readonly id: string
  readonly name: string | null
  readonly title: string
  readonly level: Level
  readonly tags: readonly string[]
  readonly status: string | null
  readonly description: string | null
  readonly doorstep: DoorstepKeys
  /** Top-level keys that Sigma does not know and allows, as plain JSON. */
  readonly custom: Readonly<Record<string, unknown>>
}

export interface DetectionRule extends RuleHead {
  readonly kind: 'detection'
  readonly logsource: LogSource
  readonly detection: Detection
}

export type CorrelationType =
  | 'event_count'
  | 'value_count'
  | 'temporal'
  | 'temporal_ordered'
  | 'value_sum'
  | 'value_avg'
  | 'value_percentile'
  | 'value_median'

export interface Threshold {
  readonly operator: CompareOperator
  readonly value: number
}

export interface Correlation {
  readonly type: CorrelationType
  /** Ids or names, in the order written, each with its place. */
  readonly rules: readonly { readonly name: string; readonly at: Position }[]
  readonly groupBy: readonly string[]
  readonly timespanMs: number
  readonly thresholds: readonly Threshold[]
  readonly fields: readonly string[]
  /** Only for value_percentile; null asks for the share of the event's own value. */
  readonly percentile: number | null
  /** alias → rule (id or name) → field of that rule's events. */
  readonly aliases: ReadonlyMap<string, ReadonlyMap<string, string>>
  /** True lets the rules referred to raise matches of their own too. */
  readonly generate: boolean
}

export interface CorrelationRule extends RuleHead {
  readonly kind: 'correlation'
  readonly correlation: Correlation
}

export interface FilterRule extends RuleHead {
  readonly kind: 'filter'
  readonly logsource: LogSource
  /** Ids or names of the rules it narrows; `any` narrows all of its log source. */
  readonly rules: readonly { readonly name: string; readonly at: Position }[]
  readonly detection: Detection
}

export type Rule = DetectionRule | CorrelationRule | FilterRule
