/**
 * How the town is laid out, in board units as the screens draw it (400 by 424, y grows downwards):
 * octilinear streets, three parcel lines, a river and its bridges. A unit is 12 metres of road.
 */
export type Point = readonly [number, number]

export const UNIT_MM = 12_000
/** Doors stand this far apart, in board units. */
export const DOOR_EVERY = 21
export const BOARD = { width: 400, height: 424 } as const

/** Roads that vans drive, as polylines. `kmh` is the limit. Crossings are found where they meet. */
export const STREETS: readonly {
  readonly name: string
  readonly kmh: number
  readonly points: readonly Point[]
}[] = [
  {
    name: 'Line Road A',
    kmh: 36,
    points: [
      [60, 64],
      [190, 64],
      [216, 90],
      [270, 90],
      [290, 110],
      [340, 110],
      [340, 178],
    ],
  },
  {
    name: 'Mill Lane',
    kmh: 36,
    points: [
      [60, 64],
      [60, 262],
      [110, 312],
      [110, 385],
    ],
  },
  {
    name: 'Salt Market',
    kmh: 36,
    points: [
      [60, 64],
      [130, 134],
      [242, 134],
      [270, 162],
      [270, 318],
    ],
  },
  {
    name: 'North Road',
    kmh: 50,
    points: [
      [20, 34],
      [392, 34],
    ],
  },
  {
    name: 'Depot Yard',
    kmh: 18,
    points: [
      [60, 34],
      [60, 64],
    ],
  },
  {
    name: 'Chandler Street',
    kmh: 30,
    points: [
      [20, 100],
      [190, 100],
      [240, 150],
      [392, 150],
    ],
  },
  {
    name: 'Weir Row',
    kmh: 30,
    points: [
      [150, 34],
      [150, 90],
      [110, 130],
      [110, 150],
    ],
  },
  {
    name: 'Station Approach',
    kmh: 30,
    points: [
      [200, 34],
      [200, 74],
    ],
  },
  {
    name: 'Lantern Rise',
    kmh: 30,
    points: [
      [340, 34],
      [340, 260],
    ],
  },
  {
    name: 'Bakers Row',
    kmh: 30,
    points: [
      [270, 34],
      [270, 90],
    ],
  },
  {
    name: 'East Wall',
    kmh: 50,
    points: [
      [392, 34],
      [392, 260],
      [340, 260],
    ],
  },
  {
    name: 'Orchard Street',
    kmh: 30,
    points: [
      [300, 150],
      [300, 240],
    ],
  },
  {
    name: 'West Street',
    kmh: 40,
    points: [
      [20, 34],
      [20, 385],
    ],
  },
  {
    name: 'Millrace',
    kmh: 30,
    points: [
      [20, 232],
      [230, 232],
    ],
  },
  {
    name: 'Tannery Street',
    kmh: 30,
    points: [
      [20, 310],
      [270, 310],
    ],
  },
  {
    name: 'South Road',
    kmh: 50,
    points: [
      [20, 385],
      [232, 385],
    ],
  },
  {
    name: 'Cooper Street',
    kmh: 30,
    points: [
      [160, 232],
      [160, 385],
    ],
  },
  {
    name: 'Sailmaker Street',
    kmh: 30,
    points: [
      [230, 232],
      [230, 328],
    ],
  },
  {
    name: 'Garden Street',
    kmh: 30,
    points: [
      [60, 262],
      [60, 385],
    ],
  },
  {
    name: 'Quay Road',
    kmh: 30,
    points: [
      [110, 312],
      [126, 328],
      [206, 328],
      [224, 346],
      [224, 377],
      [232, 385],
    ],
  },
  {
    name: 'Ropewalk',
    kmh: 30,
    points: [
      [206, 328],
      [230, 328],
      [244, 342],
    ],
  },
]

export const LINES: readonly {
  readonly id: 'A' | 'B' | 'C'
  readonly points: readonly Point[]
  readonly label: Point
}[] = [
  { id: 'A', points: STREETS[0]!.points, label: [340, 192] },
  { id: 'B', points: STREETS[1]!.points, label: [110, 399] },
  { id: 'C', points: STREETS[2]!.points, label: [270, 330] },
]

