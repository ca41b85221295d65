// CONTRACT: change only by adding.
import type { Milliseconds } from './types.ts'

/**
 * Warehouse, vans, lockers, parcels, and the town they move in. Lengths in millimetres, masses in
 * grams.
 */
export interface LogisticsState {
  readonly parcels: readonly Parcel[]
  readonly vans: readonly Van[]
  readonly lockers: readonly Locker[]
  readonly warehouse: {
    /** Parcel ids waiting at each station, first in first out. */
    readonly pick: readonly number[]
    readonly pack: readonly number[]
    readonly dock: readonly number[]
    readonly heldParcels: readonly number[]
  }
}
export interface Parcel {
  readonly id: number
  /** Coordinate of its draws: of the order's own number, so that no other order shifts them. */
  readonly key: number
  /** Index in ShopState.orders, or null for a parcel that was in the depot before the day began. */
  readonly order: number | null
  readonly valueMinor: number
  readonly massG: number
  readonly cold: boolean
  /** Place reference: `door:A17` or `locker:L2`. */
  readonly address: string
  readonly status:
    | 'picking'
    | 'packing'
    | 'docked'
    | 'loaded'
    | 'delivered'
    | 'in-locker'
    | 'collected'
    | 'stolen'
    | 'returned'
    | 'spoiled'
  readonly holder: string
  readonly held: boolean
  readonly due: Milliseconds
  readonly deliveredAt: Milliseconds | null
  /**
   * Cold goods only: temperature at `since`, from where it follows the surroundings
   * (range/world/cold.ts).
   */
  readonly thermal?: { readonly milli: number; readonly since: Milliseconds }
  /** Got too warm; the status says where it is. */
  readonly spoiled?: boolean
}
/** Position between two events is a closed formula of the current leg. */
export interface Leg {
  readonly from: string
  readonly to: string
  readonly edge: number
  readonly startMm: number
  readonly endMm: number
  readonly departed: Milliseconds
  readonly arrives: Milliseconds
}
export interface Van {
  readonly id: number
  readonly name: string
  readonly driver: number
  readonly line: string
  readonly route: readonly string[]
  /** Planned stops of the tour under way, with the parcels for each. */
  readonly stops: readonly {
    readonly place: string
    readonly node: string
    readonly parcels: readonly number[]
    readonly done: boolean
  }[]
  readonly at: string
  readonly leg: Leg | null
  readonly cargo: readonly number[]
  readonly doorOpen: boolean
  readonly doorSince: Milliseconds
  readonly odometerMm: number
  readonly tour: number
  readonly status: 'depot' | 'driving' | 'stopped' | 'diverted' | 'recalled' | 'broken'
  /** Where a diversion is bound and what the tracker says meanwhile; null in ordinary life. */
  readonly diversion: {
    readonly to: string
    readonly since: Milliseconds
    readonly run: number
  } | null
  /** `track` is the false journey: [time, x, y] in order of time, straight between two of them. */
  readonly spoof: {
    readonly since: Milliseconds
    readonly until: Milliseconds
    readonly stealthPermille: number
    readonly periodMs: number
    readonly track?: readonly (readonly [Milliseconds, number, number])[]
  } | null
  /** Cargo air at `temperatureSince`; from there a closed formula (range/world/cold.ts). */
  readonly cargoTemperatureMilli: number
  readonly cooling: boolean
  readonly temperatureSince: Milliseconds
  readonly locked: boolean
  /**
   * Ordinal of the driver's next step, within the whole day; a `DriveOn` with another step is
   * stale.
   */
  readonly step: number
  /** Node to pass before the next target (road works), or null. */
  readonly via: string | null
  /** Not sent out again before this. */
  readonly restUntil: Milliseconds
  /** Time until which a breakdown lasts; 0 when sound. */
  readonly brokenUntil: Milliseconds
  /** Parcels aboard that were tried in vain and go back to the depot. */
  readonly bring: readonly number[]
}
export interface Locker {
  readonly id: number
  readonly name: string
  readonly node: string
  readonly boxes: readonly {
    readonly parcel: number | null
    readonly code: number
    readonly open: boolean
  }[]
  readonly brokenUntil: Milliseconds
}
/**
 * What a sensor would feel at the moment of reading; range/telemetry turns it into what is
 * reported.
 */
export interface SensorTruth {
  readonly x: number
  readonly y: number
  /**
   * What the tracker is made to say, if it is spoofed: a false place, or null where no new false
   * fix is due.
   */
  readonly claimed?: { readonly x: number; readonly y: number } | null
  readonly stealthPermille?: number
  readonly odometerMm: number
  readonly moving: boolean
  readonly canyon: boolean
  readonly temperatureMilli: number
  readonly dark: boolean
}

