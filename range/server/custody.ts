import { custodyOrders, custodyTrail } from '../exercise/custody-trail.ts'
import type { CustodyOrder, CustodyTrail } from '../protocol/custody.ts'
import type { Rooms } from './rooms.ts'
import { othersFirst, Turn } from './turn.ts'

const turn = new Turn(4)
const KEPT_MAX = 32
const kept = new Map<string, CustodyTrail>()

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
  const id = `${exercise} ${number}`
  const known = kept.get(id)
  if (known !== undefined) return known
  const trail = await turn.take(() => play(rooms, exercise, number))
  if (!('error' in trail)) keep(id, trail)
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

function keep(id: string, trail: CustodyTrail): void {
  if (kept.size >= KEPT_MAX) kept.delete([...kept.keys()][0]!)
  kept.set(id, trail)
}
