import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { techniques } from '../attack/catalogue.ts'
import type { Scenario } from '../exercise/types.ts'
import { readPlaybook, type Playbook } from '../respond/playbook.ts'
import { compileScenario } from '../scenario/compile.ts'
import type { Diagnostic } from '../scenario/parse.ts'
import { commandKinds } from '../world/town-sim.ts'
import { designOf, designScenario, type Design } from './design-lab.ts'

/** The project's own folder, where scenarios, rules and models lie. */
export const HOME = fileURLToPath(new URL('../../', import.meta.url))
const SCENARIOS = join(HOME, 'scenarios')

export type Playbooks = ReadonlyMap<
  string,
  { readonly playbook: Playbook; readonly automatic: boolean }
>
export type Loaded =
  | { readonly ok: true; readonly scenario: Scenario; readonly playbooks: Playbooks }
  | { readonly ok: false; readonly mistakes: readonly string[] }

/** Slugs of the scenarios that ship. */
export function shippedScenarios(): readonly string[] {
  return readdirSync(SCENARIOS)
    .filter((name) => existsSync(join(SCENARIOS, name, 'scenario.yml')))
    .sort()
}

export interface ScenarioChoice {
  readonly slug: string
  readonly title: string
  readonly summary: string
  readonly lengthMinutes: number
}
/** What a trainer can choose from: every shipped scenario without mistakes. */
export function scenarioChoices(): readonly ScenarioChoice[] {
  return shippedScenarios().flatMap((slug) => {
    const loaded = loadScenario(slug)
    if (!loaded.ok) return []
    const { title, summary, lengthMinutes } = loaded.scenario
    return [{ slug, title, summary, lengthMinutes }]
  })
}

/**
 * Loads a scenario by slug or by path (of the file or its folder), or one that a counterexample
 * becomes (`design:WORKFLOW:CONTROLS`); all mistakes at once, each with line and correction.
 */
export function loadScenario(slugOrPath: string): Loaded {
  const design = designOf(slugOrPath)
  if (design !== null) return loadDesign(slugOrPath, design)
  const file = fileOf(slugOrPath)
  if (file === null)
    return {
      ok: false,
      mistakes: [
        `there is no scenario "${slugOrPath}"; shipped are ${shippedScenarios().join(', ')}`,
      ],
    }
  return compiled(basename(dirname(file)), file, readFileSync(file, 'utf8'))
}

function loadDesign(slug: string, design: Design): Loaded {
  const made = designScenario(design)
  return made.ok
    ? compiled(slug, slug, made.text)
    : { ok: false, mistakes: [`${slug}: ${made.reason}`] }
}

function compiled(slug: string, file: string, text: string): Loaded {
  const read = compileScenario(slug, file, text, { techniques, commands: commandKinds })
  if (!read.ok) return { ok: false, mistakes: read.diagnostics.map(inWords) }
  return withPlaybooks(read.value)
}

function fileOf(slugOrPath: string): string | null {
  const candidates = [
    join(SCENARIOS, slugOrPath, 'scenario.yml'),
    resolve(slugOrPath),
    resolve(slugOrPath, 'scenario.yml'),
  ]
  return candidates.find((path) => path.endsWith('.yml') && existsSync(path)) ?? null
}

export function inWords(diagnostic: Diagnostic): string {
  return `${diagnostic.file}:${diagnostic.line}:${diagnostic.column}: ${diagnostic.message}; ${diagnostic.correction}`
}

function withPlaybooks(scenario: Scenario): Loaded {
  const mistakes: string[] = []
  const playbooks = new Map<string, { playbook: Playbook; automatic: boolean }>()
  for (const { attack, file, automatic } of scenario.playbooks) {
    const path = join(SCENARIOS, 'playbooks', file)
    if (!existsSync(path)) {
      mistakes.push(`scenarios/playbooks/${file} does not exist`)
      continue
    }
    const read = readPlaybook(file, JSON.parse(readFileSync(path, 'utf8')))
    if (read.ok) playbooks.set(attack, { playbook: read.playbook, automatic })
    else mistakes.push(...read.mistakes)
  }
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, scenario, playbooks }
}
