/**
 * A doorstep seen at two to one: wall along x, steps along y, z up. Shapes from the back to the
 * front.
 */
export interface Shape {
  readonly fill: string
  readonly d: string
  readonly width?: number
  readonly dash?: boolean
  readonly faint?: boolean
}
type Corner = readonly [number, number, number]

const at = ([x, y, z]: Corner): string =>
  `${(118 + (x - y) * 1.02).toFixed(1)} ${(150 + (x + y) * 0.51 - z).toFixed(1)}`
const face = (fill: string, ...corners: readonly Corner[]): Shape => ({
  fill,
  d: `M${corners.map(at).join('L')}z`,
})
const line = (...corners: readonly Corner[]): Shape => ({
  fill: 'none',
  d: `M${corners.map(at).join('L')}`,
})

function block(
  [x0, x1]: readonly [number, number],
  [y0, y1]: readonly [number, number],
  [z0, z1]: readonly [number, number],
  [top, front, side]: readonly [string, string, string],
): readonly Shape[] {
  return [
    face(front, [x0, y1, z0], [x1, y1, z0], [x1, y1, z1], [x0, y1, z1]),
    face(side, [x1, y0, z0], [x1, y1, z0], [x1, y1, z1], [x1, y0, z1]),
    face(top, [x0, y0, z1], [x1, y0, z1], [x1, y1, z1], [x0, y1, z1]),
  ]
}

const BRICKS: readonly (readonly [number, number])[] = [
  [12, 30],
  [24, 54],
  [8, 84],
  [128, 40],
  [136, 74],
  [122, 104],
  [16, 122],
  [130, 136],
  [26, 104],
]

/** With the parcel on the mat, or an empty mat with a notice on the door. */
export function doorstep(full: boolean): readonly Shape[] {
  const sheet = 'var(--sheet)'
  const ground = 'var(--ground)'
  return [
    face(ground, [0, 0, 0], [150, 0, 0], [150, 0, 152], [0, 0, 152]),
    ...BRICKS.map(([x, z]): Shape => ({
      ...line([x, 0, z], [x + 12, 0, z]),
      width: 1.2,
      faint: true,
    })),
    face(
      full ? 'var(--door-b)' : 'var(--door-a)',
      [48, 0, 16],
      [104, 0, 16],
      [104, 0, 132],
      [48, 0, 132],
    ),
    line([58, 0, 78], [94, 0, 78], [94, 0, 122], [58, 0, 122], [58, 0, 78]),
    line([58, 0, 30], [94, 0, 30], [94, 0, 66], [58, 0, 66], [58, 0, 30]),
    ...block([34, 122], [0, 46], [0, 16], [sheet, sheet, ground]),
    ...block([34, 122], [46, 74], [0, 8], [sheet, sheet, ground]),
    face('var(--mat)', [52, 8, 16.5], [104, 8, 16.5], [104, 38, 16.5], [52, 38, 16.5]),
    ...(full ? parcel() : nothing()),
  ]
}

function parcel(): readonly Shape[] {
  const kraft = 'var(--kraft)'
  return [
    ...block(
      [58, 98],
      [6, 38],
      [17, 49],
      [kraft, kraft, 'color-mix(in oklab, var(--kraft) 80%, #000)'],
    ),
    {
      ...face('var(--tape)', [74, 6, 49.2], [82, 6, 49.2], [82, 38, 49.2], [74, 38, 49.2]),
      width: 1.6,
    },
    { ...face('var(--tape)', [74, 38, 38], [82, 38, 38], [82, 38, 49], [74, 38, 49]), width: 1.6 },
  ]
}
function nothing(): readonly Shape[] {
  const dashed = (...corners: readonly Corner[]): Shape => ({
    ...line(...corners),
    width: 1.6,
    dash: true,
  })
  return [
    face('var(--sheet)', [66, 0, 88], [88, 0, 88], [88, 0, 112], [66, 0, 112]),
    { ...line([70, 0, 104], [84, 0, 104]), width: 1.4 },
    { ...line([70, 0, 98], [80, 0, 98]), width: 1.4 },
    dashed([58, 38, 17], [98, 38, 17], [98, 38, 49], [58, 38, 49], [58, 38, 17]),
    dashed([58, 38, 49], [58, 6, 49], [98, 6, 49], [98, 38, 49]),
    dashed([98, 6, 49], [98, 6, 17], [98, 38, 17]),
  ]
}
