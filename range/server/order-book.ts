import type { Telemetry } from '../../engine/event/telemetry.ts'
import { orderPlaced, ordersPaid } from '../exercise/order-receipt.ts'
import type { Outcome } from '../exercise/types.ts'
import type { SlipKind } from '../ledger/slip.ts'

/** The entry of the log that stands for an order. */
export interface OrderEntry {
  readonly kind: SlipKind
  readonly index: number
}

/**
 * Which entry of the log each order's receipt names: the request that placed it, or the second in
 * which its payment was reported. A player's request goes first. As long as the town has orders.
 */
export class OrderBook {
  readonly #entries = new Map<string, OrderEntry>()

  /** Learns what an input at `index` did; gives the number of the order that it placed. */
  placed(outcome: Outcome, index: number): string | undefined {
    const number = orderPlaced(outcome)
    if (number !== undefined) this.#entries.set(number, { kind: 'request', index })
    return number
  }

  /** Learns what was reported in the second whose digest stands at `index`. */
  paid(telemetry: readonly Telemetry[], index: number): void {
    for (const number of ordersPaid(telemetry))
      if (!this.#entries.has(number)) this.#entries.set(number, { kind: 'second', index })
  }

  get(number: string): OrderEntry | undefined {
    return this.#entries.get(number)
  }
}
