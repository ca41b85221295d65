import { WARM_MILLI } from './cold.ts'
import { isFleetEvent } from './fleet-kinds.ts'
import { legMm } from './fleet-motion.ts'
import { deviceOf } from './sensor-device.ts'
import type { FleetEvent, Van } from './types-logistics.ts'
import type { Meters, World, WorldEvent } from './types.ts'

/** Meters after an event of vans, parcels or sensors; `world` is the one after the event. */
export function fleetMeters(m: Meters, event: WorldEvent, world: World): Meters {
  if (!isFleetEvent(event)) return m
  const own: FleetEvent = event
  const { parcels, vans } = world.logistics
  switch (own.kind) {
    case 'ParcelDelivered':
      return {
        ...m,
        parcelsDelivered: m.parcelsDelivered + 1,
        parcelsLate: m.parcelsLate + (own.late ? 1 : 0),
      }
    case 'ParcelPutInLocker': {
      const late = world.now > parcels[own.parcel]!.due ? 1 : 0
      return { ...m, parcelsDelivered: m.parcelsDelivered + 1, parcelsLate: m.parcelsLate + late }
    }
    case 'ParcelStolen':
      return {
        ...m,
        parcelsLost: m.parcelsLost + 1,
        lostMinor: m.lostMinor + parcels[own.parcel]!.valueMinor,
      }
    case 'ParcelSpoiled':
      return { ...m, parcelsSpoiled: m.parcelsSpoiled + 1 }
    case 'VanDeparted': {
      const { status } = vans[own.van]!
      return status === 'diverted' || status === 'recalled'
        ? { ...m, vainMm: m.vainMm + legMm(own.leg) }
        : m
    }
    case 'DoorClosed':
      return openAway(m, vans[own.van]!, world)
    case 'SensorsRead':
      return coldMinutes(m, own)
    case 'ParcelHeld':
    case 'CargoLocked':
      return { ...m, staffMs: m.staffMs + 60_000 }
    case 'VanRecalled':
      return { ...m, staffMs: m.staffMs + 600_000 }
    default:
      return m
  }
}

/** A door counts where it should be shut: on the road, and at a meeting place. */
function openAway(m: Meters, van: Van, world: World): Meters {
  if (van.leg === null && van.diversion === null) return m
  return {
    ...m,
    doorOpenMs: m.doorOpenMs + world.now - Math.max(van.doorSince, van.leg?.departed ?? 0),
  }
}

/** Cold-chain time out of range, by the minute as the cargo thermometers are read. */
function coldMinutes(m: Meters, event: Extract<FleetEvent, { kind: 'SensorsRead' }>): Meters {
  if (deviceOf(event.device).kind !== 'cargo' || (event.truth?.temperatureMilli ?? 0) <= WARM_MILLI)
    return m
  return { ...m, coldOutMs: m.coldOutMs + 60_000 }
}
