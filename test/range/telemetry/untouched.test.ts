import { describe, expect, test } from 'vitest'
import { createObserver, observe } from '../../../range/telemetry/observe.ts'
import { advance, apply } from '../../../range/world/kernel.ts'
import { createTownSim } from '../../../range/world/town-sim.ts'
import type { Happened, WorldConfig } from '../../../range/world/types.ts'
import { configOf, START } from '../world/rig.ts'

/** What vans, scanners and loggers of the whole town report in two hours, as lines. */
function physical(config: WorldConfig, attack?: string): { lines: string[]; attackEvents: number } {
  const sim = createTownSim(config)
  let observer = createObserver(config)
  const lines: string[] = []
  let attackEvents = 0
  if (attack !== undefined) {
    apply(
      sim,
      { kind: 'LaunchAttack', run: 0, technique: attack, params: {}, delayMs: 600_000 },
      { kind: 'attack', run: 0 },
      () => {},
    )
  }
  for (let now = START + 1_000; now <= START + 7_200_000; now += 1_000) {
    const happened: Happened[] = []
    advance(sim, now, (one) => happened.push(one))
    attackEvents += happened.filter(({ cause }) => cause.kind === 'attack').length
    const seen = observe(sim.world, happened, observer)
    observer = seen.state
    for (const one of seen.telemetry)
      if (/^event:(van|scan|parcel)-/.test(one.uid)) lines.push(JSON.stringify(one))
  }
  return { lines, attackEvents }
}

describe('what is not touched', () => {
  test("[T4] taking away a card-testing run that ships nothing leaves every van's telemetry identical", () => {
    const quiet = physical(configOf(3))
    const tested = physical(configOf(3), 'P2')
    expect(tested.attackEvents).toBeGreaterThan(200)
    expect(quiet.lines.length).toBeGreaterThan(1_500)
    expect(tested.lines).toEqual(quiet.lines)
  })
  test('[T4] so does taking away a customer who ordered nothing', () => {
    const config = configOf(2)
    expect(physical({ ...config, customers: config.customers - 1 }).lines).toEqual(
      physical(config).lines,
    )
  })
})
