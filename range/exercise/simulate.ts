import { createRun, type FullRun, type RunOptions } from './run.ts'
import type { Input, Outcome, TickOutput, Versions } from './types.ts'

export interface SimulateOptions extends RunOptions {
  readonly versions: Versions
  /** Virtual hours to run; the scenario's own length without it. */
  readonly hours?: number
  /** A machine defender plays too. */
  readonly defended: boolean
}

/** What `simulate` yields, in order: every input as it is applied, then every tick. */
export type Step =
  | { readonly kind: 'input'; readonly input: Input; readonly outcome: Outcome }
  | { readonly kind: 'tick'; readonly output: TickOutput }

/** An unattended exercise: machine players only. Same options, same steps, byte for byte. */
export function* simulate(options: SimulateOptions): Generator<Step, FullRun> {
  const run = createRun(options)
  const start = options.scenario.world.start
  const end =
    options.hours === undefined ? run.endsAt() : start + Math.round(options.hours * 3_600_000)
  for (const input of opening(options, start))
    yield { kind: 'input', input, outcome: run.apply(input) }
  while (run.now() < end) {
    for (const input of run.robots()) yield { kind: 'input', input, outcome: run.apply(input) }
    yield { kind: 'tick', output: run.tick() }
  }
  const over: Input = { at: run.now(), kind: 'PhaseSet', phase: 'ended' }
  yield { kind: 'input', input: over, outcome: run.apply(over) }
  return run
}

function opening(options: SimulateOptions, at: number): Input[] {
  const inputs: Input[] = [
    {
      at,
      kind: 'Opened',
      scenario: options.scenario.slug,
      scenarioDigest: options.scenario.digest,
      versions: options.versions,
      seed: options.seed,
      lengthMinutes: options.lengthMinutes ?? options.scenario.lengthMinutes,
      mode: options.mode,
    },
    { at, kind: 'SeatTaken', seat: 'crew', role: 'attacker', nickname: 'Robot 1', robot: true },
  ]
  if (options.defended)
    inputs.push({
      at,
      kind: 'SeatTaken',
      seat: 'desk',
      role: 'defender',
      nickname: 'Robot 2',
      robot: true,
    })
  inputs.push({ at, kind: 'PhaseSet', phase: 'running' })
  return inputs
}