export type FleetCommand =
  | {
      readonly kind: 'TakeIn'
      readonly number?: string
      readonly order: number
      readonly massG: number
      readonly valueMinor: number
      readonly cold: boolean
      readonly address: string
    }
  | {
      readonly kind: 'WorkStation'
      readonly station: 'pick' | 'pack' | 'dock'
      readonly turn: number
    }
  | { readonly kind: 'PlanTour'; readonly van: number; readonly tour: number }
  | { readonly kind: 'DriveOn'; readonly van: number; readonly tour: number; readonly step: number }
  | { readonly kind: 'OpenDoor'; readonly van: number; readonly place: string }
  | { readonly kind: 'CloseDoor'; readonly van: number }
  | { readonly kind: 'Deliver'; readonly van: number; readonly parcel: number }
  | {
      readonly kind: 'CollectFromLocker'
      readonly locker: number
      readonly parcel: number
      readonly code: number
    }
  | { readonly kind: 'Collected'; readonly parcel: number }
  | { readonly kind: 'ReadSensors'; readonly device: number; readonly sample: number }
  | { readonly kind: 'LoadParcel'; readonly van: number; readonly parcel: number }
  // responses
  | { readonly kind: 'HoldParcel'; readonly parcel: number }
  | { readonly kind: 'ReleaseParcel'; readonly parcel: number }
  | { readonly kind: 'RecallVan'; readonly van: number }
  | { readonly kind: 'LockCargo'; readonly van: number; readonly locked: boolean }
  // attack D1
  | { readonly kind: 'DivertVan'; readonly van: number; readonly to: string; readonly run: number }
  | {
      readonly kind: 'SpoofGps'
      readonly van: number
      readonly untilMs: Milliseconds
      readonly stealthPermille: number
      readonly periodMs: number
    }
  /** With `untilMs` it ends only the spoof that was to last until then. */
  | { readonly kind: 'EndSpoof'; readonly van: number; readonly untilMs?: Milliseconds }
  | { readonly kind: 'Unload'; readonly van: number; readonly place: string; readonly run: number }
  // benign twins and injects
  | { readonly kind: 'FlatTyre'; readonly van: number; readonly minutes: number }
  | { readonly kind: 'Detour'; readonly van: number; readonly via: string }
  | { readonly kind: 'LockerFails'; readonly locker: number; readonly minutes: number }

export type FleetEvent =
  | { readonly kind: 'ParcelTakenIn'; readonly parcel: Parcel }
  | {
      readonly kind: 'StationWorked'
      readonly station: 'pick' | 'pack' | 'dock'
      readonly parcel: number
      readonly staff: number
      readonly massG: number
      readonly account?: string
      readonly ip?: string
    }
  | { readonly kind: 'StationIdle'; readonly station: 'pick' | 'pack' | 'dock' }
  | {
      readonly kind: 'TourPlanned'
      readonly van: number
      readonly tour: number
      readonly route: readonly string[]
      readonly stops: Van['stops']
    }
  | { readonly kind: 'ParcelLoaded'; readonly parcel: number; readonly van: number }
  | { readonly kind: 'VanDeparted'; readonly van: number; readonly leg: Leg }
  | {
      readonly kind: 'VanArrived'
      readonly van: number
      readonly node: string
      readonly odometerMm: number
    }
  | { readonly kind: 'VanStopped'; readonly van: number; readonly place: string }
  | { readonly kind: 'TourEnded'; readonly van: number; readonly tour: number }
  | { readonly kind: 'DoorOpened'; readonly van: number; readonly place: string }
  | { readonly kind: 'DoorClosed'; readonly van: number }
  | {
      readonly kind: 'ParcelDelivered'
      readonly parcel: number
      readonly van: number
      readonly place: string
      readonly late: boolean
    }
  | {
      readonly kind: 'ParcelPutInLocker'
      readonly parcel: number
      readonly locker: number
      readonly box: number
      readonly code: number
      readonly van?: number
    }
  | {
      readonly kind: 'ParcelCollected'
      readonly parcel: number
      readonly locker: number
      readonly box: number
    }
  | { readonly kind: 'LockerRefused'; readonly locker: number; readonly parcel: number }
  | { readonly kind: 'ParcelHeld'; readonly parcel: number }
  | { readonly kind: 'ParcelReleased'; readonly parcel: number }
  | { readonly kind: 'ParcelBackInCustody'; readonly parcel: number }
  | {
      readonly kind: 'ParcelStolen'
      readonly parcel: number
      readonly van: number
      readonly place: string
      readonly run: number
    }
  | { readonly kind: 'ParcelSpoiled'; readonly parcel: number }
  | { readonly kind: 'VanRecalled'; readonly van: number }
  | { readonly kind: 'CargoLocked'; readonly van: number; readonly locked: boolean }
  | {
      readonly kind: 'VanDiverted'
      readonly van: number
      readonly to: string
      readonly run: number
    }
  | {
      readonly kind: 'GpsSpoofed'
      readonly van: number
      readonly untilMs: Milliseconds
      readonly stealthPermille: number
      readonly periodMs: number
      readonly track?: readonly (readonly [Milliseconds, number, number])[]
    }
  | { readonly kind: 'SpoofEnded'; readonly van: number }
  | { readonly kind: 'TyreFlat'; readonly van: number; readonly until: Milliseconds }
  | { readonly kind: 'DetourTaken'; readonly van: number; readonly via: string }
  | { readonly kind: 'LockerFailed'; readonly locker: number; readonly until: Milliseconds }
  | {
      readonly kind: 'SensorsRead'
      readonly device: number
      readonly sample: number
      readonly truth?: SensorTruth
    }
