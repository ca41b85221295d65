import { badgeOf } from './identity.ts'
import { confirmPayment } from './payment.ts'
import { pay } from './storefront-checkout.ts'
import { missing, see, type Reply, type Visit } from './storefront-visit.ts'
import { customerBy, liveRevision, orderNumbered, salePrice } from './shop-lookup.ts'
import { SLUGS } from './shop-scripts.ts'
import type { Order, Page, Product, View } from './types-shop.ts'

/** Notices that a redirect may carry to the next page; anything else is dropped. */
const NOTICES = [
  'added',
  'declined',
  'empty',
  'sign-in',
  'wrong-code',
  'signed-in',
  'mail-sent',
  'card-unknown',
  'too-many',
  'thanks',
  'sold-out',
  'locked',
  'claimed',
] as const

/** The shop's own paths. A POST that worked answers 303, so that a reload repeats nothing. */
export function route(visit: Visit): Reply {
  const { request } = visit
  const [first = '', second = '', third = ''] = request.path.split('/').slice(1)
  if (request.method === 'POST') return post(visit, first, second, third)
  switch (first) {
    case '':
      return page(visit, 'home')
    case 'search':
      return page(visit, 'home', { query: queryOf(request.query, 'q').slice(0, 80) })
    case 'product':
      return productPage(visit, second)
    case 'cart':
      return page(visit, 'cart')
    case 'checkout':
      return second === '' ? checkoutPage(visit) : missing()
    case 'order':
      return orderPage(visit, second)
    case 'account':
      return page(visit, 'account')
    case 'download':
      return download(visit, second)
    case 'assets':
      return asset(visit)
    default:
      return missing()
  }
}

function post(visit: Visit, first: string, second: string, third: string): Reply {
  switch (`${first}/${first === 'order' ? third : second}`) {
    case 'cart/add':
      return addToCart(visit)
    case 'cart/remove':
      return changeCart(visit, 0)
    case 'checkout/pay':
      return pay(visit)
    case 'login/':
      return login(visit)
    case 'forgot/':
      return see('/account?notice=mail-sent')
    case 'review/':
      return review(visit)
    case 'order/confirm':
      return confirm(visit, second)
    case 'order/claim':
      return claim(visit, second)
    case '~csp/':
      return browserReport(visit)
    default:
      return missing()
  }
}

function page(
  visit: Visit,
  slug: Page['slug'],
  more: { product?: number; query?: string } = {},
): Reply {
  const notice = queryOf(visit.request.query, 'notice')
  const view: View = {
    kind: 'page',
    slug,
    session: visit.session.key,
    ...more,
    ...(NOTICES.some((one) => one === notice) ? { notice } : {}),
  }
  return { code: 200, view, page: { slug, revision: liveRevision(visit.world.shop, slug).number } }
}
/** A value of a query string, decoded; empty when it is not there or not well formed. */
function queryOf(query: string, name: string): string {
  return new URLSearchParams(query).get(name) ?? ''
}

function productPage(visit: Visit, slug: string): Reply {
  const product = visit.world.shop.products.find((one) => one.slug === slug)
  return product ? page(visit, 'product', { product: product.id }) : missing()
}
function checkoutPage(visit: Visit): Reply {
  if (visit.session.cart.length === 0) return see('/cart?notice=empty')
  return page(visit, 'checkout')
}

/** An order is shown to whoever placed it: the same session, or the same customer. */
function ownOrder(visit: Visit, number: string): Order | null {
  const order = orderNumbered(visit.world.shop, number)
  if (!order) return null
  const { session } = visit
  const mine =
    order.session === session.id || (order.customer !== null && order.customer === session.customer)
  return mine ? order : null
}
function orderPage(visit: Visit, number: string): Reply {
  const order = ownOrder(visit, number)
  return order
    ? { code: 200, view: { kind: 'order', order: order.id, session: visit.session.key } }
    : missing()
}
function download(visit: Visit, number: string): Reply {
  const order = ownOrder(visit, number)
  const has = order?.lines.some(
    (line) => visit.world.shop.products[line.product]!.kind === 'download',
  )
  if (!order || !has || !['paid', 'shipped', 'delivered'].includes(order.status)) return missing()
  return {
    code: 200,
    view: {
      kind: 'text',
      text: `Larch & Lane, order ${order.number}. Thank you for walking with us.`,
    },
  }
}
function asset(visit: Visit): Reply {
  const src = visit.request.path
  const served = visit.world.shop.pages.some((one) =>
    one.revisions[one.live]!.scripts.some((script) => script.src === src),
  )
  return served ? { code: 200, view: { kind: 'script', src } } : missing()
}

