import { nearMiss } from '../near-miss.ts'
import { BUILT_IN } from './signature.ts'
import type { Diagnostic, Formula, Position, Signature, Term, ValueType } from './ast.ts'
import { and, negate, or, termSlots, union, type Core, type CoreTerm, type Slot } from './core.ts'
import { regexpProblem } from './regexp.ts'
import { ScopeWithin, type Scope } from './scope.ts'
import { Types } from './types.ts'

interface Definition {
  readonly parameters: readonly string[]
  readonly formula: Formula
  readonly lets: Lets
}
type Lets = ReadonlyMap<string, Definition>
const PARTS_MAX = 2000

/** Turns names into slots and surface operators into the core, typing as it goes. */
export class Resolver {
  readonly #signature: Signature
  readonly #report: (diagnostic: Diagnostic) => void
  readonly #types: Types
  readonly #slots: { name: string; type: number }[] = []
  readonly #root = new Map<string, Slot>()
  readonly predicates = new Set<string>()
  #parts = 0

  constructor(signature: Signature, report: (diagnostic: Diagnostic) => void) {
    this.#signature = signature
    this.#report = report
    this.#types = new Types(report)
  }

  get slotCount(): number {
    return this.#slots.length
  }
  nameOf(slot: Slot): string {
    return this.#slots[slot]?.name ?? '?'
  }

  variable(slot: Slot, at: Position): { name: string; slot: Slot; type: ValueType } {
    const type = this.#types.settled(this.#slots[slot]?.type ?? 0)
    if (type === null) {
      this.#report({ ...at, message: `nothing tells the type of \`${this.nameOf(slot)}\`` })
    }
    return { name: this.nameOf(slot), slot, type: type ?? 'int' }
  }

  /** Free variables of the whole formula get their slots at their first occurrence. */
  resolveRoot(formula: Formula): Core {
    return this.#formula(formula, this.#root, new Map())
  }

