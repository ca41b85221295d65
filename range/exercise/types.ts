// CONTRACT: change only by adding.
import type { Alert, Incident } from '../../engine/alert/alert.ts'
import type { Telemetry } from '../../engine/event/telemetry.ts'
import type { Command, Happened, Meters, Milliseconds, WorldConfig } from '../world/types.ts'
import type { ShopRequest, ShopResponse } from '../world/types-shop.ts'
import type { Move } from '../protocol/move.ts'
import type { PlayRole, Role, View } from '../protocol/view.ts'

export type Phase = 'lobby' | 'running' | 'paused' | 'ended'

/**
 * A compiled scenario: data only. `range/scenario` makes it from text, reporting all mistakes at
 * once.
 */
export interface Scenario {
  readonly slug: string
  readonly title: string
  readonly summary: string
  readonly world: Omit<WorldConfig, 'seed'>
  /** Virtual minutes of play at speed 1; the trainer may choose another length. */
  readonly lengthMinutes: number
  readonly speed: number
  /**
   * What the scenario's own machine attacker launches, and when (for simulate, evaluate,
   * rehearsals).
   */
  readonly attacks: readonly PlannedAttack[]
  /** Techniques that attackers may use, hours of crew they start with. */
  readonly palette: readonly string[]
  readonly crewHours: number
  /** Injects the trainer can fire; `at` schedules it, in virtual minutes from the start. */
  readonly injects: readonly Inject[]
  /** Playbooks by attack id, run without asking where `automatic`. */
  readonly playbooks: readonly {
    readonly attack: string
    readonly file: string
    readonly automatic: boolean
  }[]
  /** Sha-256 of the canonical text. */
  readonly digest: string
}
export interface PlannedAttack {
  readonly technique: string
  readonly atMinute: number
  readonly params: Readonly<Record<string, number | string>>
}
export interface Inject {
  readonly id: string
  readonly title: string
  readonly about: string
  readonly tone: 'harmless' | 'pressure' | 'trouble' | 'hint'
  readonly atMinute?: number
  readonly commands: readonly Command[]
  /** Text shown to roles, if any. */
  readonly message?: { readonly to: readonly PlayRole[]; readonly text: string }
  /** Who will see what, for the trainer's preview. */
  readonly preview: Readonly<Record<PlayRole, string>>
}

/**
 * The only truth: the log of an exercise is a list of these, each a leaf of the ledger. `at` is
 * virtual time.
 */
export type Input = { readonly at: Milliseconds } & (
  | {
      readonly kind: 'Opened'
      readonly scenario: string
      readonly scenarioDigest: string
      readonly versions: Versions
      readonly seed: number
      readonly lengthMinutes: number
      readonly mode: 'class' | 'rehearsal' | 'lab' | 'simulated'
    }
  | {
      readonly kind: 'SeatTaken'
      readonly seat: string
      readonly role: Role
      readonly nickname: string
      readonly robot: boolean
      /** The log holds this commitment in place of the name (`range/server/words.ts`). */
      readonly words?: string
    }
  | {
      readonly kind: 'SeatChanged'
      readonly seat: string
      readonly nickname?: string
      readonly role?: Role
      readonly removed?: boolean
      readonly words?: string
    }
  | { readonly kind: 'Locked'; readonly locked: boolean }
  | { readonly kind: 'PhaseSet'; readonly phase: Exclude<Phase, 'lobby'> }
  | { readonly kind: 'SpeedSet'; readonly speed: number }
  | { readonly kind: 'Moved'; readonly seat: string; readonly move: Move }
  | { readonly kind: 'Requested'; readonly seat: string | null; readonly request: ShopRequest }
  | { readonly kind: 'Injected'; readonly inject: Inject; readonly cancelled?: boolean }
  | {
      readonly kind: 'InjectScheduled'
      readonly id: string
      readonly inject: Inject
      readonly due: Milliseconds
    }
  | { readonly kind: 'InjectUnscheduled'; readonly id: string }
  | {
      readonly kind: 'Said'
      readonly to: readonly PlayRole[]
      readonly text: string
      readonly words?: string
    }
  | { readonly kind: 'Noted'; readonly text: string; readonly words?: string }
  | { readonly kind: 'ExtraTime'; readonly minutes: number }
  | { readonly kind: 'BoardShown'; readonly shown: boolean }
  | {
      readonly kind: 'LogAudited'
      readonly verdict: 'intact' | 'changed'
      readonly index: number | null
      readonly size: number
    }
  /** While paused, one second is to be played. */
  | { readonly kind: 'Ticked' }
)
export interface Versions {
  readonly world: string
  readonly engine: string
  readonly rules: string
  readonly models: string
}

