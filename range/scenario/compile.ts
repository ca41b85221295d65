import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Command } from '../world/types.ts'
import type { Inject, PlannedAttack, Scenario } from '../exercise/types.ts'
import {
  locate,
  namesIn,
  nearest,
  parseScenario,
  TEXT_MAX,
  type Diagnostic,
  type Parsed,
} from './parse.ts'
import type { ScenarioNames, ScenarioText } from './schema.ts'

/** What a scenario may name: the techniques that exist, with their parameters. */
export interface Known {
  readonly techniques: readonly {
    readonly id: string
    readonly parameters: readonly {
      readonly name: string
      readonly type: 'choice' | 'number'
      readonly min?: number
      readonly max?: number
    }[]
  }[]
  readonly commands: readonly Command['kind'][]
}

/** Parameters that every technique takes besides its own. */
const COMMON = ['rate', 'stealth', 'start', 'duration']

/**
 * Text to a runnable scenario, or every mistake with line and correction. `slug` is the folder's
 * name.
 */
export function compileScenario(
  slug: string,
  file: string,
  text: string,
  known: Known,
): Parsed<Scenario> {
  const parsed = parseScenario(file, text)
  if (!parsed.ok) {
    const names = text.length > TEXT_MAX ? null : namesIn(text)
    const more = names === null ? [] : check(file, text, names, known)
    return { ok: false, diagnostics: [...parsed.diagnostics, ...more].sort(byPlace) }
  }
  const diagnostics = check(file, text, parsed.value, known)
  if (diagnostics.length > 0) return { ok: false, diagnostics }
  return { ok: true, value: build(slug, text, parsed.value) }
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return a.line - b.line || a.column - b.column
}

function check(
  file: string,
  text: string,
  scenario: ScenarioText | ScenarioNames,
  known: Known,
): Diagnostic[] {
  const found: Diagnostic[] = []
  const ids = known.techniques.map((technique) => technique.id)
  const report = (
    path: readonly (string | number)[],
    message: string,
    correction: string,
  ): void => {
    found.push({ file, ...locate(text, path), message, correction })
  }
  scenario.palette.forEach((id, i) => {
    if (id !== '' && !ids.includes(id))
      report(
        ['palette', i],
        `there is no attack "${id}"`,
        nearest(id, ids) ?? `one of: ${ids.join(', ')}`,
      )
  })
  scenario.attacks.forEach((attack, i) => {
    const technique = known.techniques.find((one) => one.id === attack.technique)
    if (!technique) {
      if (attack.technique === '') return
      report(
        ['attacks', i, 'technique'],
        `there is no attack "${attack.technique}"`,
        nearest(attack.technique, ids) ?? `one of: ${ids.join(', ')}`,
      )
      return
    }
    for (const [name, value] of Object.entries(attack.params)) {
      const parameter = technique.parameters.find((one) => one.name === name)
      const names = [...technique.parameters.map((one) => one.name), ...COMMON]
      if (!parameter && !COMMON.includes(name)) {
        report(
          ['attacks', i, 'params', name],
          `${attack.technique} has no parameter "${name}"`,
          nearest(name, names) ?? `one of: ${names.join(', ')}`,
        )
      } else if (parameter?.type === 'number' && outside(value, parameter.min, parameter.max)) {
        report(
          ['attacks', i, 'params', name],
          `${attack.technique}.${name} must be a number from ${parameter.min} to ${parameter.max}`,
          `write e.g. ${parameter.min}`,
        )
      }
    }
    if (attack.at > scenario.length * scenario.speed) {
      report(
        ['attacks', i, 'at'],
        `minute ${attack.at} is after the end (${scenario.length * scenario.speed} virtual minutes)`,
        'start it earlier, or make the exercise longer',
      )
    }
  })
  const seen = new Set<string>()
  scenario.injects.forEach((inject, i) => {
    if (inject.id !== '' && seen.has(inject.id))
      report(['injects', i, 'id'], `inject "${inject.id}" exists twice`, 'give each its own id')
    seen.add(inject.id)
    inject.do.forEach((command, j) => {
      if (!known.commands.includes(command.kind as Command['kind'])) {
        report(
          ['injects', i, 'do', j, 'kind'],
          `there is no command "${command.kind}"`,
          nearest(command.kind, known.commands) ??
            `one of: ${known.commands.slice(0, 6).join(', ')} …`,
        )
      }
    })
  })
  return found
}

function outside(value: unknown, min: number | undefined, max: number | undefined): boolean {
  return typeof value !== 'number' || value < (min ?? -Infinity) || value > (max ?? Infinity)
}

function build(slug: string, text: string, scenario: ScenarioText): Scenario {
  const [hours, minutes] = scenario.world.start.split(':').map(Number) as [number, number]
  return {
    slug,
    title: scenario.title,
    summary: scenario.summary,
    world: {
      start: (hours * 60 + minutes) * 60_000,
      customers: scenario.world.customers,
      vans: scenario.world.vans,
      controls: scenario.world.controls,
      twins: scenario.world.twins,
    },
    lengthMinutes: scenario.length,
    speed: scenario.speed,
    attacks: scenario.attacks.map((attack): PlannedAttack => ({
      technique: attack.technique,
      atMinute: attack.at,
      params: attack.params,
    })),
    palette: scenario.palette,
    crewHours: scenario.crewHours,
    injects: scenario.injects.map(toInject),
    playbooks: scenario.playbooks,
    digest: bytesToHex(sha256(utf8ToBytes(text))),
  }
}

function toInject(inject: ScenarioText['injects'][number]): Inject {
  const preview = {
    attacker: '',
    defender: '',
    customer: '',
    screen: '',
    ...definedOnly(inject.preview),
  }
  return {
    id: inject.id,
    title: inject.title,
    about: inject.about,
    tone: inject.tone,
    ...(inject.at === undefined ? {} : { atMinute: inject.at }),
    commands: inject.do as unknown as readonly Command[],
    ...(inject.message === undefined ? {} : { message: inject.message }),
    preview,
  }
}
function definedOnly(
  preview: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(preview).filter((entry): entry is [string, string] => entry[1] !== undefined),
  )
}

/**
 * The same scenario with `KEY=VALUE` settings and attacks left out: `stealth=0.4` sets all attacks,
 * `P2.stealth=0.4` one. Returns an error text for a setting that fits nothing.
 */
export function adjustScenario(
  scenario: Scenario,
  settings: readonly string[],
  without: readonly string[],
): { scenario: Scenario } | { error: string } {
  let attacks = scenario.attacks
  for (const id of without) {
    if (!attacks.some((attack) => attack.technique === id))
      return { error: `--without ${id}: the scenario has no attack ${id}` }
    attacks = attacks.filter((attack) => attack.technique !== id)
  }
  for (const setting of settings) {
    const match = /^(?:([A-Z]\d+)\.)?([a-zA-Z]+)=(.+)$/.exec(setting)
    if (!match)
      return { error: `--set ${setting}: write KEY=VALUE or ATTACK.KEY=VALUE, e.g. P2.stealth=0.4` }
    const [, only, name, raw] = match as unknown as [string, string | undefined, string, string]
    const value = Number.isFinite(Number(raw)) ? Number(raw) : raw
    if (only !== undefined && !attacks.some((attack) => attack.technique === only))
      return { error: `--set ${setting}: the scenario has no attack ${only}` }
    attacks = attacks.map((attack) =>
      only === undefined || attack.technique === only
        ? { ...attack, params: { ...attack.params, [name]: value } }
        : attack,
    )
  }
  return { scenario: { ...scenario, attacks } }
}
