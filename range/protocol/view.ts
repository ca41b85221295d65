// CONTRACT: change only by adding. What leaves the server: one closed shape per role, nothing else.
import type { Incident } from '../../engine/alert/alert.ts'
import type { Meters, Milliseconds } from '../world/types.ts'
import type { BookView } from './book.ts'
import type { OwnDetectionView } from './detection.ts'
import type { Response } from './move.ts'

export type PlayRole = 'attacker' | 'defender' | 'customer' | 'screen'
export type Role = PlayRole | 'trainer'
export type View = AttackerView | DefenderView | CustomerView | ScreenView | TrainerView

export interface Clock {
  readonly now: Milliseconds
  readonly start: Milliseconds
  readonly endsAt: Milliseconds
  readonly phase: 'lobby' | 'running' | 'paused' | 'ended'
  readonly speed: number
}
interface Common {
  readonly exercise: {
    readonly id: string
    readonly title: string
    readonly scenario: string
    readonly mode: string
  }
  readonly clock: Clock
  readonly me: { readonly seat: string; readonly nickname: string }
  /** Newest last, at most 50. */
  readonly messages: readonly {
    readonly at: Milliseconds
    readonly from: 'trainer' | 'town'
    readonly text: string
  }[]
}
export interface Score {
  readonly attackers: number
  readonly defenders: number
  readonly shown: boolean
}
/** A series of one meter over virtual time, at most 120 points. */
export type Series = readonly (readonly [Milliseconds, number])[]

export interface AttackerView extends Common {
  readonly role: 'attacker'
  readonly points: number
  readonly crewHours: { readonly left: number; readonly of: number }
  readonly jobs: readonly Job[]
  readonly runs: readonly {
    readonly run: number
    readonly technique: string
    readonly startedAt: Milliseconds
    readonly status: 'planned' | 'running' | 'stopped' | 'blocked' | 'done'
    /** Message key under `attack.` describing what the crew saw last. */
    readonly seen: string
    readonly seenParams: Readonly<Record<string, string | number>>
    readonly params: Readonly<Record<string, number | string>>
  }[]
  /** What reached the crew: cards collected (masked), refunds landed, parcels in hand. */
  readonly loot: readonly {
    readonly at: Milliseconds
    readonly run: number
    readonly kind: 'card' | 'money' | 'parcel' | 'working-card' | 'settled'
    readonly what: string
    readonly worth: number
  }[]
  readonly looks: readonly {
    readonly at: Milliseconds
    readonly what: string
    readonly answer: string
    readonly params: Readonly<Record<string, string | number>>
  }[]
  readonly steps: readonly {
    readonly id: 'get-in' | 'position' | 'collect' | 'move-goods' | 'cash-out'
    readonly done: boolean
    readonly at: Milliseconds | null
  }[]
  readonly shop: string
}
export interface Job {
  readonly technique: string
  readonly ids: readonly string[]
  readonly family: string
  readonly hours: number
  readonly ready: boolean
  readonly reason: string | null
  readonly parameters: readonly JobParameter[]
}
export interface JobParameter {
  readonly name: string
  readonly type: 'choice' | 'number'
  readonly min?: number
  readonly max?: number
  readonly step?: number
  readonly default: number | string
  readonly options?: readonly {
    readonly value: string
    /** Message keys under `attack.offer.`, in which `{name}` stands for `name`. */
    readonly label: string
    readonly note: string
    readonly name?: string
    /** A van as the crew sees it at the yard: number, line, parcels aboard, whether it is out. */
    readonly van?: number
    readonly line?: string
    readonly aboard?: number
    readonly out?: boolean
  }[]
}

