import { compileHolds, type State } from '../../../engine/verify/evaluate.ts'
import type { GroundModel, Step } from '../../../engine/verify/ground.ts'
import { keyOfValue } from '../../../engine/verify/sorts.ts'
import { after, statesOf } from '../../../engine/verify/story.ts'

/** What was seen of one step; parameters that are not named may be anything. */
export interface Observed {
  readonly action: string
  readonly actor: string
  readonly parameters: Readonly<Record<string, string | number>>
}

/** Index of the first observation that no way through the model explains, or null. */
export function firstRefused(model: GroundModel, observed: readonly Observed[]): number | null {
  let states: State[] = [statesOf(model, [])[0]!]
  for (const [index, one] of observed.entries()) {
    const steps = model.steps.filter((step) => matches(model, step, one))
    const next = new Map<string, State>()
    for (const state of states) {
      for (const step of steps) {
        if (!compileHolds(step.guard)(state)) continue
        const then = after(step, state)
        next.set(then.join(), then)
      }
    }
    if (next.size === 0) return index
    states = [...next.values()]
  }
  return null
}

function matches({ workflow }: GroundModel, step: Step, one: Observed): boolean {
  if (step.action.key !== one.action || workflow.actors[step.actor]?.key !== one.actor) return false
  return step.action.parameters.every(({ name, sort }) => {
    const wanted = one.parameters[name]
    return wanted === undefined || wanted === keyOfValue(sort, step.values.get(name)!, workflow)
  })
}
