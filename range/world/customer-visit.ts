import { chance, range, Stream } from './draw.ts'
import { badgeOf, rememberedKey } from './identity.ts'
import { hex16, pick } from './key.ts'
import { POPULARITY } from './shop-catalogue.ts'
import { sessionOf } from './shop-lookup.ts'
import { SHOP_HOST } from './shop-scripts.ts'
import type { Customer, Order, Session, ShopRequest } from './types-shop.ts'
import type { World } from './types.ts'

/** One thing a customer does in the shop, `afterMs` after the one before. */
export type Action = { readonly afterMs: number } & (
  | { readonly kind: 'open'; readonly path: string; readonly query: string }
  | { readonly kind: 'add'; readonly product: number; readonly count: number }
  | { readonly kind: 'login'; readonly right: boolean }
  | { readonly kind: 'forgot' }
  | { readonly kind: 'pay'; readonly try: number }
  | { readonly kind: 'see-order' }
  | { readonly kind: 'review'; readonly product: number; readonly stars: number }
)
type Wish = 'browse' | 'buy' | 'forgotten' | 'look-up' | 'review' | 'gift'

/**
 * Visits from this ordinal up are extra ones: a sale, a gift rush, a letter about codes, a card
 * that is dead.
 */
export const EXTRA_VISITS_FROM = 10_000
export const GIFT_VISITS = EXTRA_VISITS_FROM + 1_000
export const FORGOTTEN_VISITS = EXTRA_VISITS_FROM + 2_000
export const DEAD_CARD_VISITS = EXTRA_VISITS_FROM + 3_000
const STEPS_MAX = 40
/** Of those whose device does not know them, how many buy without signing in. */
const GUESTS_PERCENT = 65

/**
 * What customer `customer` does on visit `visit`: a pure function of seed, customer and visit, so
 * that nobody else's doings change it. At most STEPS_MAX actions; later ones may prove needless (a
 * second try after a paid first one).
 */
export function planVisit(world: World, customer: number, visit: number): readonly Action[] {
  const { seed } = world.config
  const lot = (n: number, index: number): number =>
    range(n, seed, Stream.customerBrowse, customer, visit * 64 + index)
  const wish = wishOf(seed, customer, visit)
  const steps: Action[] = [open('/', '', 0)]
  const known = remembered(world, customer, visit)
  if (wish === 'forgotten') return [...steps, ...forgotten(lot)]
  if (wish === 'look-up' || wish === 'review') {
    steps.push(open('/account', '', 4_000 + lot(20_000, 1)), ...(known ? [] : signIn(lot)), {
      kind: 'see-order',
      afterMs: 5_000 + lot(20_000, 2),
    })
    if (wish === 'review')
      steps.push({
        kind: 'review',
        product: product(lot(1_000, 3)),
        stars: 2 + pick([1, 2, 4, 5], lot(12, 4)),
        afterMs: 40_000 + lot(90_000, 5),
      })
    return steps
  }
  const looks = 1 + lot(4, 6)
  for (let i = 0; i < looks; i++) steps.push(...look(world, lot, i))
  if (wish === 'browse')
    return chance(220, seed, Stream.customerOrder, customer, visit * 8 + 1)
      ? [...steps, ...abandon(lot)]
      : steps
  return [
    ...steps,
    ...purchase(lot, wish === 'gift', known, visit >= DEAD_CARD_VISITS ? 6 : 3),
  ].slice(0, STEPS_MAX)
}

function wishOf(seed: number, customer: number, visit: number): Wish {
  if (visit >= DEAD_CARD_VISITS) return 'buy'
  if (visit >= FORGOTTEN_VISITS) return 'forgotten'
  if (visit >= GIFT_VISITS)
    return chance(420, seed, Stream.customerOrder, customer, visit * 8) ? 'gift' : 'browse'
  const buys = visit >= EXTRA_VISITS_FROM ? 170 : 104
  const roll = range(1000, seed, Stream.customerOrder, customer, visit * 8)
  return roll < buys
    ? 'buy'
    : roll < buys + 22
      ? 'forgotten'
      : roll < buys + 90
        ? 'look-up'
        : roll < buys + 112
          ? 'review'
          : 'browse'
}

