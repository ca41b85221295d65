// CONTRACT: change only by adding.

/**
 * What the twin may know: map, type plates, masts. Never the state of the world. Units:
 * millimetres, grams, milliseconds.
 */
export interface TwinPlan {
  readonly nodes: readonly {
    readonly id: string
    readonly x: number
    readonly y: number
    readonly name: string
  }[]
  /** Undirected roads; `lengthMm` is the driven length, `speedMmPerS` the limit. */
  readonly edges: readonly {
    readonly from: string
    readonly to: string
    readonly lengthMm: number
    readonly speedMmPerS: number
  }[]
  /** Depot, lockers, doors: entity reference to node. */
  readonly places: readonly { readonly id: string; readonly node: string }[]
  readonly masts: readonly {
    readonly id: string
    readonly x: number
    readonly y: number
    readonly radiusMm: number
  }[]
  readonly vans: readonly {
    readonly id: string
    readonly gps: string
    readonly odometer: string
    readonly door: string
    readonly cell: string
    /** What people call it; its reference where there is none. */
    readonly name?: string
  }[]
  /** GPS noise one sigma, odometer scale error bound in parts per million, of the type plate. */
  readonly gpsSigmaMm: number
  readonly odometerPpmMax: number
}
