/** A rectangle on the canvas, in CSS pixels. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
/** A point in pixels. */
type Place = readonly [number, number]
export type Anchor = 'start' | 'middle' | 'end'
/** Where a label may stand: a point in pixels and which side of the text it is. */
export interface Spot {
  readonly x: number
  readonly y: number
  readonly anchor: Anchor
}

/**
 * Finds room for labels so that none is cut or lies on another. First come, first served: the
 * weightiest first.
 */
export class LabelRoom {
  readonly #taken: Box[] = []
  readonly #width: number
  readonly #height: number

  constructor(width: number, height: number) {
    this.#width = width
    this.#height = height
  }

  /** Marks a place as used by a drawing. */
  take(box: Box): void {
    this.#taken.push(box)
  }

  /** Marks a drawn path as used, in squares of its width. */
  takePath(points: readonly (readonly [number, number])[], width: number): void {
    points.slice(1).forEach(([tx, ty], i) => {
      const [x, y] = points[i]!
      const steps = Math.max(1, Math.ceil(Math.max(Math.abs(tx - x), Math.abs(ty - y)) / width))
      for (let step = 0; step <= steps; step++)
        this.take({
          x: x + ((tx - x) * step) / steps - width / 2,
          y: y + ((ty - y) * step) / steps - width / 2,
          width,
          height: width,
        })
    })
  }

  /**
   * The first spot where a text of this size fits, or undefined where it would be cut or cover
   * another. The place is taken from then on.
   */
  find(spots: readonly Spot[], width: number, height: number): Spot | undefined {
    const spot = this.look(spots, width, height)
    if (spot) this.take(boxOf(spot, width, height))
    return spot
  }
  /** As `find`, for a text that comes and goes: it keeps off `also`, and its place stays free. */
  look(
    spots: readonly Spot[],
    width: number,
    height: number,
    also: readonly Box[] = [],
  ): Spot | undefined {
    const covered = [...this.#taken, ...also]
    return spots.find((spot) => {
      const box = boxOf(spot, width, height)
      return this.#inside(box) && !covered.some((one) => overlap(one, box))
    })
  }
  /** The spot that covers least of what is drawn and is not cut, else the first of all; taken. */
  best(spots: readonly [Spot, ...Spot[]], width: number, height: number): Spot {
    const covers = (spot: Spot): number => {
      const box = boxOf(spot, width, height)
      return this.#taken.reduce((sum, one) => sum + shared(one, box), 0)
    }
    const inside = spots.filter((spot) => this.#inside(boxOf(spot, width, height)))
    const least = inside.reduce<Spot | undefined>(
      (best, spot) => (best && covers(best) <= covers(spot) ? best : spot),
      undefined,
    )
    const spot = least ?? spots[0]
    this.take(boxOf(spot, width, height))
    return spot
  }

  #inside({ x, y, width, height }: Box): boolean {
    return x >= 2 && y >= 2 && x + width <= this.#width - 2 && y + height <= this.#height - 2
  }
}

function boxOf({ x, y, anchor }: Spot, width: number, height: number): Box {
  const left = anchor === 'start' ? x : anchor === 'end' ? x - width : x - width / 2
  return { x: left, y: y - height / 2, width, height }
}
function overlap(a: Box, b: Box): boolean {
  return shared(a, b) > 0
}
/** How much of two boxes is one and the same place. */
function shared(a: Box, b: Box): number {
  const wide = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)
  const high = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y)
  return wide > 0 && high > 0 ? wide * high : 0
}

/** The share of a text's width that lies before its point. */
export function originOf(anchor: Anchor): number {
  return anchor === 'start' ? 0 : anchor === 'end' ? 1 : 0.5
}
/** The wanted spot, then spots a line higher, lower and to the sides of it. */
export function around(x: number, y: number, anchor: Anchor, label: number): readonly Spot[] {
  const step = label * 1.3
  return [
    [0, 0],
    [0, -step],
    [0, step],
    [step * 2, 0],
    [-step * 2, 0],
    [step * 4, step],
    [-step * 4, -step],
  ].map(([dx, dy]) => ({ x: x + dx!, y: y + dy!, anchor }))
}

/** Beside a mark, or above and below it on either side; `line` is the height of one line of two. */
export function beside(x: number, y: number, side: number, line: number): [Spot, ...Spot[]] {
  const off = line + side * 0.6
  const right = (dy: number): Spot => ({ x: x + side, y: y + dy, anchor: 'start' })
  const left = (dy: number): Spot => ({ x: x - side, y: y + dy, anchor: 'end' })
  return [
    right(0),
    right(-off),
    right(off),
    left(0),
    left(off),
    left(-off),
    { x, y: y + off + side * 0.5, anchor: 'middle' },
    { x, y: y - off - side * 0.5, anchor: 'middle' },
  ]
}

/** Beside a line between two points, from its middle outwards, on either side of it. */
export function along(from: Place, to: Place, gap: number): [Spot, ...Spot[]] {
  const at = (share: number, anchor: 'start' | 'end'): Spot => ({
    x: from[0] + (to[0] - from[0]) * share + (anchor === 'start' ? gap : -gap),
    y: from[1] + (to[1] - from[1]) * share,
    anchor,
  })
  const others = [0.4, 0.6, 0.3, 0.7, 0.2, 0.8]
  return [
    at(0.5, 'start'),
    at(0.5, 'end'),
    ...others.flatMap((share) => [at(share, 'start'), at(share, 'end')]),
  ]
}
