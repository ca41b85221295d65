import { FEE_AUTHORISATION_MINOR, FEE_CHARGEBACK_MINOR } from './payment.ts'
import { remaining } from './shop-money.ts'
import type { Meters, World, WorldEvent } from './types.ts'

/** Staff time that a move costs, in milliseconds of work. */
const REFUND_MS = 180_000
const CLAIM_MS = 240_000

/**
 * The shop's meters; `world` is after the event. Revenue is captured payments minus refunds and
 * chargebacks; lost is money that went to somebody whom it did not belong to, chargebacks, and the
 * provider's fees for refused payments.
 */
export function shopMeters(meters: Meters, event: WorldEvent, world: World): Meters {
  switch (event.kind) {
    case 'OrderPaid':
      return { ...meters, ordersPaid: meters.ordersPaid + 1 }
    case 'PaymentCaptured':
      return {
        ...meters,
        revenueMinor: meters.revenueMinor + world.shop.transactions[event.transaction]!.amountMinor,
      }
    case 'PaymentAnswered':
      return answered(meters, event, world)
    case 'RefundExecuted':
      return refunded(meters, event.refund, world)
    case 'ChargebackOpened':
      return chargedBack(meters, event.transaction, world)
    case 'ClaimOpened':
      return { ...meters, staffMs: meters.staffMs + CLAIM_MS }
    case 'HostCalled':
      return event.card !== null && isDrop(world, event.host)
        ? { ...meters, cardsLeaked: meters.cardsLeaked + 1 }
        : meters
    case 'TrustChanged':
      return { ...meters, trustMilli: averageTrust(world) }
    default:
      return meters
  }
}
function answered(
  meters: Meters,
  event: Extract<WorldEvent, { kind: 'PaymentAnswered' }>,
  world: World,
): Meters {
  if (event.response === '00' || event.response === '1A') return meters
  const order = world.shop.orders[world.shop.transactions[event.transaction]!.order]!
  return {
    ...meters,
    ordersAbandoned: meters.ordersAbandoned + (order.customer === null ? 0 : 1),
    lostMinor: meters.lostMinor + FEE_AUTHORISATION_MINOR,
  }
}
function refunded(meters: Meters, refund: number, world: World): Meters {
  const { shop } = world
  const row = shop.refunds[refund]!
  const order = shop.orders[row.order]!
  const payer = shop.transactions[order.transaction!]!.card
  const theirs =
    row.destination === payer ||
    (order.customer !== null && shop.cards[row.destination]!.holder === order.customer)
  return {
    ...meters,
    staffMs: meters.staffMs + REFUND_MS,
    revenueMinor: meters.revenueMinor - row.amountMinor,
    lostMinor: meters.lostMinor + (theirs ? 0 : row.amountMinor),
  }
}
function chargedBack(meters: Meters, transaction: number, world: World): Meters {
  const row = world.shop.transactions[transaction]!
  const held = remaining(world.shop, row)
  return {
    ...meters,
    revenueMinor: meters.revenueMinor - held,
    lostMinor: meters.lostMinor + held + FEE_CHARGEBACK_MINOR,
  }
}
function isDrop(world: World, host: string): boolean {
  return world.shop.hosts.some((one) => one.host === host && one.owner === 'drop')
}
function averageTrust(world: World): number {
  const { customers } = world.shop
  return Math.round(
    customers.reduce((sum, one) => sum + one.trustMilli, 0) / Math.max(1, customers.length),
  )
}
