import { createRun, type FullRun, type RunOptions } from './run.ts'
import type { Input, TickOutput } from './types.ts'

/** Where a replay's tick differs from what was recorded. */
export interface Divergence {
  readonly at: number
  readonly recorded: string
  readonly replayed: string
}

/**
 * Replays inputs in their order, ticking in between: an input at time t comes after the tick that
 * reached t. `onTick` sees every output. Runs on to `until` after the last input.
 */
export function replay(
  options: RunOptions,
  inputs: readonly Input[],
  until: number,
  onTick: (output: TickOutput) => void,
): FullRun {
  const run = createRun(options)
  for (const input of inputs) {
    while (run.now() < input.at) onTick(run.tick())
    run.apply(input)
  }
  while (run.now() < until) onTick(run.tick())
  return run
}

/** The first tick whose digest is not the recorded one, or null when the whole recording holds. */
export function firstDivergence(
  recorded: ReadonlyMap<number, string>,
  output: TickOutput,
): Divergence | null {
  const digest = recorded.get(output.at)
  return digest === undefined || digest === output.digest
    ? null
    : { at: output.at, recorded: digest, replayed: output.digest }
}
