import { createHmac, randomBytes } from 'node:crypto'
import { and, eq } from 'drizzle-orm'
import { digest } from './accounts.ts'
import { seats, type Store } from './database.ts'

/** What proves that a browser holds a seat. Of a token only the hash is stored. */
export interface Tokens {
  /** A fresh token of a seat. */
  issue(exercise: string, seat: string): string
  /** The seat that a token was issued for, if it was one of this exercise. */
  seatOf(exercise: string, token: string): string | undefined
  /** The capability with which a seat's cage is reached; the same after a restart. */
  capOf(exercise: string, seat: string): string
}

export function createTokens(store: Store): Tokens {
  return {
    issue(exercise, seat) {
      const token = randomBytes(24).toString('base64url')
      store.db
        .insert(seats)
        .values({ hash: digest(token), exercise, seat })
        .run()
      return token
    },
    seatOf: (exercise, token) =>
      store.db
        .select()
        .from(seats)
        .where(and(eq(seats.hash, digest(token)), eq(seats.exercise, exercise)))
        .get()?.seat,
    capOf: (exercise, seat) =>
      createHmac('sha256', store.secret)
        .update(`cage\n${exercise}\n${seat}`)
        .digest('base64url')
        .slice(0, 24),
  }
}