export interface MapReport {
  readonly vans: readonly {
    readonly van: number
    readonly name: string
    readonly line: string
    /** Where the tracker says it is, millimetres; null before the first fix. */
    readonly x: number | null
    readonly y: number | null
    readonly at: Milliseconds | null
    /** Where odometer and mast would place it, with its uncertainty, if the twin disagrees. */
    readonly twin: { readonly x: number; readonly y: number; readonly radiusMm: number } | null
    readonly aboard: number
    readonly doorOpen: boolean
    readonly recalled: boolean
    readonly temperatureMilli: number | null
  }[]
  readonly lockers: readonly {
    readonly locker: number
    readonly name: string
    readonly used: number
    readonly boxes: number
  }[]
}
export interface DefenderView extends Common {
  readonly role: 'defender'
  readonly meters: Meters
  readonly trends: { readonly lost: Series; readonly onTime: Series; readonly trust: Series }
  readonly incidents: readonly DefenderIncident[]
  readonly map: MapReport
  readonly parcels: readonly {
    readonly parcel: number
    readonly status: string
    readonly where: string
    readonly valueMinor: number
    readonly held: boolean
    readonly address: string
  }[]
  readonly pages: readonly {
    readonly page: string
    readonly live: number
    readonly baseline: number
    readonly changed: boolean
    readonly diff: readonly { readonly sign: '+' | '-' | ' '; readonly text: string }[]
  }[]
  readonly state: {
    readonly refundsFrozen: boolean
    readonly velocityPerMinute: number | null
    readonly blockedHosts: readonly string[]
    readonly blockedIps: readonly string[]
    readonly suspended: readonly string[]
    /** Accounts of the shop's own staff, suspended ones included. */
    readonly accounts: readonly string[]
    /** Vans whose cargo door the control room has locked. */
    readonly lockedVans: readonly number[]
  }
  /** Where the shop keeps a book: what its witnesses report of it. */
  readonly book?: BookView
  readonly detections: readonly OwnDetectionView[]
  /** Decisions of the team, newest last. */
  readonly decisions: readonly {
    readonly at: Milliseconds
    readonly by: string
    readonly incident: string | null
    readonly action: Response['kind']
    readonly target: string
    readonly effect: 'pending' | 'done' | 'refused' | 'verified' | 'failed'
    readonly reason: string | null
  }[]
  readonly points: number
  readonly score: Score
  readonly ledger: {
    readonly size: number
    readonly root: string
    readonly verdict: 'intact' | 'changed' | 'unknown'
  }
}
export interface DefenderIncident extends Incident {
  readonly status: 'new' | 'taken' | 'contained' | 'recovered' | 'dismissed' | 'closed'
  readonly takenBy: string | null
  /** Titles of the team's own detections that raised it, where such did. */
  readonly own?: readonly string[]
  /** Steps of the playbook that fits, with what they cost; `recommended` ones are ticked. */
  readonly playbook: readonly {
    readonly action: Response
    readonly label: string
    readonly params: Readonly<Record<string, string | number>>
    readonly seconds: number
    readonly costMinor: number
    readonly recommended: boolean
    readonly done: boolean
  }[]
  /** Recovery checks, message keys under `check.`; null: not yet known. */
  readonly checks: readonly { readonly check: string; readonly ok: boolean | null }[]
}

export interface CustomerView extends Common {
  readonly role: 'customer'
  readonly name: string
  readonly address: string
  /** Printed test cards; numbers are shown to their holder only. */
  readonly wallet: readonly {
    readonly card: number
    readonly number: string
    readonly label: string
    readonly balanceMinor: number
    readonly blocked: boolean
    /** A script copied it: known once the holder was told, or at the end. */
    readonly copied?: boolean
  }[]
  readonly orders: readonly {
    readonly order: number
    /** What the shop calls the order, e.g. `7KQ2MX`. */
    readonly number: string
    readonly status: string
    readonly totalMinor: number
    readonly parcel: number | null
    readonly where: string | null
    readonly due: Milliseconds | null
  }[]
  /** Path of the shop's cage, e.g. `/x/<cap>/~/larchlane.example/`. */
  readonly shop: string
}

export interface ScreenView extends Common {
  readonly role: 'screen'
  readonly code: string
  readonly seats: {
    readonly attackers: number
    readonly defenders: number
    readonly customers: number
  }
  readonly score: Score
  readonly meters: Meters
  readonly map: MapReport
  readonly talk: readonly {
    readonly at: Milliseconds
    readonly key: string
    readonly params: Readonly<Record<string, string | number>>
  }[]
}

