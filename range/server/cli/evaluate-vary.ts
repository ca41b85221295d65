import { findTechnique } from '../../attack/catalogue.ts'
import type { ParameterSpec } from '../../attack/technique.ts'
import type { PlannedAttack, Scenario } from '../../exercise/types.ts'
import { fraction, range, Stream } from '../../world/draw.ts'
import { createTownSim } from '../../world/town-sim.ts'
import type { World } from '../../world/types.ts'

const WARM_UP_MINUTES = 30
const LATER_MINUTES = 60

/**
 * The scenario with parameters that nobody chose, drawn from the seed: each attack's rate between
 * half and twice its usual one, its duration between 0.6 and 1.4 times, its start up to an hour
 * later, and its targets and ways evenly among those on offer. Stealth stays as it was.
 */
export function varyScenario(scenario: Scenario, seed: number): Scenario {
  const { world } = createTownSim({ ...scenario.world, seed })
  return { ...scenario, attacks: scenario.attacks.map((attack, i) => vary(attack, i, world)) }
}

function vary(attack: PlannedAttack, index: number, world: World): PlannedAttack {
  const technique = findTechnique(attack.technique)
  if (technique === null) return attack
  const { seed } = world.config
  const share = (k: number): number => fraction(seed, Stream.evaluation, index, k)
  const offers = technique.targets(world)
  const params: Record<string, number | string> = { ...attack.params }
  technique.parameters.forEach((spec, k) => {
    if (spec.name === 'stealth') return
    const usual = attack.params[spec.name] ?? spec.default
    const offered = offers[spec.name] ?? []
    if (spec.type === 'number') params[spec.name] = scaled(spec, Number(usual), share(10 + k))
    else if (offered.length > 0)
      params[spec.name] =
        offered[range(offered.length, seed, Stream.evaluation, index, 10 + k)]!.value
  })
  return {
    ...attack,
    atMinute: Math.max(WARM_UP_MINUTES, attack.atMinute) + Math.floor(LATER_MINUTES * share(0)),
    params,
  }
}

function scaled(spec: ParameterSpec, usual: number, share: number): number {
  const factor =
    spec.name === 'duration' ? 0.6 + 0.8 * share : share < 0.5 ? 0.5 + share : 2 * share
  const value = Math.round(usual * factor * 100) / 100
  return Math.min(spec.max ?? value, Math.max(spec.min ?? value, value))
}
