/**
 * A workflow as it was understood: typed, with every name resolved. Values are whole numbers
 * throughout: false and true are 0 and 1, a word of a list, an actor or a thing is its index, and
 * `none` is -1.
 */
export interface Workflow {
  readonly slug: string
  readonly title: string
  readonly about: string
  /** At most this many states are searched, and this many steps unrolled. */
  readonly bounds: { readonly states: number; readonly steps: number }
  readonly controls: readonly Control[]
  readonly roles: readonly { readonly key: string; readonly about: string }[]
  readonly actors: readonly Actor[]
  readonly things: readonly Thing[]
  readonly state: readonly StateVariable[]
  readonly actions: readonly Action[]
  readonly properties: readonly Property[]
  readonly reachable: readonly { readonly key: string; readonly expr: Expr }[]
  /** True in every state that is reached with every control on; induction leans on them. */
  readonly lemmas: readonly { readonly key: string; readonly expr: Expr }[]
}

/** Protection that can be switched off by its key, here and in the range. */
export interface Control {
  readonly key: string
  readonly title: string
  /** What it is in the world. */
  readonly about: string
}

export interface Actor {
  readonly key: string
  readonly name: string
  readonly roles: readonly string[]
  /** What he is after; null for honest people. */
  readonly attacker: string | null
}

/** `count` of the same kind, which a story calls by `name` (`order {n}`). */
export interface Thing {
  readonly key: string
  readonly count: number
  readonly name: string
}

export type Sort =
  | { readonly kind: 'bool' }
  | { readonly kind: 'int'; readonly min: number; readonly max: number | null }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'actor'; readonly role: string | null; readonly optional: boolean }
  | { readonly kind: 'thing'; readonly thing: string; readonly optional: boolean }

export interface StateVariable {
  readonly key: string
  readonly sort: Sort
  /** One cell for each of these values; null for a single one. */
  readonly per: { readonly sort: Sort; readonly values: readonly number[] } | null
  readonly start: number
}

export interface Parameter {
  readonly name: string
  readonly sort: Sort
}

export interface Action {
  readonly key: string
  readonly who: readonly string[]
  readonly parameters: readonly Parameter[]
  readonly when: Expr
  /** What honest people ask for besides; attackers do not. */
  readonly honestly: Expr
  /** What a control asks for while it is on. */
  readonly controls: readonly { readonly key: string; readonly expr: Expr }[]
  readonly set: readonly Assignment[]
  readonly says: Template
  readonly reports: readonly Report[]
  /** Seconds until the next step, for those who monitor. */
  readonly takes: number
}
export interface Assignment {
  readonly variable: number
  readonly index: Expr | null
  readonly value: Expr
}

/** Text and values in turn. */
export type Template = readonly (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly expr: Expr; readonly sort: Sort }
)[]

/** A predicate that monitors would see of the step. */
export interface Report {
  readonly predicate: string
  readonly arguments: readonly (
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'value'; readonly expr: Expr; readonly sort: Sort }
  )[]
}

export interface Property {
  readonly key: string
  readonly title: string
  /** In plain language, for people who do not read formulas. */
  readonly reading: string
  readonly always: Expr
  /** Id of the formula that monitors the same at run time. */
  readonly monitor: string | null
}

/** Bounds are those of the things, actors and numbers that the model states. */
export type Expr =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'state'; readonly variable: number; readonly index: Expr | null }
  | { readonly kind: 'bound'; readonly name: string }
  | { readonly kind: 'among'; readonly of: Expr; readonly values: readonly number[] }
  | { readonly kind: 'not'; readonly body: Expr }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Expr[] }
  | {
      readonly kind: 'compare'
      readonly operator: '=' | '<' | '<='
      readonly left: Expr
      readonly right: Expr
    }
  | { readonly kind: 'sum'; readonly left: Expr; readonly right: Expr; readonly sign: 1 | -1 }
  | {
      readonly kind: 'every' | 'some' | 'count'
      readonly name: string
      readonly values: readonly number[]
      readonly body: Expr
    }

export const TRUE: Expr = { kind: 'constant', value: 1 }
