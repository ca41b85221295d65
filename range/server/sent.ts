import type { MoveSignature } from '../ledger/move-seal.ts'
import type { MoveAnswer } from '../protocol/message.ts'

const ANSWERS_KEPT = 256

/**
 * Whose message an input was, and the id its sender gave it: a second one like it is the same
 * message.
 */
export interface Sent {
  readonly seat: string
  readonly id: string
  /** The player's own signature, checked. */
  readonly signature?: MoveSignature | undefined
}
/** Answers by seat and message id. */
export type Answers = Map<string, Map<string, Promise<MoveAnswer>>>

/** Keeps the answer to a message, for when it is sent again; of each seat the newest 256. */
export function keepAnswer(
  answers: Answers,
  { seat, id }: Sent,
  answer: Promise<MoveAnswer>,
): void {
  const own = answers.get(seat) ?? new Map<string, Promise<MoveAnswer>>()
  answers.set(seat, own)
  own.set(id, answer)
  if (own.size > ANSWERS_KEPT) own.delete(own.keys().next().value!)
}
