import { chance, range, Stream } from './draw.ts'
import { hash32 } from './key.ts'
import { refundable, transactionOf } from './shop-lookup.ts'
import { decideRefunds } from './shop-refunds.ts'
import type { Claim, Order, Refund, Staff } from './types-shop.ts'
import type { Command, World, WorldEvent } from './types.ts'

/**
 * A support agent settles claim `turn`: a refund to the card that paid, in whole or in part. Where
 * that card has expired since, or the case is drawn as clumsy, the money goes to the customer's
 * other card, and a colleague is asked even for a small amount. Nothing to give back, or frozen
 * refunds: the claim waits or ends.
 */
export function handleClaim(world: World, staff: Staff, turn: number): readonly WorldEvent[] {
  const claim = world.shop.claims[turn]
  const turned: WorldEvent = { kind: 'StaffTurned', staff: staff.id, turn }
  const order = claim ? world.shop.orders[claim.order] : undefined
  if (!claim || !order || claim.handled) return [{ ...turned, claim: turn }]
  if (staff.suspended || world.shop.refundsFrozen || order.status === 'placed') return [turned]
  const amountMinor = amountFor(world, claim, order)
  const transaction = transactionOf(world.shop, order)
  if (amountMinor < 1 || !transaction) return [{ ...turned, claim: turn }]
  const destination = destinationFor(world, order, transaction.card)
  const asked = decideRefunds(world, {
    kind: 'RequestRefund',
    order: order.id,
    staff: staff.id,
    amountMinor,
    destination,
    reason: claim.reason,
    ask: destination !== transaction.card,
  })
  return [...asked, { ...turned, claim: turn }]
}

function amountFor(world: World, claim: Claim, order: Order): number {
  const most = refundable(world.shop, order)
  const entity = hash32(order.number)
  const part = ['late', 'damaged', 'spoiled'].includes(claim.reason)
  if (!part) return most
  const percent = 20 + 10 * range(5, world.config.seed, Stream.refundCase, entity, 0)
  return Math.min(most, Math.floor((order.totalMinor * percent) / 100))
}
/**
 * The paying card; or the holder's other one, where the first expired or the case is a clumsy one.
 */
function destinationFor(world: World, order: Order, paid: number): number {
  const spare = order.customer === null ? null : world.shop.customers[order.customer]!.secondCard
  if (spare === null || spare === paid || world.shop.cards[spare]!.state !== 'good') return paid
  const clumsy = chance(
    Math.min(1000, (450 * (world.config.twins['clumsy-refund'] ?? 1000)) / 1000),
    world.config.seed,
    Stream.refundCase,
    hash32(order.number),
    1,
  )
  return world.shop.cards[paid]!.state !== 'good' || clumsy ? spare : paid
}

/**
 * The colleague looks at who gets the money: a card of the customer who ordered is fine. Another
 * one is refused, but for one time in eight, when the colleague is in a hurry.
 */
export function approveOrRefuse(world: World, refund: Refund, staff: number): Command {
  const order = world.shop.orders[refund.order]!
  const paid = transactionOf(world.shop, order)?.card
  const fits =
    refund.destination === paid ||
    (order.customer !== null && world.shop.cards[refund.destination]!.holder === order.customer)
  const hurry = chance(125, world.config.seed, Stream.refundCase, hash32(refund.reference), 22)
  return fits || hurry
    ? { kind: 'ApproveRefund', refund: refund.id, staff }
    : { kind: 'RefuseRefund', refund: refund.id, reason: 'not-their-card' }
}
