import { t } from '../messages.ts'
import type { StoryEntry } from './record.ts'

/** One Friday of one parcel and its shop: what kind of thing happened, and when. */
const DAY = [
  ['order', '09:02'],
  ['payment', '09:03'],
  ['packed', '09:20'],
  ['label', '09:24'],
  ['scan', '09:41'],
  ['order', '09:50'],
  ['payment', '09:51'],
  ['scan', '10:15'],
  ['door', '10:48'],
  ['scan', '10:52'],
  ['scan', '11:18'],
  ['alert', '11:47'],
  ['door', '11:56'],
  ['scan', '12:03'],
  ['scan', '12:20'],
  ['complaint', '12:31'],
  ['weight', '12:40'],
  ['case', '12:55'],
  ['refund', '13:10'],
  ['payment', '13:12'],
  ['access', '13:40'],
  ['claim', '14:05'],
  ['reply', '15:30'],
  ['closing', '17:00'],
] as const

export type Happening = (typeof DAY)[number][0]

/** The story as it is logged, in the reader's language. */
export function story(): StoryEntry[] {
  return DAY.map(([kind, at], i) => ({ kind, at, what: t(`tamper.story.${i as 0}`) }))
}

/** What a forger might write in place of entry `id`; the learner may write anything else. */
export function forgedText(id: number): string {
  return t(`tamper.forged.${id as 0}`)
}

export const STORY_ENTRIES = DAY.length
