import { Worker } from 'node:worker_threads'
import type { ReasoningKind } from '../../../engine/alert/alert.ts'
import { wilson } from '../../exercise/evaluate.ts'
import { prepareScenario } from './simulate.ts'

export interface EvaluateArgs {
  readonly scenarios: readonly string[]
  /** `A..B`, both included. */
  readonly seeds: string
  readonly set: readonly string[]
  readonly jobs: number
  /** Benign days of eight hours to run from `quiet-day`; as many as there are seeds by default, 0 for none. */
  readonly days?: number
  readonly json: boolean
}

/** One run's result, as a worker sends it. */
export interface RunResult {
  readonly scenario: string
  readonly seed: number
  readonly hours: number
  readonly detected: readonly { readonly attack: string; readonly seconds: number | null; readonly kinds: readonly ReasoningKind[] }[]
  readonly falseIncidents: readonly { readonly title: string; readonly lead: readonly string[]; readonly family: string; readonly kinds: readonly ReasoningKind[]; readonly opened: number; readonly detectors: readonly string[] }[]
  readonly falseAlerts: number
  readonly byDetector: Readonly<Record<string, number>>
}
export interface Job { readonly scenario: string; readonly seed: number; readonly set: readonly string[]; readonly benign: boolean }

const BENIGN = 'quiet-day'

/** Detection rate, time to detect and false incidents over seeds. Returns the exit code. */
export async function evaluateCommand(args: EvaluateArgs): Promise<number> {
  const seeds = parseSeeds(args.seeds)
  if (seeds === null) return fail(`--seeds ${args.seeds}: write A..B, e.g. 1..20`)
  for (const name of args.scenarios) {
    const prepared = prepareScenario(name, args.set, [])
    if ('error' in prepared) return fail(prepared.error)
  }
  const jobs: Job[] = args.scenarios.filter((name) => name !== BENIGN).flatMap((scenario) => seeds.map((seed) => ({ scenario, seed, set: args.set, benign: false })))
  for (const seed of seeds.slice(0, args.days ?? seeds.length)) jobs.push({ scenario: BENIGN, seed, set: [], benign: true })
  const results = await runAll(jobs, Math.max(1, args.jobs))
  const report = summarise(results)
  process.stdout.write(args.json ? `${JSON.stringify(report)}\n` : inWords(report))
  return 0
}

export function parseSeeds(text: string): readonly number[] | null {
  const match = /^(\d{1,9})\.\.(\d{1,9})$/.exec(text)
  if (!match) return null
  const [from, to] = [Number(match[1]), Number(match[2])]
  if (to < from || to - from > 9_999) return null
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

async function runAll(jobs: readonly Job[], width: number): Promise<readonly RunResult[]> {
  const results: RunResult[] = []
  let next = 0
  let done = 0
  const lane = async (): Promise<void> => {
    const worker = new Worker(new URL('./evaluate-worker.ts', import.meta.url))
    try {
      while (next < jobs.length) {
        const place = next++
        results[place] = await ask(worker, jobs[place]!)
        done++
        if (process.stderr.isTTY) process.stderr.write(`\r${done} of ${jobs.length} runs `)
      }
    } finally { await worker.terminate() }
  }
  await Promise.all(Array.from({ length: Math.min(width, jobs.length) }, lane))
  if (process.stderr.isTTY) process.stderr.write('\n')
  return results
}

function ask(worker: Worker, job: Job): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners('error').once('error', reject)
    worker.once('message', (message: RunResult | { error: string }) => ('error' in message ? reject(new Error(message.error)) : resolve(message)))
    worker.postMessage(job)
  })
}

export interface Report {
  readonly attacks: readonly { readonly id: string; readonly runs: number; readonly detected: number; readonly interval95: readonly [number, number]; readonly byKind: Readonly<Record<string, number>>; readonly medianSecondsToDetect: number | null }[]
  readonly benign: { readonly hours: number; readonly days: number; readonly falseIncidents: number; readonly perDay: number; readonly falseAlerts: number; readonly worstDay: number; readonly examples: readonly string[] }
  readonly besideAttacks: { readonly falseIncidents: number; readonly examples: readonly string[] }
  readonly byRule: readonly { readonly rule: string; readonly falseIncidents: number }[]
}

