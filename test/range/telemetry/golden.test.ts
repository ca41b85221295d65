import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createObserver, observe } from '../../../range/telemetry/observe.ts'
import { advance, apply } from '../../../range/world/kernel.ts'
import { createTownSim } from '../../../range/world/town-sim.ts'
import type { Happened } from '../../../range/world/types.ts'
import { loadScenario } from '../../../range/server/scenarios.ts'

/**
 * Telemetry of the first 70 town minutes with every attack of the scenario launched at once: how
 * much, and its hash. docs/evaluation.md was measured on these bytes: whoever changes one of them
 * on purpose measures again.
 */
const GOLDEN = {
  'quiet-day 3': '2557 8e2434bdeb356dc3',
  'market-day 8': '3618 01cc80eb0bd30e4d',
  'w1 3': '2569 5a2399941a2eda6e',
  'p2 8': '3990 633f3683e799e319',
  'i1 3': '2567 a8e55eb87bf35930',
  'd1 8': '2815 ab288250fad0c4c8',
}

function reported(slug: string, seed: number): string {
  const loaded = loadScenario(slug)
  if (!loaded.ok) throw new Error(loaded.mistakes.join('\n'))
  const { world, attacks } = loaded.scenario
  const config = { ...world, seed }
  const sim = createTownSim(config)
  let observer = createObserver(config)
  const hash = createHash('sha256')
  let count = 0
  attacks.forEach(({ technique, params }, run) =>
    apply(
      sim,
      { kind: 'LaunchAttack', run, technique, params, delayMs: 60_000 },
      { kind: 'attack', run },
      () => {},
    ),
  )
  for (let now = config.start + 1_000; now <= config.start + 70 * 60_000; now += 1_000) {
    const happened: Happened[] = []
    advance(sim, now, (one) => happened.push(one))
    const seen = observe(sim.world, happened, observer)
    observer = seen.state
    for (const event of seen.telemetry) hash.update(JSON.stringify(event))
    count += seen.telemetry.length
  }
  return `${count} ${hash.digest('hex').slice(0, 16)}`
}

describe('telemetry', () => {
  test.each(Object.entries(GOLDEN))('[B1] %s: byte for byte what it was', (name, golden) => {
    const [slug, seed] = name.split(' ')
    expect(reported(slug!, Number(seed))).toBe(golden)
  })
})
