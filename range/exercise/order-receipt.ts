import type { Telemetry } from '../../engine/event/telemetry.ts'
import type { Outcome } from './types.ts'

const APPROVED = '00'
const ORDER = 'order:'

/** The number of the order that an input placed; undefined where it placed none. */
export function orderPlaced(outcome: Outcome): string | undefined {
  if (!outcome.ok) return undefined
  for (const { event } of outcome.happened) if (event.kind === 'OrderPlaced') return event.number
  return undefined
}

/** Numbers of the orders of which a second's reports say that the bank approved the payment. */
export function ordersPaid(telemetry: readonly Telemetry[]): string[] {
  return telemetry.flatMap(({ body }) => {
    if (!('payment' in body)) return []
    const { message, merchant_reference: order, response_code: answer } = body.payment
    const approved = message === 'authorisation' && answer === APPROVED && order.startsWith(ORDER)
    return approved ? [order.slice(ORDER.length)] : []
  })
}
