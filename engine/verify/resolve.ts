import { nearMiss } from '../near-miss.ts'
import type { Mistake } from './expression-lex.ts'
import type { Written } from './expression.ts'
import { membersOf, sortNamed, type Declarations } from './sorts.ts'
import type { Expr, Sort } from './workflow.ts'

/** Names that stand for a value here: parameters, `actor`, what a quantifier binds. */
export type Scope = ReadonlyMap<string, Sort>

interface Typed {
  readonly expr: Expr
  readonly sort: Sort
}
const BOOL: Sort = { kind: 'bool' }
const NUMBER: Sort = { kind: 'int', min: -1_000_000, max: 1_000_000 }

/**
 * Gives every name of an expression its meaning and checks that kinds fit; `expected` is what
 * stands here, or null where anything may. All mistakes are told to `report`; null where there
 * was one.
 */
export function resolve(
  written: Written,
  known: Declarations,
  scope: Scope,
  expected: Sort | null,
  report: (mistake: Mistake) => void,
): Typed | null {
  const found = new Resolver(known, report).any(written, scope, expected)
  if (found === null || expected === null || fits(found.sort, expected)) return found
  const message = `this is ${nameOf(found.sort)}, but ${nameOf(expected)} is wanted here`
  report({ at: written.at, message })
  return null
}

/** Whether a value of one sort may be compared with, or given to, the other. */
export function fits(a: Sort, b: Sort): boolean {
  if (a.kind === 'word' && b.kind === 'word')
    return a.words.length === b.words.length && a.words.every((word, i) => word === b.words[i])
  if (a.kind === 'thing' && b.kind === 'thing') return a.thing === b.thing
  return a.kind === b.kind
}

function nameOf(sort: Sort): string {
  switch (sort.kind) {
    case 'bool':
      return 'true or false'
    case 'int':
      return 'a number'
    case 'word':
      return `one of ${sort.words.join(', ')}`
    case 'actor':
      return sort.role === null ? 'an actor' : `a ${sort.role}`
    case 'thing':
      return `a ${sort.thing}`
  }
}

class Resolver {
  readonly #known: Declarations
  readonly #report: (mistake: Mistake) => void

  constructor(known: Declarations, report: (mistake: Mistake) => void) {
    this.#known = known
    this.#report = report
  }

  any(w: Written, scope: Scope, expected: Sort | null): Typed | null {
    switch (w.kind) {
      case 'int':
        return { expr: { kind: 'constant', value: w.value }, sort: NUMBER }
      case 'name':
        return w.index === null ? this.#name(w.name, w.at, scope, expected) : this.#cell(w, scope)
      case 'not': {
        const body = this.#bool(w.body, scope)
        return body && { expr: { kind: 'not', body }, sort: BOOL }
      }
      case 'and':
      case 'or':
      case 'implies':
        return this.#connective(w, scope)
      case 'compare':
        return this.#compare(w, scope)
      case 'sum': {
        const left = this.#number(w.left, scope)
        const right = this.#number(w.right, scope)
        return left && right && { expr: { kind: 'sum', sign: w.sign, left, right }, sort: NUMBER }
      }
      case 'is':
        return this.#is(w, scope)
      case 'every':
      case 'some':
      case 'no':
      case 'count':
        return this.#quantified(w, scope)
    }
  }

