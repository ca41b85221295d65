import { Worker } from 'node:worker_threads'
import type { ReasoningKind } from '../../../engine/alert/alert.ts'
import type { Peak } from './evaluate-baseline.ts'
import { BENIGN, inWords, summarise } from './evaluate-report.ts'
import { prepareScenario } from './simulate.ts'

export interface EvaluateArgs {
  readonly scenarios: readonly string[]
  /** `A..B`, both included. */
  readonly seeds: string
  readonly set: readonly string[]
  readonly jobs: number
  /**
   * Benign days of eight hours to run from `quiet-day`; as many as there are seeds by default, 0
   * for none.
   */
  readonly days?: number
  /** Rates, durations, starts, targets and ways drawn from the seed instead of the scenario's. */
  readonly vary: boolean
  /** Kinds of reasoning that detect alone; all if absent. */
  readonly only?: readonly ReasoningKind[]
  readonly json: boolean
}

/** One run's result, as a worker sends it. */
export interface RunResult {
  readonly scenario: string
  readonly seed: number
  readonly hours: number
  /**
   * One entry an attack that had an effect. `damage`: cards that left, live cards found, cents
   * refunded, parcels taken.
   */
  readonly detected: readonly {
    readonly attack: string
    readonly seconds: number | null
    readonly kinds: readonly ReasoningKind[]
    readonly damage: number
    readonly params: Readonly<Record<string, number | string>>
  }[]
  /** Attacks that never came to anything, e.g. for want of a van. */
  readonly idle: readonly string[]
  readonly peaks: readonly Peak[]
  readonly twins: Readonly<Record<string, number>>
  readonly falseIncidents: readonly {
    readonly title: string
    readonly lead: readonly string[]
    readonly family: string
    readonly kinds: readonly ReasoningKind[]
    readonly opened: number
    readonly detectors: readonly DetectorName[]
  }[]
  readonly falseAlerts: number
  readonly byDetector: Readonly<Record<string, number>>
}
/** A rule, formula, model or check that raised something, with the title of what it raised. */
export interface DetectorName {
  readonly id: string
  readonly kind: ReasoningKind
  readonly title: string
}
export interface Job {
  readonly scenario: string
  readonly seed: number
  readonly set: readonly string[]
  readonly benign: boolean
  readonly vary: boolean
  readonly only: readonly ReasoningKind[] | undefined
}

/** Detection rate, time to detect and false incidents over seeds. Returns the exit code. */
export async function evaluateCommand(args: EvaluateArgs): Promise<number> {
  const seeds = parseSeeds(args.seeds)
  if (seeds === null) return fail(`--seeds ${args.seeds}: write A..B, e.g. 1..20`)
  for (const name of args.scenarios) {
    const prepared = prepareScenario(name, args.set, [])
    if ('error' in prepared) return fail(prepared.error)
  }
  const { set, vary, only } = args
  const jobs: Job[] = args.scenarios
    .filter((name) => name !== BENIGN)
    .flatMap((scenario) =>
      seeds.map((seed) => ({ scenario, seed, set, benign: false, vary, only })),
    )
  for (const seed of seeds.slice(0, args.days ?? seeds.length))
    jobs.push({ scenario: BENIGN, seed, set: [], benign: true, vary: false, only })
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
    } finally {
      await worker.terminate()
    }
  }
  await Promise.all(Array.from({ length: Math.min(width, jobs.length) }, lane))
  if (process.stderr.isTTY) process.stderr.write('\n')
  return results
}

function ask(worker: Worker, job: Job): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    worker.removeAllListeners('error').once('error', reject)
    worker.once('message', (message: RunResult | { error: string }) =>
      'error' in message ? reject(new Error(message.error)) : resolve(message),
    )
    worker.postMessage(job)
  })
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`)
  return 2
}
