import { withRow } from './rows.ts'
import { openingPolicy } from './shop-initial.ts'
import { customerBy, salePrice } from './shop-lookup.ts'
import {
  answerPayment,
  blockLeaked,
  chargeBack,
  executeRefund,
  placeOrder,
  sellOrder,
  tryCard,
} from './shop-money.ts'
import {
  changeOrder,
  changePage,
  changeRefund,
  changeSession,
  changeTransaction,
} from './shop-rows.ts'
import { newSession } from './shop-session.ts'
import { ALLOWED_HOSTS, SHOP_HOST } from './shop-scripts.ts'
import type { FleetEvent } from './types-logistics.ts'
import type { Order, Page, Session, ShopState } from './types-shop.ts'
import type { ShopEvent } from './types-shop-change.ts'
import type { World } from './types.ts'

/** Events of the fleet that the shop keeps track of. */
export type ShopHears = Extract<
  FleetEvent,
  { kind: 'ParcelTakenIn' | 'ParcelLoaded' | 'ParcelDelivered' | 'ParcelPutInLocker' }
>

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
    request.host === SHOP_HOST
      ? changeSession(state, request.session, (session) => ({
          ...session,
          lastSeen: world.now,
          requests: session.requests + 1,
          ip: request.ip,
          page: response.page ?? session.page,
          seen: firstSeen(session, response.page?.slug ?? null),
        }))
      : state,
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

/** The events that change the shop's rows. */
export const SHOP_EVENTS = Object.keys(RULES) as readonly (keyof typeof RULES)[]

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
