import * as layout from './town-layout.ts'
import type { Point } from './town-layout.ts'
import { town } from './town.ts'

type Anchor = 'start' | 'middle' | 'end'
interface Label {
  readonly name: string
  readonly at: Point
  readonly anchor: Anchor
}

/** The town as screens draw it, in board units; divide millimetres by `unitMm` to place a van. */
export interface TownMap {
  readonly width: number
  readonly height: number
  readonly unitMm: number
  readonly streets: readonly (readonly Point[])[]
  readonly lines: readonly {
    readonly id: string
    readonly points: readonly Point[]
    readonly label: Point
  }[]
  readonly river: { readonly width: number; readonly points: readonly Point[] }
  readonly harbour: readonly Point[]
  readonly bridges: readonly (readonly (readonly Point[])[])[]
  readonly streetLabels: readonly Label[]
  readonly waterLabels: readonly Label[]
  readonly depot: Point
  readonly lockers: readonly {
    readonly id: string
    readonly name: string
    readonly at: Point
    readonly boxes: number
    readonly anchor: Anchor
    readonly dy: number
  }[]
  readonly meeting: readonly { readonly id: string; readonly name: string; readonly at: Point }[]
  readonly doors: readonly { readonly id: string; readonly at: Point }[]
  readonly masts: readonly { readonly id: string; readonly at: Point; readonly radius: number }[]
}

/** Plain JSON, the same in every exercise. Holds no state: where vans are comes from the views. */
export function townMap(): TownMap {
  const pointOf = (node: string): Point => {
    const { x, y } = town.nodes[town.nodeById.get(node)!]!
    return [x / layout.UNIT_MM, y / layout.UNIT_MM]
  }
  return {
    ...layout.BOARD,
    unitMm: layout.UNIT_MM,
    streets: [...layout.STREETS.slice(layout.LINES.length).map((s) => s.points), ...layout.STUBS],
    lines: layout.LINES,
    river: layout.RIVER,
    harbour: layout.HARBOUR.points,
    bridges: layout.BRIDGES,
    streetLabels: layout.STREET_LABELS,
    waterLabels: layout.WATER_LABELS,
    depot: layout.DEPOT,
    lockers: layout.LOCKERS.map(({ id, name, at, boxes, side, dy }) => ({
      id: `locker:${id}`,
      name,
      at,
      boxes,
      anchor: side,
      dy,
    })),
    meeting: layout.MEETING,
    doors: town.doors.map((d) => ({ id: d.id, at: pointOf(d.node) })),
    masts: layout.MASTS,
  }
}
