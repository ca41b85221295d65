import { and, desc, eq } from 'drizzle-orm'
import type { Entry } from '../ledger/leaf.ts'
import type { Erasures, ErasureAsked } from '../protocol/erasure.ts'
import { erasures, seats, type Store } from './database.ts'
import { eraseStored, personOf, storedEntries } from './ledger/erase.ts'
import { LedgerError } from './ledger/error.ts'
import type { Rooms } from './rooms.ts'
import { WORD_FIELDS, type Worded } from './word-fields.ts'
import { createWords } from './words.ts'

type Refused = { readonly error: string }
interface Asked extends ErasureAsked {
  readonly exercise: string
  /** Id of the trainer who asks. */
  readonly by: string
  readonly now: number
}

/**
 * Erases what somebody asked to be erased of an ended exercise (GDPR, Art. 17): a seat's name, all
 * that a seat handed in, or what the trainer wrote. Leaves, proofs and all other openings stay.
 * That it was done is kept, not what it said. Refuses with `not-ended`, `no-such-exercise`.
 */
export async function eraseOf(
  store: Store,
  rooms: Rooms,
  { exercise, what, seat, by, now }: Asked,
): Promise<Refused | { readonly words: number; readonly entries: number }> {
  if (rooms.row(exercise) === undefined) return { error: 'no-such-exercise' }
  if (!(await rooms.letGo(exercise))) return { error: 'not-ended' }
  const whose = what === 'texts' ? '' : (seat ?? '')
  try {
    const entries = eraseEntries(rooms.dirOf(exercise), what, whose)
    const words = createWords(store).erase(exercise, what === 'texts' ? null : whose)
    if (what === 'everything')
      store.db
        .delete(seats)
        .where(and(eq(seats.exercise, exercise), eq(seats.seat, whose)))
        .run()
    store.db.insert(erasures).values({ exercise, at: now, by, what, words, entries }).run()
    store.settle()
    return { words, entries }
  } catch (error) {
    if (error instanceof LedgerError && error.code === 'not-ended') return { error: 'not-ended' }
    throw error
  }
}

/** Words that are sealed need no more than their erasure; older logs hold them in the entries. */
function eraseEntries(dir: string, what: ErasureAsked['what'], whose: string): number {
  const chosen = [...storedEntries(`${dir}/ledger`)].filter(({ entry }) => {
    if (entry === undefined) return false
    if (what === 'everything') return personOf(entry) === whose
    const field = fieldInClear(entry)
    return what === 'texts' ? field === 'text' : field === 'nickname' && personOf(entry) === whose
  })
  return chosen.length === 0 ? 0 : eraseStored(`${dir}/ledger`, chosen)
}

/** Which of somebody's own words an entry holds in clear. */
function fieldInClear(entry: Entry): 'nickname' | 'text' | undefined {
  const { input } = entry as { input?: Worded }
  const field = WORD_FIELDS.get(input?.kind)
  if (field === undefined || input?.words !== undefined || input?.robot === true) return undefined
  const text = input?.[field]
  return typeof text === 'string' && text !== '' ? field : undefined
}

/** Who handed something in, by what is stored, and what was erased so far. */
export function erasuresOf(store: Store, rooms: Rooms, exercise: string): Erasures | Refused {
  if (rooms.row(exercise) === undefined) return { error: 'no-such-exercise' }
  const { wordOf } = createWords(store)
  const people = new Map<string, { role: string; name: string | null; entries: number }>()
  let gone = 0
  for (const { entry } of storedEntries(`${rooms.dirOf(exercise)}/ledger`)) {
    if (entry === undefined) gone += 1
    const seat = entry && personOf(entry)
    if (entry === undefined || seat === undefined || seat === '') continue
    const { input } = entry as { input?: Record<string, unknown> }
    if (input?.['robot'] === true) continue
    const known = people.get(seat) ?? { role: '', name: null, entries: 0 }
    people.set(seat, { ...known, ...named(input, wordOf), entries: known.entries + 1 })
  }
  const done = store.db
    .select()
    .from(erasures)
    .where(eq(erasures.exercise, exercise))
    .orderBy(desc(erasures.at))
    .limit(200)
    .all()
  return {
    people: [...people]
      .filter(([, { role }]) => role !== '')
      .map(([seat, person]) => ({ seat, ...person })),
    done: done.map(({ at, what, words, entries }) => ({ at, what, words, entries })),
    erased: gone,
  }
}

function named(
  input: Record<string, unknown> | undefined,
  wordOf: (commitment: string) => string | undefined,
): { role?: string; name?: string | null } {
  if (input?.['kind'] !== 'SeatTaken' && input?.['kind'] !== 'SeatChanged') return {}
  const { role, words, nickname } = input
  const text = typeof words === 'string' ? (wordOf(words) ?? null) : nickname
  return {
    ...(typeof role === 'string' ? { role } : {}),
    ...(typeof text === 'string' || text === null ? { name: text } : {}),
  }
}
