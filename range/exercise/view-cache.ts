import { apply, diff } from '../protocol/patch.ts'
import type { View } from '../protocol/view.ts'
import type { RunState } from './state.ts'

/** What all seats of a role see alike, computed once for each change of the exercise. */
export interface ViewCache {
  readonly shared: <V extends View>(role: V['role'], build: () => V) => V
}

/**
 * Keeps the newest view of each role. Parts that did not change keep their identity from view to
 * view, so that finding what is new for a hundred seats costs little more than for one.
 */
export function createViewCache(state: RunState): ViewCache {
  const kept = new Map<string, { stamp: string; view: View }>()
  return {
    shared: <V extends View>(role: V['role'], build: () => V): V => {
      const { ledger } = state
      const stamp = `${state.inputs} ${state.now} ${ledger.size} ${ledger.root} ${ledger.verdict}`
      const before = kept.get(role)
      if (before?.stamp === stamp) return before.view as V
      const fresh = build()
      const view = before === undefined ? fresh : apply(diff(before.view, fresh), before.view as V)
      kept.set(role, { stamp, view })
      return view
    },
  }
}
