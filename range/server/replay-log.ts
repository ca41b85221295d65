import type { Entries } from '../exercise/debrief.ts'
import type { FullRun } from '../exercise/run.ts'
import type { Input, Versions } from '../exercise/types.ts'
import { parseDevices } from '../ledger/device-seal.ts'
import { takeKey } from '../ledger/move-seal.ts'
import type { Log } from './ledger/log.ts'
import { answerTo } from './logged.ts'
import type { OrderBook } from './order-book.ts'
import { keepAnswer, type Answers } from './sent.ts'
import { withWords, type WordOf } from './word-fields.ts'

/**
 * The inputs of a log, and at which entry each of them, each second's digest and signatures, and
 * each device stands.
 */
export function readInputs(
  log: Log,
  wordOf: WordOf = () => undefined,
): {
  readonly inputs: readonly Input[]
  readonly entries: Entries
} {
  const inputs: Input[] = []
  const places: number[] = []
  const seconds = new Map<number, number>()
  const signatures = new Map<number, number[]>()
  const devices = new Map<string, number>()
  for (const { index, entry } of log.entries()) {
    const { kind, input, at } = entry as { kind: string; input?: Input; at?: number }
    if (kind === 'input' && input) {
      inputs.push(withWords(input, wordOf))
      places.push(index)
    } else if (kind === 'digest' && at !== undefined) seconds.set(at, index)
    else if (kind === 'signatures' && at !== undefined)
      signatures.set(at, [...(signatures.get(at) ?? []), index])
    for (const { id } of parseDevices(entry)?.devices ?? [])
      if (!devices.has(id)) devices.set(id, index)
  }
  return { inputs, entries: { inputs: places, seconds, signatures, devices } }
}

interface Second {
  readonly digest: string
  readonly index: number
}
const PARTS = ['world', 'engine', 'rules', 'models'] as const

/** What a replay finds out on its way. */
export interface Learned {
  /** What senders were told. */
  readonly answers: Answers
  readonly orders: OrderBook
  /** By seat, the did:keys that signed its moves. */
  readonly keys: Map<string, Set<string>>
}

/**
 * Replays a log into a fresh run, and fills `learned`; says what is wrong with it, or null; where
 * an entry was erased, `erased:` and its index. Yields to others every 50 ticks.
 */
export async function replayLog(
  run: FullRun,
  log: Log,
  versions: Versions,
  { answers, orders, keys }: Learned,
  wordOf: WordOf,
): Promise<string | null> {
  const [erased] = log.erasedEntries()
  if (erased !== undefined) return `erased:${erased}`
  let ticks = 0
  const tickTo = async (at: number, second?: Second): Promise<string | null> => {
    while (run.now() < at) {
      const output = run.tick()
      if (second !== undefined && output.at === at) {
        if (output.digest !== second.digest)
          return `its log no longer gives the same outputs at ${at}`
        orders.paid(output.telemetry, second.index)
      }
      if (++ticks % 50 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    return null
  }
  for (const { index, entry } of log.entries()) {
    const { kind, input, at, digest, id, by, did } = entry as {
      kind: string
      input?: Input
      at?: number
      digest?: string
      id?: string
      by?: string
      did?: string
    }
    if (kind === 'input' && input) {
      const other =
        input.kind === 'Opened'
          ? PARTS.find((part) => input.versions[part] !== versions[part])
          : undefined
      if (other !== undefined && input.kind === 'Opened')
        return `it needs version ${input.versions[other]} of ${other}`
      await tickTo(input.at)
      const outcome = run.apply(withWords(input, wordOf))
      orders.placed(outcome, index)
      if (by !== undefined && did !== undefined) takeKey(keys, by, did)
      if (id !== undefined && by !== undefined && input.kind !== 'Requested')
        keepAnswer(answers, { seat: by, id }, Promise.resolve(answerTo(outcome)))
    } else if (kind === 'digest' && at !== undefined && digest !== undefined) {
      const wrong = await tickTo(at, { digest, index })
      if (wrong !== null) return wrong
    }
  }
  return null
}
