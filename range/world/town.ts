import type { TwinPlan } from '../../engine/twin/plan.ts'
import { chance, range, Stream } from './draw.ts'
import { vanRef } from './refs.ts'
import { GPS_SIGMA_MM, ODOMETER_PPM_MAX } from './sensor.ts'
import { buildTown, type Town, type TownEdge } from './town-build.ts'
import { MASTS, UNIT_MM } from './town-layout.ts'

/** The one town, the same in every exercise. */
export const town: Town = buildTown()

/**
 * Node index of a node id or a place reference such as `door:A17`; refuses unknown ones by
 * throwing (our bug).
 */
export function nodeOf(reference: string): number {
  const index = town.nodeById.get(town.placeById.get(reference)?.node ?? reference)
  if (index === undefined) throw new Error(`no such place in town: ${reference}`)
  return index
}

/** True if the reference names a place of the town. */
export function isPlace(reference: string): boolean {
  return town.placeById.has(reference)
}

/** True for the places where a crew can wait unseen. */
export function isMeeting(place: string): boolean {
  return town.meeting.some((m) => m.id === place)
}

/** The line (A, B or C) whose van serves a place. */
export function lineOf(place: string): string {
  return town.placeById.get(place)?.line ?? 'A'
}

/** Next node on the quickest way from `from` to `to` (indexes); `from` itself when there. */
export function nextHop(from: number, to: number): number {
  return from === to ? from : towards(to).next[from]!
}

/** Quickest driving time in milliseconds at the speed limit. */
export function drivingMs(from: number, to: number): number {
  return towards(to).ms[from]!
}

/** Node indexes of the quickest way, both ends included. */
export function wayBetween(from: number, to: number): readonly number[] {
  const way = [from]
  for (let at = from; at !== to;) {
    at = nextHop(at, to)
    way.push(at)
  }
  return way
}

/** The edge between two neighbours. */
export function edgeBetween(a: number, b: number): TownEdge {
  const link = town.near[a]!.find(([node]) => node === b)
  if (link === undefined) throw new Error(`no road between ${a} and ${b}`)
  return town.edges[link[1]]!
}

/** Where a customer has parcels sent: a door for about three in four, else a locker. */
export function addressOf(customer: number, seed: number): string {
  const toLocker = chance(260, seed, Stream.townLayout, customer, 0)
  const from = toLocker ? town.lockers : town.doors
  return from[range(from.length, seed, Stream.townLayout, customer, 1)]!.id
}

/** What the digital twin may know of the town and its vans: map, masts, type plates. */
export function twinPlan(vans = 3): TwinPlan {
  return {
    nodes: town.nodes.map(({ id, x, y, name }) => ({ id, x, y, name })),
    edges: town.edges.map((e) => ({
      from: town.nodes[e.a]!.id,
      to: town.nodes[e.b]!.id,
      lengthMm: e.lengthMm,
      speedMmPerS: e.speedMmPerS,
    })),
    places: [...town.placeById.values()].map(({ id, node }) => ({ id, node })),
    masts: MASTS.map((m) => ({
      id: m.id,
      x: m.at[0] * UNIT_MM,
      y: m.at[1] * UNIT_MM,
      radiusMm: m.radius * UNIT_MM,
    })),
    vans: Array.from({ length: vans }, (_, i) => ({
      id: vanRef(i),
      gps: `device:van-${i}-gps`,
      odometer: `device:van-${i}-odometer`,
      door: `device:van-${i}-door`,
      cell: `device:van-${i}-modem`,
      name: `Van ${i + 1}`,
    })),
    gpsSigmaMm: GPS_SIGMA_MM,
    odometerPpmMax: ODOMETER_PPM_MAX,
  }
}

interface Tree {
  readonly next: readonly number[]
  readonly ms: readonly number[]
}
const trees = new Map<number, Tree>()

/** Dijkstra from the target, ties broken by the lower index; computed once for each target. */
function towards(target: number): Tree {
  const known = trees.get(target)
  if (known !== undefined) return known
  const n = town.nodes.length
  const ms = new Array<number>(n).fill(Infinity)
  const next = new Array<number>(n).fill(target)
  const done = new Array<boolean>(n).fill(false)
  ms[target] = 0
  for (let round = 0; round < n; round++) {
    let best = -1
    for (let i = 0; i < n; i++) if (!done[i] && (best < 0 || ms[i]! < ms[best]!)) best = i
    done[best] = true
    for (const [node, edge] of town.near[best]!) {
      const cost = ms[best]! + edgeMs(town.edges[edge]!)
      if (cost < ms[node]!) {
        ms[node] = cost
        next[node] = best
      }
    }
  }
  const tree = { next, ms }
  trees.set(target, tree)
  return tree
}

function edgeMs(edge: TownEdge): number {
  return Math.floor((edge.lengthMm * 1000) / edge.speedMmPerS)
}
