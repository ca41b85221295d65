import { unreachable } from '../unreachable.ts'
import { aggregate } from './aggregate.ts'
import {
  keyOfShape,
  mergeAbsences,
  type Absent,
  type Leaf,
  type Literal,
  type Shape,
} from './literal.ts'
import { assignment, orderConjuncts } from './monitorable.ts'
import { compileRegexp } from './regexp.ts'
import type { Key } from './relation.ts'
import { boundOf, matched, tupleKey, valueOf, without, type Env } from './valuation.ts'
import { Unexplained, type LogWindow } from './window.ts'
import { termSlots, type Core, type Slot } from './core.ts'
import type { Interval, Value } from './ast.ts'

export interface Answer {
  readonly env: Env
  /** What makes it true: events that are there, and events that are not. */
  readonly leaves: readonly Leaf[]
}
type Of<K extends Core['kind']> = Extract<Core, { kind: K }>

/**
 * Evaluates a formula by its definition over a piece of a log and says why each answer holds: a
 * conjunction of literals about the log. Source of the two judgements: Basin, Bhatt, Traytel,
 * "Optimal Proofs for Linear Temporal Logic on Lasso Words", ATVA 2018 (proofs of satisfaction and
 * violation). Work is bounded: beyond `budget` elementary steps it throws Unexplained.
 */
export class Prover {
  readonly #window: LogWindow
  readonly #orders = new Map<Core, Map<string, readonly Core[]>>()
  readonly #patterns = new Map<string, (text: string) => boolean>()
  /** By predicate, the absence that was claimed last. */
  readonly #shapes = new Map<
    Core,
    { readonly env: Env; readonly tests: readonly Core[]; readonly shape: Shape }
  >()
  readonly #within = new Map<
    Core,
    { readonly outer: readonly Core[]; readonly tests: readonly Core[] }
  >()
  #tests: readonly Core[] = []
  #left: number

  constructor(window: LogWindow, budget: number) {
    this.#window = window
    this.#left = budget
  }

  get left(): number {
    return this.#left
  }

