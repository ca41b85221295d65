import { Builder } from './compile.ts'
import { Limits, type LimitOptions } from './limits.ts'
import { checkFormula, type CheckedFormula } from './check.ts'
import { MonitorError } from './monitor-error.ts'
import { parseFormula } from './parse.ts'
import { parseSignature } from './signature.ts'
import { readTuple } from './access.ts'
import type { Formula, Outcome, Signature, Value, ValueType } from './ast.ts'
import type { Context, Stage, StateNode } from './stage.ts'

/** One event: the name of a predicate and its fields. */
export interface Fact {
  readonly name: string
  readonly args: readonly Value[]
}

/**
 * The answers at one time-point: never empty; one empty tuple where the formula has no free
 * variables.
 */
export interface Verdict {
  readonly timePoint: number
  readonly timestamp: number
  readonly tuples: readonly (readonly Value[])[]
}

export interface CompiledFormula {
  readonly source: string
  readonly signature: Signature
  readonly formula: CheckedFormula
  /** Columns of each verdict. */
  readonly variables: CheckedFormula['variables']
  readonly future: boolean
}

/**
 * Parses, types and checks a formula. All mistakes come back together, with line, column and
 * correction. `negate` asks for the violations of the formula instead of its answers.
 */
export function compile(
  source: string,
  signature: string | Signature,
  options: { readonly negate?: boolean } = {},
): Outcome<CompiledFormula> {
  const sig: Outcome<Signature> =
    typeof signature === 'string' ? parseSignature(signature) : { ok: true, value: signature }
  if (!sig.ok) return sig
  const parsed = parseFormula(source, sig.value)
  if (!parsed.ok) return parsed
  const formula: Formula = options.negate
    ? { kind: 'not', at: parsed.value.at, body: parsed.value }
    : parsed.value
  const checked = checkFormula(formula, sig.value)
  if (!checked.ok) return checked
  const { variables, future } = checked.value
  return {
    ok: true,
    value: { source, signature: sig.value, formula: checked.value, variables, future },
  }
}

export interface Monitor {
  /** Time-points taken so far: the index of the next one. */
  readonly timePoints: number
  /** Time-points refused because their timestamp was before the last one's; they have no index. */
  readonly dropped: number
  /** Events refused because their fields do not fit the signature. */
  readonly refused: number
  /** Tuples, waiting records, time-points and events that are kept now, and were at most. */
  readonly kept: number
  readonly keptPeak: number
  /** Rows looked at since it was made; a restored monitor counts anew. */
  readonly rows: number
  /**
   * Takes one time-point and returns the verdicts that have become certain, oldest first.
   * `timestamp` is in whole seconds. Events of predicates the formula does not speak of cost
   * nothing. Throws MonitorError `inexact-integer` where arithmetic leaves the exact whole
   * numbers, and `too-much-kept`, `too-much-work` or `too-many-answers` at its limits.
   */
  step(timestamp: number, facts: readonly Fact[]): Verdict[]
  /** Closes the log with a last maximal timestamp, which itself gets no verdict. */
  end(): Verdict[]
  /**
   * Plain JSON, from which `restore` of a new monitor of the same formula goes on with the same
   * verdicts.
   */
  save(): unknown
  /** Throws MonitorError `bad-state` on a monitor in use, or for another formula's state. */
  restore(saved: unknown): void
}

/**
 * Memory of a monitor is bounded by the events within the formula's largest intervals, and by
 * `keptMax` in any case.
 */
export function createMonitor(compiled: CompiledFormula, limits: LimitOptions = {}): Monitor {
  return new FormulaMonitor(compiled, limits)
}

interface Saved {
  readonly source: string
  readonly timePoints: number
  readonly last: number
  readonly positions: readonly number[]
  readonly contexts: { readonly first: number; readonly items: readonly Context[] }
  readonly nodes: readonly unknown[]
}

const NO_ROWS: ((readonly Value[])[] | undefined)[] = []
interface Column {
  readonly number: number
  readonly types: readonly ValueType[]
}

class FormulaMonitor implements Monitor {
  timePoints = 0
  dropped = 0
  refused = 0
  readonly #compiled: CompiledFormula
  readonly #builder: Builder
  readonly #limits: Limits
  readonly #columns = new Map<string, Column>()
  #last = -Infinity
  #ended = false
  #out: Verdict[] = []
  #tuples: Value[][] = []

