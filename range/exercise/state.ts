import type { Incident } from '../../engine/alert/alert.ts'
import type { Engine } from '../../engine/engine.ts'
import type { BookActivity, Telemetry } from '../../engine/event/telemetry.ts'
import type { Response } from '../protocol/move.ts'
import type { Role, View } from '../protocol/view.ts'
import type { Playbook } from '../respond/playbook.ts'
import type { Happened, Milliseconds } from '../world/types.ts'
import type { OwnBook } from './own-detections.ts'
import type { Town } from './town.ts'
import type { Phase, Scenario, ScoreLine, Truth } from './types.ts'

/**
 * What a running exercise remembers. Owned by `createRun`; the other modules read it and return
 * what changes.
 */
export interface RunState {
  readonly id: string
  readonly code: string
  readonly mode: 'class' | 'rehearsal' | 'lab' | 'simulated'
  readonly scenario: Scenario
  readonly seed: number
  readonly playbooks: ReadonlyMap<
    string,
    { readonly playbook: Playbook; readonly automatic: boolean }
  >
  readonly town: Town
  readonly engine: Engine
  now: Milliseconds
  phase: Phase
  speed: number
  locked: boolean
  boardShown: boolean
  extraMinutes: number
  /** Seconds that the trainer asked for while paused and that have not been played yet. */
  steps: number
  inputs: number
  lengthMinutes: number
  readonly seats: Map<string, Seat>
  readonly messages: {
    at: Milliseconds
    from: 'trainer' | 'town'
    to: readonly string[]
    text: string
  }[]
  readonly notes: { at: Milliseconds; text: string }[]
  readonly injects: {
    id: string
    title: string
    at: Milliseconds
    fired: boolean
    due: Milliseconds
    cancelled: boolean
    inject: Scenario['injects'][number]
  }[]
  /** Newest last; bounded, the oldest tenth is dropped at the bound. */
  telemetry: Telemetry[]
  telemetryDropped: number
  readonly trails: Trail[]
  readonly decisions: Decision[]
  readonly desk: Map<string, DeskEntry>
  incidents: readonly Incident[]
  /** Incidents of detections that the team wrote, apart from those above. */
  ownIncidents: readonly Incident[]
  readonly own: OwnBook
  readonly score: ScoreLine[]
  readonly loot: Loot[]
  readonly trends: {
    lost: Point[]
    onTime: Point[]
    trust: Point[]
    declines: Point[]
    reports: Point[]
    requests: Point[]
    gap: Point[]
  }
  readonly talk: { at: Milliseconds; key: string; params: Record<string, string | number> }[]
  readonly reported: Reported
  /** Vans as they truly were at their trackers' readings; debriefs alone read it. */
  readonly followed: Map<number, Followed>
  /** Hosts whose card holders have been told. */
  readonly told: Set<string>
  ledger: { size: number; root: string; verdict: 'intact' | 'changed' | 'unknown' }
  audits: number
}
export type Point = readonly [Milliseconds, number]

export interface Seat {
  readonly seat: string
  role: Role
  nickname: string
  readonly robot: boolean
  removed: boolean
  /** Index of the world's customer whom a customer's seat plays. */
  customer: number | null
}

/**
 * What an exercise keeps beside the world's own record of an attack run
 * (`world.attacks.runs[run]`).
 */
export interface Trail {
  readonly run: number
  readonly technique: string
  readonly seat: string | null
  readonly startsAt: Milliseconds
  /**
   * Everything that happened because of this run; only truth, score and the attackers' own loot
   * read it.
   */
  readonly happened: Happened[]
  readonly actors: Set<string>
  readonly targets: Set<string>
  firstEffect: Milliseconds | null
  lastEffect: Milliseconds | null
  /** When a decision ended what the attack could still do; null where it got what it could. */
  containedAt: Milliseconds | null
  /** The newest card, refund, or parcel that it took. */
  lastLoss: Milliseconds | null
  lostMinor: number
  cards: number
  parcels: number
}
export interface Loot {
  readonly at: Milliseconds
  readonly run: number
  readonly kind: 'card' | 'money' | 'parcel' | 'working-card' | 'settled'
  readonly what: string
  readonly worth: number
}

export interface Decision {
  readonly at: Milliseconds
  readonly due: Milliseconds
  readonly seat: string
  readonly by: string
  readonly incident: string | null
  readonly action: Response
  readonly target: string
  readonly input: number
  effect: 'pending' | 'done' | 'refused' | 'verified' | 'failed'
  doneAt: Milliseconds | null
  reason: string | null
}
export interface DeskEntry {
  status: 'new' | 'taken' | 'contained' | 'recovered' | 'dismissed' | 'closed'
  takenBy: string | null
  reason: string | null
  firstSeen: Milliseconds
  /** When it left the list of open ones: set aside, or recovered as checks say. */
  overAt: Milliseconds | null
}

/** What the control room knows from telemetry alone: last fixes, last inventory, box counts. */
export interface Reported {
  readonly vans: Map<number, { x: number; y: number; at: Milliseconds }>
  readonly temperature: Map<number, number>
  readonly door: Map<number, boolean>
  readonly pages: Map<string, number>
  /** Page to the revision that was seen to send the monitor's card number away. */
  readonly leaks: Map<string, number>
  /** The mast that last served each van's modem. */
  readonly masts: Map<number, string>
  /** Parcel to van it was taken from; what the depot believes aboard until the parcel is due. */
  readonly stolenFrom: Map<number, number>
  /** What each witness of the book reported last. */
  readonly book: Map<string, { readonly at: Milliseconds; readonly look: BookLook }>
}
export type BookLook = Extract<BookActivity['book'], { operation: 'look' }>
/** Where a van was at its tracker's last readings, and how far off its last fix was. */
export interface Followed {
  readonly places: readonly { readonly time: string; readonly x: number; readonly y: number }[]
  readonly gap: { readonly at: Milliseconds; readonly mm: number } | null
}

export type { Truth, View }
