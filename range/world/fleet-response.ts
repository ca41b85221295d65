import { falseTrack } from './fleet-spoof.ts'
import { isMeeting, nodeOf } from './town.ts'
import type { FleetCommand, FleetEvent, Parcel, Van } from './types-logistics.ts'
import type { Refused, World } from './types.ts'

type Decided = readonly (FleetEvent | Refused)[]
const STOLEN_MAX = 5

export function refused(command: FleetCommand['kind'], reason: string): Decided {
  return [{ kind: 'CommandRefused', command, reason }]
}

/**
 * Held in the depot a parcel is not loaded; in a van its bay stays shut for everybody, and it
 * comes back.
 */
export function holdParcel(parcel: Parcel | undefined): Decided {
  if (parcel === undefined) return refused('HoldParcel', 'no-such-parcel')
  if (parcel.held) return refused('HoldParcel', 'parcel-already-held')
  const late = refusedByStatus(parcel)
  return late === null ? [{ kind: 'ParcelHeld', parcel: parcel.id }] : refused('HoldParcel', late)
}

/** A stolen parcel is held like one aboard: nobody knows yet, and a refusal would tell. */
function refusedByStatus(parcel: Parcel): string | null {
  switch (parcel.status) {
    case 'delivered':
    case 'collected':
      return 'parcel-already-delivered'
    case 'in-locker':
      return 'parcel-in-locker'
    default:
      return null
  }
}

export function releaseParcel(parcel: Parcel | undefined): Decided {
  if (parcel === undefined) return refused('ReleaseParcel', 'no-such-parcel')
  return parcel.held
    ? [{ kind: 'ParcelReleased', parcel: parcel.id }]
    : refused('ReleaseParcel', 'parcel-not-held')
}

export function recallVan(van: Van): Decided {
  if (van.status === 'depot') return refused('RecallVan', 'van-in-depot')
  return van.status === 'recalled'
    ? refused('RecallVan', 'van-already-recalled')
    : [{ kind: 'VanRecalled', van: van.id }]
}

export function lockCargo(van: Van, locked: boolean): Decided {
  if (van.locked === locked)
    return refused('LockCargo', locked ? 'cargo-already-locked' : 'cargo-not-locked')
  return [{ kind: 'CargoLocked', van: van.id, locked }]
}

export function divertVan(
  van: Van,
  command: Extract<FleetCommand, { kind: 'DivertVan' }>,
): Decided {
  if (!isMeeting(command.to)) return refused('DivertVan', 'no-such-place')
  if (van.status === 'depot' || van.status === 'recalled')
    return refused('DivertVan', `van-${van.status}`)
  if (van.diversion !== null) return refused('DivertVan', 'van-already-diverted')
  return [{ kind: 'VanDiverted', van: van.id, to: command.to, run: command.run }]
}

export function spoofGps(
  world: World,
  van: Van,
  command: Extract<FleetCommand, { kind: 'SpoofGps' }>,
): Decided {
  if (command.untilMs <= world.now) return refused('SpoofGps', 'already-over')
  const { untilMs, stealthPermille, periodMs } = command
  const track = falseTrack(world, van, untilMs, stealthPermille)
  return [
    {
      kind: 'GpsSpoofed',
      van: van.id,
      untilMs,
      stealthPermille,
      periodMs: Math.max(1_000, periodMs),
      track,
    },
  ]
}

export function endSpoof(van: Van, untilMs: number | undefined): Decided {
  const meant = van.spoof !== null && (untilMs === undefined || untilMs === van.spoof.until)
  return meant ? [{ kind: 'SpoofEnded', van: van.id }] : []
}

/**
 * The crew takes the dearest parcels that are not held, at most five, where the van was led to: its
 * driver was told that a relay takes them over. Where every hand-over is signed the driver asks for
 * the signature of a registered device, gets none, and the parcels stay.
 */
export function unload(
  world: World,
  van: Van,
  command: Extract<FleetCommand, { kind: 'Unload' }>,
): Decided {
  const there = van.leg === null && nodeOf(van.at) === nodeOf(command.place)
  if (van.diversion === null || van.diversion.run !== command.run || !there)
    return refused('Unload', 'van-not-here')
  if (van.locked) return refused('Unload', 'cargo-locked')
  if (world.config.controls.signedHandover) return refused('Unload', 'no-signature')
  const loot = van.cargo
    .map((id) => world.logistics.parcels[id]!)
    .filter((p) => !p.held)
    .sort((a, b) => b.valueMinor - a.valueMinor || a.id - b.id)
    .slice(0, STOLEN_MAX)
  return [
    { kind: 'DoorOpened', van: van.id, place: command.place },
    ...loot.map((p): FleetEvent => ({
      kind: 'ParcelStolen',
      parcel: p.id,
      van: van.id,
      place: command.place,
      run: command.run,
    })),
  ]
}
