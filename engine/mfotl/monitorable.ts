import type { Diagnostic } from './ast.ts'
import { partsOf, termSlots, type Core, type CoreTerm, type Slot } from './core.ts'

export type Bound = ReadonlySet<Slot>
type NameOf = (slot: Slot) => string

export function isBound(slots: readonly Slot[], bound: Bound): boolean {
  return slots.every((s) => bound.has(s))
}

export function extend(bound: Bound, slots: readonly Slot[]): Bound {
  return isBound(slots, bound) ? bound : new Set([...bound, ...slots])
}

/** True where all answers can be listed, given values for the bound variables. */
export function canList(f: Core, bound: Bound): boolean {
  return reason(f, bound, () => '') === null
}

/**
 * Conjuncts in the order of evaluation: the cheapest that can be evaluated with what is known so
 * far.
 */
export function orderConjuncts(parts: readonly Core[], bound: Bound): Core[] | null {
  const rest = [...parts]
  const ordered: Core[] = []
  let known = bound
  while (rest.length > 0) {
    let best: Core | null = null
    let bestCost = Infinity
    for (const part of rest) {
      const cost = costOf(part, known)
      if (cost < bestCost && canList(part, known)) {
        best = part
        bestCost = cost
      }
    }
    if (best === null) return null
    ordered.push(best)
    rest.splice(rest.indexOf(best), 1)
    known = extend(known, best.free)
  }
  return ordered
}

/**
 * Rough order of expense; only ratios matter. Events of the moment come before windows over the
 * past.
 */
function costOf(f: Core, bound: Bound): number {
  const all = isBound(f.free, bound)
  switch (f.kind) {
    case 'truth':
      return 0
    case 'comparison':
    case 'substring':
    case 'matches':
      return all ? 0.1 : 0.2
    case 'predicate':
      return all ? 1 : 2
    case 'not':
      return 0.5 + costOf(f.body, bound)
    case 'exists':
      return costOf(f.body, bound)
    case 'and':
      return 1 + Math.min(...f.parts.map((p) => costOf(p, bound)))
    case 'or':
      return 1 + f.parts.reduce((sum, p) => sum + costOf(p, bound), 0)
    case 'previous':
    case 'next':
      return 0.5 + costOf(f.body, bound)
    case 'once':
    case 'since':
    case 'eventually':
    case 'until':
      return all ? 3 : f.free.some((s) => bound.has(s)) ? 6 : 50
    case 'aggregation':
      return isBound(f.group, bound) ? 10 : 60
  }
}

/**
 * All reasons why a formula has no finite answers, with the way out. Empty where it is
 * monitorable.
 */
export function explainUnsafe(root: Core, nameOf: NameOf): Diagnostic[] {
  const found: Diagnostic[] = []
  unboundedFuture(root, found)
  if (found.length === 0) {
    const why = reason(root, new Set(), nameOf)
    if (why) found.push(why)
  }
  return found
}

function unboundedFuture(f: Core, found: Diagnostic[]): void {
  if ((f.kind === 'eventually' || f.kind === 'until') && f.interval.to === Infinity) {
    const message = 'looks ahead without an end: a monitor could never decide it'
    found.push({ ...f.at, message, correction: '[0,3d]' })
  }
  for (const part of partsOf(f)) unboundedFuture(part, found)
}

const NONE: Bound = new Set()

/**
 * Answers given before, by the bound variables among the free ones: nesting must not multiply
 * work.
 */
const answered = new WeakMap<Core, Map<string, Diagnostic | null>>()

function reason(f: Core, bound: Bound, nameOf: NameOf): Diagnostic | null {
  const key = f.free.filter((s) => bound.has(s)).join()
  let known = answered.get(f)
  if (!known) answered.set(f, (known = new Map()))
  let answer = known.get(key)
  if (answer === undefined) known.set(key, (answer = findReason(f, bound, nameOf)))
  return answer
}

function findReason(f: Core, bound: Bound, nameOf: NameOf): Diagnostic | null {
  switch (f.kind) {
    case 'truth':
      return null
    case 'predicate':
      return predicateReason(f, bound, nameOf)
    case 'comparison':
    case 'substring':
    case 'matches':
      return atomReason(f, bound, nameOf)
    case 'not': {
      const open = f.free.filter((s) => !bound.has(s))
      if (open.length > 0) return notReason(f, open, nameOf)
      return reason(f.body, bound, nameOf)
    }
    case 'and':
      return conjunctionReason(f.parts, bound, nameOf)
    case 'or': {
      for (const part of f.parts) {
        const missing = f.free.filter((s) => !bound.has(s) && !part.free.includes(s))
        if (missing.length > 0) return orReason(part, missing, nameOf)
        const why = reason(part, bound, nameOf)
        if (why) return why
      }
      return null
    }
    case 'exists':
      return reason(f.body, new Set([...bound].filter((s) => !f.slots.includes(s))), nameOf)
    case 'previous':
    case 'next':
      return reason(f.body, bound, nameOf)
    case 'once':
    case 'eventually':
      return within(f.body, f.kind, nameOf)
    case 'since':
    case 'until':
      return sinceReason(f, nameOf)
    case 'aggregation':
      return within(f.body, 'an aggregation', nameOf)
  }
}

