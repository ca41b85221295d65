// CONTRACT: change only by adding.
import { z } from 'zod'
import { OWN_BYTES_MAX } from '../../engine/own/limits.ts'
import type { Milliseconds } from '../world/types.ts'

/** Detections that an exercise lists; of those that are off, the oldest makes room. */
export const DETECTIONS_MAX = 24
/** Alerts that the answer to a back-test shows, and columns of its strip. */
export const BACK_TEST_ALERTS = 50
export const BACK_TEST_COLUMNS = 48

export const detectionId = z.string().regex(/^own-[1-9]\d{0,3}$/)

/** YAML as people write it: lines end with a line feed, no other control characters but tabs. */
export const detectionText = z
  .string()
  .max(OWN_BYTES_MAX)
  .transform((value) => value.replaceAll(/\r\n?/g, '\n'))
  .pipe(
    z
      .string()
      .regex(/\S/, 'is empty')
      .regex(/^[^\p{Cc}]*(?:[\t\n][^\p{Cc}]*)*$/u, 'holds control characters')
      .refine((value) => value.isWellFormed(), 'is not well-formed')
      .refine(
        (value) => new TextEncoder().encode(value).length <= OWN_BYTES_MAX,
        `has more than ${OWN_BYTES_MAX} bytes`,
      ),
  )

export type DetectionKind = 'sigma' | 'mfotl'

/** A detection that the team wrote, as its desk lists it. */
export interface OwnDetectionView {
  readonly id: string
  readonly title: string
  readonly kind: DetectionKind
  readonly on: boolean
  /** Nickname of who switched it last. */
  readonly by: string
  readonly at: Milliseconds
  /** Since it was switched on. */
  readonly alerts: number
  readonly lastAlert: Milliseconds | null
  /** Why it stopped by itself. */
  readonly stopped: StoppedReason | null
}
export type StoppedReason = 'too-many-alerts' | 'too-many-matches' | 'too-much-work'

/** What defenders and the trainer may ask about detections. */
export type Question =
  | { readonly kind: 'BackTest'; readonly text: string }
  | { readonly kind: 'DetectionText'; readonly detection: string }

export type Answer =
  | BackTestReport
  | { readonly kind: 'Mistakes'; readonly mistakes: readonly DetectionMistake[] }
  | { readonly kind: 'Text'; readonly text: string }
  | { readonly kind: 'Refused'; readonly reason: string }

export interface DetectionMistake {
  readonly line: number
  readonly column: number
  readonly message: string
  readonly correction?: string
}

/** What a draft would have raised, had it run since the beginning of what is remembered. */
export interface BackTestReport {
  readonly kind: 'BackTested'
  readonly detection: DetectionKind
  readonly title: string
  /** What is allowed in the text and looks like a slip. */
  readonly warnings: readonly DetectionMistake[]
  readonly alerts: number
  /** The first 50. */
  readonly shown: readonly BackTestAlert[]
  /** Alerts by time: columns of equal width from `from` to `to`. */
  readonly columns: readonly number[]
  readonly from: Milliseconds
  readonly to: Milliseconds
  readonly events: number
  /** Alerts that fall into no incident that others opened, for each hour of `from` to `to`. */
  readonly alonePerHour: number
  /** Incidents that its alerts fall into: same leads, within half an hour of it. */
  readonly overlaps: readonly {
    readonly incident: string
    readonly title: string
    readonly attack: string | null
    readonly alerts: number
  }[]
  readonly stopped: StoppedReason | null
}
export interface BackTestAlert {
  readonly at: Milliseconds
  readonly title: string
  readonly entities: readonly string[]
  /** Why, in a sentence, where it can say. */
  readonly sentence: string | null
}
