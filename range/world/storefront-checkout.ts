import { code, hash32 } from './key.ts'
import { Stream } from './draw.ts'
import { cartTotal, orderNumbered, triesFrom } from './shop-lookup.ts'
import { cardOfToken } from './shop-seal.ts'
import { tryPayment } from './payment.ts'
import { see, type Reply, type Visit } from './storefront-visit.ts'
import { isPlace } from './town.ts'
import type { ShopEvent } from './types-shop-change.ts'

/** Lines and euros that one order may have. */
const LINES_MAX = 20

/**
 * Places the order of the session's cart and asks the bank. Refuses a locked account (403), an
 * empty cart, a card that is not printed, and, where the velocity rule is on, more tries a minute
 * from one address than it allows (429).
 */
export function pay(visit: Visit): Reply {
  const { world, request, session } = visit
  const { shop } = world
  const customer = session.customer === null ? null : shop.customers[session.customer]!
  if (customer?.locked)
    return { code: 403, view: { kind: 'text', text: 'This account is locked.' } }
  if (session.cart.length === 0 || session.cart.length > LINES_MAX) return see('/cart?notice=empty')
  const limit = shop.velocityLimit
  if (limit !== null && triesFrom(world, request.ip, world.now - 60_000) >= limit) {
    return {
      code: 429,
      view: { kind: 'page', slug: 'checkout', notice: 'too-many', session: session.key },
    }
  }
  const card = cardOfToken(shop, request.form['card'] ?? '')
  if (card === null) return see('/checkout?notice=card-unknown')
  const soldOut = session.cart.some((line) => shop.products[line.product]!.stock < line.count)
  if (soldOut) return see('/cart?notice=sold-out')
  const number = freeNumber(visit)
  const placed: ShopEvent = {
    kind: 'OrderPlaced',
    order: shop.orders.length,
    session: session.key,
    totalMinor: cartTotal(session),
    number,
    address: addressOf(visit),
    customer: session.customer,
    lines: session.cart,
  }
  const order = { id: placed.order, number, totalMinor: placed.totalMinor, lines: session.cart }
  const paid = tryPayment(world, {
    order,
    card: shop.cards[card]!,
    session: session.key,
    ip: request.ip,
  })
  const declined = paid.some(
    (event) =>
      event.kind === 'PaymentAnswered' && event.response !== '00' && event.response !== '1A',
  )
  return {
    ...see(declined ? '/checkout?notice=declined' : `/order/${number}`),
    events: [placed, ...paid],
  }
}

function addressOf({ world, request, session }: Visit): string {
  const wish = request.form['address'] ?? ''
  if (isPlace(wish) && /^(door|locker):/.test(wish)) return wish
  return session.customer === null ? 'locker:L1' : world.shop.customers[session.customer]!.address
}
/**
 * Order number from session and ordinal; the next try of the draw where another order has it
 * already.
 */
function freeNumber({ world, session }: Visit): string {
  for (let i = 0; i < 50; i++) {
    const number = code(
      6,
      world.config.seed,
      Stream.http,
      hash32(session.key),
      1_000_000 + session.orders * 64 + i,
    )
    if (!orderNumbered(world.shop, number)) return number
  }
  throw new Error('no free order number')
}
