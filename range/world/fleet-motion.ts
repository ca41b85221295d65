import { chance, fraction, range, Stream } from './draw.ts'
import { exponential } from './detmath.ts'
import { edgeBetween, nextHop, nodeOf, town } from './town.ts'
import type { TownEdge } from './town-build.ts'
import type { Leg, Van } from './types-logistics.ts'
import type { Milliseconds, WorldConfig } from './types.ts'

export interface Fix {
  readonly x: number
  readonly y: number
}

/** Where a van really is at `t`, millimetres. A closed formula of its leg: nothing is stepped. */
export function positionAt(van: Van, t: Milliseconds): Fix {
  const { leg } = van
  if (leg === null) return place(nodeOf(van.at))
  const [from, to] = [place(nodeOf(leg.from)), place(nodeOf(leg.to))]
  const p = progress(leg, t)
  return {
    x: Math.round(from.x + (to.x - from.x) * p),
    y: Math.round(from.y + (to.y - from.y) * p),
  }
}

/** Millimetres the van has really driven in its life, at `t`. */
export function odometerAt(van: Van, t: Milliseconds): number {
  return van.leg === null
    ? van.odometerMm
    : van.odometerMm + Math.round(legMm(van.leg) * progress(van.leg, t))
}

export function legMm(leg: Leg): number {
  return Math.abs(leg.endMm - leg.startMm)
}

/** True in a street where satellites are seen poorly. */
export function inCanyon(van: Van): boolean {
  return van.leg !== null && town.edges[van.leg.edge]!.canyon
}

/**
 * The false place that a spoofed tracker claims at `t`; straight between the points of its track.
 */
export function claimedAt(van: Van, t: Milliseconds): Fix {
  const track = van.spoof?.track ?? []
  const last = track.at(-1)
  if (last === undefined) return positionAt(van, t)
  const after = track.findIndex(([at]) => at > t)
  if (after < 0) return { x: last[1], y: last[2] }
  const [t1, x1, y1] = track[after]!
  const [t0, x0, y0] = track[after - 1] ?? [t1 - 1, x1, y1]
  const p = (t - t0) / (t1 - t0)
  return { x: Math.round(x0 + (x1 - x0) * p), y: Math.round(y0 + (y1 - y0) * p) }
}

function place(node: number): Fix {
  const { x, y } = town.nodes[node]!
  return { x, y }
}

function progress(leg: Leg, t: Milliseconds): number {
  if (t <= leg.departed) return 0
  return t >= leg.arrives ? 1 : (t - leg.departed) / (leg.arrives - leg.departed)
}

/**
 * The next leg from `from` towards `to` (node ids), leaving at `at`; traffic is drawn for (van,
 * tour, road).
 */
export function nextLeg(config: WorldConfig, van: Van, to: string, at: Milliseconds): Leg {
  const from = nodeOf(van.at)
  const next = nextHop(from, nodeOf(to))
  const edge = edgeBetween(from, next)
  return {
    from: van.at,
    to: town.nodes[next]!.id,
    edge: edge.index,
    startMm: edge.a === from ? 0 : edge.lengthMm,
    endMm: edge.a === from ? edge.lengthMm : 0,
    departed: at,
    arrives:
      at +
      driveMs(
        config,
        edge,
        legEntity(van.id, van.tour),
        edge.index * 2 + (edge.a === from ? 0 : 1),
        at,
      ),
  }
}

/** A leg's coordinate for draws: 4,096 tours a van and day. */
export function legEntity(van: number, tour: number): number {
  return van * 4096 + (tour & 4095)
}

/**
 * Time on an edge, `leg` being twice its index plus its direction: the limit, slowed by 4 to 45 %
 * of ordinary traffic, up to four times in a jam.
 */
export function driveMs(
  config: WorldConfig,
  edge: TownEdge,
  entity: number,
  leg: number,
  at: Milliseconds,
): number {
  const ordinary = 1.04 + 0.41 * fraction(config.seed, Stream.vanTraffic, entity, leg)
  const factor = ordinary * jam(config, edge, at)
  return Math.max(1, Math.round(((edge.lengthMm * 1000) / edge.speedMmPerS) * factor))
}

const JAM_SLOT_MS = 45 * 60_000

/**
 * A street is jammed for a slot of 45 minutes, once in about eighty slots. Benign twin
 * `trafficJam`.
 */
function jam(config: WorldConfig, edge: TownEdge, at: Milliseconds): number {
  const slot = Math.floor(at / JAM_SLOT_MS)
  const street = STREET_IDS.get(edge.street)!
  const permille = (12 * (config.twins['trafficJam'] ?? 1000)) / 1000
  if (!chance(Math.round(permille), config.seed, Stream.twinEvent, 100 + street, slot)) return 1
  return 2 + range(3, config.seed, Stream.twinEvent, 400 + street, slot)
}
const STREET_IDS = new Map(
  [...new Set(town.edges.map((e) => e.street))].map((name, i) => [name, i] as const),
)

/** Wait at a crossing before driving on: two in five times, 13 s on average, at most 60 s. */
export function crossingWaitMs(seed: number, node: number, entity: number, leg: number): number {
  if (town.near[node]!.length < 3 || !chance(400, seed, Stream.vanLeg, entity, leg)) return 0
  return Math.min(
    60_000,
    4_000 + Math.round(exponential(9_000, fraction(seed, Stream.vanLeg, entity + 1_000_000, leg))),
  )
}
