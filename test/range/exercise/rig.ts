import { loadEngineParts, newEngine, versionsOf } from '../../../range/server/engine-parts.ts'
import { loadScenario } from '../../../range/server/scenarios.ts'
import { createRun, type FullRun, type RunOptions } from '../../../range/exercise/run.ts'
import type { Input, Scenario, TickOutput } from '../../../range/exercise/types.ts'
import type { Move } from '../../../range/protocol/move.ts'
import type { Role } from '../../../range/protocol/view.ts'

const parts = await loadEngineParts()
export const versions = versionsOf(parts)

export function scenarioOf(slug: string): {
  scenario: Scenario
  playbooks: RunOptions['playbooks']
} {
  const loaded = loadScenario(slug)
  if (!loaded.ok) throw new Error(loaded.mistakes.join('\n'))
  return loaded
}

export function optionsOf(
  slug: string,
  seed: number,
  change: (scenario: Scenario) => Scenario = (scenario) => scenario,
): RunOptions {
  const { scenario, playbooks } = scenarioOf(slug)
  return {
    id: 'xtest',
    code: 'ABCDEF',
    mode: 'class',
    scenario: change(scenario),
    seed,
    playbooks,
    engine: newEngine(parts, seed),
    shopPath: (seat) => `/x/${seat}/~/larchlane.example/`,
  }
}

/**
 * A whole exercise driven by hand: seats, moves at given town minutes, and everything it put out.
 */
export class Play {
  readonly run: FullRun
  readonly inputs: Input[] = []
  readonly outputs: TickOutput[] = []
  constructor(options: RunOptions) {
    this.run = createRun(options)
  }
  give(
    input: Input extends infer I ? (I extends Input ? Omit<I, 'at'> : never) : never,
  ): ReturnType<FullRun['apply']> {
    const whole = { ...input, at: this.run.now() } as Input
    this.inputs.push(whole)
    return this.run.apply(whole)
  }
  seat(seat: string, role: Role): void {
    this.give({ kind: 'SeatTaken', seat, role, nickname: seat, robot: false })
  }
  start(): void {
    this.give({ kind: 'PhaseSet', phase: 'running' })
  }
  move(seat: string, move: Move): ReturnType<FullRun['apply']> {
    return this.give({ kind: 'Moved', seat, move })
  }
  /** Runs until this many town minutes after the start. */
  until(minute: number): void {
    const end = this.run.scenario.world.start + minute * 60_000
    while (this.run.now() < end) this.outputs.push(this.run.tick())
  }
  telemetry(): string[] {
    return this.outputs.flatMap((output) => output.telemetry.map((event) => JSON.stringify(event)))
  }
}
