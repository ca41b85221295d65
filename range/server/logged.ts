import type { Input, Outcome } from '../exercise/types.ts'
import { canonicalEntry } from '../ledger/leaf.ts'
import type { MoveAnswer } from '../protocol/message.ts'
import type { Sent } from './sent.ts'
import { withoutWords } from './word-fields.ts'

/**
 * An input as a replay will read it: its keys in the log's order, since what is printed of a form
 * keeps that order.
 */
export function asLogged(input: Input): Input {
  const text = canonicalEntry({ kind: 'input', input } as { kind: string })
  return text === undefined ? input : (JSON.parse(text) as { input: Input }).input
}

/**
 * The shape of a logged input, its words sealed; `sent` lets a repeated message be known again
 * after a restart, and whoever reads the opened log checks its player's signature.
 */
export function entryOf(input: Input, sent?: Sent): { kind: string } {
  return {
    kind: 'input',
    input: withoutWords(input),
    ...(sent === undefined ? {} : { id: sent.id, by: sent.seat, ...sent.signature }),
  } as { kind: string }
}

export function answerTo(outcome: Outcome): MoveAnswer {
  if (!outcome.ok) return { ok: false, reason: outcome.reason }
  return outcome.run === undefined ? { ok: true } : { ok: true, run: outcome.run }
}

export function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' ? code : 'broken'
}
