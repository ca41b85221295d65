import type { Input } from '../exercise/types.ts'

/** The word behind a commitment; undefined once it was erased. */
export type WordOf = (commitment: string) => string | undefined

/** An input that may hold somebody's own words. */
export type Worded = {
  readonly kind?: unknown
  readonly seat?: unknown
  readonly robot?: unknown
  readonly words?: string
} & Record<string, unknown>

/** Which part of an input is somebody's own words. */
export const WORD_FIELDS = new Map<unknown, 'nickname' | 'text'>([
  ['SeatTaken', 'nickname'],
  ['SeatChanged', 'nickname'],
  ['Said', 'text'],
  ['Noted', 'text'],
])

/** The input as the log holds it: where its words are sealed, without them. */
export function withoutWords(input: Input): Input {
  const { words: sealed, ...worded } = input as unknown as Worded
  const field = WORD_FIELDS.get(worded.kind)
  if (sealed === undefined || field === undefined) return input
  return { ...worded, [field]: '', words: sealed } as unknown as Input
}

/** The input with its words put back, or with a stand-in of its own where they are erased. */
export function withWords(input: Input, wordOf: WordOf): Input {
  const worded = input as unknown as Worded
  const field = WORD_FIELDS.get(worded.kind)
  if (worded.words === undefined || field === undefined) return input
  const text = wordOf(worded.words) ?? standIn(worded.words)
  return { ...worded, [field]: text } as unknown as Input
}

/** Seats are told apart by their names, erased or not. */
function standIn(commitment: string): string {
  const short = Buffer.from(commitment, 'base64url').toString('hex').slice(0, 6)
  return `erased ${short}`
}
