import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Entry } from '../../ledger/leaf.ts'
import { openStore } from '../database.ts'
import { holdData, type Held } from '../hold-data.ts'
import { eraseStored, personOf, storedEntries, type StoredEntry } from '../ledger/erase.ts'
import { LedgerError } from '../ledger/error.ts'
import { createWords } from '../words.ts'
import type { Output } from './ledger.ts'

export interface LedgerEraseOptions {
  readonly entries: readonly number[]
  readonly seats: readonly string[]
  /** Without it nothing is erased, only listed. */
  readonly yes?: boolean
  readonly json?: boolean
}

const MISUSE = 2

/**
 * `ledger erase DIR --entry N… --seat S… [--yes]`: erases openings of an ended exercise, and with
 * a seat its name where the database lies beside. Leaves and all other openings stay. Returns the
 * exit code: 0 erased or listed, 2 misuse with one line.
 */
export function ledgerErase(dir: string, options: LedgerEraseOptions, io: Output): number {
  const fail = (line: string): number => {
    io.err(`ledger erase: ${line}`)
    return MISUSE
  }
  const { entries, seats } = options
  if (entries.length + seats.length === 0)
    return fail('say what: --entry N or --seat SEAT, more than once if needed')
  const folder = existsSync(join(dir, 'ledger')) ? join(dir, 'ledger') : dir
  try {
    const all = [...storedEntries(folder)]
    for (const index of entries) {
      const entry = all[index]?.entry
      if (index >= all.length) return fail(`there is no entry ${index}`)
      if (entry !== undefined && personOf(entry) === undefined)
        return fail(`entry ${index} is nobody's: only what people hand in is erased`)
    }
    const chosen = all.filter(
      ({ index, entry }) => entry !== undefined && isChosen(options, index, entry),
    )
    if (options.yes !== true) return list(chosen, options, io)
    const data = resolve(folder, '..', '..', '..')
    const held = existsSync(join(data, 'doorstep.sqlite')) ? takeData(data) : undefined
    if (typeof held === 'string') return fail(held)
    try {
      // The log first: it refuses while the exercise is not over, and then no name may be gone.
      const erased = eraseStored(folder, chosen)
      const words = held === undefined ? 0 : eraseNames(data, resolve(folder, '..'), seats)
      if (erased + words === 0)
        return fail(`nothing is stored of ${named(options)}: erased before, or never handed in`)
      return done(erased, words, options, io)
    } finally {
      held?.release()
    }
  } catch (error) {
    if (error instanceof LedgerError) return fail(error.message)
    throw error
  }
}

function named({ entries, seats }: LedgerEraseOptions): string {
  return [...entries.map((index) => `entry ${index}`), ...seats].join(', ')
}

/** The data folder for this command alone, or why a server that runs has it. */
function takeData(data: string): Held | string {
  try {
    return holdData(data)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function isChosen({ entries, seats }: LedgerEraseOptions, index: number, entry: Entry): boolean {
  const whose = personOf(entry)
  return entries.includes(index) || (whose !== undefined && seats.includes(whose))
}

function eraseNames(data: string, exercise: string, seats: readonly string[]): number {
  const store = openStore(data)
  try {
    const words = createWords(store)
    const id = exercise.slice(exercise.lastIndexOf('/') + 1)
    const count = seats.reduce((sum, seat) => sum + words.erase(id, seat), 0)
    store.settle()
    return count
  } finally {
    store.close()
  }
}

function list(chosen: readonly StoredEntry[], { json }: LedgerEraseOptions, io: Output): number {
  if (json === true) {
    io.out(JSON.stringify({ erased: false, entries: chosen.map(({ index }) => index) }))
    return 0
  }
  for (const { index, entry } of chosen) {
    const { input } = entry as { input?: { kind?: string } }
    io.out(`entry ${index}: ${input?.kind ?? 'input'}`)
  }
  io.out(`${chosen.length} entries would be erased for good; add --yes to do it`)
  return 0
}

function done(entries: number, words: number, { json }: LedgerEraseOptions, io: Output): number {
  io.out(
    json === true
      ? JSON.stringify({ erased: true, entries, words })
      : `${entries} entries and ${words} names erased; the record and all other proofs stay valid`,
  )
  return 0
}
