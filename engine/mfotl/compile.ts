import { unreachable } from '../unreachable.ts'
import { compileAccess, keyReader, readTuple, type Next } from './access.ts'
import { aggregate, WindowAggregation } from './aggregate.ts'
import type { Value } from './ast.ts'
import { compilePredicate } from './compile-predicate.ts'
import { FutureWindow, type FutureWindowOptions } from './future-window.ts'
import { assignment, canList, extend, isBound, orderConjuncts, type Bound } from './monitorable.ts'
import type { Limits } from './limits.ts'
import { PastWindow, type Ending } from './past-window.ts'
import { compileRegexp } from './regexp.ts'
import { keyOfColumns, type Key, type Relation } from './relation.ts'
import { compileTerm } from './term.ts'
import { Contexts, Stage, type Context, type StateNode } from './stage.ts'
import type { Core, Slot } from './core.ts'

/**
 * Which stage a part belongs to, and how many time-points it looks back from the stage's position.
 */
interface Place {
  readonly stage: Stage
  readonly lag: number
}
const NONE: Bound = new Set()
type Of<K extends Core['kind']> = Extract<Core, { kind: K }>

/**
 * Builds the evaluator of a formula: closures that pass answers on through one environment, driven
 * by what is bound already, and operators with state. A part is built once, so its state exists
 * once.
 */
export class Builder {
  readonly env: Value[]
  readonly contexts = new Contexts()
  /** Those that run ahead come before those that wait for them. */
  readonly stages: Stage[] = []
  /** In an order that is the same for each build of the same formula. */
  readonly nodes: StateNode[] = []
  readonly predicates = new Map<string, number>()

  readonly limits: Limits

  constructor(slotCount: number, limits: Limits) {
    this.limits = limits
    this.env = new Array<Value>(slotCount).fill(0)
  }

