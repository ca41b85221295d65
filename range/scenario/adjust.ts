import type { PlannedAttack, Scenario } from '../exercise/types.ts'
import { COMMON, type Technique } from './compile.ts'
import { didYouMean } from './parse.ts'

/**
 * The same scenario with `KEY=VALUE` settings and attacks left out: `stealth=0.4` sets all attacks,
 * `P2.stealth=0.4` one. Returns an error text for a setting or an attack that fits nothing.
 */
export function adjustScenario(
  scenario: Scenario,
  settings: readonly string[],
  without: readonly string[],
  techniques: readonly Technique[],
): { readonly scenario: Scenario } | { readonly error: string } {
  let { attacks } = scenario
  for (const id of without) {
    if (!attacks.some((attack) => attack.technique === id))
      return { error: `--without ${id}: the scenario has no attack ${id}` }
    attacks = attacks.filter((attack) => attack.technique !== id)
  }
  for (const setting of settings) {
    const set = readSetting(setting, attacks, techniques)
    if ('error' in set) return { error: `--set ${setting}: ${set.error}` }
    attacks = attacks.map((attack) =>
      set.only === undefined || attack.technique === set.only
        ? { ...attack, params: { ...attack.params, [set.name]: set.value } }
        : attack,
    )
  }
  return { scenario: { ...scenario, attacks } }
}

interface Setting {
  /** The attack it is for; undefined for all. */
  readonly only: string | undefined
  readonly name: string
  readonly value: number | string
}

function readSetting(
  setting: string,
  attacks: readonly PlannedAttack[],
  techniques: readonly Technique[],
): Setting | { readonly error: string } {
  const match = /^(?:([A-Z]\d+)\.)?([a-zA-Z]+)=(.+)$/.exec(setting)
  if (!match) return { error: 'write KEY=VALUE or ATTACK.KEY=VALUE, e.g. P2.stealth=0.4' }
  const [, only, name = '', raw = ''] = match
  if (only !== undefined && !attacks.some((attack) => attack.technique === only))
    return { error: `the scenario has no attack ${only}` }
  const meant = techniques.filter((one) => only === undefined || one.id === only)
  const names = new Set([...COMMON, ...meant.flatMap((one) => one.parameters.map((p) => p.name))])
  if (!names.has(name)) {
    const correction = didYouMean(name, [...names]) ?? `write one of: ${[...names].join(', ')}`
    const nobody = only === undefined ? 'no attack has a' : `${only} has no`
    return { error: `${nobody} parameter "${name}"; ${correction}` }
  }
  return { only, name, value: Number.isFinite(Number(raw)) ? Number(raw) : raw }
}