function addToCart(visit: Visit): Reply {
  return changeCart(
    visit,
    Math.max(1, Math.min(9, Math.floor(Number(visit.request.form['count'] ?? '1')) || 1)),
  )
}
function changeCart(visit: Visit, count: number): Reply {
  const { request, session, world } = visit
  const product = productNamed(visit, request.form['product'] ?? '')
  if (!product) return missing()
  if (count > 0 && product.stock < count) return see(`/product/${product.slug}?notice=sold-out`)
  const priceMinor = priceOf(visit, product)
  const priced = world.config.controls.serverSidePrice ? {} : { priceMinor }
  return {
    ...see(count > 0 ? '/cart?notice=added' : '/cart'),
    events: [{ kind: 'CartChanged', session: session.key, product: product.id, count, ...priced }],
  }
}
function productNamed(visit: Visit, name: string): Product | null {
  return visit.world.shop.products.find((one) => one.slug === name) ?? null
}
/** With the control off, the shop believes the price that the browser sends. */
function priceOf(visit: Visit, product: Product): number {
  const sent = Number(visit.request.form['price'])
  const own = salePrice(visit.world, product.priceMinor)
  if (visit.world.config.controls.serverSidePrice || !Number.isInteger(sent) || sent < 1) return own
  return Math.min(sent, 10_000_000)
}

function login(visit: Visit): Reply {
  const { request, session, world } = visit
  const account = (request.form['account'] ?? '').slice(0, 120)
  const customer = customerBy(world.shop, account)
  const ok =
    customer !== null &&
    !customer.locked &&
    request.form['code'] === badgeOf(customer.id, world.config.seed)
  const next = /^\/[a-z/-]{0,40}$/.test(request.form['next'] ?? '')
    ? request.form['next']!
    : '/account'
  const reply = see(
    ok
      ? `${next}?notice=signed-in`
      : `/account?notice=${customer?.locked ? 'locked' : 'wrong-code'}`,
  )
  return {
    ...reply,
    events: [{ kind: 'SignedIn', session: session.key, account, ip: request.ip, ok, staff: false }],
  }
}
function review(visit: Visit): Reply {
  const { request, session, world } = visit
  const product = productNamed(visit, request.form['product'] ?? '')
  if (!product || session.customer === null) return see('/account?notice=sign-in')
  const stars = Math.max(1, Math.min(5, Math.floor(Number(request.form['stars'])) || 5))
  const words = (request.form['text'] ?? '').slice(0, 600)
  const { account } = world.shop.customers[session.customer]!
  return {
    ...see(`/product/${product.slug}?notice=thanks`),
    events: [{ kind: 'ReviewPosted', product: product.id, author: account, stars, text: words }],
  }
}
function confirm(visit: Visit, number: string): Reply {
  const order = ownOrder(visit, number)
  if (!order || order.transaction === null) return missing()
  return {
    ...see(`/order/${order.number}`),
    events: confirmPayment(visit.world, order.transaction, visit.request.form['agree'] === 'yes'),
  }
}
function claim(visit: Visit, number: string): Reply {
  const order = ownOrder(visit, number)
  if (!order || visit.world.shop.claims.some((one) => one.order === order.id)) return missing()
  return {
    ...see(`/account?notice=claimed`),
    events: [
      {
        kind: 'ClaimOpened',
        order: order.id,
        reason: (visit.request.form['reason'] ?? '').slice(0, 200),
      },
    ],
  }
}
/** A browser's report about a page that it had loaded. */
function browserReport(visit: Visit): Reply {
  const { form, ip, agent } = visit.request
  const slug = SLUGS.find((one) => one === form['page']) ?? 'home'
  const host = (form['host'] ?? '').slice(0, 120)
  if (host === '') return { code: 400 }
  return {
    code: 204,
    events: [
      {
        kind: 'BrowserReported',
        host,
        uri: (form['uri'] ?? '').slice(0, 300),
        directive: (form['directive'] ?? '').slice(0, 40),
        page: slug,
        revision: liveRevision(visit.world.shop, slug).number,
        ip,
        agent,
        session: visit.session.key,
        enforce: form['disposition'] === 'enforce',
      },
    ],
  }
}
