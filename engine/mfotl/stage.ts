import type { Value } from './ast.ts'

/** One time-point with the events of it that the formula speaks of, by number of the predicate. */
export interface Context {
  readonly timePoint: number
  readonly timestamp: number
  readonly rows: readonly (readonly (readonly Value[])[] | undefined)[]
}

/**
 * Where the closures of one lag read the time-point they are evaluated at; null before the first.
 */
export interface Cell {
  context: Context | null
  /** Neighbours, kept only where PREVIOUS or NEXT asks for them. */
  neighbours: boolean
  before: Context | null
  after: Context | null
}

/** An operator that keeps something from one time-point to the next. */
export interface StateNode {
  /** Tuples and records kept. */
  readonly size: number
  update(context: Context): void
  save(): unknown
  restore(saved: unknown): void
}

/** A future operator seen from the stage that asks it. */
export interface Lookahead {
  ready(context: Context): boolean
}

/**
 * A part of the formula that is evaluated at one time-point after another. PREVIOUS and NEXT shift
 * what is below them by a lag; what is below EVENTUALLY and UNTIL is a stage of its own that runs
 * ahead.
 */
export class Stage {
  readonly nodes: { readonly lag: number; readonly node: StateNode }[] = []
  readonly lookaheads: { readonly lag: number; readonly lookahead: Lookahead }[] = []
  readonly #cellAt = new Map<number, Cell>()
  #lead = 0
  #lagMax = 0
  /** Next position to evaluate; negative while operators below NEXT see the first time-points. */
  position = 0
  /** Evaluates the root of this stage at a time-point. */
  evaluate: (context: Context) => void = () => undefined
  #cells: { lag: number; cell: Cell }[] = []

  cell(lag: number): Cell {
    const known = this.#cellAt.get(lag)
    if (known) return known
    const cell: Cell = { context: null, neighbours: false, before: null, after: null }
    this.#cellAt.set(lag, cell)
    this.#cells.push({ lag, cell })
    if (-lag > this.#lead) this.#lead = -lag
    if (lag > this.#lagMax) this.#lagMax = lag
    this.position = -this.#lead
    return cell
  }

  /** The oldest time-point this stage may still read. */
  get oldest(): number {
    return this.position - this.#lagMax - 1
  }

  /** Evaluates the next time-point if everything it depends on is known; tells whether it did. */
  tryStep(contexts: Contexts): boolean {
    const n = this.position
    if (n + this.#lead > contexts.last) return false
    for (let i = 0; i < this.lookaheads.length; i++) {
      const { lag, lookahead } = this.lookaheads[i] as Stage['lookaheads'][number]
      const context = contexts.at(n - lag)
      if (context !== null && !lookahead.ready(context)) return false
    }
    for (let i = 0; i < this.#cells.length; i++) {
      const { lag, cell } = this.#cells[i] as { lag: number; cell: Cell }
      cell.context = contexts.at(n - lag)
      if (!cell.neighbours) continue
      cell.before = contexts.at(n - lag - 1)
      cell.after = contexts.at(n - lag + 1)
    }
    for (let i = 0; i < this.nodes.length; i++) {
      const { lag, node } = this.nodes[i] as Stage['nodes'][number]
      const context = contexts.at(n - lag)
      if (context !== null) node.update(context)
    }
    if (n >= 0) {
      const context = contexts.at(n)
      if (context !== null) this.evaluate(context)
    }
    this.position++
    return true
  }
}

/** The time-points that some stage may still read. */
export class Contexts {
  #items: Context[] = []
  #first = 0
  #facts = 0

  /** Time-points and events kept. */
  get size(): number {
    return this.#items.length + this.#facts
  }
  get last(): number {
    return this.#first + this.#items.length - 1
  }
  at(index: number): Context | null {
    return this.#items[index - this.#first] ?? null
  }
  push(context: Context): void {
    this.#items.push(context)
    this.#facts += factsOf(context)
  }

  /** Forgets what lies before `index`, in batches. */
  trim(index: number): void {
    const count = index - this.#first
    if (count < 64 || count * 2 < this.#items.length) return
    for (let i = 0; i < count; i++) this.#facts -= factsOf(this.#items[i] as Context)
    this.#items = this.#items.slice(count)
    this.#first = index
  }

  save(): { first: number; items: readonly Context[] } {
    return { first: this.#first, items: [...this.#items] }
  }
  restore(saved: { first: number; items: readonly Context[] }): void {
    this.#first = saved.first
    this.#items = [...saved.items]
    this.#facts = this.#items.reduce((sum, each) => sum + factsOf(each), 0)
  }
}

function factsOf({ rows }: Context): number {
  let count = 0
  for (let i = 0; i < rows.length; i++) count += rows[i]?.length ?? 0
  return count
}
