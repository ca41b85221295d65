import { keyOf, keyOfColumns, Relation, type Entry, type Key } from './relation.ts'
import { exact } from './term.ts'
import type { AggregationOperator, Value, ValueType } from './ast.ts'
import type { Limits } from './limits.ts'
import type { StateNode } from './stage.ts'

/**
 * The aggregate of a bag of values. Of none: 0, or for floats MIN is Infinity and MAX is
 * -Infinity, or '' for texts, as MonPoly has it. AVG and MED are floats; an even MED is the mean
 * of the two in the middle.
 */
export function aggregate(
  operator: AggregationOperator,
  values: readonly Value[],
  type: ValueType,
): Value {
  if (operator === 'CNT') return values.length
  if (values.length === 0) return emptyValue(operator, type)
  switch (operator) {
    case 'MIN':
      return values.reduce((a, b) => (b < a ? b : a))
    case 'MAX':
      return values.reduce((a, b) => (b > a ? b : a))
    case 'SUM':
      return total(values as number[], type === 'int')
    case 'AVG':
      return total(values as number[], (values as number[]).every(Number.isInteger)) / values.length
    case 'MED': {
      const sorted = (values as number[]).toSorted((a, b) => a - b)
      const half = sorted.length >> 1
      const upper = sorted[half] ?? 0
      return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? 0) + upper) / 2
    }
  }
}

function emptyValue(operator: AggregationOperator, type: ValueType): Value {
  if (type === 'string') return ''
  if (type === 'float' && operator === 'MIN') return Infinity
  return type === 'float' && operator === 'MAX' ? -Infinity : 0
}

function total(values: readonly number[], integer: boolean): number {
  let sum = 0
  for (const v of values) sum = integer ? exact(sum + v) : sum + v
  return sum
}

interface Group {
  readonly values: readonly Value[]
  readonly members: Set<Entry>
  sum: number
  exact: boolean
  shown: Entry | null
}

/**
 * An aggregation over a window, kept up to date by what enters and leaves the window. `results`
 * holds `[result, ...group]` of the groups whose result passes the filter, so that `c >= 15` costs
 * nothing while no group comes near it. CNT, SUM and AVG of whole numbers take constant time for
 * each change, the others the size of the groups that changed.
 */
export class WindowAggregation implements StateNode {
  readonly results: Relation
  readonly #operator: AggregationOperator
  readonly #type: ValueType
  readonly #columns: readonly number[]
  readonly #column: number
  readonly #passes: (result: Value) => boolean
  readonly #groups = new Map<Key, Group>()
  readonly #touched = new Set<Group>()

  constructor(
    window: Relation,
    operator: AggregationOperator,
    type: ValueType,
    column: number,
    columns: readonly number[],
    passes: (result: Value) => boolean,
    limits: Limits,
  ) {
    this.results = new Relation(limits)
    this.#operator = operator
    this.#type = type
    this.#column = column
    this.#columns = columns
    this.#passes = passes
    window.onChange = (entry, added) => this.#change(entry, added)
    if (columns.length === 0) this.#touched.add(this.#group([], ''))
  }

  get size(): number {
    return this.results.size + this.#groups.size
  }

  update(): void {
    for (const group of this.#touched) this.#show(group)
    this.#touched.clear()
  }

  #group(values: readonly Value[], key: Key): Group {
    const known = this.#groups.get(key)
    if (known) return known
    const group: Group = { values, members: new Set(), sum: 0, exact: true, shown: null }
    this.#groups.set(key, group)
    return group
  }

  #change(entry: Entry, added: boolean): void {
    const group = this.#group(
      this.#columns.map((c) => entry.values[c] as Value),
      keyOfColumns(entry.values, this.#columns),
    )
    const value = entry.values[this.#column] as Value
    if (added) group.members.add(entry)
    else group.members.delete(entry)
    if (typeof value === 'number') {
      group.sum += added ? value : -value
      if (!Number.isSafeInteger(value) || !Number.isSafeInteger(group.sum)) group.exact = false
    }
    this.#touched.add(group)
  }

  #show(group: Group): void {
    const result = this.#result(group)
    const old = group.shown
    if (old !== null && old.values[0] === result && group.members.size > 0) return
    if (old !== null) this.results.remove(old)
    group.shown = null
    if (group.members.size === 0 && this.#columns.length > 0) {
      this.#groups.delete(keyOf(group.values))
      return
    }
    if (!this.#passes(result)) return
    const values = [result, ...group.values]
    group.shown = this.results.obtain(keyOf(values), values)
  }

  #result(group: Group): Value {
    const { size } = group.members
    if (this.#operator === 'CNT') return size
    if (size > 0 && group.exact && this.#operator === 'SUM') return group.sum === 0 ? 0 : group.sum
    if (size > 0 && group.exact && this.#operator === 'AVG') return group.sum / size
    const values = [...group.members].map((e) => e.values[this.#column] as Value)
    group.sum = values.reduce<number>((sum, v) => (typeof v === 'number' ? sum + v : sum), 0)
    group.exact = Number.isSafeInteger(group.sum) && values.every((v) => Number.isSafeInteger(v))
    return aggregate(this.#operator, values, this.#type)
  }

  /** Nothing of its own: the window below tells everything again while it is restored. */
  save(): unknown {
    return null
  }
  restore(): void {
    this.update()
  }
}
