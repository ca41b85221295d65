import * as layout from './town-layout.ts'
import type { Point } from './town-layout.ts'

/** A crossing, a bend or a door. Millimetres, y grows southwards. */
export interface TownNode {
  readonly id: string
  readonly index: number
  readonly x: number
  readonly y: number
  readonly name: string
}
/** A piece of road, driven both ways. `a` and `b` index the nodes. */
export interface TownEdge {
  readonly index: number
  readonly a: number
  readonly b: number
  readonly lengthMm: number
  readonly speedMmPerS: number
  readonly street: string
  readonly canyon: boolean
}
export interface Place {
  readonly id: string
  readonly node: string
  readonly name: string
  readonly line: string
}
export interface Town {
  readonly nodes: readonly TownNode[]
  readonly edges: readonly TownEdge[]
  /** For each node its neighbours as [node, edge]. */
  readonly near: readonly (readonly (readonly [number, number])[])[]
  readonly doors: readonly Place[]
  readonly lockers: readonly Place[]
  readonly meeting: readonly Place[]
  readonly placeById: ReadonlyMap<string, Place>
  readonly nodeById: ReadonlyMap<string, number>
  readonly depot: string
}

interface Segment {
  readonly street: number
  readonly a: Point
  readonly b: Point
}

/**
 * Makes the road graph of the layout: streets cut where they meet, doors, lockers and meeting
 * places at nodes of their own. The same each time.
 */
export function buildTown(): Town {
  const segments = layout.STREETS.flatMap((street, index): Segment[] =>
    street.points.slice(1).map((b, i) => ({ street: index, a: street.points[i]!, b })),
  )
  const special: readonly Point[] = [
    ...layout.LOCKERS.map((l) => onRoad(l.at, segments)),
    ...layout.MEETING.map((m) => m.at),
  ]
  const pieces = split(segments, special)
  const doorAt = placeDoors(pieces)
  const nodes = new Map<string, { at: Point; name: string }>()
  const edges = new Map<string, { a: string; b: string; street: number }>()
  for (const { street, points } of withDoors(pieces, doorAt)) {
    for (const p of points)
      if (!nodes.has(key(p))) nodes.set(key(p), { at: p, name: layout.STREETS[street]!.name })
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [key(points[i - 1]!), key(points[i]!)]
      if (!edges.has(`${a}-${b}`) && !edges.has(`${b}-${a}`))
        edges.set(`${a}-${b}`, { a, b, street })
    }
  }
  return assemble(nodes, [...edges.values()], doorAt, segments)
}

function assemble(
  named: ReadonlyMap<string, { at: Point; name: string }>,
  links: readonly { a: string; b: string; street: number }[],
  doorAt: readonly Point[],
  segments: readonly Segment[],
): Town {
  const indexOf = new Map([...named.keys()].map((k, i) => [k, i] as const))
  const nodes = [...named.values()].map(({ at, name }, index): TownNode => ({
    id: `n${index}`,
    index,
    x: Math.round(at[0] * layout.UNIT_MM),
    y: Math.round(at[1] * layout.UNIT_MM),
    name,
  }))
  const edges = links.map(({ a, b, street }, index): TownEdge => {
    const [from, to] = [nodes[indexOf.get(a)!]!, nodes[indexOf.get(b)!]!]
    const [dx, dy] = [to.x - from.x, to.y - from.y]
    const { name, kmh } = layout.STREETS[street]!
    return {
      index,
      a: from.index,
      b: to.index,
      lengthMm: Math.round(Math.sqrt(dx * dx + dy * dy)),
      speedMmPerS: Math.round((kmh * 1_000_000) / 3600),
      street: name,
      canyon: layout.CANYONS.includes(name),
    }
  })
  const near: (readonly [number, number])[][] = nodes.map(() => [])
  for (const e of edges) {
    near[e.a]!.push([e.b, e.index])
    near[e.b]!.push([e.a, e.index])
  }
  const node = (p: Point): string => nodes[indexOf.get(key(p))!]!.id
  const lockers = layout.LOCKERS.map((l): Place => ({
    id: `locker:${l.id}`,
    node: node(onRoad(l.at, segments)),
    name: l.name,
    line: nearestLine(l.at),
  }))
  const meeting = layout.MEETING.map((m): Place => ({
    id: m.id,
    node: node(m.at),
    name: m.name,
    line: 'B',
  }))
  const doors = nameDoors(doorAt, (p) => nodes[indexOf.get(key(p))!]!)
  const depot: Place = { id: 'place:depot', node: node(layout.DEPOT), name: 'Depot', line: 'A' }
  return {
    nodes,
    edges,
    near,
    doors,
    lockers,
    meeting,
    depot: depot.node,
    placeById: new Map([depot, ...lockers, ...meeting, ...doors].map((p) => [p.id, p])),
    nodeById: new Map(nodes.map((n) => [n.id, n.index])),
  }
}

/** Numbers doors along their line: `door:A1`, `door:A2` … */
function nameDoors(at: readonly Point[], nodeAt: (p: Point) => TownNode): readonly Place[] {
  const counts: Record<string, number> = {}
  return at.map((p) => {
    const line = nearestLine(p)
    counts[line] = (counts[line] ?? 0) + 1
    const node = nodeAt(p)
    return {
      id: `door:${line}${counts[line]}`,
      node: node.id,
      name: `${node.name} ${counts[line]}`,
      line,
    }
  })
}

