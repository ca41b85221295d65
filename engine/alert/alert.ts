// CONTRACT: change only by adding.

/** R rule, T temporal property, M learned model, P physical plausibility, I integrity check. */
export type ReasoningKind = 'R' | 'T' | 'M' | 'P' | 'I'

export const FAMILIES = [
  'shop',
  'availability',
  'payment',
  'insider',
  'customer',
  'delivery',
  'virtual',
  'credential',
  'people',
] as const
export type Family = (typeof FAMILIES)[number]

/**
 * Entity reference `kind:id`; kinds: ip account card staff parcel van locker page device host
 * order.
 */
export type EntityRef = string

/**
 * One detector's finding. Written once; `Incident` joins those that share a lead entity and a
 * family.
 */
export interface Alert {
  /** `a-<n>`, n dense within an engine. */
  readonly id: string
  readonly time: number
  readonly kind: ReasoningKind
  /** Id of the rule, formula, model or check. */
  readonly detector: string
  readonly family: Family
  /** OCSF severity 1 informational … 6 fatal. */
  readonly severity: 1 | 2 | 3 | 4 | 5 | 6
  readonly title: string
  /** Who did it or what is hit: an incident is joined and judged by these. At least one. */
  readonly lead: readonly EntityRef[]
  readonly entities: readonly EntityRef[]
  /** Telemetry uids, oldest first, at most 32. */
  readonly evidence: readonly string[]
  /** Calibrated 0..1 where the detector has one. */
  readonly score?: number
  /** What moved the score, strongest first, at most 8. */
  readonly contributions?: readonly { readonly feature: string; readonly weight: number }[]
  /** Why it is so, where the detector can say. */
  readonly explanation?: AlertExplanation
  /** Catalogue id of the attack whose playbook fits (W1, P2, I1, D1, I4 …). */
  readonly attack?: string
}

/** What an alert rests on, in a sentence and as a timeline, oldest first, at most 12 entries. */
export interface AlertExplanation {
  readonly sentence: string
  readonly timeline: readonly {
    /** Something happened; or nothing of the kind did. */
    readonly kind: 'happened' | 'missing'
    /** Milliseconds; null where there is no beginning, or no end. */
    readonly from: number | null
    readonly to: number | null
    readonly text: string
    /** Telemetry uid of what happened. */
    readonly uid?: string
    /** Without it, or with what is missing, there would be no alert; null where nobody tried. */
    readonly decisive: boolean | null
  }[]
}

/** Alerts that share entities. Closes after 30 quiet minutes. */
export interface Incident {
  /** `i-<n>`, n dense within an engine. */
  readonly id: string
  readonly family: Family
  readonly lead: readonly EntityRef[]
  readonly entities: readonly EntityRef[]
  readonly severity: 1 | 2 | 3 | 4 | 5 | 6
  readonly kinds: readonly ReasoningKind[]
  readonly title: string
  readonly opened: number
  readonly closed: number | null
  readonly lastAlert: number
  /** Newest last, at most 64 kept. */
  readonly alerts: readonly Alert[]
  readonly attack: string | null
  /** Noisy-or over the kinds' calibrated scores, 0..1. */
  readonly risk: number
}
