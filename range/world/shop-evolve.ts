import { withRow } from './key.ts'
import { openingPolicy } from './shop-initial.ts'
import { customerBy, pageOf, salePrice, sessionOf } from './shop-lookup.ts'
import { newSession } from './shop-session.ts'
import { ALLOWED_HOSTS, SHOP_HOST } from './shop-scripts.ts'
import type { FleetEvent } from './types-logistics.ts'
import type { Card, Order, Page, Session, ShopState, Transaction } from './types-shop.ts'
import type { ShopEvent } from './types-shop-change.ts'
import type { World } from './types.ts'

/** Events of the fleet that the shop keeps track of. */
export type ShopHears = Extract<
  FleetEvent,
  {
    kind:
      'ParcelTakenIn' | 'ParcelLoaded' | 'ParcelDelivered' | 'ParcelPutInLocker' | 'ParcelStolen'
  }
>
export const HEARS: readonly ShopHears['kind'][] = [
  'ParcelTakenIn',
  'ParcelLoaded',
  'ParcelDelivered',
  'ParcelPutInLocker',
  'ParcelStolen',
]

type Rule<K> = (
  state: ShopState,
  event: Extract<ShopEvent | ShopHears, { kind: K }>,
  world: World,
) => ShopState

/**
 * The next state of the shop; rows are replaced, never changed. Events without a rule leave it as
 * it is.
 */
export function evolveShop(
  state: ShopState,
  event: ShopEvent | ShopHears,
  world: World,
): ShopState {
  const rule = RULES[event.kind] as Rule<typeof event.kind> | undefined
  return rule ? rule(state, event as never, world) : state
}

