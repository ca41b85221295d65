import type { Value } from './ast.ts'
import type { Fact } from './monitor.ts'

/** An event that a verdict rests on. */
export interface Happened {
  readonly kind: 'happened'
  readonly timePoint: number
  readonly timestamp: number
  readonly fact: Fact
  readonly uid?: string
  readonly text: string
  /** Without this event there would be no verdict; null where that was not tried. */
  readonly decisive: boolean | null
}

/** An event that would have had to happen, or that did not happen. */
export interface Missing {
  readonly kind: 'missing'
  /** Seconds, both ends included; null where there is no end, or no beginning. */
  readonly since: number | null
  readonly until: number | null
  readonly name: string
  /** Null where any value would do that the text allows. */
  readonly args: readonly (Value | null)[]
  readonly text: string
  /** Some like it did happen, and did not suffice: none else did. */
  readonly others: boolean
  /** With such an event, as `instead` has it, there would be no verdict. */
  readonly decisive: boolean | null
  readonly instead?: { readonly timePoint: number; readonly fact: Fact }
}
export type Entry = Happened | Missing
