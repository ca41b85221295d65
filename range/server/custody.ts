import { custodyOrders, custodyTrail } from '../exercise/custody-trail.ts'
import type { CustodyOrder, CustodyTrail } from '../protocol/custody.ts'
import type { Room } from './room.ts'
import type { Rooms } from './rooms.ts'
import { othersFirst, Turn } from './turn.ts'

const turn = new Turn(4)
const KEPT_MAX = 8
/** Trails by number, as long as their exercise is in memory: they go with it. */
const kept = new WeakMap<Room, Map<string, CustodyTrail>>()

type Refused = { readonly error: string }

/** The orders of an ended exercise that became parcels. */
export async function ordersOf(
  rooms: Rooms,
  exercise: string,
): Promise<readonly CustodyOrder[] | Refused> {
  const done = await rooms.finished(exercise)
  return 'error' in done ? done : custodyOrders(done.run.state)
}

/**
 * The trail of one order of an ended exercise, one at a time, with others' requests between;
 * refuses with `busy` when too many wait, with `no-such-order` otherwise.
 */
export async function trailOf(
  rooms: Rooms,
  exercise: string,
  number: string,
): Promise<CustodyTrail | Refused> {
  const room = rooms.get(exercise)
  const known = room && kept.get(room)?.get(number)
  if (known !== undefined) return known
  const trail = await turn.take(() => play(rooms, exercise, number))
  if (!('error' in trail)) keep(rooms.get(exercise), number, trail)
  return trail
}

async function play(
  rooms: Rooms,
  exercise: string,
  number: string,
): Promise<CustodyTrail | Refused> {
  const done = await rooms.finished(exercise)
  if ('error' in done) return done
  const { inputs, entries, run, fresh } = done
  const played = { inputs, until: run.now(), log: entries }
  const work = custodyTrail(fresh(), played, run.state, number)
  for (;;) {
    const step = work.next()
    if (step.done) return step.value ?? { error: 'no-such-order' }
    await othersFirst()
  }
}

function keep(room: Room | undefined, number: string, trail: CustodyTrail): void {
  if (room === undefined) return
  const trails = kept.get(room) ?? new Map<string, CustodyTrail>()
  kept.set(room, trails)
  if (trails.size >= KEPT_MAX) trails.delete(trails.keys().next().value!)
  trails.set(number, trail)
}
