import { keyOfValue, membersOf, sayValue } from './sorts.ts'
import type { Action, Expr, Sort, Workflow } from './workflow.ts'

/** One cell of the state: `stage[order-1]`. `high` is null where it has no end. */
export interface Cell {
  readonly name: string
  readonly label: string
  readonly sort: Sort
  readonly low: number
  readonly high: number | null
  readonly start: number
}

/** An expression over cells alone; conditions are 0 or 1. */
export type Ground =
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'cell'; readonly cell: number }
  /** The cell at the place that `index` names; 0 where it names none. */
  | {
      readonly kind: 'select'
      readonly index: Ground
      readonly values: readonly number[]
      readonly cells: readonly number[]
    }
  | { readonly kind: 'among'; readonly of: Ground; readonly values: readonly number[] }
  | { readonly kind: 'not'; readonly body: Ground }
  | { readonly kind: 'and' | 'or' | 'total'; readonly parts: readonly Ground[] }
  | {
      readonly kind: 'compare'
      readonly operator: '=' | '<' | '<='
      readonly left: Ground
      readonly right: Ground
    }
  | {
      readonly kind: 'sum'
      readonly sign: 1 | -1
      readonly left: Ground
      readonly right: Ground
    }

/** What one actor may do in one way: an action with all of its parameters chosen. */
export interface Step {
  readonly action: Action
  readonly actor: number
  /** The role by which the actor may do it. */
  readonly role: string
  readonly values: ReadonlyMap<string, number>
  readonly guard: Ground
  /** Each cell once; where an action names one twice, the later counts. */
  readonly set: readonly { readonly cell: number; readonly value: Ground }[]
}

/** A workflow without names, for some controls switched off. */
export interface GroundModel {
  readonly workflow: Workflow
  /** Controls that are off. */
  readonly without: readonly string[]
  readonly cells: readonly Cell[]
  readonly steps: readonly Step[]
  readonly properties: readonly { readonly key: string; readonly always: Ground }[]
  readonly reachable: readonly { readonly key: string; readonly expr: Ground }[]
  readonly lemmas: readonly { readonly key: string; readonly expr: Ground }[]
}

/** More steps than this are refused, and expressions that grow to more than this many parts. */
export const STEPS_MAX = 20_000
export const PARTS_MAX = 2_000_000
type Values = ReadonlyMap<string, number>

/**
 * The model with `without` switched off. Null where more than STEPS_MAX steps would result, or more
 * than PARTS_MAX parts of expressions (quantifiers inside quantifiers, many parameters).
 */
export function groundModel(workflow: Workflow, without: readonly string[]): GroundModel | null {
  try {
    return grounded(workflow, without)
  } catch (error) {
    if (error instanceof TooLarge) return null
    throw error
  }
}

/** The same model with one property to prove; without any where there is none of this key. */
export function onlyProperty(model: GroundModel, key: string): GroundModel {
  return { ...model, properties: model.properties.filter((one) => one.key === key) }
}

class TooLarge extends Error {}

function grounded(workflow: Workflow, without: readonly string[]): GroundModel {
  const grounder = new Grounder(workflow)
  const steps: Step[] = []
  for (const action of workflow.actions) {
    for (const [actor, { roles }] of workflow.actors.entries()) {
      const role = action.who.find((one) => roles.includes(one))
      if (role === undefined) continue
      for (const values of choices(workflow, action)) {
        if (steps.length >= STEPS_MAX) throw new TooLarge()
        values.set('actor', actor)
        const step = grounder.step(action, actor, role, values, without)
        if (!isFalse(step.guard)) steps.push(step)
      }
    }
  }
  const named = (list: readonly { readonly key: string; readonly expr: Expr }[]) =>
    list.map(({ key, expr }) => ({ key, expr: grounder.expr(expr, new Map()) }))
  return {
    workflow,
    without,
    cells: grounder.cells,
    steps,
    properties: workflow.properties.map(({ key, always }) => ({
      key,
      always: grounder.expr(always, new Map()),
    })),
    reachable: named(workflow.reachable),
    lemmas: named(workflow.lemmas),
  }
}

function* choices(workflow: Workflow, action: Action): Generator<Map<string, number>> {
  const lists = action.parameters.map(({ sort }) => membersOf(sort, workflow))
  const count = lists.reduce((product, list) => product * list.length, 1)
  for (let n = 0; n < count; n++) {
    const values = new Map<string, number>()
    let rest = n
    for (let i = lists.length - 1; i >= 0; i--) {
      const list = lists[i] ?? []
      values.set(action.parameters[i]?.name ?? '', list[rest % list.length] ?? 0)
      rest = Math.floor(rest / list.length)
    }
    yield values
  }
}

/** Puts values for names. */
export class Grounder {
  readonly cells: Cell[] = []
  readonly #workflow: Workflow
  readonly #first: number[] = []
  #parts = 0

  constructor(workflow: Workflow) {
    this.#workflow = workflow
    for (const { key, sort, per, start } of workflow.state) {
      this.#first.push(this.cells.length)
      const [low, high] = boundsOf(sort, workflow)
      if (per === null) this.cells.push({ name: key, label: spoken(key), sort, low, high, start })
      for (const value of per?.values ?? []) {
        const of = per === null ? sort : per.sort
        this.cells.push({
          name: `${key}[${keyOfValue(of, value, workflow)}]`,
          label: `${spoken(key)} of ${sayValue(of, value, workflow)}`,
          ...{ sort, low, high, start },
        })
      }
    }
  }

