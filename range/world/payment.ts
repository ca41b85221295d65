import { chance, range, Stream } from './draw.ts'
import { code, hash32 } from './key.ts'
import type { Card, Order, Transaction } from './types-shop.ts'
import type { ShopEvent } from './types-shop-change.ts'
import type { World } from './types.ts'

/**
 * Up to this amount strong authentication may be left out (Commission Delegated Regulation
 * 2018/389, art. 16).
 */
export const SCA_EXEMPT_MINOR = 3_000
/** What the provider takes for one authorisation, whatever its answer, and for one chargeback. */
export const FEE_AUTHORISATION_MINOR = 8
export const FEE_CHARGEBACK_MINOR = 1_500

export interface Attempt {
  readonly order: Pick<Order, 'id' | 'number' | 'totalMinor' | 'lines'>
  readonly card: Card
  readonly session: string
  readonly ip: string
}

/**
 * Asks the bank at once. Events: PaymentTried, PaymentAnswered, and OrderPaid when approved.
 * Response 1A means that the card holder must confirm first: `confirmPayment` then gives the final
 * answer. Drawn per card and try, never globally.
 */
export function tryPayment(world: World, attempt: Attempt): readonly ShopEvent[] {
  const { order, card, session, ip } = attempt
  const transaction = world.shop.transactions.length
  const tried: ShopEvent = {
    kind: 'PaymentTried',
    transaction,
    order: order.id,
    card: card.id,
    amountMinor: order.totalMinor,
    session,
    ip,
  }
  const response = bankAnswer(world, card, order.totalMinor)
  if (response !== '00')
    return [tried, { kind: 'PaymentAnswered', transaction, response, sca: 'none' }]
  if (!world.config.controls.sca) return [tried, ...approved(world, transaction, order, 'none')]
  if (order.totalMinor <= SCA_EXEMPT_MINOR)
    return [tried, ...approved(world, transaction, order, 'exempt')]
  return [tried, { kind: 'PaymentAnswered', transaction, response: '1A', sca: 'challenge' }]
}
function approved(
  world: World,
  transaction: number,
  order: Attempt['order'],
  sca: 'none' | 'exempt' | 'challenge',
): readonly ShopEvent[] {
  return [
    { kind: 'PaymentAnswered', transaction, response: '00', sca },
    { kind: 'OrderPaid', order: order.id, transaction },
    ...fulfil(world, transaction, order),
  ]
}
/**
 * Gift cards and downloads are handed over at once; an order of nothing else is captured at once
 * too.
 */
function fulfil(world: World, transaction: number, order: Attempt['order']): readonly ShopEvent[] {
  const { seed } = world.config
  const kinds = order.lines.map((line) => world.shop.products[line.product]!.kind)
  const gifts = order.lines.flatMap((line, i): ShopEvent[] =>
    kinds[i] !== 'giftcard'
      ? []
      : Array.from({ length: line.count }, (_, n) => ({
          kind: 'GiftCardIssued',
          order: order.id,
          valueMinor: world.shop.products[line.product]!.priceMinor,
          code: code(12, seed, Stream.giftCode, hash32(order.number), i * 16 + n),
        })),
  )
  const granted: readonly ShopEvent[] = kinds.includes('download')
    ? [{ kind: 'DownloadGranted', order: order.id }]
    : []
  const ships = kinds.some((kind) => kind === 'physical' || kind === 'cold')
  return [
    ...gifts,
    ...granted,
    ...(ships ? [] : [{ kind: 'PaymentCaptured', transaction } as const]),
  ]
}

/** The bank's answer to card and amount; approved ones still may need strong authentication. */
export function bankAnswer(world: World, card: Card, amountMinor: number): Transaction['response'] {
  if (card.state === 'expired') return '54'
  if (card.state !== 'good')
    return chance(120, world.config.seed, Stream.bankAnswer, hash32(card.number), 5000)
      ? '14'
      : '05'
  if (card.balanceMinor < amountMinor) return '51'
  return chance(22, world.config.seed, Stream.bankAnswer, hash32(card.number), card.tries)
    ? '05'
    : '00'
}

/**
 * The card holder has answered the challenge, or let it pass. Refuses when nothing waits for an
 * answer.
 */
export function confirmPayment(
  world: World,
  transaction: number,
  agreed: boolean,
): readonly ShopEvent[] {
  const row = world.shop.transactions[transaction]
  if (!row || row.status !== 'challenged') return []
  if (!agreed) return [{ kind: 'PaymentAnswered', transaction, response: '05', sca: 'failed' }]
  const card = world.shop.cards[row.card]!
  if (card.state !== 'good' || card.balanceMinor < row.amountMinor) {
    return [
      {
        kind: 'PaymentAnswered',
        transaction,
        response: card.state === 'good' ? '51' : '05',
        sca: 'challenge',
      },
    ]
  }
  return approved(world, transaction, world.shop.orders[row.order]!, 'challenge')
}

/**
 * Does the holder of a card confirm a challenge? Nearly always, if it is the holder who pays: from
 * the holder's own network.
 */
export function holderConfirms(world: World, transaction: Transaction): boolean {
  const card = world.shop.cards[transaction.card]!
  const holder = card.holder === null ? null : world.shop.customers[card.holder]!
  if (holder?.ip !== transaction.ip) return false
  return chance(955, world.config.seed, Stream.bankAnswer, hash32(card.number), 9_000 + card.tries)
}
/** Time a holder takes to reach for the phone. */
export function confirmDelayMs(world: World, transaction: Transaction): number {
  const entity = hash32(world.shop.cards[transaction.card]!.number)
  return (
    9_000 +
    range(
      42_000,
      world.config.seed,
      Stream.bankDelay,
      entity,
      world.shop.cards[transaction.card]!.tries,
    )
  )
}