/** Streets that are drawn only, because they leave the map. */
export const STUBS: readonly (readonly Point[])[] = [
  [
    [-60, 34],
    [20, 34],
  ],
  [
    [392, 34],
    [470, 34],
  ],
  [
    [392, 150],
    [470, 150],
  ],
  [
    [-60, 310],
    [20, 310],
  ],
  [
    [-60, 385],
    [20, 385],
  ],
  [
    [150, 10],
    [150, 34],
  ],
  [
    [200, 20],
    [200, 34],
  ],
  [
    [340, 20],
    [340, 34],
  ],
  [
    [340, 260],
    [340, 320],
  ],
  [
    [160, 385],
    [160, 405],
  ],
  [
    [60, 385],
    [60, 405],
  ],
  [
    [20, 20],
    [20, 34],
  ],
  [
    [20, 170],
    [90, 170],
  ],
]

export const RIVER = {
  name: 'River Alder',
  width: 30,
  points: [
    [-80, 150],
    [84, 150],
    [144, 210],
    [232, 210],
    [304, 282],
    [304, 360],
  ] as readonly Point[],
}
export const HARBOUR = {
  name: 'Harbour basin',
  points: [
    [236, 450],
    [236, 396],
    [272, 360],
    [512, 360],
    [512, 450],
  ] as readonly Point[],
}
/** Parapets, two lines for each bridge. */
export const BRIDGES: readonly (readonly (readonly Point[])[])[] = [
  [
    [
      [51, 134],
      [51, 166],
    ],
    [
      [69, 134],
      [69, 166],
    ],
  ],
  [
    [
      [259, 226],
      [259, 262],
    ],
    [
      [281, 248],
      [281, 284],
    ],
  ],
  [
    [
      [13, 134],
      [13, 166],
    ],
    [
      [27, 134],
      [27, 166],
    ],
  ],
]

export const DEPOT: Point = [60, 64]
export const LOCKERS: readonly {
  readonly id: string
  readonly name: string
  readonly at: Point
  readonly boxes: number
  readonly side: 'start' | 'middle' | 'end'
  readonly dy: number
}[] = [
  { id: 'L1', name: 'Station', at: [200, 64], boxes: 20, side: 'end', dy: -14 },
  { id: 'L2', name: 'Lantern Hill', at: [340, 110], boxes: 16, side: 'middle', dy: -24 },
  { id: 'L3', name: 'Mill Bridge', at: [60, 232], boxes: 20, side: 'end', dy: 1 },
  { id: 'L4', name: 'Harbour', at: [270, 286], boxes: 20, side: 'end', dy: 2 },
]
/** Where a crew can wait unseen. */
export const MEETING: readonly {
  readonly id: string
  readonly name: string
  readonly at: Point
}[] = [
  { id: 'place:old-quay', name: 'Old Quay', at: [224, 346] },
  { id: 'place:net-loft', name: 'Net Loft', at: [232, 385] },
  { id: 'place:ropewalk', name: 'Ropewalk', at: [244, 342] },
]
export const MASTS: readonly {
  readonly id: string
  readonly at: Point
  readonly radius: number
}[] = [
  { id: 'mast:M1', at: [70, 40], radius: 110 },
  { id: 'mast:M2', at: [210, 40], radius: 110 },
  { id: 'mast:M3', at: [350, 80], radius: 110 },
  { id: 'mast:M4', at: [190, 150], radius: 95 },
  { id: 'mast:M5', at: [320, 210], radius: 100 },
  { id: 'mast:M6', at: [50, 200], radius: 105 },
  { id: 'mast:M7', at: [80, 345], radius: 105 },
  { id: 'mast:M8', at: [240, 335], radius: 105 },
]
export const STREET_LABELS: readonly {
  readonly name: string
  readonly at: Point
  readonly anchor: 'start' | 'middle' | 'end'
}[] = [
  { name: 'North Road', at: [352, 30], anchor: 'end' },
  { name: 'Salt Market', at: [146, 128], anchor: 'start' },
  { name: 'Tannery Street', at: [119, 304], anchor: 'start' },
]
export const WATER_LABELS: readonly {
  readonly name: string
  readonly at: Point
  readonly anchor: 'start' | 'middle' | 'end'
}[] = [
  { name: 'River Alder', at: [158, 227], anchor: 'start' },
  { name: 'Harbour basin', at: [330, 418], anchor: 'middle' },
]
/** Narrow streets between high walls, where satellites are seen poorly. */
export const CANYONS: readonly string[] = ['Salt Market', 'Station Approach', 'Sailmaker Street']
