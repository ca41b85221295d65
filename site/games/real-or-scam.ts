import type { MessageItem } from '../content-schema.ts'

export type Said = 'deliver' | 'shred' | 'check'
export type Judgement = 'right' | 'wrong' | 'careful'
type Played = { readonly item: MessageItem; readonly said: Said }
export type Summary = {
  readonly words: string
  readonly scams: number
  readonly caught: number
  readonly honest: number
  readonly alarms: number
}

/** Checking first is never wrong; it costs time, not trust. */
export function judge(item: MessageItem, said: Said): Judgement {
  if (said === 'check') return 'careful'
  return (item.truth === 'scam') === (said === 'shred') ? 'right' : 'wrong'
}

function wordsFor({ item, said }: Played): string {
  if (said === 'check') return item.feedback.check
  if (item.truth === 'scam') return said === 'shred' ? item.feedback.hit : item.feedback.miss
  return said === 'deliver' ? item.feedback.correctRejection : item.feedback.falseAlarm
}

/**
 * Plain counts, and the words for the last answer. A scam counts as caught when it was shredded or
 * checked. No measure of skill is shown after so few messages (LEARNING.md, own simulations).
 */
export function summary(log: readonly Played[]): Summary {
  const last = log.at(-1)
  const scams = log.filter(({ item }) => item.truth === 'scam')
  const honest = log.filter(({ item }) => item.truth === 'real')
  return {
    words: last ? wordsFor(last) : '',
    scams: scams.length,
    caught: scams.filter(({ said }) => said !== 'deliver').length,
    honest: honest.length,
    alarms: honest.filter(({ said }) => said === 'shred').length,
  }
}

export type Piece = { readonly text: string; readonly cue: boolean }

/** Cuts `text` at its decisive cue; without one the text comes back whole. */
export function cutAtCue(text: string, cue: string | undefined): readonly Piece[] {
  const at = cue === undefined ? -1 : text.indexOf(cue)
  if (cue === undefined || at < 0) return [{ text, cue: false }]
  return [
    { text: text.slice(0, at), cue: false },
    { text: cue, cue: true },
    { text: text.slice(at + cue.length), cue: false },
  ].filter((piece) => piece.text !== '')
}
