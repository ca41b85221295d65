import { z } from 'zod'
import type { Parsed } from './door.ts'

/** What a trainer may have erased of an ended exercise. */
export interface ErasureAsked {
  /** A seat's name; all that a seat handed in; what the trainer wrote to others and in notes. */
  readonly what: 'name' | 'everything' | 'texts'
  /** Whose; none for `texts`. */
  readonly seat?: string | undefined
}

/** Who handed something in to an exercise, and what was erased of it so far. */
export interface Erasures {
  readonly people: readonly {
    readonly seat: string
    readonly role: string
    /** Null once it was erased. */
    readonly name: string | null
    readonly entries: number
  }[]
  /** The newest first, at most 200. `at` is Unix milliseconds. */
  readonly done: readonly {
    readonly at: number
    readonly what: ErasureAsked['what']
    readonly words: number
    readonly entries: number
  }[]
  /** Entries of the record that open nothing any more. */
  readonly erased: number
}

const seat = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/)
const erasure = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('name'), seat }),
  z.strictObject({ what: z.literal('everything'), seat }),
  z.strictObject({ what: z.literal('texts') }),
])

/** A request to erase, in its closed shape; anything else is refused. */
export function parseErasure(value: unknown): Parsed<ErasureAsked> {
  const found = erasure.safeParse(value)
  return found.success
    ? { ok: true, value: found.data }
    : { ok: false, reason: found.error.issues[0]?.message ?? 'is not understood' }
}