type Lot = (n: number, index: number) => number
function open(path: string, query: string, afterMs: number): Action {
  return { kind: 'open', path, query, afterMs }
}
function product(value: number): number {
  return pick(POPULARITY, value)
}
const SEARCHES = [
  'boots',
  'wool',
  'gift',
  'cheese',
  'waterproof',
  'map',
  'socks',
  'sandal',
  'leather',
  'bottle',
  'children',
  'winter',
  'jacket',
]
function look(world: World, lot: Lot, i: number): readonly Action[] {
  const pause = 6_000 + lot(50_000, 10 + i * 3)
  const slug = world.shop.products[product(lot(1_000, 11 + i * 3))]!.slug
  const page = open(`/product/${slug}`, '', pause)
  if (lot(10, 12 + i * 3) >= 3) return [page]
  return [
    open('/search', `q=${SEARCHES[lot(SEARCHES.length, 30 + i)]!}`, pause),
    { ...page, afterMs: 4_000 + lot(15_000, 36 + i) },
  ]
}
function abandon(lot: Lot): readonly Action[] {
  return [
    { kind: 'add', product: product(lot(1_000, 40)), count: 1, afterMs: 15_000 + lot(40_000, 41) },
    open('/cart', '', 1_000),
  ]
}
/** Basket, checkout, payment; more tries if the bank says no. */
function purchase(lot: Lot, gift: boolean, known: boolean, tries: number): readonly Action[] {
  const first = gift ? (lot(2, 42) === 0 ? 20 : 21) : product(lot(1_000, 40))
  const more =
    !gift && lot(100, 43) < 34
      ? [
          add(product(lot(1_000, 44)), 1, 20_000 + lot(60_000, 45)),
          open('/cart', 'notice=added', 300),
        ]
      : []
  return [
    add(first, lot(100, 46) < 14 ? 2 : 1, 9_000 + lot(40_000, 41)),
    open('/cart', 'notice=added', 300),
    ...more,
    open('/checkout', '', 4_000 + lot(25_000, 47)),
    ...(known || lot(100, 48) < GUESTS_PERCENT ? [] : [...signIn(lot), open('/checkout', '', 300)]),
    ...Array.from({ length: tries }, (_, i): readonly Action[] => [
      {
        kind: 'pay',
        try: i,
        afterMs: (i === 0 ? 16_000 : 9_000) + lot(i === 0 ? 55_000 : 32_000, 49 + i),
      },
      { kind: 'see-order', afterMs: 400 },
    ]).flat(),
    { kind: 'see-order', afterMs: 70_000 + lot(60_000, 5) },
  ]
}
function add(id: number, count: number, afterMs: number): Action {
  return { kind: 'add', product: id, count, afterMs }
}
function signIn(lot: Lot): readonly Action[] {
  const wrong = lot(100, 53) < 9
  const page = open('/account', '', 3_000 + lot(8_000, 54))
  const right: Action = { kind: 'login', right: true, afterMs: 7_000 + lot(15_000, 55) }
  return wrong
    ? [page, { kind: 'login', right: false, afterMs: 6_000 + lot(9_000, 56) }, right]
    : [page, right]
}
/** Two to four wrong codes, a letter, then the new code. */
function forgotten(lot: Lot): readonly Action[] {
  const tries = 2 + lot(3, 57)
  const wrong = Array.from({ length: tries }, (_, i): Action => ({
    kind: 'login',
    right: false,
    afterMs: 6_000 + lot(14_000, 58 + i),
  }))
  return [
    open('/account', '', 4_000),
    ...wrong,
    { kind: 'forgot', afterMs: 9_000 + lot(10_000, 62) },
    { kind: 'login', right: true, afterMs: 50_000 + lot(160_000, 63) },
    open('/account', 'notice=signed-in', 300),
  ]
}

function remembered(world: World, customer: number, visit: number): boolean {
  return chance(560, world.config.seed, Stream.customerBrowse, customer, visit * 64 + 9)
}
/** Cookie of the visit: a device that stays signed in, or a fresh one. */
export function sessionKeyOf(world: World, customer: number, visit: number): string {
  const { seed } = world.config
  return remembered(world, customer, visit)
    ? rememberedKey(customer, visit, seed)
    : hex16(seed, Stream.http, customer, 100_000 + visit)
}

