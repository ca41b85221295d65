import type { CustomerView } from '../../protocol/view.ts'
import type { RunState, Seat } from '../state.ts'
import { commonOf } from './common.ts'

/** A customer's seat: own wallet, own orders, the shop's window; nothing of either team. */
export function customerView(state: RunState, seat: Seat, shop: string): CustomerView {
  const world = state.town.world()
  const customer = seat.customer === null ? null : world.shop.customers[seat.customer]
  return {
    ...commonOf(state, seat, 'customer'),
    role: 'customer',
    name: customer?.name ?? seat.nickname,
    address: customer?.address ?? '',
    wallet: world.shop.cards
      .filter((card) => seat.customer !== null && card.holder === seat.customer)
      .map((card) => ({
        card: card.id,
        number: card.number,
        label: card.last4,
        balanceMinor: card.balanceMinor,
        blocked: card.state === 'blocked',
      })),
    orders: world.shop.orders
      .filter((order) => seat.customer !== null && order.customer === seat.customer)
      .slice(-12)
      .map((order) => {
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
