// CONTRACT: change only by adding.
import type { Milliseconds } from './types.ts'

/**
 * The shop, its payment provider, customers and staff. Ids are dense indexes into the arrays of the
 * same name.
 */
export interface ShopState {
  readonly products: readonly Product[]
  readonly customers: readonly Customer[]
  readonly staff: readonly Staff[]
  readonly sessions: readonly Session[]
  /** Session key (the fictional cookie) to index in `sessions`. Copied on write. */
  readonly sessionByKey: ReadonlyMap<string, number>
  readonly orders: readonly Order[]
  readonly cards: readonly Card[]
  readonly cardByNumber: ReadonlyMap<string, number>
  readonly transactions: readonly Transaction[]
  readonly refunds: readonly Refund[]
  readonly reviews: readonly Review[]
  readonly giftCards: readonly GiftCard[]
  readonly pages: readonly Page[]
  /**
   * The shop's Content-Security-Policy: hosts allowed, hosts blocked by a defender, report-only or
   * enforced.
   */
  readonly csp: {
    readonly allowed: readonly string[]
    readonly blocked: readonly string[]
    readonly enforce: boolean
  }
  readonly blockedIps: readonly string[]
  readonly refundsFrozen: boolean
  readonly velocityLimit: number | null
  /** Hosts outside the shop that exist in the town's internet, and what they collected. */
  readonly hosts: readonly {
    readonly host: string
    readonly owner: 'partner' | 'drop'
    readonly collected: readonly Collected[]
    readonly opened?: Milliseconds
  }[]
  readonly sale: { readonly until: Milliseconds; readonly factorPercent: number } | null
  readonly release: number
  /** Claims that wait for, or went through, the support desk. */
  readonly claims: readonly Claim[]
  /** Rounds of the page monitor so far. */
  readonly inspections: number
}
export interface Claim {
  readonly id: number
  readonly order: number
  readonly reason: string
  readonly at: Milliseconds
  readonly handled: boolean
}

