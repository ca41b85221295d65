import type { Formula, Interval, Term, Value } from '../../engine/mfotl/ast.ts'
import type { Fact } from '../../engine/mfotl/monitor.ts'

/** A whole log: the oracle sees all of it at once. */
export interface LogPoint {
  readonly timestamp: number
  readonly facts: readonly Fact[]
}
type Valuation = ReadonlyMap<string, Value>

/**
 * The semantics of metric first-order temporal logic, word for word: does a formula hold at a
 * time-point under a valuation? Quantifiers try every value of the domain. Slow on purpose, and no
 * code is shared with the monitor but the types.
 */
export class Oracle {
  readonly #log: readonly LogPoint[]
  readonly #domain: readonly Value[]
  readonly #memo = new Map<Formula, Map<string, boolean>>()
  readonly #free = new Map<Formula, readonly string[]>()
  /** Each name is defined once in a formula that the oracle takes. */
  readonly #lets = new Map<string, Extract<Formula, { kind: 'let' }>>()
  /** True once a value came up that is outside the domain: then the answers may be incomplete. */
  escaped = false

  constructor(log: readonly LogPoint[], domain: readonly Value[]) {
    this.#log = log
    this.#domain = domain
  }

  /** All valuations of the free variables under which the formula holds at time-point `i`. */
  answers(f: Formula, i: number): Value[][] {
    const names = this.freeOf(f)
    return this.#valuations(names)
      .filter((v) => this.holds(f, i, v))
      .map((v) => names.map((n) => v.get(n) ?? ''))
  }

  freeOf(f: Formula): readonly string[] {
    let names = this.#free.get(f)
    if (!names) this.#free.set(f, (names = [...new Set(freeNames(f))]))
    return names
  }

