// CONTRACT: change only by adding.
import type { ShopState } from './types-shop.ts'
import type { ShopCommand, ShopEvent } from './types-shop-change.ts'
import type { AttackCommand, AttackEvent, AttackState } from './types-attack.ts'
import type { BookCommand, BookEvent, BookState } from './types-book.ts'
import type { FleetCommand, FleetEvent, LogisticsState } from './types-logistics.ts'

/**
 * Virtual milliseconds since 1970-01-01T00:00Z of the exercise's day; 09:00 is 32,400,000. Always
 * an integer.
 */
export type Milliseconds = number

/** Who caused a command. Only scoring and debriefs may read it: telemetry never sees it. */
export type Cause =
  | { readonly kind: 'town' }
  | { readonly kind: 'attack'; readonly run: number }
  | { readonly kind: 'player'; readonly seat: string }
  | { readonly kind: 'playbook'; readonly incident: string }
  | { readonly kind: 'inject'; readonly inject: string }

/** What is fixed for an exercise: from the scenario. */
export interface WorldConfig {
  readonly seed: number
  readonly start: Milliseconds
  readonly customers: number
  readonly vans: number
  /** Controls by design; each can be switched off by one key. */
  readonly controls: {
    readonly fourEyes: boolean
    readonly sca: boolean
    readonly serverSidePrice: boolean
    readonly velocityRule: boolean
    readonly cspReportOnly: boolean
    /** Off unless a scenario says otherwise: with it no change goes live on one person's word. */
    readonly pageApproval: boolean
    /** Off unless a scenario says otherwise: with it a driver hands nothing to a false relay. */
    readonly signedHandover: boolean
  }
  /** Benign twins by name, per mille of their usual rate (1000 is usual, 0 is off). */
  readonly twins: Readonly<Record<string, number>>
  /** The shop keeps a book with witnesses; absent is off. */
  readonly book?: boolean
}

/**
 * Everything that is, as plain arrays of immutable rows with dense ids: a fork slices the
 * containers.
 */
export interface World {
  readonly config: WorldConfig
  readonly now: Milliseconds
  readonly shop: ShopState
  readonly logistics: LogisticsState
  readonly meters: Meters
  /** The crew's own notes; only scoring, the attackers' own view and debriefs may read it. */
  readonly attacks: AttackState
  /** The shop's book, where the configuration has one. */
  readonly book?: BookState
}

/**
 * Shown beside each other on every screen. Money in minor units (cents), trust from 0 to 100,000,
 * the mean of all customers'; millimetres and milliseconds where the names say so.
 */
export interface Meters {
  readonly revenueMinor: number
  readonly lostMinor: number
  readonly trustMilli: number
  readonly ordersPaid: number
  readonly ordersAbandoned: number
  readonly parcelsDelivered: number
  readonly parcelsLate: number
  readonly parcelsLost: number
  readonly parcelsOpened: number
  readonly parcelsSpoiled: number
  readonly cardsLeaked: number
  readonly vainMm: number
  readonly doorOpenMs: number
  readonly coldOutMs: number
  readonly staffMs: number
}

export type Command = ShopCommand | FleetCommand | AttackCommand | BookCommand
export type WorldEvent = ShopEvent | FleetEvent | AttackEvent | BookEvent | Refused
/** A move that the rules do not allow: no error, but an answer that a player can read. */
export interface Refused {
  readonly kind: 'CommandRefused'
  readonly command: Command['kind']
  /** Key into the message catalogue under `refused.`, e.g. `parcel-already-delivered`. */
  readonly reason: string
}

/** A command waiting in virtual time. Equal times are ordered by (at, kind, entity, ordinal). */
export interface Scheduled {
  readonly at: Milliseconds
  readonly entity: number
  readonly ordinal: number
  readonly command: Command
  readonly cause: Cause
}

/** One line of the world's history. */
export interface Happened {
  readonly at: Milliseconds
  readonly event: WorldEvent
  readonly cause: Cause
}

/**
 * A part of the world (shop, logistics). `decide` is pure and returns what happens; `evolve`
 * replaces rows; `react` looks at what happened (its own or others') and returns what will be tried
 * later (`at` >= world.now).
 */
export interface Part<S, C extends Command, E extends WorldEvent> {
  readonly commands: readonly C['kind'][]
  readonly events: readonly E['kind'][]
  readonly initial: (config: WorldConfig) => S
  /** Commands that are in the queue at the start. */
  readonly opening: (world: World) => readonly Scheduled[]
  readonly decide: (world: World, command: C) => readonly WorldEvent[]
  readonly evolve: (state: S, event: E, world: World) => S
  readonly react: (world: World, happened: Happened) => readonly Scheduled[]
  readonly meters: (meters: Meters, event: WorldEvent, world: World) => Meters
}
