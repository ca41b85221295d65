import type { PaymentActivity } from '../../engine/event/telemetry.ts'
import type { Transaction } from '../world/types-shop.ts'
import type { World } from '../world/types.ts'
import { base, type Report, type Source } from './report.ts'

type Message = PaymentActivity['payment']['message']

/**
 * What the payment provider tells the shop: each authorisation with its answer, strong
 * authentication, money moved.
 */
export const payment: Source = (world, _at, event) => {
  switch (event.kind) {
    case 'PaymentAnswered': {
      const seen = { response: event.response, sca: event.sca }
      const asked = event.sca === 'challenge' || event.sca === 'failed'
      return [
        ...(asked ? [message(world, event.transaction, 'sca', seen)] : []),
        message(world, event.transaction, 'authorisation', seen),
      ].flat()
    }
    case 'PaymentCaptured':
      return message(world, event.transaction, 'capture')
    case 'ChargebackOpened':
      return message(world, event.transaction, 'chargeback')
    case 'RefundExecuted':
      return refunded(world, event.refund)
    default:
      return []
  }
}

function message(
  world: World,
  id: number,
  kind: Message,
  seen?: Pick<Transaction, 'response' | 'sca'>,
): readonly Report[] {
  const transaction = world.shop.transactions[id]
  if (transaction === undefined) return []
  return [
    report(world, { ...transaction, ...seen }, kind, transaction.card, transaction.amountMinor),
  ]
}

function refunded(world: World, id: number): readonly Report[] {
  const refund = world.shop.refunds[id]
  const order = refund === undefined ? undefined : world.shop.orders[refund.order]
  const transaction =
    order?.transaction == null ? undefined : world.shop.transactions[order.transaction]
  if (refund === undefined || transaction === undefined) return []
  return [report(world, transaction, 'refund', refund.destination, refund.amountMinor)]
}

function report(
  world: World,
  transaction: Transaction,
  kind: Message,
  cardIndex: number,
  amountMinor: number,
): Report {
  const { token, bin, last4, country } = world.shop.cards[cardIndex]!
  const order = world.shop.orders[transaction.order]
  return {
    stream: 'payment',
    delayMs: 0,
    body: (time, uid): PaymentActivity => ({
      class_uid: 99901,
      category_uid: 99,
      activity_id: 99,
      ...base(time, uid, 'payments', 'payment provider'),
      payment: {
        message: kind,
        transaction_id: transaction.reference,
        merchant_reference: `order:${order?.number ?? transaction.order}`,
        card: { token, bin, last4, country },
        amount_minor: amountMinor,
        currency: 'EUR',
        response_code: transaction.response,
        sca: transaction.sca,
      },
      src_endpoint: { ip: transaction.ip },
      ...(transaction.session === '' ? {} : { session: { uid: transaction.session } }),
    }),
  }
}
