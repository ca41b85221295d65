import { nodeOf, town } from './town.ts'
import { LOCKERS } from './town-layout.ts'
import type { FleetCommand, FleetEvent, Locker, LogisticsState } from './types-logistics.ts'
import type { Refused, World } from './types.ts'

/** The town's lockers, empty and sound. */
export function initialLockers(): readonly Locker[] {
  return LOCKERS.map((l, id): Locker => ({
    id,
    name: l.name,
    node: town.nodes[nodeOf(`locker:${l.id}`)]!.id,
    brokenUntil: 0,
    boxes: Array.from({ length: l.boxes }, () => ({ parcel: null, code: 0, open: false })),
  }))
}

/**
 * The box of the parcel opens for its code alone. A broken locker takes nothing in, but gives out
 * what it holds.
 */
export function collectFromLocker(
  world: World,
  command: Extract<FleetCommand, { kind: 'CollectFromLocker' }>,
): readonly (FleetEvent | Refused)[] {
  const refuse = (reason: string): readonly Refused[] => [
    { kind: 'CommandRefused', command: 'CollectFromLocker', reason },
  ]
  const locker = world.logistics.lockers[command.locker]
  const box = locker?.boxes.findIndex((b) => b.parcel === command.parcel) ?? -1
  if (locker === undefined || box < 0) return refuse('parcel-not-in-locker')
  if (locker.boxes[box]!.code !== command.code) return refuse('wrong-code')
  return [{ kind: 'ParcelCollected', parcel: command.parcel, locker: locker.id, box }]
}

/** Lockers after an event; other events leave them as they are. */
export function evolveLockers(
  lockers: LogisticsState['lockers'],
  event: FleetEvent,
): LogisticsState['lockers'] {
  switch (event.kind) {
    case 'ParcelPutInLocker':
      return withBox(lockers, event.locker, event.box, event.parcel, event.code)
    case 'ParcelCollected':
      return withBox(lockers, event.locker, event.box, null, 0)
    case 'LockerFailed':
      return lockers.map((l) => (l.id === event.locker ? { ...l, brokenUntil: event.until } : l))
    default:
      return lockers
  }
}

function withBox(
  lockers: LogisticsState['lockers'],
  id: number,
  box: number,
  parcel: number | null,
  code: number,
): LogisticsState['lockers'] {
  return lockers.map((l) =>
    l.id === id
      ? { ...l, boxes: l.boxes.map((b, i) => (i === box ? { parcel, code, open: false } : b)) }
      : l,
  )
}
