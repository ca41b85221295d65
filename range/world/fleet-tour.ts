import { drivingMs, lineOf, nodeOf, town, wayBetween } from './town.ts'
import type { FleetEvent, LogisticsState, Parcel, Van } from './types-logistics.ts'

export const VAN_PARCELS_MAX = 16
export const LINES = ['A', 'B', 'C'] as const

export function lineOfVan(van: number): string {
  return LINES[van % LINES.length]!
}

/** Which van serves a place: those of its line share it by parcel number. */
function serves(state: LogisticsState, van: Van, parcel: Parcel): boolean {
  const line = lineOf(parcel.address)
  const own = state.vans.filter((v) => v.line === line)
  const among = own.length === 0 ? state.vans : own
  return among[parcel.key % among.length]?.id === van.id
}

/**
 * The van's next tour: docked parcels of its line that are not held, earliest due first, at most
 * 16; stops in the order of the nearest next; the route goes by the quickest way and ends in the
 * depot. No parcels, no stops.
 */
export function planTour(state: LogisticsState, van: Van, tour: number): FleetEvent {
  const chosen = state.warehouse.dock
    .map((id) => state.parcels[id]!)
    .filter((p) => p.status === 'docked' && !p.held && serves(state, van, p))
    .sort((a, b) => a.due - b.due || a.id - b.id)
    .slice(0, VAN_PARCELS_MAX)
  const places = [...new Set(chosen.map((p) => p.address))]
  const stops: Van['stops'][number][] = []
  let at = nodeOf(town.depot)
  while (places.length > 0) {
    const nearest = places.reduce((best, p) =>
      drivingMs(at, nodeOf(p)) < drivingMs(at, nodeOf(best)) ? p : best,
    )
    places.splice(places.indexOf(nearest), 1)
    at = nodeOf(nearest)
    const parcels = chosen.filter((p) => p.address === nearest).map((p) => p.id)
    stops.push({ place: nearest, node: town.nodes[at]!.id, parcels, done: false })
  }
  return { kind: 'TourPlanned', van: van.id, tour, route: routeOf(stops), stops }
}

function routeOf(stops: Van['stops']): readonly string[] {
  if (stops.length === 0) return []
  const route = [town.depot]
  for (const node of [...stops.map((s) => s.node), town.depot]) {
    const way = wayBetween(nodeOf(route.at(-1)!), nodeOf(node))
    for (const next of way.slice(1)) route.push(town.nodes[next]!.id)
  }
  return route
}

/** Next stop that is not done, or null. */
export function nextStop(van: Van): Van['stops'][number] | null {
  return van.stops.find((s) => !s.done) ?? null
}
