/** An order that became a parcel. `parcel` is its reference, `at` virtual milliseconds. */
export interface CustodyOrder {
  readonly number: string
  readonly parcel: string
  readonly at: number
  readonly address: string
}

/**
 * What systems and sensors reported of one order, second by second. `parts` are JSON texts: time,
 * reports, alerts, incidents, meters, points. Hashed in this order, each followed by a zero byte,
 * they give the digest that entry `entry` of the log holds; null where no entry holds this second.
 */
export interface CustodyTrail {
  readonly order: CustodyOrder
  readonly seconds: readonly {
    readonly at: number
    readonly entry: number | null
    readonly parts: readonly string[]
    /** Entries that hold the devices' signatures of this second's reports. */
    readonly seals: readonly number[]
    /** Entries that took in the devices which reported of the order in it. */
    readonly devices: readonly number[]
  }[]
  /** Further seconds that are not listed. */
  readonly more: number
}

/** A customer's receipt: `code` is read by `range/ledger/slip.ts`; `at` virtual milliseconds. */
export interface OrderSlip {
  readonly order: string
  readonly at: number
  readonly code: string
}
