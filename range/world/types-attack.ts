// CONTRACT: change only by adding.
import type { Command, Milliseconds } from './types.ts'

/** Every attack of the exercise, by run number. Telemetry never reads it. */
export interface AttackState {
  readonly runs: readonly AttackRun[]
}

export type AttackParams = Readonly<Record<string, number | string>>
/** What a crew remembers between steps: plain data, bounded by the technique. */
export type Memory = Readonly<Record<string, number | string | readonly (number | string)[]>>

export interface AttackRun {
  readonly run: number
  readonly technique: string
  /** Complete: defaults filled in, numbers within their bounds. */
  readonly params: AttackParams
  readonly launched: Milliseconds
  readonly step: number
  readonly status: 'planned' | 'running' | 'blocked' | 'stopped' | 'done'
  readonly endedAt: Milliseconds | null
  readonly memory: Memory
}

export type AttackCommand =
  /**
   * `run` is the next free number (`world.attacks.runs.length`); every command of the run has this
   * cause.
   */
  | {
      readonly kind: 'LaunchAttack'
      readonly run: number
      readonly technique: string
      readonly params: AttackParams
      readonly delayMs: number
    }
  | { readonly kind: 'StopAttack'; readonly run: number }
  | { readonly kind: 'AttackStep'; readonly run: number; readonly step: number }

export type AttackEvent =
  | {
      readonly kind: 'AttackLaunched'
      readonly run: number
      readonly technique: string
      readonly params: AttackParams
      readonly delayMs: number
    }
  | { readonly kind: 'AttackStopped'; readonly run: number }
  | {
      readonly kind: 'AttackStepped'
      readonly run: number
      readonly step: number
      readonly memory: Memory
      readonly status: AttackRun['status']
      /** Tried `afterMs` from now, in this order, with the run as cause. */
      readonly commands: readonly { readonly afterMs: number; readonly command: Command }[]
      readonly nextAfterMs: number | null
    }
