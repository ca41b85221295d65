import { refundable, transactionOf } from './shop-lookup.ts'
import type { Order, Staff } from './types-shop.ts'
import type { ShopCommand, ShopEvent } from './types-shop-change.ts'
import type { World, WorldEvent } from './types.ts'

type RefundCommand = Extract<
  ShopCommand,
  { kind: 'RequestRefund' | 'ApproveRefund' | 'ExecuteRefund' | 'RefuseRefund' }
>

/** Above this amount somebody else must approve a refund, while the control is on. */
export const FOUR_EYES_LIMIT_MINOR = 5_000
const REFUNDS_MAX = 5_000

/**
 * Refunds. Below the limit a request is carried out by the one who asks; above it another member of
 * staff must approve, unless the control is off: then one pair of eyes may approve its own request.
 * Refuses a suspended account, frozen refunds, more than the order still holds, and approval by the
 * requester.
 */
export function decideRefunds(world: World, command: RefundCommand): readonly WorldEvent[] {
  switch (command.kind) {
    case 'RequestRefund':
      return request(world, command)
    case 'ApproveRefund':
      return approve(world, command.refund, command.staff)
    case 'ExecuteRefund':
      return execute(world, command.refund)
    case 'RefuseRefund':
      return refuseRefund(world, command.refund, command.reason)
  }
}
function refuse(command: RefundCommand['kind'], reason: string): readonly WorldEvent[] {
  return [{ kind: 'CommandRefused', command, reason }]
}

function request(
  world: World,
  command: Extract<RefundCommand, { kind: 'RequestRefund' }>,
): readonly WorldEvent[] {
  const { shop } = world
  const order = shop.orders[command.order]
  const staff = shop.staff[command.staff]
  if (!order || !staff || !shop.cards[command.destination])
    return refuse('RequestRefund', 'no-such-order')
  if (staff.suspended) return refuse('RequestRefund', 'account-suspended')
  if (!mayRefund(staff)) return refuse('RequestRefund', 'not-their-job')
  if (shop.refundsFrozen) return refuse('RequestRefund', 'refunds-frozen')
  if (shop.refunds.length >= REFUNDS_MAX) return refuse('RequestRefund', 'too-many-refunds')
  const amount = Math.floor(command.amountMinor)
  if (amount < 1 || amount > refundable(shop, order))
    return refuse('RequestRefund', 'more-than-paid')
  const refund = shop.refunds.length
  const waits = amount > FOUR_EYES_LIMIT_MINOR || command.ask === true
  const asked: ShopEvent = {
    kind: 'RefundRequested',
    refund,
    order: command.order,
    staff: command.staff,
    amountMinor: amount,
    destination: command.destination,
    reason: command.reason.slice(0, 120),
    waits,
  }
  return waits ? [asked] : [asked, ...carryOut(world, order, refund)]
}
function approve(world: World, refund: number, staff: number): readonly WorldEvent[] {
  const { shop, config } = world
  const row = shop.refunds[refund]
  const who = shop.staff[staff]
  if (!row || !who) return refuse('ApproveRefund', 'no-such-refund')
  if (row.status !== 'requested') return refuse('ApproveRefund', 'refund-not-waiting')
  if (who.suspended) return refuse('ApproveRefund', 'account-suspended')
  if (!mayRefund(who)) return refuse('ApproveRefund', 'not-their-job')
  if (shop.refundsFrozen) return refuse('ApproveRefund', 'refunds-frozen')
  if (config.controls.fourEyes && row.requestedBy === staff)
    return refuse('ApproveRefund', 'four-eyes')
  return [
    { kind: 'RefundApproved', refund, staff },
    ...carryOut(world, shop.orders[row.order]!, refund),
  ]
}
function execute(world: World, refund: number): readonly WorldEvent[] {
  const row = world.shop.refunds[refund]
  if (!row || row.status === 'executed' || row.status === 'refused')
    return refuse('ExecuteRefund', 'refund-not-waiting')
  if (world.shop.refundsFrozen) return refuse('ExecuteRefund', 'refunds-frozen')
  if (row.amountMinor > FOUR_EYES_LIMIT_MINOR && row.approvedBy === null)
    return refuse('ExecuteRefund', 'four-eyes')
  return carryOut(world, world.shop.orders[row.order]!, refund)
}
/** A payment that was only authorised is captured first, so that what is given back was taken. */
function carryOut(world: World, order: Order, refund: number): readonly ShopEvent[] {
  const transaction = transactionOf(world.shop, order)
  const first: readonly ShopEvent[] =
    transaction?.status === 'authorised'
      ? [{ kind: 'PaymentCaptured', transaction: transaction.id }]
      : []
  return [...first, { kind: 'RefundExecuted', refund }]
}
function refuseRefund(world: World, refund: number, reason: string): readonly WorldEvent[] {
  const row = world.shop.refunds[refund]
  if (!row || row.status === 'executed' || row.status === 'refused')
    return refuse('RefuseRefund', 'refund-not-waiting')
  return [{ kind: 'RefundRefused', refund, reason }]
}
function mayRefund(staff: Staff): boolean {
  return staff.role === 'support' || staff.role === 'manager'
}
