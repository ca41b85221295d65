import type { GroundModel } from './ground.ts'

/** A step of a counterexample or of any other trace, as an index into `model.steps`. */
export type Trace = readonly number[]

/** How a back end answers. `transitions` counts steps that were possible, known states included. */
export type Verdict =
  | {
      readonly kind: 'proved'
      readonly bound: Bound
      readonly states: number
      readonly transitions: number
      /** The longest of the shortest ways to a state. */
      readonly depth: number
      /** Steps that would have left a number's range, and were not taken. */
      readonly cut: number
      /** Shortest way to what the model says must be possible; null where there is none. */
      readonly reachable: readonly { readonly key: string; readonly trace: Trace | null }[]
      /** Actions that nobody ever could take. */
      readonly idle: readonly string[]
    }
  | {
      readonly kind: 'violated'
      readonly property: string
      /** Shortest: no other way to break any property has fewer steps. */
      readonly trace: Trace
      readonly states: number
      readonly transitions: number
    }
  | { readonly kind: 'refused'; readonly reason: string }

export type Bound =
  /** Every state within the numbers, things and actors of the model. */
  | { readonly kind: 'all-states' }
  /** Every way of at most so many steps. */
  | { readonly kind: 'steps'; readonly steps: number }
  /** Any number of steps: what holds for `depth` steps goes on holding. */
  | { readonly kind: 'inductive'; readonly depth: number }

/** One back end. Same model, same verdict; only `states` and `bound` may differ between them. */
export interface Prover {
  readonly name: 'search' | 'z3'
  prove(model: GroundModel): Promise<Verdict>
}