  buildStage(f: Core, found: (context: Context) => void): Stage {
    const stage = new Stage()
    const cell = stage.cell(0)
    const run = this.#compile(f, NONE, { stage, lag: 0 }, () => {
      if (cell.context) found(cell.context)
      return false
    })
    stage.evaluate = run
    this.stages.push(stage)
    return stage
  }

  #compile(f: Core, bound: Bound, place: Place, next: Next): Next {
    const { env } = this
    switch (f.kind) {
      case 'truth':
        return f.value ? next : () => false
      case 'predicate':
        return compilePredicate(
          f,
          this.#rows(f.name),
          bound,
          env,
          place.stage.cell(place.lag),
          this.limits,
          next,
        )
      case 'comparison':
        return this.#comparison(f, bound, next)
      case 'substring':
      case 'matches':
        return this.#text(f, next)
      case 'not': {
        const holds = this.#compile(f.body, bound, place, () => true)
        return () => !holds() && next()
      }
      case 'and':
        return this.#and(f, bound, place, next)
      case 'or': {
        const test = isBound(f.free, bound)
        const runs = f.parts.map((p) => this.#compile(p, bound, place, test ? () => true : next))
        return test ? () => runs.some((run) => run()) && next() : () => runs.some((run) => run())
      }
      case 'exists': {
        if (!isBound(f.free, bound)) return this.#compile(f.body, bound, place, next)
        const holds = this.#compile(f.body, bound, place, () => true)
        return () => holds() && next()
      }
      case 'previous':
      case 'next':
        return this.#shift(f, bound, place, next)
      case 'once':
      case 'since': {
        const window = this.#past(f, place)
        return compileAccess(window.relation, window.slots, bound, env, this.limits, next)
      }
      case 'eventually': {
        const window = this.#ahead(f.body, { interval: f.interval, times: false }, place)
        return compileAccess(window.relation, window.slots, bound, env, this.limits, next)
      }
      case 'until':
        return this.#until(f, bound, place, next)
      case 'aggregation':
        return this.#aggregation(f, bound, place, next, [])
      default:
        return unreachable(f)
    }
  }

  #text(f: Of<'substring'> | Of<'matches'>, next: Next): Next {
    const left = compileTerm(f.left, this.env)
    if (f.kind === 'matches') {
      const matches = compileRegexp(f.pattern)
      return () => matches(String(left())) && next()
    }
    const right = compileTerm(f.right, this.env)
    return () => String(right()).includes(String(left())) && next()
  }

  #rows(name: string): (context: Context) => readonly (readonly Value[])[] | undefined {
    if (name === 'tp') return (c) => [[c.timePoint]]
    if (name === 'ts') return (c) => [[c.timestamp]]
    if (name === 'tpts') return (c) => [[c.timePoint, c.timestamp]]
    const number = this.predicates.get(name) ?? this.predicates.size
    this.predicates.set(name, number)
    return (c) => c.rows[number]
  }

  #comparison(f: Of<'comparison'>, bound: Bound, next: Next): Next {
    const { env } = this
    const binding = assignment(f, bound)
    if (binding) {
      const value = compileTerm(binding.term, env)
      const { slot } = binding
      return () => {
        const v = value()
        if (v !== v) return false
        env[slot] = v
        return next()
      }
    }
    const left = compileTerm(f.left, env)
    const right = compileTerm(f.right, env)
    switch (f.operator) {
      case '=':
        return () => left() === right() && next()
      case '<':
        return () => left() < right() && next()
      case '<=':
        return () => left() <= right() && next()
    }
  }

  #and(f: Of<'and'>, bound: Bound, place: Place, next: Next): Next {
    const ordered = orderConjuncts(f.parts, bound)
    if (ordered === null) throw new Error('a checked conjunction has an order')
    const before: Bound[] = []
    let known = bound
    for (const part of ordered) {
      before.push(known)
      known = extend(known, part.free)
    }
    let run = next
    for (let i = ordered.length - 1; i >= 0; i--) {
      const part = ordered[i] as Core
      const filters =
        part.kind === 'aggregation' && !(before[i] as Bound).has(part.result)
          ? ordered.filter((p) => isFilterOf(p, part.result))
          : []
      if (
        filters.length > 0 &&
        part.kind === 'aggregation' &&
        i < ordered.indexOf(filters[0] as Core)
      ) {
        // The filters are pushed into the aggregation; testing them again behind it is harmless.
        run = this.#aggregation(part, before[i] as Bound, place, run, filters)
      } else run = this.#compile(part, before[i] as Bound, place, run)
    }
    return run
  }

  #shift(f: Of<'previous' | 'next'>, bound: Bound, place: Place, next: Next): Next {
    const step = f.kind === 'previous' ? 1 : -1
    const cell = place.stage.cell(place.lag)
    cell.neighbours = true
    const run = this.#compile(f.body, bound, { stage: place.stage, lag: place.lag + step }, next)
    place.stage.cell(place.lag + step)
    const { from, to } = f.interval
    return () => {
      const other = step === 1 ? cell.before : cell.after
      if (other === null || cell.context === null) return false
      const distance = Math.abs(cell.context.timestamp - other.timestamp)
      return distance >= from && distance <= to && run()
    }
  }

  #past(f: Of<'once' | 'since'>, place: Place): PastWindow {
    const right = f.kind === 'once' ? f.body : f.right
    const ending = f.kind === 'once' ? null : this.#ending(f.left, right, place)
    const window = new PastWindow(right.free, f.interval, this.env, ending, this.limits)
    window.feed(
      this.#compile(right, NONE, place, () => {
        window.insert()
        return false
      }),
    )
    this.#register(window, place)
    return window
  }

  #ending(left: Core, right: Core, place: Place): Ending {
    if (left.kind === 'not' && canList(left.body, NONE)) {
      let found: () => void = () => undefined
      const run = this.#compile(left.body, NONE, place, () => {
        found()
        return false
      })
      const each = (f: () => void): void => {
        found = f
        run()
      }
      return { kind: 'delta', slots: left.body.free, each }
    }
    return { kind: 'test', holds: this.#compile(left, new Set(right.free), place, () => true) }
  }

  #register(node: StateNode, place: Place): void {
    place.stage.nodes.push({ lag: place.lag, node })
    this.nodes.push(node)
  }

  #ahead(body: Core, options: FutureWindowOptions, place: Place): FutureWindow {
    let window: FutureWindow | null = null
    const stage = this.buildStage(body, (context) => window?.offer(context, this.env))
    window = new FutureWindow(body.free, options, stage, this.contexts, this.limits)
    this.#register(window, place)
    place.stage.lookaheads.push({ lag: place.lag, lookahead: window })
    place.stage.cell(place.lag)
    return window
  }

  #until(f: Of<'until'>, bound: Bound, place: Place, next: Next): Next {
    const negative = f.left.kind === 'not'
    const left = f.left.kind === 'not' ? f.left.body : f.left
    const window = this.#ahead(f.right, { interval: f.interval, times: true }, place)
    const side = this.#ahead(left, { interval: { from: 0, to: f.interval.to }, times: true }, place)
    const columns = side.slots.map((s) => window.slots.indexOf(s))
    const cell = place.stage.cell(place.lag)
    return compileAccess(
      window.relation,
      window.slots,
      bound,
      this.env,
      this.limits,
      next,
      (entry) => {
        const reached = window.timesOf(entry)?.peek() ?? Infinity
        const now = cell.context?.timePoint ?? Infinity
        const other = side.relation.get(keyOfColumns(entry.values, columns))
        const times = other && side.timesOf(other)
        if (negative) return (times?.peek() ?? Infinity) >= reached
        return (
          reached === now || (times?.peek() === now && times.at(reached - now - 1) === reached - 1)
        )
      },
    )
  }

  #aggregation(
    f: Of<'aggregation'>,
    bound: Bound,
    place: Place,
    next: Next,
    filters: readonly Core[],
  ): Next {
    const window = this.#windowOf(f.body, place)
    if (window === null) return this.#aggregationByListing(f, bound, place, next)
    const { env } = this
    const tests = filters.map((p) => this.#compile(p, new Set([f.result]), place, () => true))
    const passes = (result: Value): boolean => {
      env[f.result] = result
      return tests.every((test) => test())
    }
    const column = window.slots.indexOf(f.variable)
    const columns = f.group.map((s) => window.slots.indexOf(s))
    const node = new WindowAggregation(
      window.relation,
      f.operator,
      f.type(),
      column,
      columns,
      passes,
      this.limits,
    )
    this.#register(node, place)
    return compileAccess(node.results, [f.result, ...f.group], bound, env, this.limits, next)
  }

  #windowOf(
    body: Core,
    place: Place,
  ): { readonly relation: Relation; readonly slots: readonly Slot[] } | null {
    if (body.kind === 'once' || body.kind === 'since') return this.#past(body, place)
    return body.kind === 'eventually'
      ? this.#ahead(body.body, { interval: body.interval, times: false }, place)
      : null
  }

  #aggregationByListing(f: Of<'aggregation'>, bound: Bound, place: Place, next: Next): Next {
    const { env } = this
    interface Group {
      readonly values: Value[]
      readonly seen: Map<Key, Value>
    }
    let groups = new Map<Key, Group>()
    let count = 0
    const readGroup = keyReader(f.group, env)
    const readKey = keyReader(f.body.free, env)
    const given = new Set(f.group.filter((s) => bound.has(s)))
    const list = this.#compile(f.body, given, place, () => {
      const key = readGroup()
      let group = groups.get(key)
      if (!group) groups.set(key, (group = { values: readTuple(f.group, env), seen: new Map() }))
      group.seen.set(readKey(), env[f.variable] as Value)
      this.limits.answers(++count)
      return false
    })
    const type = f.type()
    const resultBound = bound.has(f.result)
    return () => {
      const found = (groups = new Map<Key, Group>())
      count = 0
      list()
      if (f.group.length === 0 && found.size === 0) found.set('', { values: [], seen: new Map() })
      for (const group of found.values()) {
        const result = aggregate(f.operator, [...group.seen.values()], type)
        if (resultBound && env[f.result] !== result) continue
        env[f.result] = result
        f.group.forEach((slot, i) => {
          env[slot] = group.values[i] as Value
        })
        if (next()) return true
      }
      return false
    }
  }
}

/**
 * True for a comparison of the aggregate with constants: it can be decided when the aggregate
 * changes.
 */
function isFilterOf(f: Core, result: Slot): boolean {
  return f.kind === 'comparison' && f.free.length === 1 && f.free[0] === result
}
