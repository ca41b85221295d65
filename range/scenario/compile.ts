import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import type { Command } from '../world/types.ts'
import type { Inject, PlannedAttack, Scenario } from '../exercise/types.ts'
import {
  didYouMean,
  locate,
  namesIn,
  parseScenario,
  TEXT_MAX,
  type Diagnostic,
  type Parsed,
} from './parse.ts'
import type { ScenarioNames, ScenarioText } from './schema.ts'

/** What a scenario may name: techniques with their parameters, and commands of the town. */
export interface Known {
  readonly techniques: readonly Technique[]
  readonly commands: readonly Command['kind'][]
}

export interface Technique {
  readonly id: string
  readonly parameters: readonly {
    readonly name: string
    readonly type: 'choice' | 'number'
    readonly min?: number
    readonly max?: number
  }[]
}

/** Parameters that every technique takes besides its own. */
export const COMMON = ['rate', 'stealth', 'start', 'duration']

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

type Report = (path: readonly (string | number)[], message: string, correction: string) => void

/** Mistakes of meaning: what the text names and does not exist, or does not fit. */
function check(
  file: string,
  text: string,
  scenario: ScenarioText | ScenarioNames,
  known: Known,
): Diagnostic[] {
  const found: Diagnostic[] = []
  const report: Report = (path, message, correction) => {
    found.push({ file, ...locate(text, path), message, correction })
  }
  scenario.palette.forEach((id, i) => techniqueOf(id, ['palette', i], known, report))
  scenario.attacks.forEach((attack, i) => {
    const technique = techniqueOf(attack.technique, ['attacks', i, 'technique'], known, report)
    if (technique === undefined) return
    checkParameters(technique, attack.params, i, report)
    const minutes = scenario.length * scenario.speed
    if (attack.at > minutes)
      report(
        ['attacks', i, 'at'],
        `minute ${attack.at} is after the end (${minutes} virtual minutes)`,
        'start it earlier, or make the exercise longer',
      )
  })
  checkInjects(scenario.injects, known, report)
  return found
}

/** The technique of this id; undefined, and told of unless the id itself is missing. */
function techniqueOf(
  id: string,
  path: readonly (string | number)[],
  known: Known,
  report: Report,
): Technique | undefined {
  const found = known.techniques.find((one) => one.id === id)
  if (found !== undefined || id === '') return found
  const ids = known.techniques.map((one) => one.id)
  report(path, `there is no attack "${id}"`, didYouMean(id, ids) ?? `one of: ${ids.join(', ')}`)
  return undefined
}

function checkParameters(
  technique: Technique,
  params: Readonly<Record<string, unknown>>,
  attack: number,
  report: Report,
): void {
  const names = [...technique.parameters.map((one) => one.name), ...COMMON]
  for (const [name, value] of Object.entries(params)) {
    const path = ['attacks', attack, 'params', name]
    const parameter = technique.parameters.find((one) => one.name === name)
    if (!names.includes(name)) {
      const correction = didYouMean(name, names) ?? `one of: ${names.join(', ')}`
      report(path, `${technique.id} has no parameter "${name}"`, correction)
    } else if (parameter?.type === 'number' && outside(value, parameter.min, parameter.max)) {
      const { min, max } = parameter
      const message = `${technique.id}.${name} must be a number from ${min} to ${max}`
      report(path, message, `write e.g. ${min}`)
    }
  }
}

function checkInjects(
  injects: ScenarioText['injects'] | ScenarioNames['injects'],
  known: Known,
  report: Report,
): void {
  const seen = new Set<string>()
  injects.forEach((inject, i) => {
    if (inject.id !== '' && seen.has(inject.id))
      report(['injects', i, 'id'], `inject "${inject.id}" exists twice`, 'give each its own id')
    seen.add(inject.id)
    inject.do.forEach(({ kind }, j) => {
      if (known.commands.includes(kind as Command['kind'])) return
      const some = known.commands.slice(0, 6).join(', ')
      const correction = didYouMean(kind, known.commands) ?? `one of: ${some} …`
      report(['injects', i, 'do', j, 'kind'], `there is no command "${kind}"`, correction)
    })
  })
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
      ...(scenario.world.book ? { book: true } : {}),
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
