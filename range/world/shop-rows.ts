import { withRow } from './rows.ts'
import { pageOf, sessionOf } from './shop-lookup.ts'
import type { Card, Order, Page, Refund, Session, ShopState, Transaction } from './types-shop.ts'

/** The shop with one row changed; as it is where there is no such session or order. */
export function changeSession(
  state: ShopState,
  key: string,
  change: (row: Session) => Session,
): ShopState {
  const row = sessionOf(state, key)
  return row ? { ...state, sessions: withRow(state.sessions, row.id, change(row)) } : state
}

export function changeOrder(
  state: ShopState,
  id: number,
  change: (row: Order) => Order,
): ShopState {
  const row = state.orders[id]
  return row ? { ...state, orders: withRow(state.orders, id, change(row)) } : state
}

export function changeTransaction(
  state: ShopState,
  id: number,
  change: (row: Transaction) => Transaction,
): ShopState {
  return {
    ...state,
    transactions: withRow(state.transactions, id, change(state.transactions[id]!)),
  }
}

export function changeRefund(state: ShopState, id: number, change: Partial<Refund>): ShopState {
  return { ...state, refunds: withRow(state.refunds, id, { ...state.refunds[id]!, ...change }) }
}

export function changePage(
  state: ShopState,
  slug: Page['slug'],
  change: (row: Page) => Page,
): ShopState {
  const row = pageOf(state, slug)
  return { ...state, pages: withRow(state.pages, state.pages.indexOf(row), change(row)) }
}

export function moveMoney(state: ShopState, card: number, amountMinor: number): ShopState {
  const row: Card = state.cards[card]!
  return {
    ...state,
    cards: withRow(state.cards, card, { ...row, balanceMinor: row.balanceMinor + amountMinor }),
  }
}