  constructor(compiled: CompiledFormula, options: LimitOptions) {
    this.#compiled = compiled
    const limits = (this.#limits = new Limits(options))
    this.#builder = new Builder(compiled.formula.slotCount, limits)
    const slots = compiled.variables.map((v) => v.slot)
    const { env } = this.#builder
    const root = this.#builder.buildStage(compiled.formula.core, () => {
      if (slots.length > 0 || this.#tuples.length === 0) this.#tuples.push(readTuple(slots, env))
      limits.answers(this.#tuples.length)
    })
    const run = root.evaluate
    root.evaluate = (context) => {
      run(context)
      if (this.#tuples.length === 0) return
      const final = this.#ended && context.timestamp === Number.MAX_SAFE_INTEGER
      if (!final) this.#out.push(verdict(context, this.#tuples))
      this.#tuples = []
    }
    for (const [name, number] of this.#builder.predicates) {
      this.#columns.set(name, { number, types: compiled.signature.get(name)?.types ?? [] })
    }
  }

  get kept(): number {
    return this.#limits.kept
  }
  get keptPeak(): number {
    return this.#limits.peak
  }
  get rows(): number {
    return this.#limits.rows
  }

  step(timestamp: number, facts: readonly Fact[]): Verdict[] {
    if (!Number.isSafeInteger(timestamp)) {
      throw new MonitorError(
        'bad-timestamp',
        `a timestamp is a whole number of seconds, not ${timestamp}`,
      )
    }
    if (timestamp < this.#last || this.#ended) {
      this.dropped++
      return []
    }
    this.#last = timestamp
    this.#take(timestamp, facts)
    return this.#drain()
  }

  end(): Verdict[] {
    if (this.#ended) return []
    this.#ended = true
    if (!this.#compiled.future) return []
    this.#take(Number.MAX_SAFE_INTEGER, [])
    return this.#drain()
  }

  #take(timestamp: number, facts: readonly Fact[]): void {
    let rows: ((readonly Value[])[] | undefined)[] = NO_ROWS
    for (let i = 0; i < facts.length; i++) {
      const fact = facts[i] as Fact
      const column = this.#columns.get(fact.name)
      if (column === undefined) continue
      if (!fits(fact.args, column.types)) {
        this.refused++
        continue
      }
      if (rows === NO_ROWS)
        rows = new Array<(readonly Value[])[] | undefined>(this.#columns.size).fill(undefined)
      const known = rows[column.number]
      if (known) known.push(fact.args)
      else rows[column.number] = [fact.args]
    }
    this.#builder.contexts.push({ timePoint: this.timePoints++, timestamp, rows })
  }

  #drain(): Verdict[] {
    const { stages, contexts, nodes } = this.#builder
    const limits = this.#limits
    let oldest = Infinity
    for (let i = 0; i < stages.length; i++) {
      const stage = stages[i] as Stage
      do limits.begin()
      while (stage.tryStep(contexts))
      if (stage.oldest < oldest) oldest = stage.oldest
    }
    contexts.trim(oldest)
    let kept = contexts.size
    for (let i = 0; i < nodes.length; i++) kept += (nodes[i] as StateNode).size
    limits.keep(kept)
    const out = this.#out
    if (out.length === 0) return []
    this.#out = []
    return out
  }

  save(): unknown {
    const { stages, contexts, nodes } = this.#builder
    const saved: Saved = {
      source: this.#compiled.source,
      timePoints: this.timePoints,
      last: this.#last,
      positions: stages.map((s) => s.position),
      contexts: contexts.save(),
      nodes: nodes.map((n) => n.save()),
    }
    return JSON.parse(JSON.stringify(saved, hideInfinity)) as unknown
  }

  restore(saved: unknown): void {
    const s = JSON.parse(JSON.stringify(saved), showInfinity) as Saved
    const { stages, contexts, nodes } = this.#builder
    if (this.timePoints > 0)
      throw new MonitorError('bad-state', 'only a new monitor can take up a saved state')
    if (s.source !== this.#compiled.source || s.nodes.length !== nodes.length)
      throw new MonitorError('bad-state', 'the saved state belongs to another formula')
    this.timePoints = s.timePoints
    this.#last = s.last
    contexts.restore({
      first: s.contexts.first,
      items: s.contexts.items.map((c) => ({ ...c, rows: c.rows.map((r) => r ?? undefined) })),
    })
    stages.forEach((stage, i) => {
      stage.position = s.positions[i] ?? stage.position
    })
    nodes.forEach((node, i) => node.restore(s.nodes[i]))
  }
}

/** JSON has no infinite numbers, which MIN and MAX of nothing give. */
function hideInfinity(_: string, value: unknown): unknown {
  return value === Infinity || value === -Infinity ? { infinite: Math.sign(value) } : value
}

function showInfinity(_: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('infinite' in value)) return value
  return value.infinite === 1 ? Infinity : -Infinity
}

function fits(args: readonly Value[], types: readonly ValueType[]): boolean {
  if (args.length !== types.length) return false
  for (let i = 0; i < types.length; i++) {
    const value = args[i]
    if (
      types[i] === 'string'
        ? typeof value !== 'string'
        : types[i] === 'int'
          ? !Number.isSafeInteger(value)
          : typeof value !== 'number'
    )
      return false
  }
  return true
}

/** Sorts `tuples` in place: a million of them leave no room for keys. */
function verdict(context: Context, tuples: Value[][]): Verdict {
  const { timePoint, timestamp } = context
  if (tuples.length === 1) return { timePoint, timestamp, tuples }
  tuples.sort(compareTuples)
  const isNew = (tuple: Value[], i: number): boolean =>
    i === 0 || compareTuples(tuples[i - 1] as Value[], tuple) !== 0
  return { timePoint, timestamp, tuples: tuples.every(isNew) ? tuples : tuples.filter(isNew) }
}

function compareTuples(a: readonly Value[], b: readonly Value[]): number {
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as Value
    const y = b[i] as Value
    if (x !== y) return x < y ? -1 : 1
  }
  return 0
}
