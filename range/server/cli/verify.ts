import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nearMiss } from '../../../engine/near-miss.ts'
import {
  groundModel,
  PARTS_MAX,
  STEPS_MAX,
  type GroundModel,
} from '../../../engine/verify/ground.ts'
import type { Prover, Verdict } from '../../../engine/verify/prover.ts'
import { readWorkflow } from '../../../engine/verify/read.ts'
import { SEARCH } from '../../../engine/verify/search.ts'
import { storyOf } from '../../../engine/verify/story.ts'
import { smtProver } from '../../../engine/verify/z3.ts'
import type { Workflow } from '../../../engine/verify/workflow.ts'
import { techniques } from '../../attack/catalogue.ts'
import { scenarioFromSteps } from '../../scenario/from-steps.ts'
import type { Play } from '../../scenario/playable.ts'
import { HOME } from '../home.ts'
import { MISUSE, misuse } from './options.ts'
import { readText } from './read-text.ts'
import { tell } from './verify-print.ts'
import { loadZ3 } from './z3-solver.ts'

/** Where the workflows that ship lie, a folder each. */
const SHIPPED = join(HOME, 'engine/workflows')

export interface VerifyOptions {
  /** Slug of a shipped workflow, or path of a document or its folder. */
  readonly workflow: string
  /** Controls to switch off; case and hyphens do not matter. */
  readonly without: readonly string[]
  readonly backend: 'search' | 'z3'
  readonly json: boolean
  /** File for a scenario that plays the counterexample. */
  readonly scenario?: string
}

function textOf(file: string): { ok: true; value: string } | { ok: false; why: string } {
  try {
    return { ok: true, value: readText(file) }
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) }
  }
}

/**
 * `doorstep verify`: proves every property of a workflow, or prints the shortest way to break one
 * as a story. Answers 0 where all hold, 1 with a counterexample, 2 for misuse, a document with
 * mistakes (all of them, with their places), a bound that was reached, or a workflow in which
 * what should be possible is not.
 */
export async function verifyCommand(options: VerifyOptions): Promise<number> {
  const file = fileOf(options.workflow)
  if (file === null) return misuse(unknown(options.workflow))
  const text = textOf(file)
  if (!text.ok) return misuse(text.why)
  const read = readWorkflow(text.value)
  if (!read.ok) {
    for (const { line, column, message, correction } of read.diagnostics) {
      const cure = correction === undefined ? '' : ` (write: ${correction})`
      process.stderr.write(`${file}:${line}:${column}: ${message}${cure}\n`)
    }
    return MISUSE
  }
  const without = controlsOf(read.value, options.without)
  if (typeof without === 'string') return misuse(without)
  const model = groundModel(read.value, without)
  if (model === null) return misuse(tooLarge(read.value.slug))
  const backEnd = await backEndOf(options.backend)
  if (typeof backEnd === 'string') return misuse(backEnd)
  const began = performance.now()
  const verdict = await backEnd.prover.prove(model).finally(() => backEnd.close())
  const seconds = (performance.now() - began) / 1_000
  if (verdict.kind === 'refused') return misuse(`${read.value.slug}: ${verdict.reason}`)
  process.stdout.write(
    options.json
      ? `${JSON.stringify(asJson(model, options.backend, verdict, seconds))}\n`
      : tell(model, verdict, seconds),
  )
  if (verdict.kind === 'violated') {
    if (options.scenario !== undefined) play(model, verdict, options.scenario)
    return 1
  }
  const never = verdict.reachable.filter(({ trace }) => trace === null).map(({ key }) => key)
  if (never.length === 0 || without.length > 0) return 0
  return misuse(`${read.value.slug}: what should be possible is not: ${never.join(', ')}`)
}

/** Writes the scenario, or says on standard error why there is none. */
function play(
  model: GroundModel,
  { property, trace }: Extract<Verdict, { kind: 'violated' }>,
  file: string,
): void {
  const { workflow, without } = model
  const found = { workflow, without, property, steps: storyOf(model, trace) }
  const played = scenarioFromSteps(
    found,
    techniques.map(({ id }) => id),
  )
  if (played.ok) writeFileSync(file, played.text)
  process.stderr.write(
    played.ok
      ? `${file}: a scenario in which ${playerOf(played.play)} goes this way\n`
      : `no scenario: ${played.reason}\n`,
  )
}

function playerOf(play: Exclude<Play, { kind: 'not-yet' }>): string {
  return play.kind === 'attack' ? play.technique : 'a customer, by hand,'
}

function tooLarge(slug: string): string {
  const parts = PARTS_MAX.toLocaleString('en')
  return `${slug} has more than ${STEPS_MAX} steps, or more than ${parts} parts of expressions`
}

interface BackEnd {
  readonly prover: Prover
  close(): void
}
async function backEndOf(name: VerifyOptions['backend']): Promise<BackEnd | string> {
  if (name === 'search') return { prover: SEARCH, close: () => undefined }
  const solver = await loadZ3()
  if (solver === null) return 'z3 is not installed: npm install z3-solver'
  return { prover: smtProver(solver.solve), close: () => solver.close() }
}

function fileOf(name: string): string | null {
  const folders = [join(SHIPPED, name), name]
  const found = [...folders.map((folder) => join(folder, 'workflow.yml')), name]
  return found.find((path) => statSync(path, { throwIfNoEntry: false })?.isFile()) ?? null
}

/** Slugs of the workflows that ship. */
export function shippedWorkflows(): string[] {
  return readdirSync(SHIPPED)
    .filter((name) => existsSync(join(SHIPPED, name, 'workflow.yml')))
    .sort()
}

function unknown(name: string): string {
  const shipped = shippedWorkflows()
  const close = nearMiss(name, shipped)
  const hint = close === null ? `there are ${shipped.join(', ')}` : `did you mean ${close}?`
  return `no workflow ${name}: ${hint}`
}

function controlsOf(workflow: Workflow, names: readonly string[]): string[] | string {
  const plain = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')
  const known = workflow.controls.map(({ key }) => key)
  const off: string[] = []
  for (const name of names.flatMap((one) => one.split(','))) {
    const key = known.find((one) => plain(one) === plain(name))
    if (key === undefined) {
      const close = nearMiss(name, known)
      const hint = close === null ? `it has ${known.join(', ')}` : `did you mean ${close}?`
      return `${workflow.slug} has no control ${name}: ${hint}`
    }
    off.push(key)
  }
  return known.filter((key) => off.includes(key))
}

function asJson(
  model: GroundModel,
  backend: string,
  verdict: Exclude<Verdict, { kind: 'refused' }>,
  seconds: number,
): unknown {
  const head = { workflow: model.workflow.slug, without: model.without, backend }
  const counts = {
    states: verdict.states,
    transitions: verdict.transitions,
    seconds: Number(seconds.toFixed(3)),
  }
  if (verdict.kind === 'violated') {
    const property = model.workflow.properties.find(({ key }) => key === verdict.property)
    const { title, reading, monitor } = property ?? {}
    const broken = { key: verdict.property, title, reading, monitor }
    const steps = storyOf(model, verdict.trace)
    return { ...head, result: 'counterexample', property: broken, steps, ...counts }
  }
  return {
    ...head,
    result: 'proved',
    properties: model.properties.map(({ key }) => key),
    bound: verdict.bound,
    depth: verdict.depth,
    cut: verdict.cut,
    idle: verdict.idle,
    reachable: verdict.reachable.map(({ key, trace }) => ({
      key,
      steps: trace === null ? null : trace.length,
    })),
    ...counts,
  }
}
