import { parentPort } from 'node:worker_threads'
import { judge } from '../../exercise/evaluate.ts'
import type { FullRun } from '../../exercise/run.ts'
import { techniques } from '../../attack/catalogue.ts'
import { adjustScenario } from '../../scenario/adjust.ts'
import { loadEngineParts, type EngineParts } from '../engine-parts.ts'
import { RateBaseline } from './evaluate-baseline.ts'
import { TwinCount } from './evaluate-twins.ts'
import { varyScenario } from './evaluate-vary.ts'
import type { Job, RunResult } from './evaluate.ts'
import { prepareScenario, startSimulation, type Prepared } from './simulate.ts'

const BENIGN_HOURS = 8
/** Town minutes that a run goes on after the last attack. THREATS.md "What counts". */
const AFTER_MINUTES = 10
const USUAL_MINUTES = 30

let parts: EngineParts | undefined

parentPort?.on('message', (job: Job) => {
  void (async () => {
    try {
      parts ??= await loadEngineParts()
      parentPort?.postMessage(runJob(parts, job))
    } catch (error) {
      parentPort?.postMessage({
        error: error instanceof Error ? (error.stack ?? error.message) : String(error),
      })
    }
  })()
})

/**
 * One run, judged. Attack scenarios run until ten minutes after their attacks, benign days eight
 * hours.
 */
export function runJob(loaded: EngineParts, job: Job): RunResult {
  const prepared = prepare(job)
  const ends = prepared.scenario.attacks.map(
    ({ atMinute, params }) =>
      atMinute + (typeof params['duration'] === 'number' ? params['duration'] : USUAL_MINUTES),
  )
  const hours = job.benign ? BENIGN_HOURS : (Math.max(0, ...ends) + AFTER_MINUTES) / 60
  const { seed, only } = job
  const steps = startSimulation(loaded, prepared, { seed, hours, defended: false, only })
  const seen = {
    falseAlerts: 0,
    byDetector: {} as Record<string, number>,
    twins: new TwinCount(),
    baseline: new RateBaseline(),
  }
  let next = steps.next()
  for (; !next.done; next = steps.next()) {
    if (next.value.kind !== 'tick') continue
    const { alerts, happened, telemetry } = next.value.output
    for (const alert of alerts) {
      if (job.benign) seen.falseAlerts++
      seen.byDetector[alert.detector] = (seen.byDetector[alert.detector] ?? 0) + 1
    }
    for (const event of telemetry) seen.baseline.see(event)
    for (const one of happened) seen.twins.see(one)
  }
  return result(job, hours, next.value, seen)
}

function prepare(job: Job): Prepared {
  const prepared = prepareScenario(job.scenario, [], [])
  if ('error' in prepared) throw new Error(prepared.error)
  const adjusted = adjustScenario(
    job.vary ? varyScenario(prepared.scenario, job.seed) : prepared.scenario,
    job.set,
    [],
    techniques,
  )
  if ('error' in adjusted) throw new Error(adjusted.error)
  return { ...prepared, scenario: adjusted.scenario }
}

interface Seen {
  readonly falseAlerts: number
  readonly byDetector: Readonly<Record<string, number>>
  readonly twins: TwinCount
  readonly baseline: RateBaseline
}

function result(job: Job, hours: number, run: FullRun, seen: Seen): RunResult {
  const truths = run.truth()
  const verdict = judge(truths, run.state.incidents)
  return {
    scenario: job.scenario,
    seed: job.seed,
    hours,
    detected: verdict.detected.flatMap(({ attack, incident, seconds, kinds }, i) => {
      const truth = truths[i]!
      if (truth.firstEffect === null) return []
      const { params } = run.world().attacks.runs[truth.run]!
      return [
        {
          attack,
          seconds: incident === null ? null : (seconds ?? 0),
          kinds,
          damage: damageOf(run, i),
          params,
        },
      ]
    }),
    idle: truths.filter((truth) => truth.firstEffect === null).map((truth) => truth.attack),
    falseIncidents: verdict.falseIncidents.map((one) => ({
      title: one.title,
      lead: one.lead,
      family: one.family,
      kinds: one.kinds,
      opened: one.opened,
      detectors: [
        ...new Map(
          one.alerts.map(({ detector: id, kind, title }) => [id, { id, kind, title }]),
        ).values(),
      ],
    })),
    falseAlerts: seen.falseAlerts,
    byDetector: seen.byDetector,
    twins: seen.twins.counts(),
    peaks: seen.baseline.peaks(truths),
  }
}

function damageOf(run: FullRun, index: number): number {
  const trail = run.state.trails[index]!
  return (
    {
      W1: trail.cards,
      P2: trail.cards,
      I1: trail.lostMinor,
      D1: trail.parcels,
      I4: trail.lostMinor,
    }[trail.technique] ?? 0
  )
}