const RULES: { readonly [K in (ShopEvent | ShopHears)['kind']]?: Rule<K> } = {
  SessionOpened: (state, event, world) => openSession(state, event, world),
  HttpServed: (state, { request, response }, world) =>
    changeSession(
      state,
      request.session,
      (session) => ({
        ...session,
        lastSeen: world.now,
        requests: session.requests + 1,
        ip: request.ip,
        page: response.page ?? session.page,
        seen: firstSeen(session, response.page?.slug ?? null),
      }),
      request.host,
    ),
  SignedIn: (state, { session, account, ok, staff }) => {
    const customer = ok && !staff ? customerBy(state, account) : null
    return customer
      ? changeSession(state, session, (row) => ({ ...row, customer: customer.id }))
      : state
  },
  CartChanged: (state, event, world) =>
    changeSession(state, event.session, (row) => changeCart(row, event, world)),
  OrderPlaced: placeOrder,
  PaymentTried: tryCard,
  PaymentAnswered: answerPayment,
  OrderPaid: (state, { order }) => sellOrder(state, order),
  PaymentCaptured: (state, { transaction }) =>
    changeTransaction(state, transaction, (row) => ({ ...row, status: 'captured' })),
  RefundRequested: (state, event, world) => ({
    ...state,
    refunds: [
      ...state.refunds,
      {
        id: event.refund,
        order: event.order,
        amountMinor: event.amountMinor,
        reason: event.reason,
        requestedBy: event.staff,
        approvedBy: null,
        destination: event.destination,
        status: 'requested',
        at: world.now,
        reference: `R-${state.orders[event.order]!.number}-${state.refunds.filter((one) => one.order === event.order).length + 1}`,
      },
    ],
  }),
  RefundApproved: (state, { refund, staff }) =>
    changeRefund(state, refund, { status: 'approved', approvedBy: staff }),
  RefundRefused: (state, { refund }) => changeRefund(state, refund, { status: 'refused' }),
  RefundExecuted: (state, { refund }) => executeRefund(state, refund),
  ChargebackOpened: (state, { transaction }) => chargeBack(state, transaction),
  ClaimOpened: (state, { order, reason }, world) => ({
    ...state,
    claims: [
      ...state.claims,
      { id: state.claims.length, order, reason, at: world.now, handled: false },
    ],
  }),
  ReviewPosted: (state, { product, author, stars, text }, world) => ({
    ...state,
    reviews: [
      ...state.reviews.slice(-499),
      { id: state.reviews.length, product, author, stars, text, at: world.now },
    ],
  }),
  GiftCardIssued: (state, { code, valueMinor, order }) => ({
    ...state,
    giftCards: [
      ...state.giftCards,
      { id: state.giftCards.length, code, valueMinor, order, redeemedBy: null },
    ],
  }),
  PagePublished: (state, { page, revision }) =>
    changePage(state, page, (row) => ({
      ...row,
      revisions: [...row.revisions, revision],
      live: row.revisions.length,
    })),
  PageSigned: (state, { page, revision }) =>
    changePage(state, page, (row) => ({
      ...row,
      revisions: row.revisions.map((one) =>
        one.number === revision ? { ...one, signed: true } : one,
      ),
    })),
  // What came after the restored revision loses its signature.
  PageRestored: (state, { page, revision }) =>
    changePage(state, page, (row) => {
      const live = row.revisions.findIndex((one) => one.number === revision)
      const revisions = row.revisions.map((one, i) => (i > live ? { ...one, signed: false } : one))
      return { ...row, live, revisions }
    }),
  PagesInspected: (state, { round }) => ({ ...state, inspections: round + 1 }),
  HostCalled: (state, { host, card, customer }, world) => ({
    ...state,
    hosts: state.hosts.map((one) =>
      one.host === host && card !== null
        ? { ...one, collected: [...one.collected.slice(-1_999), { at: world.now, card, customer }] }
        : one,
    ),
  }),
  DropOpened: (state, { host }, world) => ({
    ...state,
    hosts: [...state.hosts, { host, owner: 'drop', collected: [], opened: world.now }],
  }),
  HostBlocked: (state, { host }) => ({
    ...state,
    csp: {
      allowed: state.csp.allowed.includes('*') ? ALLOWED_HOSTS : state.csp.allowed,
      blocked: [...state.csp.blocked, host],
      enforce: true,
    },
  }),
  HostUnblocked: (state, { host }, world) => {
    const blocked = state.csp.blocked.filter((one) => one !== host)
    return {
      ...state,
      csp: blocked.length === 0 ? openingPolicy(world.config) : { ...state.csp, blocked },
    }
  },
  SourceBlocked: (state, { ip }) => ({ ...state, blockedIps: [...state.blockedIps, ip] }),
  SourceUnblocked: (state, { ip }) => ({
    ...state,
    blockedIps: state.blockedIps.filter((one) => one !== ip),
  }),
  AccountSuspended: (state, { account }) => setLocked(state, account, true),
  AccountRestored: (state, { account }) => setLocked(state, account, false),
  RefundsFrozen: (state) => ({ ...state, refundsFrozen: true }),
  RefundsThawed: (state) => ({ ...state, refundsFrozen: false }),
  VelocityRuleSet: (state, { perMinute }) => ({ ...state, velocityLimit: perMinute }),
  CardHoldersNotified: (state, { host }) => blockLeaked(state, host),
  TrustChanged: (state, { customer, deltaMilli }) => {
    const row = state.customers[customer]
    if (!row) return state
    const trustMilli = Math.max(0, Math.min(100_000, row.trustMilli + deltaMilli))
    return { ...state, customers: withRow(state.customers, customer, { ...row, trustMilli }) }
  },
  CustomerSeated: (state, { customer, player }) => ({
    ...state,
    customers: withRow(state.customers, customer, { ...state.customers[customer]!, player }),
  }),
  SaleStarted: (state, { until, factorPercent }) => ({ ...state, sale: { until, factorPercent } }),
  ShopReleased: (state, { release }) => ({ ...state, release }),
  StaffTurned: (state, { claim }) =>
    claim === undefined
      ? state
      : {
          ...state,
          claims: withRow(state.claims, claim, { ...state.claims[claim]!, handled: true }),
        },
  ParcelTakenIn: (state, { parcel }) =>
    parcel.order === null
      ? state
      : changeOrder(state, parcel.order, (row) => ({
          ...row,
          parcel: parcel.id,
          status: 'packed',
        })),
  ParcelLoaded: (state, { parcel }) => setStatusOfParcel(state, parcel, 'shipped'),
  ParcelDelivered: (state, { parcel }) => setStatusOfParcel(state, parcel, 'delivered'),
  ParcelPutInLocker: (state, { parcel }) => setStatusOfParcel(state, parcel, 'delivered'),
}