export interface Product {
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly kind: 'physical' | 'cold' | 'giftcard' | 'download'
  readonly priceMinor: number
  readonly massG: number
  readonly stock: number
}
export interface Customer {
  readonly id: number
  readonly account: string
  readonly name: string
  readonly ip: string
  readonly agent: string
  /** Door node of the town, or a locker, as place reference. */
  readonly address: string
  readonly card: number
  readonly trustMilli: number
  readonly player: boolean
  readonly locked: boolean
  /** The customer, perhaps another one, under whose number the household's network is drawn. */
  readonly household: number
  /**
   * The spare card of the same holder, or null; a refund may go there when the first one expired.
   */
  readonly secondCard: number | null
}
export interface Staff {
  readonly id: number
  readonly account: string
  readonly name: string
  readonly role: 'support' | 'editor' | 'warehouse' | 'manager' | 'driver'
  readonly ip: string
  readonly suspended: boolean
}
export interface Session {
  readonly id: number
  readonly key: string
  readonly customer: number | null
  readonly ip: string
  readonly agent: string
  readonly cart: readonly {
    readonly product: number
    readonly count: number
    readonly priceMinor: number
  }[]
  readonly lastSeen: Milliseconds
  /** Business ordinals of this session, for draws and for order numbers. */
  readonly requests: number
  readonly orders: number
  /** Pages this session has loaded: their scripts are in the browser's cache. */
  readonly seen: readonly { readonly slug: Page['slug']; readonly request: number }[]
  /** The page that the browser has open: its scripts act when the customer submits. */
  readonly page: { readonly slug: Page['slug']; readonly revision: number } | null
}
export interface Order {
  readonly id: number
  readonly customer: number | null
  readonly session: number
  readonly at: Milliseconds
  readonly lines: readonly {
    readonly product: number
    readonly count: number
    readonly priceMinor: number
  }[]
  readonly totalMinor: number
  readonly address: string
  readonly status:
    'placed' | 'paid' | 'packed' | 'shipped' | 'delivered' | 'cancelled' | 'refunded' | 'failed'
  readonly parcel: number | null
  readonly transaction: number | null
  /**
   * What customers and telemetry call it, e.g. `7KQ2MX`: drawn from session and ordinal, never a
   * global counter.
   */
  readonly number: string
}
export interface Card {
  readonly id: number
  /** As printed, digits only; never leaves the world but to its holder's wallet. */
  readonly number: string
  readonly token: string
  readonly bin: string
  readonly last4: string
  readonly country: string
  readonly holder: number | null
  readonly state: 'good' | 'stolen' | 'blocked' | 'expired'
  readonly balanceMinor: number
  /** Authorisations tried so far: the ordinal of the bank's next draw for this card. */
  readonly tries: number
}
export interface Transaction {
  readonly id: number
  readonly order: number
  readonly card: number
  readonly amountMinor: number
  readonly status: 'declined' | 'challenged' | 'authorised' | 'captured' | 'refunded' | 'chargeback'
  readonly response: '00' | '05' | '14' | '51' | '54' | '1A'
  readonly at: Milliseconds
  /** `<order number>-<try>`. */
  readonly reference: string
  readonly sca: 'none' | 'exempt' | 'challenge' | 'failed'
  readonly session: string
  readonly ip: string
}
export interface Refund {
  readonly id: number
  readonly order: number
  readonly amountMinor: number
  readonly reason: string
  readonly requestedBy: number
  readonly approvedBy: number | null
  /** Card index that receives the money. */
  readonly destination: number
  readonly status: 'requested' | 'approved' | 'executed' | 'refused'
  readonly at: Milliseconds
  /** `R-<order number>-<n>`. */
  readonly reference: string
}
export interface Review {
  readonly id: number
  readonly product: number
  readonly author: string
  readonly stars: number
  readonly text: string
  readonly at: Milliseconds
}
export interface GiftCard {
  readonly id: number
  readonly code: string
  readonly valueMinor: number
  readonly order: number
  readonly redeemedBy: number | null
}
export interface Page {
  readonly slug: 'home' | 'product' | 'cart' | 'checkout' | 'account'
  readonly revisions: readonly PageRevision[]
  /** Index into `revisions` that is served. */
  readonly live: number
}
export interface PageRevision {
  readonly number: number
  readonly at: Milliseconds
  readonly author: string
  readonly via: 'editor' | 'tag-manager' | 'dependency' | 'release' | 'restore'
  readonly approvedBy: string | null
  readonly signed: boolean
  readonly scripts: readonly ScriptTag[]
}
/**
 * `text` is the program that a browser really runs; `src` is an address in the town's internet or
 * `inline:N`.
 */
export interface ScriptTag {
  readonly src: string
  readonly text: string
}
/** A call that a page made in the page monitor's browser; its proxy notes it and lets none out. */
export interface MonitorCall {
  readonly page: Page['slug']
  readonly host: string
  /** True when it carried the number that the monitor had typed into the card field. */
  readonly canary: boolean
}
export interface Collected {
  readonly at: Milliseconds
  readonly card: number
  readonly customer: number | null
}

export interface ShopRequest {
  readonly method: 'GET' | 'POST'
  /** Fictional host: the shop's own, or any of the town's internet. */
  readonly host: string
  readonly path: string
  readonly query: string
  readonly form: Readonly<Record<string, string>>
  readonly session: string
  readonly ip: string
  readonly agent: string
  readonly referrer: string
}
/**
 * `view` names what to render (range/world/pages.ts turns it into HTML); `length` is the length of
 * that HTML in bytes.
 */
export interface ShopResponse {
  readonly code: number
  readonly location: string | null
  readonly view: View
  readonly length: number
  readonly page: { readonly slug: Page['slug']; readonly revision: number } | null
}
export type View =
  | {
      readonly kind: 'page'
      readonly slug: Page['slug']
      readonly product?: number
      readonly query?: string
      readonly notice?: string
      /** Whose basket and account it shows. */
      readonly session?: string
    }
  | { readonly kind: 'order'; readonly order: number; readonly session?: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'script'; readonly src: string }
  | { readonly kind: 'json'; readonly json: string }
