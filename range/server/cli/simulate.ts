import { createWriteStream, mkdirSync, writeFileSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import { once } from 'node:events'
import { simulate, type Step } from '../../exercise/simulate.ts'
import type { ReasoningKind } from '../../../engine/alert/alert.ts'
import type { FullRun } from '../../exercise/run.ts'
import { totals } from '../../exercise/score.ts'
import { techniques } from '../../attack/catalogue.ts'
import { adjustScenario } from '../../scenario/adjust.ts'
import type { Scenario } from '../../exercise/types.ts'
import { loadEngineParts, newEngine, versionsOf, type EngineParts } from '../engine-parts.ts'
import { openLog } from '../ledger/open.ts'
import { digestEntry, inputEntry } from '../recording.ts'
import { loadScenario, type Playbooks } from '../scenarios.ts'

export interface SimulateArgs {
  readonly scenario: string
  readonly seed: number
  readonly hours?: number
  readonly set: readonly string[]
  readonly without: readonly string[]
  readonly defended: boolean
  readonly out: string
  readonly json: boolean
}

/** An unattended run as files; the same arguments give the same bytes. Returns the exit code. */
export async function simulateCommand(args: SimulateArgs): Promise<number> {
  const prepared = prepareScenario(args.scenario, args.set, args.without)
  if ('error' in prepared) return fail(prepared.error)
  const parts = await loadEngineParts()
  mkdirSync(args.out, { recursive: true })
  const seconds =
    args.hours === undefined
      ? prepared.scenario.lengthMinutes * prepared.scenario.speed * 60
      : args.hours * 3600
  const steps = startSimulation(parts, prepared, {
    seed: args.seed,
    defended: args.defended,
    ...(args.hours === undefined ? {} : { hours: args.hours }),
  })
  const run = await writeFiles(args, steps, Math.round(seconds))
  const { attackers, defenders } = totals(run.score())
  const summary = {
    scenario: prepared.scenario.slug,
    seed: args.seed,
    attackers,
    defenders,
    incidents: run.state.incidents.length,
    attacks: run.truth().length,
    out: args.out,
  }
  process.stdout.write(
    args.json
      ? `${JSON.stringify(summary)}\n`
      : `${args.out}: ${summary.attacks} attacks, ${summary.incidents} incidents, attackers ${attackers}, defenders ${defenders}\n`,
  )
  return 0
}

export interface Prepared {
  readonly scenario: Scenario
  readonly playbooks: Playbooks
}
/** Loads and adjusts a scenario, or says what is wrong with it. */
export function prepareScenario(
  name: string,
  set: readonly string[],
  without: readonly string[],
): Prepared | { readonly error: string } {
  const loaded = loadScenario(name)
  if (!loaded.ok) return { error: loaded.mistakes.join('\n') }
  const adjusted = adjustScenario(loaded.scenario, set, without, techniques)
  return 'error' in adjusted
    ? adjusted
    : { scenario: adjusted.scenario, playbooks: loaded.playbooks }
}

export function startSimulation(
  parts: EngineParts,
  prepared: Prepared,
  choice: {
    seed: number
    hours?: number
    defended: boolean
    only?: readonly ReasoningKind[] | undefined
  },
): Generator<Step, FullRun> {
  const { scenario, playbooks } = prepared
  return simulate({
    id: `simulated-${scenario.slug}-${choice.seed}`,
    code: '------',
    mode: 'simulated',
    scenario,
    playbooks,
    seed: choice.seed,
    engine: newEngine(parts, choice.seed, choice.only),
    shopPath: () => '',
    versions: versionsOf(parts),
    defended: choice.defended,
    ...(choice.hours === undefined ? {} : { hours: choice.hours }),
  })
}

async function writeFiles(
  args: SimulateArgs,
  steps: Generator<Step, FullRun>,
  seconds: number,
): Promise<FullRun> {
  const log = await openLog(args.out, {
    origin: `simulated/${args.scenario.replace(/[^a-z0-9-]/gi, '-')}/${args.seed}`,
    mode: { seed: String(args.seed) },
  })
  const files = {
    inputs: createWriteStream(join(args.out, 'inputs.jsonl')),
    telemetry: createWriteStream(join(args.out, 'telemetry.jsonl')),
    alerts: createWriteStream(join(args.out, 'alerts.jsonl')),
  }
  let ticks = 0
  let next = steps.next()
  for (; !next.done; next = steps.next()) {
    const step = next.value
    if (step.kind === 'input') {
      await write(files.inputs, [step.input])
      await log.append([inputEntry(step.input)])
      continue
    }
    const { output } = step
    await write(
      files.telemetry,
      output.telemetry.map((event) => event.body),
    )
    await write(files.alerts, output.alerts)
    await log.append([digestEntry(output)])
    if (++ticks % 600 === 0) {
      await log.publish(ticks)
      progress(ticks, seconds)
    }
  }
  await log.seal(ticks)
  await log.close()
  for (const file of Object.values(files)) {
    file.end()
    await once(file, 'finish')
  }
  const run = next.value
  const lines = (list: readonly unknown[]): string =>
    list.map((one) => `${JSON.stringify(one)}\n`).join('')
  writeFileSync(join(args.out, 'incidents.jsonl'), lines(run.state.incidents.map(incidentLine)))
  writeFileSync(
    join(args.out, 'truth.jsonl'),
    lines(
      run.truth().map(({ attack, family, actors, targets, start, firstEffect, end }) => ({
        attack,
        family,
        actors,
        targets,
        start,
        firstEffect,
        end,
      })),
    ),
  )
  writeFileSync(
    join(args.out, 'score.json'),
    `${JSON.stringify({ ...totals(run.score()), meters: run.meters(), lines: run.score() }, null, 2)}\n`,
  )
  return run
}

/** The shape that scripts rely on (README, command line). */
export function incidentLine(
  incident: FullRun['state']['incidents'][number],
): Record<string, unknown> {
  const { id, family, lead, entities, severity, kinds, title, opened, closed } = incident
  return { id, family, lead, entities, severity, kinds, title, opened, closed }
}

async function write(file: WriteStream, list: readonly unknown[]): Promise<void> {
  if (list.length === 0) return
  if (!file.write(list.map((one) => `${JSON.stringify(one)}\n`).join(''))) await once(file, 'drain')
}

function progress(ticks: number, of: number): void {
  if (process.stderr.isTTY)
    process.stderr.write(
      `\r${Math.floor((ticks * 100) / Math.max(1, of))} % of ${Math.round(of / 60)} virtual minutes `,
    )
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`)
  return 2
}
