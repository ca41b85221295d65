import { parentPort } from 'node:worker_threads'
import { judge } from '../../exercise/evaluate.ts'
import type { FullRun } from '../../exercise/run.ts'
import { loadEngineParts, type EngineParts } from '../engine-parts.ts'
import type { Job, RunResult } from './evaluate.ts'
import { prepareScenario, startSimulation } from './simulate.ts'

const BENIGN_HOURS = 8
/** Town minutes that a run goes on after the last attack. THREATS.md "What counts". */
const AFTER_MINUTES = 10

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

/** One run, judged. Attack scenarios run until ten minutes after their attacks, benign days eight hours. */
export function runJob(loaded: EngineParts, job: Job): RunResult {
  const prepared = prepareScenario(job.scenario, job.set, [])
  if ('error' in prepared) throw new Error(prepared.error)
  const ends = prepared.scenario.attacks.map(
    (attack) =>
      attack.atMinute +
      (typeof attack.params['duration'] === 'number' ? attack.params['duration'] : 30),
  )
  const hours = job.benign ? BENIGN_HOURS : (Math.max(0, ...ends) + AFTER_MINUTES) / 60
  const steps = startSimulation(loaded, prepared, { seed: job.seed, hours, defended: false })
  let falseAlerts = 0
  const byDetector: Record<string, number> = {}
  let next = steps.next()
  for (; !next.done; next = steps.next()) {
    if (next.value.kind !== 'tick') continue
    for (const alert of next.value.output.alerts) {
      if (job.benign) falseAlerts++
      byDetector[alert.detector] = (byDetector[alert.detector] ?? 0) + 1
    }
  }
  return result(job, hours, next.value, falseAlerts, byDetector)
}

function result(
  job: Job,
  hours: number,
  run: FullRun,
  falseAlerts: number,
  byDetector: Readonly<Record<string, number>>,
): RunResult {
  const verdict = judge(run.truth(), run.state.incidents)
  return {
    scenario: job.scenario,
    seed: job.seed,
    hours,
    detected: verdict.detected.map(({ attack, incident, seconds, kinds }) => ({
      attack,
      seconds: incident === null ? null : (seconds ?? 0),
      kinds,
    })),
    falseIncidents: verdict.falseIncidents.map((one) => ({
      title: one.title,
      lead: one.lead,
      family: one.family,
      kinds: one.kinds,
      opened: one.opened,
      detectors: [...new Set(one.alerts.map((alert) => alert.detector))],
    })),
    falseAlerts,
    byDetector,
  }
}