  #valuations(names: readonly string[], base: Valuation = new Map()): Valuation[] {
    const [first, ...rest] = names
    if (first === undefined) return [base]
    return this.#domain.flatMap((value) => this.#valuations(rest, new Map(base).set(first, value)))
  }

  holds(f: Formula, i: number, v: Valuation): boolean {
    const key = `${i}|${this.freeOf(f)
      .map((n) => JSON.stringify(v.get(n)))
      .join()}`
    let known = this.#memo.get(f)
    if (!known) this.#memo.set(f, (known = new Map()))
    let answer = known.get(key)
    if (answer === undefined) known.set(key, (answer = this.#decide(f, i, v)))
    return answer
  }

  #decide(f: Formula, i: number, v: Valuation): boolean {
    const at = (g: Formula, j: number): boolean => this.holds(g, j, v)
    const points = this.#log.map((_, j) => j)
    const within = (j: number, interval: Interval): boolean => {
      const distance = Math.abs(this.#time(i) - this.#time(j))
      return distance >= interval.from && distance <= interval.to
    }
    const past = points.filter((j) => j <= i)
    const future = points.filter((j) => j >= i)
    switch (f.kind) {
      case 'truth':
        return f.value
      case 'predicate':
        return this.#occurs(f.name, f.terms, i, v)
      case 'comparison': {
        const a = evaluate(f.left, v)
        const b = evaluate(f.right, v)
        if (a === null || b === null) return false
        if (f.operator === '=' && !(this.#domain.includes(a) && this.#domain.includes(b)))
          this.escaped = true
        return f.operator === '=' ? a === b : f.operator === '<' ? a < b : a <= b
      }
      case 'substring':
        return String(evaluate(f.right, v)).includes(String(evaluate(f.left, v)))
      case 'matches':
        throw new Error('the oracle leaves patterns to their own tests')
      case 'not':
        return !at(f.body, i)
      case 'and':
        return at(f.left, i) && at(f.right, i)
      case 'or':
        return at(f.left, i) || at(f.right, i)
      case 'implies':
        return !at(f.left, i) || at(f.right, i)
      case 'equiv':
        return at(f.left, i) === at(f.right, i)
      case 'exists':
        return this.#valuations(f.variables, v).some((w) => this.holds(f.body, i, w))
      case 'forall':
        return this.#valuations(f.variables, v).every((w) => this.holds(f.body, i, w))
      case 'previous':
        return i > 0 && within(i - 1, f.interval) && at(f.body, i - 1)
      case 'next':
        return i + 1 < this.#log.length && within(i + 1, f.interval) && at(f.body, i + 1)
      case 'once':
        return past.some((j) => within(j, f.interval) && at(f.body, j))
      case 'historically':
        return past.every((j) => !within(j, f.interval) || at(f.body, j))
      case 'eventually':
        return future.some((j) => within(j, f.interval) && at(f.body, j))
      case 'always':
        return future.every((j) => !within(j, f.interval) || at(f.body, j))
      case 'since':
        return past.some(
          (j) =>
            within(j, f.interval) &&
            at(f.right, j) &&
            past.filter((k) => k > j).every((k) => at(f.left, k)),
        )
      case 'until':
        return future.some(
          (j) =>
            within(j, f.interval) &&
            at(f.right, j) &&
            future.filter((k) => k < j).every((k) => at(f.left, k)),
        )
      case 'aggregation':
        return this.#aggregates(f, i, v)
      case 'let':
        this.#lets.set(f.name, f)
        return at(f.body, i)
    }
  }

  #time(i: number): number {
    return this.#log[i]?.timestamp ?? 0
  }

  #occurs(name: string, terms: readonly Term[], i: number, v: Valuation): boolean {
    if (name === 'tp') return evaluate(terms[0] as Term, v) === i
    if (name === 'ts') return evaluate(terms[0] as Term, v) === this.#time(i)
    const defined = this.#lets.get(name)
    if (defined) {
      const given = terms.map((t) => evaluate(t, v) ?? '')
      const inner = new Map(defined.parameters.map((p, k) => [p, given[k] ?? '']))
      return this.holds(defined.definition, i, inner)
    }
    return (this.#log[i]?.facts ?? []).some(
      (fact) =>
        fact.name === name &&
        terms.every((t, k) => t.kind === 'wildcard' || evaluate(t, v) === fact.args[k]),
    )
  }

  #aggregates(f: Extract<Formula, { kind: 'aggregation' }>, i: number, v: Valuation): boolean {
    const local = this.freeOf(f.body).filter((n) => !f.group.includes(n))
    const group = new Map(f.group.map((n) => [n, v.get(n) ?? '']))
    const bag = this.#valuations(local, group)
      .filter((w) => this.holds(f.body, i, w))
      .map((w) => Number(w.get(f.variable)))
    if (bag.length === 0 && f.group.length > 0) return false
    const result = aggregated(f.operator, bag)
    if (!this.#domain.includes(result)) this.escaped = true
    return v.get(f.result) === result
  }
}

function aggregated(operator: string, bag: readonly number[]): number {
  const sum = bag.reduce((a, b) => a + b, 0)
  const sorted = bag.toSorted((a, b) => a - b)
  if (operator === 'CNT') return bag.length
  if (bag.length === 0) return 0
  switch (operator) {
    case 'SUM':
      return sum
    case 'AVG':
      return sum / bag.length
    case 'MIN':
      return Math.min(...bag)
    case 'MAX':
      return Math.max(...bag)
    default: {
      const lower = sorted[Math.floor((bag.length - 1) / 2)] ?? 0
      const upper = sorted[Math.ceil((bag.length - 1) / 2)] ?? 0
      return (lower + upper) / 2
    }
  }
}

function evaluate(term: Term, v: Valuation): Value | null {
  switch (term.kind) {
    case 'variable':
      return v.get(term.name) ?? null
    case 'constant':
      return term.value
    case 'wildcard':
    case 'regexp':
      return null
    case 'negative':
      return -Number(evaluate(term.argument, v))
    case 'i2f':
      return Number(evaluate(term.argument, v))
    case 'f2i':
      return Math.trunc(Number(evaluate(term.argument, v)))
    case 'arithmetic': {
      const a = Number(evaluate(term.left, v))
      const b = Number(evaluate(term.right, v))
      switch (term.operator) {
        case '+':
          return a + b
        case '-':
          return a - b
        case '*':
          return a * b
        case '/':
          return b === 0 ? null : Math.trunc(a / b)
        case 'MOD':
          return b === 0 ? null : a % b
      }
    }
  }
}

function freeNames(f: Formula): string[] {
  switch (f.kind) {
    case 'truth':
      return []
    case 'predicate':
      return f.terms.flatMap(termNames)
    case 'comparison':
    case 'substring':
    case 'matches':
      return [...termNames(f.left), ...termNames(f.right)]
    case 'not':
    case 'previous':
    case 'next':
    case 'once':
    case 'historically':
    case 'eventually':
    case 'always':
      return freeNames(f.body)
    case 'and':
    case 'or':
    case 'implies':
    case 'equiv':
      return [...freeNames(f.left), ...freeNames(f.right)]
    case 'since':
    case 'until':
      return [...freeNames(f.right), ...freeNames(f.left)]
    case 'exists':
    case 'forall':
      return freeNames(f.body).filter((n) => !f.variables.includes(n))
    case 'aggregation':
      return [f.result, ...f.group]
    case 'let':
      return freeNames(f.body)
  }
}

function termNames(term: Term): string[] {
  switch (term.kind) {
    case 'variable':
      return [term.name]
    case 'constant':
    case 'wildcard':
    case 'regexp':
      return []
    case 'negative':
    case 'i2f':
    case 'f2i':
      return termNames(term.argument)
    case 'arithmetic':
      return [...termNames(term.left), ...termNames(term.right)]
  }
}