/** The request that an action becomes, or null where what the customer sees makes it needless. */
export function requestFor(
  world: World,
  customer: number,
  visit: number,
  action: Action,
): ShopRequest | null {
  const row = world.shop.customers[customer]!
  const key = sessionKeyOf(world, customer, visit)
  const session = sessionOf(world.shop, key)
  const { get, post } = browserOf(row, key)
  switch (action.kind) {
    case 'open':
      return get(action.path, action.query)
    case 'add':
      return post('/cart/add', {
        product: world.shop.products[action.product]!.slug,
        count: String(action.count),
      })
    case 'login':
      return session?.customer != null
        ? null
        : post('/login', {
            account: row.account,
            code: action.right ? badgeOf(customer, world.config.seed) : wrongCode(world, customer),
            next: '/account',
          })
    case 'forgot':
      return post('/forgot', { account: row.account })
    case 'review':
      return post('/review', {
        product: world.shop.products[action.product]!.slug,
        stars: String(action.stars),
        text: reviewText(world, customer, visit),
      })
    case 'see-order': {
      const order = orderSeen(world, session, customer)
      if (!order) return null
      return order.status === 'failed'
        ? get('/checkout', 'notice=declined')
        : get(`/order/${order.number}`)
    }
    case 'pay': {
      const again = action.try > 0 && orderOf(world, session)?.status !== 'failed'
      if (!session || session.cart.length === 0 || again) return null
      const card = world.shop.cards[cardFor(world, customer, visit, action.try)]!
      return post('/checkout/pay', { card: card.token, address: row.address })
    }
  }
}
/** What a customer's browser asks the shop for, under the cookie `session`. */
function browserOf(
  { ip, agent }: Customer,
  session: string,
): {
  get(path: string, query?: string): ShopRequest
  post(path: string, form: ShopRequest['form']): ShopRequest
} {
  const base = { host: SHOP_HOST, session, ip, agent, query: '', form: {} }
  const home = `https://${SHOP_HOST}/`
  return {
    get(path, query = '') {
      return { ...base, method: 'GET', path, query, referrer: path === '/' ? '' : home }
    },
    post: (path, form) => ({ ...base, method: 'POST', path, form, referrer: home }),
  }
}
/** The newest order of a session. */
function orderOf(world: World, session: Session | null): Order | undefined {
  return session && session.orders > 0
    ? world.shop.orders.findLast((one) => one.session === session.id)
    : undefined
}
/** The order a customer looks at: the session's, or, signed in, the newest of all. */
function orderSeen(world: World, session: Session | null, customer: number): Order | undefined {
  const own = orderOf(world, session)
  if (own || session?.customer == null) return own
  return world.shop.orders.findLast((one) => one.customer === customer)
}
function wrongCode(world: World, customer: number): string {
  return String((Number(badgeOf(customer, world.config.seed)) + 7) % 1_000_000).padStart(6, '0')
}
/**
 * The first card, then the spare one where there is one, then the first again; a dead card five
 * times over.
 */
function cardFor(world: World, customer: number, visit: number, attempt: number): number {
  const row = world.shop.customers[customer]!
  if (visit >= DEAD_CARD_VISITS) return attempt < 5 ? (row.secondCard ?? row.card) : row.card
  return attempt === 1 && row.secondCard !== null ? row.secondCard : row.card
}

const OPENERS = [
  'Fits as it should.',
  'Arrived the same day.',
  'A little stiff at first.',
  'My second pair.',
  'Bought for my mother.',
  'Good, not cheap.',
  'The parcel was well packed.',
]
const CLOSERS = [
  'Would buy again.',
  'The soles could be softer.',
  'Thank you to the friendly driver.',
  'The colour is darker than the drawing.',
  'Warm enough for our hills.',
  'Still going strong after a year.',
]
function reviewText(world: World, customer: number, visit: number): string {
  const { seed } = world.config
  const opener = OPENERS[range(OPENERS.length, seed, Stream.review, customer, visit * 2)]!
  return `${opener} ${CLOSERS[range(CLOSERS.length, seed, Stream.review, customer, visit * 2 + 1)]!}`
}
