import { COLD_ROOM_MILLI } from './cold.ts'
import { range, Stream } from './draw.ts'
import { hash32 } from './key.ts'
import { addressOf } from './town.ts'
import type { FleetCommand, FleetEvent, LogisticsState, Parcel } from './types-logistics.ts'
import type { Scheduled, World, WorldConfig } from './types.ts'

export type Station = 'pick' | 'pack' | 'dock'
export const STATIONS: readonly Station[] = ['pick', 'pack', 'dock']
const DEPOT_PARCELS = 54
const PACKAGING_G = 120
const DUE_MS = 3 * 3_600_000

/** Parcels that were in the depot before the day began, so that vans have work at nine. */
export function depotParcels(config: WorldConfig): readonly Parcel[] {
  return Array.from({ length: DEPOT_PARCELS }, (_, id): Parcel => {
    const draw = (n: number, index: number): number =>
      range(n, config.seed, Stream.parcelMass, id, index)
    const cold = draw(100, 0) < 12
    const dear = draw(100, 1) < 18
    return {
      id,
      key: id,
      order: null,
      valueMinor: dear ? 12_000 + draw(48_000, 2) : 1_200 + draw(8_800, 2),
      massG: 250 + draw(3_600, 3),
      cold,
      address: addressOf(1_000_000 + id, config.seed),
      status: 'docked',
      holder: 'place:depot',
      held: false,
      due: config.start + (100 + draw(100, 4)) * 60_000,
      deliveredAt: null,
      ...(cold ? { thermal: { milli: COLD_ROOM_MILLI, since: config.start } } : {}),
    }
  })
}

/**
 * A paid order with goods that travel becomes a parcel: the warehouse takes it in a minute later.
 */
export function takeInOf(world: World, order: number): Scheduled | null {
  const row = world.shop.orders[order]
  if (row === undefined) return null
  const lines = row.lines
    .map((line) => ({ line, product: world.shop.products[line.product]! }))
    .filter(({ product }) => product.kind === 'physical' || product.kind === 'cold')
  if (lines.length === 0) return null
  const massG = lines.reduce(
    (sum, { line, product }) => sum + line.count * product.massG,
    PACKAGING_G,
  )
  const valueMinor = lines.reduce((sum, { line }) => sum + line.count * line.priceMinor, 0)
  const cold = lines.some(({ product }) => product.kind === 'cold')
  const command: FleetCommand = {
    kind: 'TakeIn',
    order,
    number: row.number,
    massG,
    valueMinor,
    cold,
    address: row.address,
  }
  return { at: world.now + 60_000, entity: order, ordinal: 0, command, cause: { kind: 'town' } }
}

export function takeIn(
  world: World,
  command: Extract<FleetCommand, { kind: 'TakeIn' }>,
): readonly FleetEvent[] {
  const { order, massG, valueMinor, cold, address } = command
  const parcel: Parcel = {
    id: world.logistics.parcels.length,
    key: keyOf(command.number ?? `#${order}`),
    order,
    valueMinor,
    massG,
    cold,
    address,
    status: 'picking',
    holder: 'place:depot',
    held: false,
    due: world.now + DUE_MS,
    deliveredAt: null,
    ...(cold ? { thermal: { milli: COLD_ROOM_MILLI, since: world.now } } : {}),
  }
  return [{ kind: 'ParcelTakenIn', parcel }]
}

/** Kept clear of the depot's own parcels; below 2^30. */
function keyOf(number: string): number {
  return 1_000 + (hash32(number) % 1_000_000_000)
}

/**
 * What a parcel weighs on the scale: the catalogue's mass with a few grams of filling more or
 * less.
 */
function trueMassG(seed: number, parcel: Parcel): number {
  return parcel.massG + range(31, seed, Stream.packing, parcel.key, 1) - 12
}

/** The station works on the first of its queue; nothing to do is `StationIdle`. */
export function workStation(world: World, station: Station): readonly FleetEvent[] {
  const parcel = waiting(world.logistics, station)[0]
  if (parcel === undefined) return [{ kind: 'StationIdle', station }]
  const massG = trueMassG(world.config.seed, world.logistics.parcels[parcel]!)
  const crew = world.shop.staff.filter((s) => s.role === 'warehouse' && !s.suspended)
  const worker = crew[STATIONS.indexOf(station) % Math.max(1, crew.length)]
  return [
    {
      kind: 'StationWorked',
      station,
      parcel,
      staff: worker?.id ?? -1,
      massG,
      account: worker?.account ?? 'warehouse',
      ip: worker?.ip ?? '10.20.0.9',
    },
  ]
}

/**
 * Parcels on which a station has still to work. Docked parcels stay in `dock` until loaded, so
 * they are left out.
 */
function waiting(state: LogisticsState, station: Station): readonly number[] {
  if (station !== 'dock') return state.warehouse[station]
  return state.warehouse.dock.filter((id) => state.parcels[id]!.status === 'packing')
}

const WORK_S: Readonly<Record<Station, readonly [number, number]>> = {
  pick: [80, 150],
  pack: [60, 100],
  dock: [25, 40],
}

/** When the station will have done its next parcel, or nothing when none waits. */
export function nextWork(
  world: World,
  station: Station,
  atOnceOnly: boolean,
): readonly Scheduled[] {
  const queue = waiting(world.logistics, station)
  if (queue.length === 0 || (atOnceOnly && queue.length > 1)) return []
  const parcel = queue[0]!
  const [least, spread] = WORK_S[station]
  const { key } = world.logistics.parcels[parcel]!
  const seconds =
    least + range(spread, world.config.seed, Stream.packing, key, 2 + STATIONS.indexOf(station))
  return [
    {
      at: world.now + seconds * 1000,
      entity: STATIONS.indexOf(station),
      ordinal: parcel,
      command: { kind: 'WorkStation', station, turn: parcel },
      cause: { kind: 'town' },
    },
  ]
}

/**
 * Queues and status after a station's work: pick → pack → dock; at the dock the parcel is ready
 * for a van.
 */
export function stationWorked(
  state: LogisticsState,
  event: Extract<FleetEvent, { kind: 'StationWorked' }>,
): LogisticsState {
  const { warehouse } = state
  const drop = (list: readonly number[]): readonly number[] =>
    list.filter((id) => id !== event.parcel)
  const status = event.station === 'dock' ? 'docked' : 'packing'
  const parcels = state.parcels.map((p): Parcel => (p.id === event.parcel ? { ...p, status } : p))
  if (event.station === 'pick') {
    return {
      ...state,
      parcels,
      warehouse: {
        ...warehouse,
        pick: drop(warehouse.pick),
        pack: [...warehouse.pack, event.parcel],
      },
    }
  }
  if (event.station === 'pack') {
    return {
      ...state,
      parcels,
      warehouse: {
        ...warehouse,
        pack: drop(warehouse.pack),
        dock: [...warehouse.dock, event.parcel],
      },
    }
  }
  return { ...state, parcels }
}
