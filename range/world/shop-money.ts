import { withRow } from './rows.ts'
import { sessionOf } from './shop-lookup.ts'
import {
  changeOrder,
  changeRefund,
  changeSession,
  changeTransaction,
  moveMoney,
} from './shop-rows.ts'
import type { Order, ShopState, Transaction } from './types-shop.ts'
import type { ShopEvent } from './types-shop-change.ts'
import type { World } from './types.ts'

/** What orders, payments, refunds and chargebacks make of the shop's rows. */
export function placeOrder(
  state: ShopState,
  event: Extract<ShopEvent, { kind: 'OrderPlaced' }>,
  world: World,
): ShopState {
  const session = sessionOf(state, event.session)
  const order: Order = {
    id: event.order,
    customer: event.customer ?? null,
    session: session?.id ?? -1,
    at: world.now,
    lines: event.lines ?? [],
    totalMinor: event.totalMinor,
    address: event.address,
    status: 'placed',
    parcel: null,
    transaction: null,
    number: event.number ?? '',
  }
  const placed = { ...state, orders: [...state.orders, order] }
  return changeSession(placed, event.session, (row) => ({ ...row, orders: row.orders + 1 }))
}

export function tryCard(
  state: ShopState,
  event: Extract<ShopEvent, { kind: 'PaymentTried' }>,
  world: World,
): ShopState {
  const card = state.cards[event.card]!
  const transaction: Transaction = {
    id: event.transaction,
    order: event.order,
    card: event.card,
    amountMinor: event.amountMinor,
    status: 'declined',
    response: '05',
    at: world.now,
    reference: `${state.orders[event.order]!.number}-${card.tries % 10}`,
    sca: 'none',
    session: event.session,
    ip: event.ip,
  }
  return {
    ...state,
    transactions: [...state.transactions, transaction],
    cards: withRow(state.cards, card.id, { ...card, tries: card.tries + 1 }),
    orders: withRow(state.orders, event.order, {
      ...state.orders[event.order]!,
      transaction: event.transaction,
    }),
  }
}

export function answerPayment(
  state: ShopState,
  event: Extract<ShopEvent, { kind: 'PaymentAnswered' }>,
): ShopState {
  const status =
    event.response === '00' ? 'authorised' : event.response === '1A' ? 'challenged' : 'declined'
  const answered = changeTransaction(state, event.transaction, (row) => ({
    ...row,
    status,
    response: event.response,
    sca: event.sca,
  }))
  const row = answered.transactions[event.transaction]!
  if (status === 'declined')
    return changeOrder(answered, row.order, (order) => ({ ...order, status: 'failed' }))
  return status === 'authorised' ? moveMoney(answered, row.card, -row.amountMinor) : answered
}

/** Paid: goods leave the stock, the cart is empty. */
export function sellOrder(state: ShopState, id: number): ShopState {
  const order = state.orders[id]!
  const products = order.lines.reduce((rows, line) => {
    const row = rows[line.product]!
    return withRow(rows, line.product, { ...row, stock: Math.max(0, row.stock - line.count) })
  }, state.products)
  const session = state.sessions[order.session]
  const sessions = session
    ? withRow(state.sessions, session.id, { ...session, cart: [] })
    : state.sessions
  return {
    ...state,
    products,
    sessions,
    orders: withRow(state.orders, id, { ...order, status: 'paid' }),
  }
}

export function executeRefund(state: ShopState, id: number): ShopState {
  const refund = state.refunds[id]!
  const paid = moveMoney(
    changeRefund(state, id, { status: 'executed' }),
    refund.destination,
    refund.amountMinor,
  )
  const transaction = paid.transactions[paid.orders[refund.order]!.transaction!]!
  if (remaining(paid, transaction) > 0) return paid
  const settled = changeTransaction(paid, transaction.id, (row) => ({ ...row, status: 'refunded' }))
  return changeOrder(settled, refund.order, (order) => ({ ...order, status: 'refunded' }))
}

/** The bank takes back what is left of a payment after refunds. */
export function chargeBack(state: ShopState, id: number): ShopState {
  const row = state.transactions[id]!
  const charged = changeTransaction(state, id, (one) => ({ ...one, status: 'chargeback' }))
  return moveMoney(charged, row.card, remaining(state, row))
}

/** What a payment still holds after executed refunds. */
export function remaining(state: ShopState, transaction: Transaction): number {
  const back = state.refunds.filter(
    (one) => one.order === transaction.order && one.status === 'executed',
  )
  return Math.max(0, transaction.amountMinor - back.reduce((sum, one) => sum + one.amountMinor, 0))
}

export function blockLeaked(state: ShopState, host: string): ShopState {
  const leaked = new Set(
    state.hosts.find((one) => one.host === host)?.collected.map((one) => one.card) ?? [],
  )
  return {
    ...state,
    cards: state.cards.map((card) =>
      leaked.has(card.id) && card.state === 'good' ? { ...card, state: 'blocked' } : card,
    ),
  }
}
