/** A rectangle on the canvas, in CSS pixels. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}
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

  /**
   * The first spot where a text of this size fits, or undefined where it would be cut or cover
   * another.
   */
  find(spots: readonly Spot[], width: number, height: number): Spot | undefined {
    for (const spot of spots) {
      const box = boxOf(spot, width, height)
      if (!this.#inside(box) || this.#taken.some((one) => overlap(one, box))) continue
      this.#taken.push(box)
      return spot
    }
    return undefined
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
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
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
