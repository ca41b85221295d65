import { SCA_EXEMPT_MINOR } from '../../../range/world/payment.ts'
import { salePrice } from '../../../range/world/shop-lookup.ts'
import { FOUR_EYES_LIMIT_MINOR } from '../../../range/world/shop-refunds.ts'
import type { Happened, World } from '../../../range/world/types.ts'
import type { Observed } from '../../engine/verify/accept.ts'

/** What happened in the town, case by case, in the words of a workflow, with its time. */
export type Projection = ReadonlyMap<string, readonly (Observed & { readonly at: number })[]>

/**
 * Refunds as `returns-and-refunds` knows them: the first two of an order are `refund-1` and
 * `refund-2` of one case, the next two of another, as no two of them hang together there. All are
 * claims (the town's customers keep what they have). Whoever asks first for an order plays Ann, the
 * next colleagues Bob and Mia: as the workflow does not know who is honest, the first has the
 * attacker's freedom.
 */
export function projectRefunds(world: World, log: readonly Happened[]): Projection {
  const cases = new Map<string, (Observed & { at: number })[]>()
  const staff = new Map<number, string[]>()
  const nameOf = (order: number, who: number): string => {
    const known = staff.get(order) ?? []
    staff.set(order, known)
    if (!known.includes(String(who))) known.push(String(who))
    return ['ann', 'bob', 'mia'][known.indexOf(String(who))] ?? 'nobody'
  }
  for (const { at, event } of log) {
    const id = 'refund' in event ? event.refund : null
    const row = id === null ? undefined : world.shop.refunds[id]
    if (row === undefined) continue
    const mine = world.shop.refunds.filter(({ order }) => order === row.order)
    const n = mine.findIndex(({ id: one }) => one === row.id)
    const r = `refund-${(n % 2) + 1}`
    const name = `order ${row.order}, refunds from ${n - (n % 2)}`
    const list = cases.get(name) ?? []
    cases.set(name, list)
    const add = (
      action: string,
      actor: string,
      parameters: Observed['parameters'] = { r },
    ): void => {
      list.push({ at, action, actor, parameters })
    }
    if (event.kind === 'RefundRequested') {
      const sum = event.amountMinor > FOUR_EYES_LIMIT_MINOR ? 2 : 1
      add('request', nameOf(row.order, event.staff), { r, why: 'claim', sum })
    } else if (event.kind === 'RefundApproved') add('approve', nameOf(row.order, event.staff))
    else if (event.kind === 'RefundExecuted') add('pay', 'till')
    else if (event.kind === 'RefundRefused') add('refuse', 'till')
  }
  return cases
}

/**
 * Orders as `posted-goods` knows them; each is `order-1`. Theo plays the customer and Kurt the
 * driver, as both have an attacker's freedom. A parcel in a locker is under way until it is
 * collected. A card is `own` where it is used from its holder's network. What was paid is the sum
 * of its lines; it is the catalogue's price where each line costs what the product does, or did
 * while there was a sale. To be called with every event as it happens.
 */
export class OrderProjector {
  readonly orders = new Map<string, (Observed & { at: number })[]>()
  readonly #orderOf = new Map<number, number>()
  readonly #card = new Map<number, 'own' | 'stolen'>()
  readonly #legitimate = new Map<number, Set<number>>()

  see(world: World, { at, event }: Happened): void {
    const o = 'order-1'
    const add = (
      order: number | undefined,
      action: string,
      actor: string,
      parameters: Observed['parameters'] = { o },
    ): void => {
      if (order === undefined) return
      const list = this.orders.get(`order ${order}`) ?? []
      this.orders.set(`order ${order}`, list)
      list.push({ at, action, actor, parameters })
    }
    this.#prices(world)
    switch (event.kind) {
      case 'OrderPlaced': {
        const right = (event.lines ?? []).every(
          ({ product, priceMinor }) => this.#legitimate.get(product)?.has(priceMinor) ?? false,
        )
        const worth = event.totalMinor <= SCA_EXEMPT_MINOR ? 'small' : 'large'
        add(event.order, 'place', 'theo', { o, worth, sent: right ? 2 : 1 })
        return
      }
      case 'PaymentTried': {
        const { holder } = world.shop.cards[event.card]!
        const ip = holder === null ? null : world.shop.customers[holder]!.ip
        this.#card.set(event.transaction, ip === event.ip ? 'own' : 'stolen')
        return
      }
      case 'OrderPaid': {
        const card = this.#card.get(event.transaction) ?? 'stolen'
        add(event.order, 'pay', 'theo', { o, 'with-card': card })
        return
      }
      case 'ParcelTakenIn':
        if (event.parcel.order !== null) this.#orderOf.set(event.parcel.id, event.parcel.order)
        return
      case 'StationWorked':
        if (event.station === 'pack') add(this.#orderOf.get(event.parcel), 'pack', 'paul')
        return
      case 'ParcelLoaded':
        add(this.#orderOf.get(event.parcel), 'hand-over', 'paul', { o, taker: 'kurt' })
        return
      case 'ParcelStolen':
        add(this.#orderOf.get(event.parcel), 'hand-on', 'kurt', { o, taker: 'eve' })
        return
      case 'ParcelBackInCustody':
        add(this.#orderOf.get(event.parcel), 'bring-back', 'kurt')
        return
      case 'ParcelDelivered':
      case 'ParcelCollected':
        add(this.#orderOf.get(event.parcel), 'deliver', 'kurt')
        return
      default:
        return
    }
  }

  #prices(world: World): void {
    for (const { id, priceMinor } of world.shop.products) {
      const known = this.#legitimate.get(id) ?? new Set<number>()
      this.#legitimate.set(id, known.add(priceMinor).add(salePrice(world, priceMinor)))
    }
  }
}
