import type { CustomerView } from '../../protocol/view.ts'
import type { Card, Order } from '../../world/types-shop.ts'
import type { World } from '../../world/types.ts'
import type { RunState, Seat } from '../state.ts'
import { commonOf } from './common.ts'

/** What belongs to each customer: found in one pass over the town, for all seats. */
export interface Belongings {
  readonly cards: ReadonlyMap<number | null, readonly Card[]>
  readonly orders: ReadonlyMap<number | null, readonly Order[]>
}
export function belongingsOf({ shop }: World): Belongings {
  return {
    cards: Map.groupBy(shop.cards, (card) => card.holder),
    orders: Map.groupBy(shop.orders, (order) => order.customer),
  }
}

type CommonPart = ReturnType<typeof commonOf>
/** What every customer's seat is told alike. */
export function customersPart(state: RunState): CommonPart {
  return commonOf(state, null, 'customer')
}

/** A customer's seat: own wallet, own orders, the shop's window; nothing of either team. */
export function customerView(
  state: RunState,
  seat: Seat,
  shop: string,
  { common, belongings }: { readonly common: CommonPart; readonly belongings: Belongings },
): CustomerView {
  const world = state.town.world()
  const { seat: id, nickname, customer: own } = seat
  const copied = copiedCards(state)
  const customer = own === null ? null : world.shop.customers[own]
  return {
    ...common,
    me: { seat: id, nickname },
    role: 'customer',
    name: customer?.name ?? nickname,
    address: customer?.address ?? '',
    wallet: (own === null ? [] : (belongings.cards.get(own) ?? [])).map((card) => ({
      card: card.id,
      number: card.number,
      label: card.last4,
      balanceMinor: card.balanceMinor,
      blocked: card.state === 'blocked',
      copied: copied.has(card.id),
    })),
    orders: (own === null ? [] : (belongings.orders.get(own) ?? [])).slice(-12).map((order) => {
      const parcel = order.parcel === null ? undefined : world.logistics.parcels[order.parcel]
      return {
        order: order.id,
        number: order.number,
        status: order.status,
        totalMinor: order.totalMinor,
        parcel: order.parcel,
        where: parcel?.status ?? null,
        due: parcel?.due ?? null,
      }
    }),
    shop,
  }
}

/**
 * Cards that reached a crew, as far as their holders may know: those of hosts about which they were
 * told, and all of them once the exercise is over.
 */
function copiedCards(state: RunState): ReadonlySet<number> {
  const known = new Set<number>()
  if (state.phase !== 'ended' && state.told.size === 0) return known
  for (const trail of state.trails)
    for (const { event } of trail.happened) {
      if (event.kind !== 'HostCalled' || event.card === null) continue
      if (state.phase === 'ended' || state.told.has(event.host)) known.add(event.card)
    }
  return known
}