function key(p: Point): string {
  return `${p[0]},${p[1]}`
}

/** Cuts every street where another one meets or crosses it, and at the special points. */
function split(
  segments: readonly Segment[],
  special: readonly Point[],
): readonly { street: number; points: readonly Point[] }[] {
  return segments.map((s) => {
    const cuts = new Map<string, Point>([
      [key(s.a), s.a],
      [key(s.b), s.b],
    ])
    for (const p of special) if (lies(p, s)) cuts.set(key(p), p)
    for (const o of segments) {
      for (const p of [o.a, o.b]) if (lies(p, s)) cuts.set(key(p), p)
      const p = crossing(s, o)
      if (p !== null) cuts.set(key(p), p)
    }
    return {
      street: s.street,
      points: [...cuts.values()].sort((p, q) => along(p, s) - along(q, s)),
    }
  })
}

function along(p: Point, s: Segment): number {
  return (p[0] - s.a[0]) * (s.b[0] - s.a[0]) + (p[1] - s.a[1]) * (s.b[1] - s.a[1])
}

function lies(p: Point, s: Segment): boolean {
  const [dx, dy] = [s.b[0] - s.a[0], s.b[1] - s.a[1]]
  if ((p[0] - s.a[0]) * dy !== (p[1] - s.a[1]) * dx) return false
  const t = along(p, s)
  return t >= 0 && t <= dx * dx + dy * dy
}

/** Where two segments cross; exact, since all are octilinear with whole ends. */
function crossing(s: Segment, o: Segment): Point | null {
  const [sx, sy, ox, oy] = [s.b[0] - s.a[0], s.b[1] - s.a[1], o.b[0] - o.a[0], o.b[1] - o.a[1]]
  const det = sx * oy - sy * ox
  if (det === 0) return null
  const t = ((o.a[0] - s.a[0]) * oy - (o.a[1] - s.a[1]) * ox) / det
  const u = ((o.a[0] - s.a[0]) * sy - (o.a[1] - s.a[1]) * sx) / det
  if (t < 0 || t > 1 || u < 0 || u > 1) return null
  return [Math.round((s.a[0] + t * sx) * 2) / 2, Math.round((s.a[1] + t * sy) * 2) / 2]
}

/** A place beside the road stands at the nearest point of it with whole coordinates. */
function onRoad(p: Point, segments: readonly Segment[]): Point {
  let best: Point = p
  let least = Infinity
  for (const s of segments) {
    const [dx, dy] = [s.b[0] - s.a[0], s.b[1] - s.a[1]]
    const t = Math.min(1, Math.max(0, along(p, s) / (dx * dx + dy * dy)))
    const steps = Math.max(Math.abs(dx), Math.abs(dy))
    const k = Math.round(t * steps)
    const q: Point = [s.a[0] + k * Math.sign(dx), s.a[1] + k * Math.sign(dy)]
    const d = (q[0] - p[0]) * (q[0] - p[0]) + (q[1] - p[1]) * (q[1] - p[1])
    if (d < least) [best, least] = [q, d]
  }
  return best
}

/** Doors stand along the streets, not on the through roads, a few paces from every corner. */
function placeDoors(
  pieces: readonly { street: number; points: readonly Point[] }[],
): readonly Point[] {
  const doors = new Map<string, Point>()
  for (const { street, points } of pieces) {
    if (layout.STREETS[street]!.kmh > 36 || layout.STREETS[street]!.kmh < 30) continue
    for (let i = 1; i < points.length; i++) {
      const [a, b] = [points[i - 1]!, points[i]!]
      const steps = Math.max(Math.abs(b[0] - a[0]), Math.abs(b[1] - a[1]))
      for (let k = layout.DOOR_EVERY / 2; k < steps - 5; k += layout.DOOR_EVERY) {
        const p: Point = [a[0] + k * Math.sign(b[0] - a[0]), a[1] + k * Math.sign(b[1] - a[1])]
        if (!inRiver(p)) doors.set(key(p), p)
      }
    }
  }
  return [...doors.values()]
}

function inRiver(p: Point): boolean {
  return distanceTo(layout.RIVER.points, p) < layout.RIVER.width
}

function withDoors(
  pieces: readonly { street: number; points: readonly Point[] }[],
  doors: readonly Point[],
): typeof pieces {
  return pieces.map(({ street, points }) => {
    const s = { street, a: points[0]!, b: points.at(-1)! }
    const here = doors.filter((d) => lies(d, s))
    return { street, points: [...points, ...here].sort((p, q) => along(p, s) - along(q, s)) }
  })
}

function nearestLine(p: Point): string {
  return layout.LINES.reduce((best, line) =>
    distanceTo(line.points, p) < distanceTo(best.points, p) ? line : best,
  ).id
}

/** Least distance of a point to a polyline, in board units. */
function distanceTo(points: readonly Point[], p: Point): number {
  let least = Infinity
  for (let i = 1; i < points.length; i++) {
    const s = { street: 0, a: points[i - 1]!, b: points[i]! }
    const [dx, dy] = [s.b[0] - s.a[0], s.b[1] - s.a[1]]
    const t = Math.min(1, Math.max(0, along(p, s) / (dx * dx + dy * dy)))
    const [ex, ey] = [s.a[0] + t * dx - p[0], s.a[1] + t * dy - p[1]]
    least = Math.min(least, Math.sqrt(ex * ex + ey * ey))
  }
  return least
}