function openSession(
  state: ShopState,
  event: { key: string; ip: string; agent: string },
  world: World,
): ShopState {
  const session = newSession(state, event, world)
  return {
    ...state,
    sessions: [...state.sessions, session],
    sessionByKey: new Map(state.sessionByKey).set(event.key, session.id),
  }
}
function changeSession(
  state: ShopState,
  key: string,
  change: (row: Session) => Session,
  host: string = SHOP_HOST,
): ShopState {
  const row = host === SHOP_HOST ? sessionOf(state, key) : null
  return row ? { ...state, sessions: withRow(state.sessions, row.id, change(row)) } : state
}
function firstSeen(session: Session, slug: Page['slug'] | null): Session['seen'] {
  if (slug === null || session.seen.some((one) => one.slug === slug)) return session.seen
  return [...session.seen, { slug, request: session.requests + 1 }]
}
function changeCart(
  row: Session,
  event: { product: number; count: number; priceMinor?: number },
  world: World,
): Session {
  const rest = row.cart.filter((line) => line.product !== event.product)
  if (event.count === 0) return { ...row, cart: rest }
  const priceMinor =
    event.priceMinor ?? salePrice(world, world.shop.products[event.product]!.priceMinor)
  return { ...row, cart: [...rest, { product: event.product, count: event.count, priceMinor }] }
}

function placeOrder(
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
function tryCard(
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
function answerPayment(
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
function sellOrder(state: ShopState, id: number): ShopState {
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
function executeRefund(state: ShopState, id: number): ShopState {
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
function chargeBack(state: ShopState, id: number): ShopState {
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
function blockLeaked(state: ShopState, host: string): ShopState {
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
function moveMoney(state: ShopState, card: number, amountMinor: number): ShopState {
  const row: Card = state.cards[card]!
  return {
    ...state,
    cards: withRow(state.cards, card, { ...row, balanceMinor: row.balanceMinor + amountMinor }),
  }
}

function changeOrder(state: ShopState, id: number, change: (row: Order) => Order): ShopState {
  const row = state.orders[id]
  return row ? { ...state, orders: withRow(state.orders, id, change(row)) } : state
}
function changeTransaction(
  state: ShopState,
  id: number,
  change: (row: Transaction) => Transaction,
): ShopState {
  return {
    ...state,
    transactions: withRow(state.transactions, id, change(state.transactions[id]!)),
  }
}
function changeRefund(
  state: ShopState,
  id: number,
  change: Partial<ShopState['refunds'][number]>,
): ShopState {
  return { ...state, refunds: withRow(state.refunds, id, { ...state.refunds[id]!, ...change }) }
}
function changePage(state: ShopState, slug: Page['slug'], change: (row: Page) => Page): ShopState {
  const row = pageOf(state, slug)
  return { ...state, pages: withRow(state.pages, state.pages.indexOf(row), change(row)) }
}
function setStatusOfParcel(state: ShopState, parcel: number, status: Order['status']): ShopState {
  const order = state.orders.findLast((one) => one.parcel === parcel)
  return order
    ? changeOrder(state, order.id, (row) => (row.status === 'refunded' ? row : { ...row, status }))
    : state
}
function setLocked(state: ShopState, account: string, locked: boolean): ShopState {
  const customer = customerBy(state, account)
  if (customer)
    return { ...state, customers: withRow(state.customers, customer.id, { ...customer, locked }) }
  return {
    ...state,
    staff: state.staff.map((one) =>
      one.account === account ? { ...one, suspended: locked } : one,
    ),
  }
}
