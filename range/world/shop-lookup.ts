import type { Milliseconds, World } from './types.ts'
import type {
  Customer,
  Order,
  Page,
  PageRevision,
  Session,
  ShopState,
  Staff,
  Transaction,
} from './types-shop.ts'

/**
 * Reading the shop by the names that its people use. What may not be there is null; a page always
 * is.
 */
export function sessionOf(shop: ShopState, key: string): Session | null {
  const index = shop.sessionByKey.get(key)
  return index === undefined ? null : (shop.sessions[index] ?? null)
}
export function customerBy(shop: ShopState, account: string): Customer | null {
  return shop.customers.find((one) => one.account === account) ?? null
}
export function staffBy(shop: ShopState, account: string): Staff | null {
  return shop.staff.find((one) => one.account === account) ?? null
}
export function pageOf(shop: ShopState, slug: Page['slug']): Page {
  return shop.pages.find((one) => one.slug === slug)!
}
export function liveRevision(shop: ShopState, slug: Page['slug']): PageRevision {
  const page = pageOf(shop, slug)
  return page.revisions[page.live]!
}
/** Position of the newest signed revision: what `RestorePage` serves again. */
export function baselineOf(page: Page): number {
  for (let i = page.revisions.length - 1; i >= 0; i--) if (page.revisions[i]!.signed) return i
  return 0
}
/** Position of the newest signed revision that is a build of the shop, no change by hand. */
export function buildOf(page: Page): number {
  for (let i = page.revisions.length - 1; i >= 0; i--) {
    const { signed, via } = page.revisions[i]!
    if (signed && via === 'release') return i
  }
  return 0
}
export function revisionNumbered(
  shop: ShopState,
  slug: Page['slug'],
  number: number,
): PageRevision | null {
  return pageOf(shop, slug).revisions.find((one) => one.number === number) ?? null
}
export function orderNumbered(shop: ShopState, number: string): Order | null {
  for (let i = shop.orders.length - 1; i >= 0; i--)
    if (shop.orders[i]!.number === number) return shop.orders[i]!
  return null
}
/** The transaction that paid an order, or the last one tried. */
export function transactionOf(shop: ShopState, order: Order): Transaction | null {
  return order.transaction === null ? null : (shop.transactions[order.transaction] ?? null)
}
/** Card authorisations tried from an address after `since`. */
export function triesFrom(world: World, ip: string, since: Milliseconds): number {
  const { transactions } = world.shop
  let count = 0
  for (let i = transactions.length - 1; i >= 0 && transactions[i]!.at > since; i--) {
    if (transactions[i]!.ip === ip) count += 1
  }
  return count
}
export function cartTotal(session: Session): number {
  return session.cart.reduce((sum, line) => sum + line.priceMinor * line.count, 0)
}
export function salePrice(world: World, priceMinor: number): number {
  const { sale } = world.shop
  return sale && world.now < sale.until
    ? Math.round((priceMinor * (100 - sale.factorPercent)) / 100)
    : priceMinor
}
/** What an order may still give back: paid minus refunded and refunds under way. */
export function refundable(shop: ShopState, order: Order): number {
  const transaction = transactionOf(shop, order)
  if (!transaction || !['authorised', 'captured'].includes(transaction.status)) return 0
  const spent = shop.refunds.filter((one) => one.order === order.id && one.status !== 'refused')
  return transaction.amountMinor - spent.reduce((sum, one) => sum + one.amountMinor, 0)
}