  step(
    action: Action,
    actor: number,
    role: string,
    values: Values,
    without: readonly string[],
  ): Step {
    const honest = this.#workflow.actors[actor]?.attacker === null
    const parts = [
      this.expr(action.when, values),
      ...(honest ? [this.expr(action.honestly, values)] : []),
      ...action.controls
        .filter(({ key }) => !without.includes(key))
        .map(({ expr }) => this.expr(expr, values)),
    ]
    const set = new Map<number, Ground>()
    for (const { variable, index, value } of action.set) {
      const at = this.#cell(variable, index === null ? null : this.expr(index, values))
      if (at.kind !== 'cell') throw new Error('the reader lets only named cells be set')
      set.set(at.cell, this.expr(value, values))
    }
    const list = [...set].map(([cell, value]) => ({ cell, value }))
    return { action, actor, role, values, guard: all(parts), set: list }
  }

  expr(e: Expr, values: Values): Ground {
    if (++this.#parts > PARTS_MAX) throw new TooLarge()
    switch (e.kind) {
      case 'constant':
        return e
      case 'bound':
        return constant(values.get(e.name) ?? 0)
      case 'state':
        return this.#cell(e.variable, e.index === null ? null : this.expr(e.index, values))
      case 'among': {
        const of = this.expr(e.of, values)
        if (of.kind === 'constant') return truth(e.values.includes(of.value))
        return { kind: 'among', of, values: e.values }
      }
      case 'not':
        return not(this.expr(e.body, values))
      case 'and':
        return all(e.parts.map((part) => this.expr(part, values)))
      case 'or':
        return any(e.parts.map((part) => this.expr(part, values)))
      case 'compare':
        return compare(e.operator, this.expr(e.left, values), this.expr(e.right, values))
      case 'sum': {
        const [left, right] = [this.expr(e.left, values), this.expr(e.right, values)]
        if (left.kind === 'constant' && right.kind === 'constant')
          return constant(left.value + e.sign * right.value)
        return { kind: 'sum', sign: e.sign, left, right }
      }
      case 'every':
      case 'some':
      case 'count': {
        const parts = e.values.map((value) =>
          this.expr(e.body, new Map([...values, [e.name, value]])),
        )
        if (e.kind === 'count') return { kind: 'total', parts }
        return e.kind === 'every' ? all(parts) : any(parts)
      }
    }
  }

  #cell(variable: number, index: Ground | null): Ground {
    const first = this.#first[variable] ?? 0
    if (index === null) return { kind: 'cell', cell: first }
    const values = this.#workflow.state[variable]?.per?.values ?? []
    if (index.kind === 'constant')
      return { kind: 'cell', cell: first + Math.max(0, values.indexOf(index.value)) }
    return { kind: 'select', index, values, cells: values.map((_, i) => first + i) }
  }
}

function spoken(key: string): string {
  return key.replaceAll('-', ' ')
}

function boundsOf(sort: Sort, workflow: Workflow): readonly [number, number | null] {
  if (sort.kind === 'int') return [sort.min, sort.max]
  const members = membersOf(sort, workflow)
  return [Math.min(0, ...members), Math.max(0, ...members)]
}

function constant(value: number): Ground {
  return { kind: 'constant', value }
}
function truth(value: boolean): Ground {
  return constant(value ? 1 : 0)
}
function isTrue(g: Ground): boolean {
  return g.kind === 'constant' && g.value !== 0
}
function isFalse(g: Ground): boolean {
  return g.kind === 'constant' && g.value === 0
}

function all(parts: readonly Ground[]): Ground {
  const flat = parts.flatMap((p) => (p.kind === 'and' ? p.parts : [p])).filter((p) => !isTrue(p))
  if (flat.some(isFalse)) return truth(false)
  return flat.length === 1 && flat[0] ? flat[0] : flat.length === 0 ? truth(true) : and(flat)
}
function and(parts: readonly Ground[]): Ground {
  return { kind: 'and', parts }
}
function any(parts: readonly Ground[]): Ground {
  const flat = parts.flatMap((p) => (p.kind === 'or' ? p.parts : [p])).filter((p) => !isFalse(p))
  if (flat.some(isTrue)) return truth(true)
  if (flat.length === 1 && flat[0]) return flat[0]
  return flat.length === 0 ? truth(false) : { kind: 'or', parts: flat }
}
function not(body: Ground): Ground {
  if (body.kind === 'constant') return truth(body.value === 0)
  return body.kind === 'not' ? body.body : { kind: 'not', body }
}
function compare(operator: '=' | '<' | '<=', left: Ground, right: Ground): Ground {
  if (left.kind === 'constant' && right.kind === 'constant') {
    const [a, b] = [left.value, right.value]
    return truth(operator === '=' ? a === b : operator === '<' ? a < b : a <= b)
  }
  // A constant of an equation stands right.
  if (operator === '=' && left.kind === 'constant')
    return { kind: 'compare', operator, left: right, right: left }
  return { kind: 'compare', operator, left, right }
}
