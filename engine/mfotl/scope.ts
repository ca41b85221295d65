import type { Slot } from './core.ts'

export type Scope = ReadonlyMap<string, Slot>

/** Names of a quantifier; those it does not know belong to the scope outside. */
export class ScopeWithin extends Map<string, Slot> {
  readonly #outer: Scope
  readonly #outside: (name: string) => Slot
  constructor(outer: Scope, outside: (name: string) => Slot) {
    super()
    this.#outer = outer
    this.#outside = outside
  }
  override get(name: string): Slot {
    return super.get(name) ?? this.#outer.get(name) ?? this.#outside(name)
  }
}
