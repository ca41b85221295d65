import { apply, diff } from '../protocol/patch.ts'
import type { RunState } from './state.ts'

/** What several seats see alike, computed once for each change of the exercise. */
export interface ViewCache {
  /** Part of a view, plain JSON; what did not change in it keeps its identity. */
  readonly shared: <V extends object>(name: string, build: () => V) => V
  /** Anything that views are made from. */
  readonly once: <T>(name: string, build: () => T) => T
}

/**
 * Keeps the newest value under each name. Parts that did not change keep their identity from view
 * to view, so that finding what is new for a hundred seats costs little more than for one.
 */
export function createViewCache(state: RunState): ViewCache {
  const kept = new Map<string, { readonly stamp: string; readonly value: unknown }>()
  const fresh = <T>(name: string, build: (before: T | undefined) => T): T => {
    const { ledger } = state
    const stamp = `${state.inputs} ${state.now} ${ledger.size} ${ledger.root} ${ledger.verdict}`
    const before = kept.get(name)
    if (before?.stamp === stamp) return before.value as T
    const value = build(before?.value as T | undefined)
    kept.set(name, { stamp, value })
    return value
  }
  return {
    once: (name, build) => fresh(name, () => build()),
    shared: <V extends object>(name: string, build: () => V): V =>
      fresh<V>(name, (before) => {
        const built = build()
        return before === undefined ? built : apply(diff(before, built), before)
      }),
  }
}
