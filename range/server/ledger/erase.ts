import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs'
import type { Entry } from '../../ledger/leaf.ts'
import { LedgerError } from './error.ts'
import { erasedLine, parseOpeningLine } from './openings.ts'

/** An opening as it is stored: where its line lies, and what it opens; undefined where erased. */
export interface StoredEntry {
  readonly index: number
  readonly at: number
  /** Bytes of the line, newline included. */
  readonly length: number
  readonly entry: Entry | undefined
}

/** What people hand in. Of everything else nothing is anybody's, and nothing of it is erased. */
const BY_PEOPLE = ['SeatTaken', 'SeatChanged', 'Moved', 'Requested', 'Said', 'Noted'] as const

/**
 * All entries of the log in `folder` (the one with `openings.jsonl`), in order, read one by one.
 * Throws a `LedgerError` where there are none.
 */
export function* storedEntries(folder: string): Generator<StoredEntry> {
  const path = `${folder}/openings.jsonl`
  if (!existsSync(path)) throw new LedgerError('log-header', `there is no ledger in ${folder}`)
  const file = readFileSync(path)
  let index = 0
  for (let at = 0; at < file.length; index++) {
    const newline = file.indexOf(0x0a, at)
    if (newline < 0) return
    const entry = parseOpeningLine(file.toString('utf8', at, newline))?.entry
    yield { index, at, length: newline + 1 - at, entry }
    at = newline + 1
  }
}

/**
 * Whose an entry is: the seat that handed it in, `''` for what a trainer wrote to others, undefined
 * for what nobody handed in.
 */
export function personOf(entry: Entry): string | undefined {
  const { kind, input, by } = entry as {
    kind: string
    input?: { kind?: unknown; seat?: unknown }
    by?: unknown
  }
  if (kind !== 'input' || !BY_PEOPLE.some((one) => one === input?.kind)) return undefined
  if (typeof input?.seat === 'string') return input.seat
  return typeof by === 'string' ? by : ''
}

/**
 * Writes over the openings of these entries, durably; gives how many. The leaves stay, and with
 * them every proof of other entries. Refuses a log that is not sealed (`not-ended`): a running one
 * must be able to recover from what it holds.
 */
export function eraseStored(folder: string, entries: readonly StoredEntry[]): number {
  if (!existsSync(`${folder}/sealed`))
    throw new LedgerError('not-ended', 'the exercise is not over: nothing of it is erased yet')
  const there = entries.filter(({ entry }) => entry !== undefined)
  if (there.length === 0) return 0
  const file = openSync(`${folder}/openings.jsonl`, 'r+')
  try {
    for (const { index, at, length } of there) writeSync(file, erasedLine(index, length), at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  return there.length
}