/** Windows keep what they saw: their contents must be listable without help from outside. */
function within(body: Core, operator: string, nameOf: NameOf): Diagnostic | null {
  const why = reason(body, NONE, nameOf)
  if (!why) return null
  const word = operator === 'an aggregation' ? operator : operator.toUpperCase()
  return {
    ...why,
    message: `${why.message} (inside ${word}, which cannot use what stands outside of it)`,
  }
}

function conjunctionReason(
  parts: readonly Core[],
  bound: Bound,
  nameOf: NameOf,
): Diagnostic | null {
  const rest = [...parts]
  let known = bound
  for (;;) {
    const next = rest.findIndex((p) => reason(p, known, nameOf) === null)
    if (next < 0) break
    known = extend(known, rest[next]?.free ?? [])
    rest.splice(next, 1)
  }
  const first = rest[0]
  return first ? reason(first, known, nameOf) : null
}

function sinceReason(
  f: Extract<Core, { kind: 'since' | 'until' }>,
  nameOf: NameOf,
): Diagnostic | null {
  const word = f.kind.toUpperCase()
  const why = within(f.right, f.kind, nameOf)
  if (why) return why
  const extra = f.left.free.filter((s) => !f.right.free.includes(s))
  if (extra.length > 0) {
    const names = extra.map(nameOf).join(', ')
    const message = `left of ${word} stands \`${names}\`, which the right side does not bind`
    return { ...f.left.at, message, correction: `EXISTS ${names}. …` }
  }
  if (f.kind === 'since') return reason(f.left, new Set(f.right.free), nameOf)
  return within(f.left.kind === 'not' ? f.left.body : f.left, f.kind, nameOf)
}

function predicateReason(
  f: Extract<Core, { kind: 'predicate' }>,
  bound: Bound,
  nameOf: NameOf,
): Diagnostic | null {
  const direct = f.terms.flatMap((t) => (t.kind === 'slot' ? [t.slot] : []))
  const known = extend(bound, direct)
  for (const term of f.terms) {
    const open = openSlots(term, known)
    if (open.length === 0) continue
    const name = nameOf(open[0] ?? 0)
    const message = `\`${name}\` stands in a term of \`${f.name}\`, but nothing gives it a value`
    return { ...f.at, message, correction: `EXISTS v. ${f.name}(v) AND v = …` }
  }
  return null
}

function openSlots(term: CoreTerm, bound: Bound): Slot[] {
  return term.kind === 'slot' ? [] : termSlots(term).filter((s) => !bound.has(s))
}

/** The slot an equation gives a value to, and the term of that value; null where it only tests. */
export function assignment(
  f: Core,
  bound: Bound,
): { readonly slot: Slot; readonly term: CoreTerm } | null {
  if (f.kind !== 'comparison' || f.operator !== '=') return null
  const { left, right } = f
  if (left.kind === 'slot' && !bound.has(left.slot) && isBound(termSlots(right), bound)) {
    return { slot: left.slot, term: right }
  }
  if (right.kind === 'slot' && !bound.has(right.slot) && isBound(termSlots(left), bound)) {
    return { slot: right.slot, term: left }
  }
  return null
}

function atomReason(f: Core, bound: Bound, nameOf: NameOf): Diagnostic | null {
  const open = f.free.filter((s) => !bound.has(s))
  if (open.length === 0 || assignment(f, bound) !== null) return null
  const name = nameOf(open[0] ?? 0)
  const message = `a comparison can only test, and nothing gives \`${name}\` a value here`
  return { ...f.at, message, correction: `event(…, ${name}, …) AND …` }
}

function notReason(
  f: Extract<Core, { kind: 'not' }>,
  open: readonly Slot[],
  nameOf: NameOf,
): Diagnostic {
  const names = open.map(nameOf).join(', ')
  const message =
    `${f.word} has infinitely many answers for \`${names}\`: ` +
    'it can only exclude what another part gives'
  const window = f.word === 'HISTORICALLY' ? 'ONCE' : 'EVENTUALLY'
  const correction =
    f.word === 'HISTORICALLY' || f.word === 'ALWAYS'
      ? `event(…, ${names}, …) AND NOT ${window}[…] (event(…, ${names}, …) AND NOT …)`
      : `event(…, ${names}, …) AND NOT …`
  return { ...f.at, message, correction }
}

function orReason(part: Core, missing: readonly Slot[], nameOf: NameOf): Diagnostic {
  const names = missing.map(nameOf).join(', ')
  const message = `this side of OR or IMPLIES says nothing about \`${names}\`, unlike the other`
  return { ...part.at, message, correction: `event(…, ${names}, …) AND …` }
}
