import { counterfactualBetween } from '../exercise/counterfactual.ts'
import type { Rooms } from './rooms.ts'
import { othersFirst, Turn } from './turn.ts'

const turn = new Turn(4)

/** What would have happened, two simulations each; `busy` when too many wait. */
export async function counterfactualOf(rooms: Rooms, exercise: string, choice: string) {
  return turn.take(async () => {
    const done = await rooms.finished(exercise)
    return 'error' in done
      ? done
      : counterfactualBetween(othersFirst, done.fresh, done.inputs, done.run.state, choice)
  })
}
