import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { counterfactual } from '../../exercise/counterfactual.ts'
import { firstDivergence, replay, type Divergence } from '../../exercise/replay.ts'
import type { RunOptions } from '../../exercise/run.ts'
import type { Input } from '../../exercise/types.ts'
import { loadEngineParts, newEngine, versionsOf } from '../engine-parts.ts'
import { loadScenario } from '../scenarios.ts'
import { readRecording, type Recording } from '../recording.ts'

export interface ReplayArgs {
  readonly dir: string
  /** Index of an input that is left out. */
  readonly without?: number
  /** A file of inputs (JSON Lines) that are played as well, by their `at`. */
  readonly with?: string
  /**
   * A choice as in the debrief: `without:RUN`, `earlier:INPUT`, `later:INPUT`, `at-once:INCIDENT`.
   */
  readonly choice?: string
  readonly out?: string
  readonly json: boolean
}

/**
 * Replays an exercise from its log and compares every tick's digest. Returns the exit code: 1 where
 * they differ.
 */
export async function replayCommand(args: ReplayArgs): Promise<number> {
  if (!existsSync(args.dir)) return fail(`there is no folder ${args.dir}`)
  const recording = readRecording(args.dir)
  if ('error' in recording) return fail(recording.error)
  const parts = await loadEngineParts()
  const loaded = loadScenario(recording.opened.scenario)
  if (!loaded.ok) return fail(loaded.mistakes.join('\n'))
  const needs = differs(recording, versionsOf(parts), loaded.scenario.digest)
  if (needs !== null) return fail(needs)
  const fresh = (): RunOptions => ({
    id: recording.id,
    code: '------',
    mode: recording.opened.mode,
    scenario: loaded.scenario,
    seed: recording.opened.seed,
    lengthMinutes: recording.opened.lengthMinutes,
    playbooks: loaded.playbooks,
    engine: newEngine(parts, recording.opened.seed),
    shopPath: () => '',
  })
  const inputs = changed(recording.inputs, args)
  let diverged: Divergence | null = null
  let ticks = 0
  const run = replay(fresh(), inputs, recording.until, (output) => {
    ticks++
    diverged ??= firstDivergence(recording.digests, output)
  })
  if (args.choice !== undefined) {
    const answer = counterfactual(fresh, recording.inputs, run.state, args.choice)
    if ('error' in answer) return fail(`${args.choice}: ${answer.error}`)
    process.stdout.write(`${JSON.stringify(answer, null, args.json ? 0 : 2)}\n`)
    return 0
  }
  if (args.out !== undefined)
    writeFileSync(join(args.out, 'score.json'), JSON.stringify(run.score()))
  const edited = args.without !== undefined || args.with !== undefined
  const summary = {
    ticks,
    inputs: inputs.length,
    meters: run.meters(),
    diverged: edited ? null : diverged,
  }
  process.stdout.write(
    args.json
      ? `${JSON.stringify(summary)}\n`
      : `${ticks} ticks, ${inputs.length} inputs: ${edited ? 'a changed history' : diverged === null ? 'equal to what was recorded' : `differs first at ${JSON.stringify(diverged)}`}\n`,
  )
  return diverged !== null && !edited ? 1 : 0
}

function changed(inputs: readonly Input[], args: ReplayArgs): readonly Input[] {
  const kept = inputs.filter((_, index) => index !== args.without)
  if (args.with === undefined) return kept
  const extra = readFileSync(args.with, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Input)
  return [...kept, ...extra]
    .map((input, place) => ({ input, place }))
    .sort((a, b) => a.input.at - b.input.at || a.place - b.place)
    .map(({ input }) => input)
}

function differs(
  recording: Recording,
  versions: Recording['opened']['versions'],
  scenarioDigest: string,
): string | null {
  for (const key of ['world', 'engine', 'rules', 'models'] as const) {
    if (recording.opened.versions[key] !== versions[key])
      return `recorded with ${key} ${recording.opened.versions[key]}, here is ${versions[key]}: use that version`
  }
  return recording.opened.scenarioDigest === scenarioDigest
    ? null
    : `the scenario has changed since (${recording.opened.scenarioDigest.slice(0, 12)} then)`
}

function fail(message: string): number {
  process.stderr.write(`${message}\n`)
  return 2
}