export function summarise(results: readonly RunResult[]): Report {
  const attacks = [...new Set(results.flatMap((result) => result.detected.map((one) => one.attack)))].sort()
  const benign = results.filter((result) => result.scenario === BENIGN)
  const beside = results.filter((result) => result.scenario !== BENIGN).flatMap((result) => result.falseIncidents.map((one) => describe(result, one)))
  const perDay = benign.map((result) => result.falseIncidents.length)
  return {
    attacks: attacks.map((id) => attackLine(id, results)),
    benign: {
      hours: benign.reduce((sum, result) => sum + result.hours, 0), days: benign.length,
      falseIncidents: perDay.reduce((a, b) => a + b, 0),
      perDay: perDay.length === 0 ? 0 : perDay.reduce((a, b) => a + b, 0) / perDay.length,
      falseAlerts: benign.reduce((sum, result) => sum + result.falseAlerts, 0),
      worstDay: Math.max(0, ...perDay),
      examples: benign.flatMap((result) => result.falseIncidents.map((one) => describe(result, one))).slice(0, 20),
    },
    besideAttacks: { falseIncidents: beside.length, examples: beside.slice(0, 20) },
    byRule: byRule(results),
  }
}

function attackLine(id: string, results: readonly RunResult[]): Report['attacks'][number] {
  const runs = results.flatMap((result) => result.detected.filter((one) => one.attack === id))
  const hits = runs.filter((one) => one.seconds !== null)
  const seconds = hits.map((one) => one.seconds!).sort((a, b) => a - b)
  const byKind = Object.fromEntries((['R', 'T', 'M', 'P', 'I'] as const).map((kind) => [kind, hits.filter((one) => one.kinds.includes(kind)).length]))
  return { id, runs: runs.length, detected: hits.length, interval95: wilson(hits.length, runs.length), byKind, medianSecondsToDetect: seconds[Math.floor(seconds.length / 2)] ?? null }
}

function byRule(results: readonly RunResult[]): Report['byRule'] {
  const counts = new Map<string, number>()
  for (const result of results) for (const one of result.falseIncidents) for (const detector of new Set(one.detectors)) counts.set(detector, (counts.get(detector) ?? 0) + 1)
  return [...counts].map(([rule, falseIncidents]) => ({ rule, falseIncidents })).sort((a, b) => b.falseIncidents - a.falseIncidents || (a.rule < b.rule ? -1 : 1))
}

function describe(result: RunResult, one: RunResult['falseIncidents'][number]): string {
  const minute = Math.floor(one.opened / 60_000)
  return `${result.scenario} seed ${result.seed} at ${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}: ${one.title} [${one.family} ${one.kinds.join('')}] ${one.lead.join(' ')} by ${one.detectors.join(', ')}`
}

function inWords(report: Report): string {
  const rows = report.attacks.map((attack) => {
    const [low, high] = attack.interval95.map((value) => `${Math.round(value * 100)} %`) as [string, string]
    const kinds = Object.entries(attack.byKind).filter(([, count]) => count > 0).map(([kind, count]) => `${kind} ${count}`).join(', ')
    return `${attack.id.padEnd(4)} detected ${attack.detected} of ${attack.runs} (95 %: ${low} to ${high}), median ${attack.medianSecondsToDetect ?? '–'} s, by ${kinds || 'none'}`
  })
  const { benign } = report
  rows.push(`benign: ${benign.falseIncidents} false incidents in ${benign.days} days (${benign.perDay.toFixed(2)} a day, worst ${benign.worstDay}), ${benign.falseAlerts} alerts`)
  rows.push(...benign.examples.map((line) => `  ${line}`))
  rows.push(`beside attacks: ${report.besideAttacks.falseIncidents} false incidents`, ...report.besideAttacks.examples.map((line) => `  ${line}`))
  return `${rows.join('\n')}\n`
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`)
  return 2
}
