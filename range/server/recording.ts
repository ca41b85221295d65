import { existsSync, readFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import type { Input } from '../exercise/types.ts'
import { withWords } from './word-fields.ts'

/** An exercise as its ledger holds it: inputs in order and the digest of every tick. */
export interface Recording {
  readonly id: string
  readonly opened: Extract<Input, { kind: 'Opened' }>
  readonly inputs: readonly Input[]
  readonly digests: ReadonlyMap<number, string>
  readonly until: number
}

/**
 * Leaves of an exercise's log: one per input, and one per virtual second with the digest of the
 * outputs.
 */
export function inputEntry(input: Input): { readonly kind: 'input'; readonly input: Input } {
  return { kind: 'input', input }
}
export function digestEntry(output: { readonly at: number; readonly digest: string }): {
  readonly kind: 'digest'
  readonly at: number
  readonly digest: string
} {
  return { kind: 'digest', at: output.at, digest: output.digest }
}

/**
 * Reads the openings of a log's folder (`DIR/ledger/openings.jsonl`). Refuses a folder without a
 * readable log.
 */
export function readRecording(dir: string): Recording | { readonly error: string } {
  const file = [join(dir, 'ledger', 'openings.jsonl'), join(dir, 'openings.jsonl')].find((path) =>
    existsSync(path),
  )
  if (file === undefined)
    return { error: `${dir} holds no exercise: there is no ledger/openings.jsonl` }
  const inputs: Input[] = []
  const digests = new Map<number, string>()
  let until = 0
  let line = 0
  for (const text of readFileSync(file, 'utf8').split('\n')) {
    line++
    if (text.trim() === '') continue
    const entry = entryOf(text)
    if (entry === null) return { error: `${file}:${line}: not an opening` }
    if (entry.kind === 'erased')
      return { error: `${file}:${line}: entry ${line - 1} was erased, and a replay needs it` }
    if (entry.kind === 'input' && entry.input) inputs.push(withWords(entry.input, () => undefined))
    if (
      entry.kind === 'digest' &&
      typeof entry.at === 'number' &&
      typeof entry.digest === 'string'
    ) {
      digests.set(entry.at, entry.digest)
      until = entry.at
    }
  }
  const opened = inputs.find((input) => input.kind === 'Opened')
  if (opened?.kind !== 'Opened')
    return { error: `${file}: the log does not begin with an opening of an exercise` }
  return { id: basename(resolve(dir)), opened, inputs, digests, until }
}

interface LoggedEntry {
  readonly kind: string
  readonly input?: Input
  readonly at?: number
  readonly digest?: string
}
function entryOf(text: string): LoggedEntry | null {
  try {
    const value = JSON.parse(text) as { entry?: LoggedEntry }
    return value.entry ?? { kind: 'erased' }
  } catch {
    return null
  }
}