  /**
   * All answers at the point of this index that agree with `env`. `why` takes what makes sure that
   * there are no others; null where nobody asks.
   */
  solve(f: Core, index: number, env: Env, why: Leaf[] | null): Answer[] {
    this.#spend(1)
    switch (f.kind) {
      case 'truth':
        return f.value ? [{ env, leaves: [] }] : []
      case 'predicate':
        return this.#predicate(f, index, env, why)
      case 'comparison':
      case 'substring':
      case 'matches':
        return this.#test(f, env)
      case 'not':
        return this.#not(f, index, env, why)
      case 'and':
        return this.#and(f, index, env, why)
      case 'or':
        return this.#best(
          f.free,
          f.parts.flatMap((p) => this.solve(p, index, env, why)),
        )
      case 'exists':
        return this.#exists(f, index, env, why)
      case 'previous':
      case 'next':
        return this.#shift(f, index, env, why)
      case 'once':
      case 'eventually':
        return this.#sometime(f, index, env, why)
      case 'since':
      case 'until':
        return this.#chain(f, index, env, why)
      case 'aggregation':
        return this.#aggregation(f, index, env, why)
      default:
        return unreachable(f)
    }
  }

  #spend(steps: number): void {
    this.#left -= steps
    if (this.#left < 0) throw new Unexplained('work')
  }

  #join(a: readonly Leaf[], b: readonly Leaf[]): readonly Leaf[] {
    if (a.length === 0) return b
    if (b.length === 0) return a
    this.#spend(a.length + b.length)
    return [...a, ...b]
  }

  #predicate(f: Of<'predicate'>, index: number, env: Env, why: Leaf[] | null): Answer[] {
    const point = this.#window.at(index)
    if (f.name === 'tp' || f.name === 'ts' || f.name === 'tpts') {
      const { timePoint, timestamp } = point
      const args =
        f.name === 'tp' ? [timePoint] : f.name === 'ts' ? [timestamp] : [timePoint, timestamp]
      const bound = matched(f.terms, args, env)
      return bound === null ? [] : [{ env: bound, leaves: [] }]
    }
    const answers: Answer[] = []
    const facts = this.#window.facts(index, f.name)
    this.#spend(facts.length)
    for (const fact of facts) {
      const bound = matched(f.terms, fact.args, env)
      if (bound !== null)
        answers.push({ env: bound, leaves: [{ kind: 'event', index, fact } as const] })
    }
    if (why !== null) why.push(this.#absent(f, [index, index], env, answers))
    return answers
  }

  /** The claim that nothing (else) of a predicate happened from one point to another. */
  #absent(
    f: Of<'predicate'>,
    [from, to]: readonly [number, number],
    env: Env,
    answers: readonly Answer[],
  ): Absent {
    const shape = this.#shape(f, env)
    const { where } = shape
    const others = answers.some((a) => where.every((t) => this.#passes(t, a.env)))
    const start = this.#window.at(from).timestamp
    return {
      kind: 'absent',
      ...shape,
      others,
      from,
      to,
      since: start,
      until: this.#window.at(to).timestamp,
    }
  }

  /** An interval asks for the same absence at point after point, of the same `env`. */
  #shape(f: Of<'predicate'>, env: Env): Shape {
    const before = this.#shapes.get(f)
    if (before?.env === env && before.tests === this.#tests) return before.shape
    const open = new Set<Slot>()
    const columns = f.terms.map((term) => {
      const slots = termSlots(term).filter((s) => env[s] === undefined)
      for (const slot of slots) open.add(slot)
      if (term.kind === 'wildcard') return { slot: null, value: null }
      if (slots.length > 0) return { slot: term.kind === 'slot' ? term.slot : null, value: null }
      return { slot: null, value: valueOf(term, env) }
    })
    const known = (s: Slot): boolean => open.has(s) || env[s] !== undefined
    const where = this.#tests.filter((t) => t.free.every(known) && t.free.some((s) => open.has(s)))
    const shape = { name: f.name, columns, where, env }
    const made = { ...shape, key: keyOfShape(shape) }
    this.#shapes.set(f, { env, tests: this.#tests, shape: made })
    return made
  }

  #passes(test: Core, env: Env): boolean {
    return test.kind === 'not'
      ? this.#test(test.body as Literal, env).length === 0
      : this.#test(test as Literal, env).length > 0
  }

  #test(f: Literal, env: Env): Answer[] {
    if (f.kind === 'comparison') {
      const binding = assignment(f, boundOf(f, env))
      if (binding !== null) {
        const value = valueOf(binding.term, env)
        if (value !== value) return []
        const next = [...env]
        next[binding.slot] = value
        return [{ env: next, leaves: [] }]
      }
    }
    const left = valueOf(f.left, env)
    if (f.kind === 'matches')
      return this.#pattern(f.pattern)(String(left)) ? [{ env, leaves: [] }] : []
    const right = valueOf(f.right, env)
    if (f.kind === 'substring')
      return String(right).includes(String(left)) ? [{ env, leaves: [] }] : []
    const holds =
      f.operator === '=' ? left === right : f.operator === '<' ? left < right : left <= right
    return holds ? [{ env, leaves: [] }] : []
  }

  #pattern(pattern: string): (text: string) => boolean {
    const known = this.#patterns.get(pattern) ?? compileRegexp(pattern)
    this.#patterns.set(pattern, known)
    return known
  }

  #not(f: Of<'not'>, index: number, env: Env, why: Leaf[] | null): Answer[] {
    const leaves: Leaf[] = []
    const [first] = this.solve(f.body, index, env, leaves)
    if (first === undefined) return [{ env, leaves }]
    if (why !== null) why.push(...first.leaves)
    return []
  }

  #and(f: Of<'and'>, index: number, env: Env, why: Leaf[] | null): Answer[] {
    const outer = this.#tests
    this.#tests = this.#testsWithin(f)
    let answers: Answer[] = [{ env, leaves: [] }]
    for (const part of this.#order(f, env)) {
      answers = answers.flatMap((a) =>
        this.solve(part, index, a.env, why).map((b) => ({
          env: b.env,
          leaves: this.#join(a.leaves, b.leaves),
        })),
      )
    }
    this.#tests = outer
    return answers
  }

  /** What is tested beside and around the parts of a conjunction; the same list while it may be. */
  #testsWithin(f: Of<'and'>): readonly Core[] {
    const outer = this.#tests
    const before = this.#within.get(f)
    if (before?.outer === outer) return before.tests
    const own = f.parts.filter(isTest)
    const tests = own.length === 0 ? outer : [...outer, ...own]
    this.#within.set(f, { outer, tests })
    return tests
  }

  #order(f: Of<'and'>, env: Env): readonly Core[] {
    const bound = boundOf(f, env)
    const key = [...bound].join()
    const known = this.#orders.get(f) ?? new Map<string, readonly Core[]>()
    this.#orders.set(f, known)
    let order = known.get(key)
    if (order === undefined) known.set(key, (order = orderConjuncts(f.parts, bound) ?? f.parts))
    return order
  }

  #exists(f: Of<'exists'>, index: number, env: Env, why: Leaf[] | null): Answer[] {
    const answers = this.solve(f.body, index, without(env, f.slots), why)
    return this.#best(
      f.free,
      answers.map((a) => ({ ...a, env: without(a.env, f.slots) })),
    )
  }

  /** One answer for each tuple: the one that rests on least. */
  #best(slots: readonly Slot[], answers: readonly Answer[]): Answer[] {
    if (answers.length < 2) return [...answers]
    const best = new Map<Key, Answer>()
    for (const answer of answers) {
      const key = tupleKey(slots, answer.env)
      const known = best.get(key)
      if (known === undefined || answer.leaves.length < known.leaves.length) best.set(key, answer)
    }
    return [...best.values()]
  }

  #shift(f: Of<'previous' | 'next'>, index: number, env: Env, why: Leaf[] | null): Answer[] {
    const other = this.#window.neighbour(index, f.kind === 'previous' ? -1 : 1)
    if (other === null || !this.#isWithin(index, other, f.interval)) return []
    return this.solve(f.body, other, env, why)
  }

  #isWithin(index: number, other: number, { from, to }: Interval): boolean {
    const distance = Math.abs(this.#window.at(index).timestamp - this.#window.at(other).timestamp)
    return distance >= from && distance <= to
  }

  /** Points within the interval, nearest first. */
  *#points(index: number, interval: Interval, step: 1 | -1): Generator<number> {
    const now = this.#window.at(index).timestamp
    for (let j = index; j >= 0 && j < this.#window.points.length; j += step) {
      this.#spend(1)
      const distance = Math.abs(now - this.#window.at(j).timestamp)
      if (distance > interval.to) return
      if (distance >= interval.from) yield j
    }
  }

  #sometime(f: Of<'once' | 'eventually'>, index: number, env: Env, why: Leaf[] | null): Answer[] {
    const found = new Map<Key, Answer>()
    const absences: Leaf[][] = []
    for (const j of this.#points(index, f.interval, f.kind === 'once' ? -1 : 1)) {
      const sub: Leaf[] | null = why === null ? null : []
      for (const answer of this.solve(f.body, j, env, sub)) {
        const key = tupleKey(f.free, answer.env)
        if (!found.has(key)) found.set(key, answer)
      }
      if (sub !== null) absences.push(sub)
    }
    if (why !== null) why.push(...this.#merged(f, index, absences))
    return [...found.values()]
  }

  /** Absences that hold at every point of an interval hold throughout the interval. */
  #merged(
    f: Of<'once' | 'eventually' | 'since' | 'until'>,
    index: number,
    absences: readonly Leaf[][],
  ): Leaf[] {
    this.#spend(absences.reduce((n, each) => n + each.length, 0))
    const now = this.#window.at(index).timestamp
    const { from, to } = f.interval
    const past = f.kind === 'once' || f.kind === 'since'
    return mergeAbsences(
      absences,
      past ? { since: now - to, until: now - from } : { since: now + from, until: now + to },
    )
  }

  #chain(f: Of<'since' | 'until'>, index: number, env: Env, why: Leaf[] | null): Answer[] {
    const step = f.kind === 'since' ? -1 : 1
    const found = new Map<Key, Answer>()
    const absences: Leaf[][] = []
    const broken: Leaf[] = []
    for (const j of this.#points(index, f.interval, step)) {
      const sub: Leaf[] | null = why === null ? null : []
      for (const answer of this.solve(f.right, j, env, sub)) {
        const key = tupleKey(f.free, answer.env)
        if (found.has(key)) continue
        const between = this.#between(f.left, index, j, answer.env, why === null ? null : broken)
        if (between === null) continue
        found.set(key, { env: answer.env, leaves: this.#join(answer.leaves, between) })
      }
      if (sub !== null) absences.push(sub)
    }
    if (why !== null) why.push(...this.#merged(f, index, absences), ...broken)
    return [...found.values()]
  }

  /** Why the left side holds at each point between; null where it does not, `broken` told why. */
  #between(
    left: Core,
    index: number,
    reached: number,
    env: Env,
    broken: Leaf[] | null,
  ): Leaf[] | null {
    const step = reached < index ? -1 : 1
    const leaves: Leaf[][] = []
    for (let k = index; k !== reached; k += step) {
      const sub: Leaf[] | null = broken === null ? null : []
      const [answer] = this.solve(left, k, env, sub)
      if (answer === undefined) {
        if (sub !== null) broken?.push(...sub)
        return null
      }
      leaves.push([...answer.leaves])
    }
    return mergeAbsences(leaves, null)
  }

  #aggregation(f: Of<'aggregation'>, index: number, env: Env, why: Leaf[] | null): Answer[] {
    const inner = f.body.free.filter((s) => !f.group.includes(s))
    const sub: Leaf[] = []
    const groups = new Map<Key, Map<Key, Answer>>()
    if (f.group.length === 0) groups.set('', new Map())
    for (const answer of this.solve(f.body, index, without(env, inner), sub)) {
      const key = tupleKey(f.group, answer.env)
      const members = groups.get(key) ?? new Map<Key, Answer>()
      groups.set(key, members)
      const tuple = tupleKey(f.body.free, answer.env)
      if (!members.has(tuple)) members.set(tuple, answer)
    }
    if (why !== null) why.push(...sub)
    const kept = sub.filter((l) => l.kind === 'event')
    return [...groups.values()].flatMap((members) => {
      const all = [...members.values()]
      const leaves = all.reduce((list, a) => this.#join(list, a.leaves), kept as readonly Leaf[])
      if (why !== null) why.push(...leaves)
      const values = all.map((a) => a.env[f.variable] as Value)
      const result = aggregate(f.operator, values, f.type())
      const next = [...env]
      for (const slot of f.group) next[slot] = all[0]?.env[slot]
      if (next[f.result] !== undefined && next[f.result] !== result) return []
      next[f.result] = result
      return [{ env: next, leaves: all.length === 0 ? sub : leaves }]
    })
  }
}

function isTest(f: Core): boolean {
  const g = f.kind === 'not' ? f.body : f
  return g.kind === 'comparison' || g.kind === 'substring' || g.kind === 'matches'
}