export interface TrainerView extends Common {
  readonly role: 'trainer'
  readonly code: string
  readonly locked: boolean
  readonly seats: readonly {
    readonly seat: string
    readonly role: Role
    readonly nickname: string
    readonly robot: boolean
    readonly connection: {
      readonly state: 'here' | 'slow' | 'lost'
      readonly ms: number | null
      readonly since: number
    }
  }[]
  readonly meters: Meters
  readonly score: Score
  readonly lanes: readonly Lane[]
  readonly injects: readonly {
    readonly id: string
    readonly title: string
    readonly about: string
    readonly tone: string
    readonly preview: Readonly<Record<PlayRole, string>>
    /** The words that players read when it goes out, if any. */
    readonly says: { readonly to: readonly PlayRole[]; readonly text: string } | null
    readonly warning: string | null
    readonly fired: Milliseconds | null
    readonly due: Milliseconds | null
  }[]
  readonly notes: readonly { readonly at: Milliseconds; readonly text: string }[]
  /** What the trainer said, and to whom: newest last, at most 50. */
  readonly said: readonly {
    readonly at: Milliseconds
    readonly to: readonly string[]
    readonly text: string
  }[]
  readonly map: MapReport
  readonly ledger: {
    readonly size: number
    readonly root: string
    readonly verdict: 'intact' | 'changed' | 'unknown'
  }
}
/** Lanes of the timeline: the trainer sees truth while it happens, everybody at the debrief. */
export interface Lane {
  readonly id: 'truth' | 'twins' | 'alarms' | 'decisions' | 'injects' | 'notes'
  readonly items: readonly {
    readonly from: Milliseconds
    readonly to: Milliseconds | null
    readonly label: string
    readonly params: Readonly<Record<string, string | number>>
    readonly tone: 'attack' | 'harmless' | 'alarm' | 'decision' | 'note'
    readonly ref: string
    readonly kinds?: readonly string[]
  }[]
}

export interface Debrief {
  readonly exercise: {
    readonly id: string
    readonly title: string
    readonly scenario: string
    readonly seed: number
    readonly start: Milliseconds
    readonly end: Milliseconds
    readonly attackers: number
    readonly defenders: number
  }
  readonly meters: Meters
  readonly score: {
    readonly attackers: number
    readonly defenders: number
    readonly lines: readonly {
      readonly at: Milliseconds
      readonly team: string
      readonly points: number
      readonly why: string
      readonly params: Readonly<Record<string, string | number>>
      readonly ref: string
    }[]
  }
  readonly lanes: readonly Lane[]
  readonly curves: readonly {
    readonly id: 'declines' | 'reports' | 'gap' | 'lost' | 'trust' | 'requests'
    readonly points: Series
  }[]
  readonly attacks: readonly {
    readonly attack: string
    readonly run: number
    readonly start: Milliseconds
    readonly firstEffect: Milliseconds | null
    readonly end: Milliseconds | null
    readonly detectedAt: Milliseconds | null
    readonly incident: string | null
    readonly kinds: readonly string[]
    readonly containedAt: Milliseconds | null
    /** Whether a decision ended it, and if so before or after it had brought anything. */
    readonly stopped: 'before-damage' | 'after-damage' | 'no'
    readonly lostMinor: number
    readonly cards: number
    readonly parcels: number
  }[]
  readonly turningPoints: readonly {
    readonly at: Milliseconds
    readonly kind: 'held' | 'two-fires' | 'too-late' | 'unseen' | 'false-alarm'
    readonly params: Readonly<Record<string, string | number>>
  }[]
  readonly longestUnseenMs: number
  readonly ledger: { readonly size: number; readonly root: string; readonly changed: boolean }
  /**
   * Where to verify: index of the log's entry that holds an input (by its number, as in
   * `input:12`), and of the digest of a second (by its virtual time), which covers what the town,
   * the engine and the score did in it. Empty where no log was read.
   */
  readonly entries: {
    readonly inputs: Readonly<Record<string, number>>
    readonly seconds: Readonly<Record<string, number>>
  }
  /** What can be asked: attacks to leave out, responses to move. */
  readonly choices: readonly {
    readonly id: string
    readonly kind: 'without' | 'earlier' | 'later'
    readonly label: string
    readonly params: Readonly<Record<string, string | number>>
  }[]
}
export interface Counterfactual {
  readonly choice: string
  readonly was: Meters
  readonly would: Meters
  /** Where the two histories part, and what each then did, in a few stations. */
  readonly partsAt: Milliseconds
  readonly happened: readonly {
    readonly at: Milliseconds
    readonly label: string
    readonly params: Readonly<Record<string, string | number>>
  }[]
  readonly would_happen: readonly {
    readonly at: Milliseconds
    readonly label: string
    readonly params: Readonly<Record<string, string | number>>
  }[]
  readonly impossible: readonly {
    readonly at: Milliseconds
    readonly input: string
    readonly reason: string
  }[]
  /** Entities whose telemetry is identical byte for byte in both runs. */
  readonly untouched: { readonly events: number; readonly of: number }
}
