import type { FleetCommand, FleetEvent } from './types-logistics.ts'

/** What the fleet and the warehouse can be told, and what happens there. */
export const FLEET_COMMANDS = [
  'TakeIn',
  'WorkStation',
  'PlanTour',
  'DriveOn',
  'OpenDoor',
  'CloseDoor',
  'Deliver',
  'CollectFromLocker',
  'Collected',
  'ReadSensors',
  'LoadParcel',
  'HoldParcel',
  'ReleaseParcel',
  'RecallVan',
  'LockCargo',
  'DivertVan',
  'SpoofGps',
  'EndSpoof',
  'Unload',
  'FlatTyre',
  'Detour',
  'LockerFails',
] as const satisfies readonly FleetCommand['kind'][]
export const FLEET_EVENTS = [
  'ParcelTakenIn',
  'StationWorked',
  'StationIdle',
  'TourPlanned',
  'ParcelLoaded',
  'VanDeparted',
  'VanArrived',
  'VanStopped',
  'TourEnded',
  'DoorOpened',
  'DoorClosed',
  'ParcelDelivered',
  'ParcelPutInLocker',
  'ParcelCollected',
  'LockerRefused',
  'ParcelHeld',
  'ParcelReleased',
  'ParcelBackInCustody',
  'ParcelStolen',
  'ParcelSpoiled',
  'VanRecalled',
  'CargoLocked',
  'VanDiverted',
  'GpsSpoofed',
  'SpoofEnded',
  'TyreFlat',
  'DetourTaken',
  'LockerFailed',
  'SensorsRead',
] as const satisfies readonly FleetEvent['kind'][]

const HAPPENS: ReadonlySet<string> = new Set(FLEET_EVENTS)

/** True for an event of this part. */
export function isFleetEvent(event: { readonly kind: string }): event is FleetEvent {
  return HAPPENS.has(event.kind)
}
