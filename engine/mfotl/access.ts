import { keyOfColumns, type Entry, type Relation } from './relation.ts'
import { isBound, type Bound } from './monitorable.ts'
import type { Value } from './ast.ts'
import type { Slot } from './core.ts'
import type { Limits } from './limits.ts'

/** Continues an evaluation; true stops the search for more answers. */
export type Next = () => boolean

/**
 * Lists the tuples of a relation that agree with the bound variables, through the index that fits,
 * and continues with the rest of the variables bound. `accept` filters entries.
 */
export function compileAccess(
  relation: Relation,
  slots: readonly Slot[],
  bound: Bound,
  env: Value[],
  limits: Limits,
  next: Next,
  accept: ((entry: Entry) => boolean) | null = null,
): Next {
  if (isBound(slots, bound)) {
    const read = keyReader(slots, env)
    return () => {
      const entry = relation.get(read())
      return entry !== undefined && (accept === null || accept(entry)) && next()
    }
  }
  const columns: number[] = []
  const free: number[] = []
  slots.forEach((slot, column) => (bound.has(slot) ? columns : free).push(column))
  const index = relation.index(columns)
  const read = keyReader(
    columns.map((c) => slots[c] as Slot),
    env,
  )
  const freeSlots = free.map((c) => slots[c] as Slot)
  return () => {
    const bucket = index.buckets.get(read())
    if (bucket === undefined) return false
    limits.work(bucket.length)
    for (let i = 0; i < bucket.length; i++) {
      const entry = bucket[i] as Entry
      if (accept !== null && !accept(entry)) continue
      for (let j = 0; j < free.length; j++) {
        env[freeSlots[j] as number] = entry.values[free[j] as number] as Value
      }
      if (next()) return true
    }
    return false
  }
}

/** Reads the key of some variables from the environment. */
export function keyReader(slots: readonly Slot[], env: Value[]): () => Value {
  if (slots.length === 1) {
    const slot = slots[0] as Slot
    return () => env[slot] as Value
  }
  if (slots.length === 0) return () => ''
  return () => keyOfColumns(env, slots)
}

export function readTuple(slots: readonly Slot[], env: readonly Value[]): Value[] {
  const n = slots.length
  const values = new Array<Value>(n)
  for (let i = 0; i < n; i++) values[i] = env[slots[i] as number] as Value
  return values
}

export function loadTuple(slots: readonly Slot[], env: Value[], values: readonly Value[]): void {
  for (let i = 0; i < slots.length; i++) env[slots[i] as number] = values[i] as Value
}