  #slot(name: string): Slot {
    this.#slots.push({ name, type: this.#types.fresh() })
    return this.#slots.length - 1
  }

  #typeOf(slot: Slot): number {
    return this.#slots[slot]?.type ?? this.#types.fresh()
  }

  #formula(f: Formula, scope: Scope, lets: Lets): Core {
    if (++this.#parts > PARTS_MAX) {
      if (this.#parts === PARTS_MAX + 1) {
        this.#report({
          ...f.at,
          message: `the formula has more than ${PARTS_MAX} parts (LET counts each use)`,
        })
      }
      return { kind: 'truth', at: f.at, free: [], value: true }
    }
    const { at } = f
    const go = (g: Formula): Core => this.#formula(g, scope, lets)
    switch (f.kind) {
      case 'truth':
        return { kind: 'truth', at, free: [], value: f.value }
      case 'predicate':
        return this.#predicate(f, scope, lets)
      case 'comparison':
      case 'substring':
      case 'matches':
        return this.#atom(f, scope)
      case 'not':
        return negate(go(f.body), at)
      case 'and':
        return and(at, [go(f.left), go(f.right)])
      case 'or':
        return or(at, [go(f.left), go(f.right)])
      case 'implies':
        return or(at, [negate(go(f.left), at, 'IMPLIES'), go(f.right)])
      case 'equiv': {
        const forth = or(at, [negate(go(f.left), at, 'EQUIV'), go(f.right)])
        return and(at, [forth, or(at, [negate(go(f.right), at, 'EQUIV'), go(f.left)])])
      }
      case 'exists':
        return this.#quantified(f.variables, f.body, at, scope, lets, (b) => b)
      case 'forall':
        return negate(
          this.#quantified(f.variables, f.body, at, scope, lets, (b) => negate(b, at, 'FORALL')),
          at,
          'FORALL',
        )
      case 'previous':
      case 'next':
      case 'once':
      case 'eventually':
      case 'historically':
      case 'always':
        return this.#unary(f, go(f.body))
      case 'since':
      case 'until':
        return this.#binary(f, go(f.left), go(f.right))
      case 'aggregation':
        return this.#aggregation(f, scope, lets)
      case 'let': {
        const definition = { parameters: f.parameters, formula: f.definition, lets }
        this.#checkDefinition(f.name, definition, at)
        return this.#formula(f.body, scope, new Map(lets).set(f.name, definition))
      }
    }
  }

  #unary(f: Extract<Formula, { interval: unknown; body: Formula }>, body: Core): Core {
    const { at, interval } = f
    if (f.kind !== 'historically' && f.kind !== 'always') {
      return { kind: f.kind, at, free: body.free, interval, body }
    }
    const word = f.kind === 'always' ? 'ALWAYS' : 'HISTORICALLY'
    const kind = f.kind === 'always' ? 'eventually' : 'once'
    return negate({ kind, at, free: body.free, interval, body: negate(body, at, word) }, at, word)
  }

  #binary(
    f: Extract<Formula, { interval: unknown; left: Formula }>,
    left: Core,
    right: Core,
  ): Core {
    const { at, interval } = f
    // As in MonPoly, whose columns put the right side first here.
    const free = union(right.free, left.free)
    if (left.kind !== 'truth' || !left.value)
      return { kind: f.kind, at, free, interval, left, right }
    return { kind: f.kind === 'since' ? 'once' : 'eventually', at, free, interval, body: right }
  }

  #quantified(
    names: readonly string[],
    formula: Formula,
    at: Position,
    scope: Scope,
    lets: Lets,
    turn: (body: Core) => Core,
  ): Core {
    const inner = this.#inner(scope)
    const slots = names.map((name) => {
      const slot = this.#slot(name)
      inner.set(name, slot)
      return slot
    })
    const body = turn(this.#formula(formula, inner, lets))
    const used = slots.filter((s) => body.free.includes(s))
    if (used.length === 0) return body
    return {
      kind: 'exists',
      at,
      slots: used,
      body,
      free: body.free.filter((s) => !used.includes(s)),
    }
  }

  /** A scope that hides nothing yet; names it does not know belong to the scope outside. */
  #inner(scope: Scope): Map<string, Slot> {
    return new ScopeWithin(scope, (name) => this.#lookup(name, scope))
  }

  #lookup(name: string, scope: Scope): Slot {
    const slot = scope.get(name)
    if (slot !== undefined) return slot
    const fresh = this.#slot(name)
    ;(scope as Map<string, Slot>).set(name, fresh)
    return fresh
  }

  #predicate(f: Extract<Formula, { kind: 'predicate' }>, scope: Scope, lets: Lets): Core {
    const definition = lets.get(f.name)
    if (definition) return this.#use(f, definition, scope)
    const declared = this.#signature.get(f.name) ?? BUILT_IN.get(f.name)
    if (!declared) {
      const near = nearMiss(f.name, [...this.#signature.keys(), ...lets.keys()])
      this.#report({
        ...f.at,
        message: `the signature has no predicate \`${f.name}\``,
        ...(near === null ? {} : { correction: near }),
      })
    } else if (declared.types.length !== f.terms.length) {
      const { length } = declared.types
      const message = `\`${f.name}\` takes ${length} arguments, not ${f.terms.length}`
      this.#report({ ...f.at, message, correction: `${f.name}(${declared.types.join(', ')})` })
    }
    this.predicates.add(f.name)
    const terms = f.terms.map((term, i) => {
      const [core, type] = this.#term(term, scope, true)
      const expected = this.#types.fresh(declared?.types[i] ?? null)
      this.#types.unify(type, expected, term.at, `argument ${i + 1} of \`${f.name}\``)
      return core
    })
    return {
      kind: 'predicate',
      at: f.at,
      name: f.name,
      terms,
      free: union(...terms.map(termSlots)),
    }
  }

  /** Expands a predicate of LET: its parameters become the arguments. */
  #use(f: Extract<Formula, { kind: 'predicate' }>, definition: Definition, scope: Scope): Core {
    const { parameters } = definition
    if (parameters.length !== f.terms.length) {
      const message = `\`${f.name}\` takes ${parameters.length} arguments, not ${f.terms.length}`
      this.#report({ ...f.at, message, correction: `${f.name}(${parameters.join(', ')})` })
      return { kind: 'truth', at: f.at, free: [], value: true }
    }
    const inner = new Map<string, Slot>()
    const extra: Core[] = []
    const local: Slot[] = []
    const written: Slot[] = []
    f.terms.forEach((term, i) => {
      const name = parameters[i] ?? ''
      if (term.kind === 'variable') {
        const slot = this.#lookup(term.name, scope)
        inner.set(name, slot)
        written.push(slot)
        return
      }
      const slot = this.#slot(name)
      inner.set(name, slot)
      local.push(slot)
      if (term.kind === 'wildcard') return
      const [right, type] = this.#term(term, scope, false)
      this.#types.unify(this.#typeOf(slot), type, term.at, `argument ${i + 1} of \`${f.name}\``)
      const left: CoreTerm = { kind: 'slot', slot }
      written.push(...termSlots(right))
      extra.push({
        kind: 'comparison',
        at: term.at,
        operator: '=',
        left,
        right,
        free: union([slot], termSlots(right)),
      })
    })
    const body = and(f.at, [...extra, this.#formula(definition.formula, inner, definition.lets)])
    const slots = local.filter((s) => body.free.includes(s))
    const open = body.free.filter((s) => !slots.includes(s))
    const inOrder = written.filter((s) => open.includes(s))
    const free = union(inOrder, open)
    if (local.length === 0) return { ...body, free }
    return { kind: 'exists', at: f.at, slots, body, free }
  }

  #checkDefinition(name: string, definition: Definition, at: Position): void {
    const scope = new Map(definition.parameters.map((p) => [p, this.#slot(p)]))
    const free = this.#formula(definition.formula, scope, definition.lets).free
    const given = new Set(scope.keys())
    const foreign = free
      .map((s) => this.nameOf(s))
      .filter((n) => !definition.parameters.includes(n))
    for (const variable of foreign) {
      const message = `\`${variable}\` is free in \`${name}\` but no parameter of it`
      this.#report({ ...at, message, correction: `EXISTS ${variable}. …` })
    }
    for (const parameter of given) {
      if (free.some((s) => this.nameOf(s) === parameter) || foreign.includes(parameter)) continue
      this.#report({
        ...at,
        message: `parameter \`${parameter}\` of \`${name}\` is not used in it`,
      })
    }
  }

  #aggregation(f: Extract<Formula, { kind: 'aggregation' }>, scope: Scope, lets: Lets): Core {
    const result = this.#lookup(f.result, scope)
    const inner = new Map<string, Slot>()
    const group = f.group.map((name) => {
      const slot = this.#lookup(name, scope)
      inner.set(name, slot)
      return slot
    })
    const body = this.#formula(f.body, inner, lets)
    for (const name of [f.variable, ...f.group]) {
      const slot = inner.get(name)
      if (slot !== undefined && body.free.includes(slot)) continue
      this.#report({ ...f.at, message: `\`${name}\` is not free in the aggregated formula` })
    }
    if (f.group.includes(f.result)) {
      this.#report({ ...f.at, message: `the result \`${f.result}\` is also a grouping variable` })
    }
    const variable = inner.get(f.variable) ?? this.#slot(f.variable)
    const { operator } = f
    if (operator === 'SUM' || operator === 'AVG' || operator === 'MED') {
      this.#types.unify(
        this.#typeOf(variable),
        this.#types.fresh('number'),
        f.at,
        `${operator} of \`${f.variable}\``,
      )
    }
    const expected =
      operator === 'CNT'
        ? this.#types.fresh('int')
        : operator === 'AVG' || operator === 'MED'
          ? this.#types.fresh('float')
          : this.#typeOf(variable)
    this.#types.unify(this.#typeOf(result), expected, f.at, `result of ${operator}`)
    const type = (): ValueType => this.#types.settled(this.#typeOf(result)) ?? 'int'
    const free = union([result], group)
    return { kind: 'aggregation', at: f.at, operator, result, variable, group, body, free, type }
  }

  #atom(f: Extract<Formula, { kind: 'comparison' | 'substring' | 'matches' }>, scope: Scope): Core {
    const [left, leftType] = this.#term(f.left, scope, false)
    const { at } = f
    if (f.kind === 'matches') {
      this.#types.unify(leftType, this.#types.fresh('string'), at, 'left of MATCHES')
      const pattern =
        f.right.kind === 'regexp'
          ? f.right.pattern
          : f.right.kind === 'constant'
            ? String(f.right.value)
            : null
      const problem =
        pattern === null ? 'right of MATCHES stands a constant pattern' : regexpProblem(pattern)
      if (problem !== null) this.#report({ ...f.right.at, message: problem, correction: 'r"…"' })
      return { kind: 'matches', at, left, pattern: pattern ?? '', free: union(termSlots(left)) }
    }
    const [right, rightType] = this.#term(f.right, scope, false)
    const free = union(termSlots(left), termSlots(right))
    const what = f.kind === 'comparison' ? `the two sides of \`${f.operator}\`` : 'SUBSTRING'
    this.#types.unify(leftType, rightType, at, what)
    if (f.kind === 'comparison')
      return { kind: 'comparison', at, operator: f.operator, left, right, free }
    this.#types.unify(leftType, this.#types.fresh('string'), at, 'SUBSTRING')
    return { kind: 'substring', at, left, right, free }
  }

  #term(term: Term, scope: Scope, inPredicate: boolean): readonly [CoreTerm, number] {
    switch (term.kind) {
      case 'variable': {
        const slot = this.#lookup(term.name, scope)
        return [{ kind: 'slot', slot }, this.#typeOf(slot)]
      }
      case 'wildcard':
        if (!inPredicate)
          this.#report({ ...term.at, message: '`_` stands only inside a predicate' })
        return [{ kind: 'wildcard' }, this.#types.fresh()]
      case 'constant':
        return [{ kind: 'constant', value: term.value }, this.#types.fresh(term.type)]
      case 'regexp':
        this.#report({ ...term.at, message: 'a pattern r"…" stands only right of MATCHES' })
        return [{ kind: 'constant', value: term.pattern }, this.#types.fresh('string')]
      case 'negative': {
        const [argument, type] = this.#term(term.argument, scope, false)
        this.#types.unify(type, this.#types.fresh('number'), term.at, 'negative')
        return [{ kind: 'negative', argument }, type]
      }
      case 'i2f':
      case 'f2i': {
        const [argument, type] = this.#term(term.argument, scope, false)
        const [from, to] =
          term.kind === 'i2f' ? (['int', 'float'] as const) : (['float', 'int'] as const)
        this.#types.unify(type, this.#types.fresh(from), term.at, term.kind)
        return [{ kind: term.kind, argument }, this.#types.fresh(to)]
      }
      case 'arithmetic': {
        const [left, type] = this.#term(term.left, scope, false)
        const [right, rightType] = this.#term(term.right, scope, false)
        const { operator } = term
        this.#types.unify(type, rightType, term.at, `the two sides of \`${operator}\``)
        const needed = operator === 'MOD' ? 'int' : 'number'
        this.#types.unify(type, this.#types.fresh(needed), term.at, `\`${operator}\``)
        const integer = (): boolean => this.#types.settled(type) !== 'float'
        return [{ kind: 'arithmetic', operator, integer, left, right }, type]
      }
    }
  }
}