/** What `Run.apply` answers. A refused input changes nothing but stays in the log. */
export type Outcome =
  | {
      readonly ok: true
      readonly happened: readonly Happened[]
      readonly response?: ShopResponse
      readonly html?: string
      readonly run?: number
    }
  | { readonly ok: false; readonly reason: string }

/** One virtual second's outputs. `digest` covers telemetry, alerts, incidents, meters and score. */
export interface TickOutput {
  readonly at: Milliseconds
  readonly telemetry: readonly Telemetry[]
  readonly alerts: readonly Alert[]
  readonly incidents: readonly Incident[]
  readonly happened: readonly Happened[]
  readonly digest: string
}

/** What was really done: hidden while playing. Families and entities as THREATS.md defines them. */
export interface Truth {
  readonly attack: string
  readonly run: number
  readonly family: string
  readonly actors: readonly string[]
  readonly targets: readonly string[]
  readonly start: Milliseconds
  readonly firstEffect: Milliseconds | null
  readonly end: Milliseconds | null
}

/** A point of the score with the event that gave it. */
export interface ScoreLine {
  readonly at: Milliseconds
  readonly team: 'attackers' | 'defenders'
  readonly points: number
  /** Message key under `score.` with parameters. */
  readonly why: string
  readonly params: Readonly<Record<string, string | number>>
  /** Index of the input or id of the alert or incident or entity that gave it. */
  readonly ref: string
}

/**
 * A running exercise. Deterministic in (scenario, seed, inputs). Implemented in
 * range/exercise/run.ts.
 */
export interface Run {
  readonly scenario: Scenario
  readonly seed: number
  now(): Milliseconds
  phase(): Phase
  speed(): number
  endsAt(): Milliseconds
  /** Applies one input at the run's present; the caller has made it durable. */
  apply(input: Input): Outcome
  /**
   * Advances to `at + 1000` ms; only while running. Moves that robots make are returned, not
   * applied.
   */
  tick(): TickOutput
  robots(): readonly Input[]
  view(seat: string): View | null
  screenView(): View
  trainerView(connections: Readonly<Record<string, Connection>>): View
  meters(): Meters
  score(): readonly ScoreLine[]
  truth(): readonly Truth[]
  seats(): readonly {
    readonly seat: string
    readonly role: Role
    readonly nickname: string
    readonly robot: boolean
  }[]
  search(query: TelemetryQuery): TelemetryPage
}
export interface Connection {
  readonly state: 'here' | 'slow' | 'lost'
  readonly ms: number | null
  readonly since: number
}
export interface TelemetryQuery {
  /** Terms joined by `and`/`or`, `field:value` or free text. */
  readonly text: string
  readonly source: 'all' | 'web' | 'login' | 'payment' | 'page' | 'office' | 'custody' | 'sensor'
  readonly from: Milliseconds
  readonly to: Milliseconds
  readonly limit: number
}
export interface TelemetryPage {
  readonly total: number
  readonly rows: readonly Telemetry[]
  /** Counts per bucket of equal width between from and to. */
  readonly histogram: readonly number[]
  readonly error?: string
}
