import type { Entries } from '../exercise/debrief.ts'
import type { FullRun } from '../exercise/run.ts'
import type { Input, Versions } from '../exercise/types.ts'
import type { Log } from './ledger/log.ts'
import { answerTo } from './room.ts'
import { keepAnswer, type Answers } from './sent.ts'

/** The inputs of a log, and at which entry each of them, and each second's digest, stands. */
export function readInputs(log: Log): {
  readonly inputs: readonly Input[]
  readonly entries: Entries
} {
  const inputs: Input[] = []
  const places: number[] = []
  const seconds = new Map<number, number>()
  for (const { index, entry } of log.entries()) {
    const { kind, input, at } = entry as { kind: string; input?: Input; at?: number }
    if (kind === 'input' && input) {
      inputs.push(input)
      places.push(index)
    } else if (kind === 'digest' && at !== undefined) seconds.set(at, index)
  }
  return { inputs, entries: { inputs: places, seconds } }
}

const PARTS = ['world', 'engine', 'rules', 'models'] as const

/**
 * Replays a log into a fresh run, and fills `answers` with what its senders were told; says what is
 * wrong with it, or null. Yields to others every 50 ticks.
 */
export async function replayLog(
  run: FullRun,
  log: Log,
  versions: Versions,
  answers: Answers,
): Promise<string | null> {
  let ticks = 0
  const tickTo = async (at: number, digest?: string): Promise<string | null> => {
    while (run.now() < at) {
      const output = run.tick()
      if (digest !== undefined && output.at === at && output.digest !== digest)
        return `its log no longer gives the same outputs at ${at}`
      if (++ticks % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    return null
  }
  for (const { entry } of log.entries()) {
    const { kind, input, at, digest, id, by } = entry as {
      kind: string
      input?: Input
      at?: number
      digest?: string
      id?: string
      by?: string
    }
    if (kind === 'input' && input) {
      const other =
        input.kind === 'Opened'
          ? PARTS.find((part) => input.versions[part] !== versions[part])
          : undefined
      if (other !== undefined && input.kind === 'Opened')
        return `it needs version ${input.versions[other]} of ${other}`
      await tickTo(input.at)
      const outcome = run.apply(input)
      if (id !== undefined && by !== undefined)
        keepAnswer(answers, { seat: by, id }, Promise.resolve(answerTo(outcome)))
    } else if (kind === 'digest' && at !== undefined) {
      const wrong = await tickTo(at, digest)
      if (wrong !== null) return wrong
    }
  }
  return null
}
