import type { Value } from './ast.ts'
import type { Core, CoreTerm, Slot } from './core.ts'
import { keyOf, type Key } from './relation.ts'
import { compileTerm } from './term.ts'

/** Values by slot; holes are not bound yet. */
export type Env = readonly (Value | undefined)[]

/** The free slots of a formula that have a value. */
export function boundOf(f: Core, env: Env): ReadonlySet<Slot> {
  return new Set(f.free.filter((s) => env[s] !== undefined))
}

/** Without the values of these slots; the same where they had none. */
export function without(env: Env, slots: readonly Slot[]): Env {
  if (slots.every((s) => env[s] === undefined)) return env
  const next = [...env]
  for (const slot of slots) next[slot] = undefined
  return next
}

/** One text for the values of these slots, all bound. */
export function tupleKey(slots: readonly Slot[], env: Env): Key {
  return keyOf(slots.map((s) => env[s] as Value))
}

/** What a term is worth where all its slots have a value. */
export function valueOf(term: CoreTerm, env: Env): Value {
  if (term.kind === 'slot') return env[term.slot] as Value
  return compileTerm(term, env as Value[])()
}

/** The valuation under which a fact's arguments fit the terms of a predicate; null: none. */
export function matched(terms: readonly CoreTerm[], args: readonly Value[], env: Env): Env | null {
  let bound = env
  for (const [i, term] of terms.entries()) {
    const arg = args[i] as Value
    if (term.kind === 'wildcard') continue
    if (term.kind === 'slot' && bound[term.slot] === undefined) {
      const next = [...bound]
      next[term.slot] = arg
      bound = next
    } else if (valueOf(term, bound) !== arg) return null
  }
  return bound
}
