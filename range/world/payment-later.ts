import { chance, range, Stream } from './draw.ts'
import { hash32 } from './key.ts'
import { confirmDelayMs, confirmPayment, holderConfirms } from './payment.ts'
import type { ShopEvent } from './types-shop-change.ts'
import type { Happened, Scheduled, World, WorldEvent } from './types.ts'

const HOUR = 3_600_000

/**
 * What follows from payments in their own time: a challenge answered, money captured when goods
 * leave, chargebacks.
 */
export function paymentsReact(world: World, happened: Happened): readonly Scheduled[] {
  const { event } = happened
  switch (event.kind) {
    case 'PaymentAnswered':
      return event.response === '1A' ? challenge(world, happened, event.transaction) : []
    case 'OrderPaid':
      return strangerComplains(world, happened, event.transaction)
    case 'ParcelLoaded':
      return captureOf(world, happened, event.parcel)
    case 'HostCalled':
      return leaked(world, happened, event.host, event.card)
    default:
      return []
  }
}

/**
 * A simulated holder answers after a while; a person at a screen answers there, so nothing is
 * scheduled.
 */
function challenge(world: World, { cause }: Happened, transaction: number): readonly Scheduled[] {
  if (cause.kind === 'player') return []
  const row = world.shop.transactions[transaction]!
  return [
    {
      at: world.now + confirmDelayMs(world, row),
      entity: hash32(row.reference),
      ordinal: 0,
      command: { kind: 'BankAnswers', transaction },
      cause,
    },
  ]
}
export function bankAnswers(world: World, transaction: number): readonly WorldEvent[] {
  const row = world.shop.transactions[transaction]
  if (!row || row.status !== 'challenged')
    return [{ kind: 'CommandRefused', command: 'BankAnswers', reason: 'nothing-to-answer' }]
  return confirmPayment(world, transaction, holderConfirms(world, row))
}

function captureOf(world: World, { cause }: Happened, parcel: number): readonly Scheduled[] {
  const order = world.logistics.parcels[parcel]?.order ?? null
  if (order === null) return []
  return [
    {
      at: world.now,
      entity: hash32(world.shop.orders[order]!.number),
      ordinal: 0,
      command: { kind: 'CapturePayment', order },
      cause,
    },
  ]
}
export function capture(world: World, order: number): readonly WorldEvent[] {
  const transaction = world.shop.orders[order]?.transaction ?? null
  const row = transaction === null ? null : world.shop.transactions[transaction]
  if (!row || row.status !== 'authorised')
    return [{ kind: 'CommandRefused', command: 'CapturePayment', reason: 'nothing-to-capture' }]
  return [{ kind: 'PaymentCaptured', transaction: row.id }]
}

/**
 * A card that reached a drop is used elsewhere one to three hours later, in a little over half of
 * all cases.
 */
function leaked(
  world: World,
  { cause }: Happened,
  host: string,
  card: number | null,
): readonly Scheduled[] {
  const drop = world.shop.hosts.find((one) => one.host === host && one.owner === 'drop')
  if (!drop || card === null || drop.collected.filter((one) => one.card === card).length > 1)
    return []
  const entity = hash32(world.shop.cards[card]!.number)
  if (!chance(550, world.config.seed, Stream.bankAnswer, entity, 20_000)) return []
  return [chargebackLater(world, cause, card, host, entity)]
}
/** Somebody elsewhere finds a purchase of ours on the statement. */
function strangerComplains(
  world: World,
  { cause }: Happened,
  transaction: number,
): readonly Scheduled[] {
  const row = world.shop.transactions[transaction]!
  const card = world.shop.cards[row.card]!
  if (card.holder !== null || cause.kind === 'player') return []
  return [chargebackLater(world, cause, card.id, '', hash32(card.number))]
}
function chargebackLater(
  world: World,
  cause: Happened['cause'],
  card: number,
  host: string,
  entity: number,
): Scheduled {
  const delay = HOUR + range(1_000_000, world.config.seed, Stream.bankDelay, entity, 20_001) * 7.2
  return {
    at: world.now + Math.floor(delay),
    entity,
    ordinal: 0,
    command: { kind: 'OpenChargeback', card, host },
    cause,
  }
}

/**
 * The newest captured payment of the card is taken back. A card blocked in time is not used, so
 * nothing happens.
 */
export function openChargeback(world: World, card: number, host: string): readonly WorldEvent[] {
  const { shop } = world
  const row = shop.cards[card]
  if (!row || (host !== '' && row.state === 'blocked'))
    return [{ kind: 'CommandRefused', command: 'OpenChargeback', reason: 'card-blocked-in-time' }]
  const transaction = shop.transactions.findLast(
    (one) => one.card === card && one.status === 'captured',
  )
  const trust: readonly ShopEvent[] =
    row.holder === null
      ? []
      : [{ kind: 'TrustChanged', customer: row.holder, deltaMilli: -14_000, reason: 'card-stolen' }]
  return [
    ...(transaction ? [{ kind: 'ChargebackOpened', transaction: transaction.id } as const] : []),
    ...trust,
  ]
}
