import type { OrderSlip } from '../protocol/custody.ts'
import type { Order } from '../world/types-shop.ts'
import type { Room } from './room.ts'
import type { Rooms } from './rooms.ts'
import type { Holder } from './rooms-answers.ts'

type Asker = Exclude<Holder, string> | null
type Refused = { readonly error: string }

/** Slips on one sheet: what a class can hold in its hands. */
const SHEET_MAX = 24

/**
 * The slip of one order. `asker` is a seat of a running exercise, or null after the end for who may
 * see it. Refuses with `not-yours`, `no-such-order`, and as `Rooms.finished` does.
 */
export async function slipOf(
  rooms: Rooms,
  exercise: string,
  asker: Asker,
  number: string,
): Promise<OrderSlip | Refused> {
  const room = await roomOf(rooms, exercise, asker)
  if ('error' in room) return room
  const order = room.run.world().shop.orders.find((one) => one.number === number)
  if (asker !== null && asker.role !== 'trainer') {
    const own = room.run.state.seats.get(asker.seat)?.customer ?? null
    if (own === null || order?.customer !== own) return { error: 'not-yours' }
  }
  return (order && slipIn(room, order)) ?? { error: 'no-such-order' }
}

/** Slips to be printed: players' orders first, then the others, at most a sheet of them. */
export async function slipsOf(
  rooms: Rooms,
  exercise: string,
  asker: Asker,
): Promise<readonly OrderSlip[] | Refused> {
  if (asker !== null && asker.role !== 'trainer') return { error: 'not-yours' }
  const room = await roomOf(rooms, exercise, asker)
  if ('error' in room) return room
  const { orders } = room.run.world().shop
  const sent = orders.filter(({ parcel }) => parcel !== null)
  const isPlayers = ({ number }: Order): boolean => room.orders.get(number)?.kind === 'request'
  const players = orders.filter(isPlayers)
  const chosen = [...players, ...sent.filter((order) => !isPlayers(order))].slice(0, SHEET_MAX)
  return chosen.flatMap((order) => slipIn(room, order) ?? [])
}

async function roomOf(rooms: Rooms, exercise: string, asker: Asker): Promise<Room | Refused> {
  if (asker !== null) return asker.room
  const done = await rooms.finished(exercise)
  if ('error' in done) return done
  return rooms.get(exercise) ?? { error: 'no-such-exercise' }
}

function slipIn({ orders, log }: Room, { number, at }: Order): OrderSlip | undefined {
  const entry = orders.get(number)
  const code = entry && log.slip({ order: number, ...entry })
  return code === undefined ? undefined : { order: number, at, code }
}
