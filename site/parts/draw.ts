/** Drawings made from numbers: the same input always draws the same lines. */

type Point = readonly [x: number, y: number, z: number]
export type Face = { readonly cls: string; readonly points: string; readonly open?: boolean }
export type Solid = { readonly tone: string; readonly faces: readonly Face[] }
export type DoorKind = 'home' | 'shop' | 'room'

/** A seeded generator in [0, 1): the same seed draws the same uneven line (mulberry32). */
export function uneven(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const short = (x: number): string => String(Math.round(x * 10) / 10)

/** Isometric 2:1 projection (26.565 degrees); x to the right, y to the left, z up. */
const project = ([x, y, z]: Point): string => `${short((x - y) * 2)},${short(x + y - z * 2)}`
const face = (cls: string, points: readonly Point[]): Face => ({
  cls,
  points: points.map(project).join(' '),
})

type BoxOptions = { readonly at?: Point; readonly tape?: boolean; readonly tone?: string }

/** A box of width, depth and height in drawing units, with a band of tape unless told otherwise. */
export function box(w: number, d: number, h: number, options: BoxOptions = {}): Solid {
  const { at = [0, 0, 0], tape = true, tone = '' } = options
  const p = (x: number, y: number, z: number): Point => [x + at[0], y + at[1], z + at[2]]
  const m = w / 2
  const t = w / 9
  const faces = [
    face('f-top', [p(0, 0, h), p(w, 0, h), p(w, d, h), p(0, d, h)]),
    face('f-left', [p(0, d, 0), p(w, d, 0), p(w, d, h), p(0, d, h)]),
    face('f-right', [p(w, 0, 0), p(w, d, 0), p(w, d, h), p(w, 0, h)]),
  ]
  if (tape) {
    const [low, mid] = [h * 0.68, h * 0.74]
    faces.push(
      face('f-tape', [p(m - t, 0, h), p(m + t, 0, h), p(m + t, d, h), p(m - t, d, h)]),
      face('f-tape', [
        p(m - t, d, h),
        p(m + t, d, h),
        p(m + t, d, low),
        p(m, d, mid),
        p(m - t, d, low),
      ]),
    )
  }
  return { tone, faces }
}

/** A pile of one, two or three boxes, as confidence is shown. */
export function pile(count: 1 | 2 | 3): readonly Solid[] {
  return [box(10, 10, 9), box(8, 8, 7, { at: [1, 1, 9] }), box(6, 6, 5, { at: [2, 2, 16] })].slice(
    0,
    count,
  )
}

export const parcels: readonly Solid[] = [
  box(12, 14, 7, { at: [-6, -8, 0] }),
  box(7, 7, 9, { at: [8, 2, 0], tone: 'sea' }),
  box(6, 6, 5, { at: [-4, -4, 7], tone: 'plain' }),
]

const wall = (x0: number, x1: number, z0: number, z1: number, cls: string): Face =>
  face(cls, [
    [x0, 0, z0],
    [x1, 0, z0],
    [x1, 0, z1],
    [x0, 0, z1],
  ])
const slab = box(30, 16, 2.5, { at: [0, 0, -2.5], tape: false, tone: 'stone' })
const flat = (faces: readonly Face[]): Solid => ({ tone: 'flat', faces })

function homeDoor(): readonly Solid[] {
  const front = [
    wall(3, 27, 0, 42, 'f-wall'),
    wall(8, 22, 0, 34, 'f-door sea'),
    wall(10, 14, 19, 30, 'f-pane'),
    wall(16, 20, 19, 30, 'f-pane'),
    wall(10, 14, 4, 15, 'f-line'),
    wall(16, 20, 4, 15, 'f-line'),
    wall(12, 18, 16.2, 17.6, 'f-slot'),
  ]
  return [slab, flat(front), box(7, 7, 6, { at: [17, 5, 0] })]
}

function shopDoor(): readonly Solid[] {
  const awning = [0, 1, 2, 3, 4, 5].map((i) => {
    const [left, right] = [3 + i * 4, 7 + i * 4]
    const corners: Point[] = [
      [left, 0, 36],
      [right, 0, 36],
      [right, 5, 29],
      [left, 5, 29],
    ]
    return face(i % 2 ? 'f-awn' : 'f-awn b', corners)
  })
  const front = [
    wall(1, 29, 0, 42, 'f-wall'),
    wall(4, 26, 0, 27, 'f-pane'),
    wall(4, 15, 0, 27, 'f-door safe'),
    wall(6, 13, 9, 24, 'f-pane'),
    ...awning,
  ]
  const goods = [
    box(6, 5, 5, { at: [19, 6, 0] }),
    box(5, 4, 4, { at: [19.5, 6.5, 5], tone: 'plain' }),
  ]
  return [slab, flat(front), ...goods]
}

function roomDoor(): readonly Solid[] {
  const front = [
    wall(1, 29, 0, 42, 'f-wall'),
    wall(4, 15, 0, 33, 'f-door amber'),
    wall(15, 26, 0, 33, 'f-door amber'),
    wall(7, 12, 17, 29, 'f-pane'),
    wall(18, 23, 17, 29, 'f-pane'),
    wall(13, 14, 12, 17, 'f-slot'),
    wall(16, 17, 12, 17, 'f-slot'),
    wall(7, 23, 35, 40, 'f-sign'),
    {
      ...face('f-ink', [
        [9, 0, 37.4],
        [21, 0, 37.4],
      ]),
      open: true,
    },
  ]
  return [slab, flat(front)]
}

/** Three doors on a step: a home, a shop, a training room. */
export function door(kind: DoorKind): readonly Solid[] {
  switch (kind) {
    case 'home':
      return homeDoor()
    case 'shop':
      return shopDoor()
    case 'room':
      return roomDoor()
  }
}

/** Specks of worn ink for a stamp of 220 by 96, by a seed. */
export function specks(seed: number): readonly { cx: string; cy: string; r: string }[] {
  const next = uneven(seed)
  return Array.from({ length: 46 }, () => ({
    cx: short(next() * 220),
    cy: short(next() * 96),
    r: short(0.4 + next() * 1.3),
  }))
}

/** The outline of a wax seal in a 100 by 100 box: a blob that ran a little. */
export function waxBlob(seed = 9): string {
  const next = uneven(seed)
  const points = Array.from({ length: 11 }, (_, i): readonly [number, number] => {
    const r = 43 + (next() - 0.5) * 11
    const turn = (i / 11) * 2 * Math.PI
    return [50 + r * Math.cos(turn), 50 + r * Math.sin(turn)]
  })
  const at = (i: number): readonly [number, number] => points[i % 11] ?? [50, 50]
  const mid = (i: number): string =>
    `${short((at(i)[0] + at(i + 1)[0]) / 2)} ${short((at(i)[1] + at(i + 1)[1]) / 2)}`
  const bends = points.map((point, i) => `Q${short(point[0])} ${short(point[1])} ${mid(i)}`)
  return `M${mid(10)}${bends.join('')}Z`
}