  #bool(w: Written, scope: Scope): Expr | null {
    return this.#of(w, scope, BOOL)
  }
  #number(w: Written, scope: Scope): Expr | null {
    return this.#of(w, scope, NUMBER)
  }
  #of(w: Written, scope: Scope, sort: Sort): Expr | null {
    return resolve(w, this.#known, scope, sort, this.#report)?.expr ?? null
  }
  #wrong(at: number, message: string, correction?: string | null): null {
    this.#report({ at, message, ...(correction == null ? {} : { correction }) })
    return null
  }

  #connective(w: Extract<Written, { kind: 'and' | 'or' | 'implies' }>, scope: Scope): Typed | null {
    const left = this.#bool(w.left, scope)
    const right = this.#bool(w.right, scope)
    if (left === null || right === null) return null
    const parts =
      w.kind === 'implies' ? [{ kind: 'not' as const, body: left }, right] : [left, right]
    return { expr: { kind: w.kind === 'and' ? 'and' : 'or', parts }, sort: BOOL }
  }

  #compare(w: Extract<Written, { kind: 'compare' }>, scope: Scope): Typed | null {
    const swap = this.#isLiteral(w.left, scope) && !this.#isLiteral(w.right, scope)
    const [first, second] = swap ? [w.right, w.left] : [w.left, w.right]
    const one = this.any(first, scope, null)
    const other = this.any(second, scope, one?.sort ?? null)
    if (one === null || other === null) return null
    if (!fits(one.sort, other.sort))
      return this.#wrong(w.at, `${nameOf(one.sort)} is compared with ${nameOf(other.sort)}`)
    const ordered = w.operator !== '=' && w.operator !== '!='
    if (ordered && one.sort.kind !== 'int' && one.sort.kind !== 'word')
      return this.#wrong(w.at, `only numbers, and words of one list, are less or more`)
    const [left, right] = swap ? [other.expr, one.expr] : [one.expr, other.expr]
    return { expr: comparison(w.operator, left, right), sort: BOOL }
  }

  /** Whether a name can only be a word or `none`, whose kind the other side tells. */
  #isLiteral(w: Written, scope: Scope): boolean {
    if (w.kind !== 'name' || w.index !== null) return false
    if (w.name === 'none') return true
    const { state, actors } = this.#known
    const named = [...scope.keys(), ...state.map((s) => s.key), ...actors.map((a) => a.key)]
    return !named.includes(w.name) && w.name !== 'true' && w.name !== 'false'
  }

  #name(name: string, at: number, scope: Scope, expected: Sort | null): Typed | null {
    if (name === 'true' || name === 'false')
      return { expr: { kind: 'constant', value: name === 'true' ? 1 : 0 }, sort: BOOL }
    const bound = scope.get(name)
    if (bound !== undefined) return { expr: { kind: 'bound', name }, sort: bound }
    const variable = this.#known.state.findIndex(({ key }) => key === name)
    const found = this.#known.state[variable]
    if (found !== undefined) {
      if (found.per === null)
        return { expr: { kind: 'state', variable, index: null }, sort: found.sort }
      return this.#wrong(at, `\`${name}\` has one value for each ${nameOf(found.per.sort)}`)
    }
    if (expected?.kind === 'word') {
      const value = expected.words.indexOf(name)
      if (value >= 0) return { expr: { kind: 'constant', value }, sort: expected }
      const message = `\`${name}\` is none of ${expected.words.join(', ')}`
      return this.#wrong(at, message, nearMiss(name, expected.words))
    }
    return this.#constant(name, at, scope, expected)
  }

  #constant(name: string, at: number, scope: Scope, expected: Sort | null): Typed | null {
    const { actors, state } = this.#known
    if (name === 'none') {
      if (expected !== null && 'optional' in expected && expected.optional)
        return { expr: { kind: 'constant', value: -1 }, sort: expected }
      return this.#wrong(at, '`none` may only stand beside what is declared with `| none`')
    }
    const actor = actors.findIndex(({ key }) => key === name)
    if (actor >= 0) {
      const sort: Sort = { kind: 'actor', role: null, optional: false }
      return { expr: { kind: 'constant', value: actor }, sort }
    }
    const names = [...scope.keys(), ...state.map((s) => s.key), ...actors.map((a) => a.key)]
    return this.#wrong(at, `nothing is called \`${name}\` here`, nearMiss(name, names))
  }

  #cell(w: Extract<Written, { kind: 'name' }>, scope: Scope): Typed | null {
    const variable = this.#known.state.findIndex(({ key }) => key === w.name)
    const found = this.#known.state[variable]
    if (found === undefined || w.index === null) {
      const names = this.#known.state.map((s) => s.key)
      return this.#wrong(w.at, `the state has no \`${w.name}\``, nearMiss(w.name, names))
    }
    if (found.per === null)
      return this.#wrong(w.at, `\`${w.name}\` has a single value, not one for each`, w.name)
    const index = resolve(w.index, this.#known, scope, found.per.sort, this.#report)
    if (index === null) return null
    const { values } = found.per
    if (membersOf(index.sort, this.#known).some((value) => !values.includes(value))) {
      const message = `this may be none, or somebody for whom there is no \`${w.name}\``
      return this.#wrong(w.index.at, message)
    }
    return { expr: { kind: 'state', variable, index: index.expr }, sort: found.sort }
  }

  #is(w: Extract<Written, { kind: 'is' }>, scope: Scope): Typed | null {
    const sort: Sort = { kind: 'actor', role: w.role, optional: false }
    const of = this.#of(w.of, scope, { kind: 'actor', role: null, optional: true })
    const roles = this.#known.roles.map(({ key }) => key)
    if (!roles.includes(w.role))
      return this.#wrong(w.roleAt, `there is no role \`${w.role}\``, nearMiss(w.role, roles))
    return of && { expr: { kind: 'among', of, values: membersOf(sort, this.#known) }, sort: BOOL }
  }

  #quantified(
    w: Extract<Written, { kind: 'every' | 'some' | 'no' | 'count' }>,
    scope: Scope,
  ): Typed | null {
    const sort = sortNamed(w.sort, this.#known)
    if (sort === null) {
      const { roles, things } = this.#known
      const names = ['actor', ...roles.map((r) => r.key), ...things.map((t) => t.key)]
      return this.#wrong(w.sortAt, `there are no \`${w.sort}\``, nearMiss(w.sort, names))
    }
    if (scope.has(w.name)) return this.#wrong(w.at, `\`${w.name}\` stands for something else`)
    const body = this.#bool(w.body, new Map([...scope, [w.name, sort]]))
    if (body === null) return null
    const kind = w.kind === 'no' ? 'some' : w.kind
    const expr: Expr = { kind, name: w.name, values: membersOf(sort, this.#known), body }
    if (w.kind === 'count') return { expr, sort: NUMBER }
    return { expr: w.kind === 'no' ? { kind: 'not', body: expr } : expr, sort: BOOL }
  }
}

function comparison(operator: '=' | '!=' | '<' | '<=' | '>' | '>=', left: Expr, right: Expr): Expr {
  switch (operator) {
    case '!=':
      return { kind: 'not', body: { kind: 'compare', operator: '=', left, right } }
    case '>':
      return { kind: 'compare', operator: '<', left: right, right: left }
    case '>=':
      return { kind: 'compare', operator: '<=', left: right, right: left }
    default:
      return { kind: 'compare', operator, left, right }
  }
}
