import { randomBytes } from 'node:crypto'
import { and, eq, isNull } from 'drizzle-orm'
import { commit, COMMITMENT_SALT_BYTES } from '../ledger/commitment.ts'
import { words, type Store } from './database.ts'
import { nativeSha256 } from './ledger/native.ts'
import { WORD_FIELDS, type WordOf, type Worded } from './word-fields.ts'

/** What people are called and what trainers write, kept apart from the log, to be erased. */
export interface Words {
  /** The input with a commitment in place of its words; itself where it holds none. */
  readonly seal: <I extends object>(exercise: string, input: I) => I
  readonly wordOf: WordOf
  /** Erases the names of a seat, or with null the messages and notes; gives how many. */
  readonly erase: (exercise: string, seat: string | null) => number
}

/** Words in the database: salt and text of each commitment, until they are erased. */
export function createWords(store: Store): Words {
  return {
    seal(exercise, input) {
      const worded = input as Worded
      const field = WORD_FIELDS.get(worded.kind)
      const text = field === undefined ? undefined : worded[field]
      if (field === undefined || typeof text !== 'string' || worded.robot === true) return input
      const salt = randomBytes(COMMITMENT_SALT_BYTES)
      const parts = [exercise, text]
      const made = commit({ domain: `words/${field}`, salt, parts }, nativeSha256)
      const commitment = Buffer.from(made).toString('base64url')
      const seat = typeof worded.seat === 'string' ? worded.seat : null
      store.db.insert(words).values({ commitment, exercise, seat, salt, text }).run()
      return { ...input, words: commitment }
    },
    wordOf: (commitment) =>
      store.db.select().from(words).where(eq(words.commitment, commitment)).get()?.text,
    erase(exercise, seat) {
      const whose = seat === null ? isNull(words.seat) : eq(words.seat, seat)
      return store.db
        .delete(words)
        .where(and(eq(words.exercise, exercise), whose))
        .run().changes
    },
  }
}
