import { compileHolds, type State } from './evaluate.ts'
import { Grounder, type GroundModel, type Step } from './ground.ts'
import type { Trace } from './prover.ts'
import { statesOf } from './story.ts'

/** A control that is off, and the first step of a trace that it would not have let through. */
export interface Stop {
  readonly control: string
  /** Counted from 0. */
  readonly step: number
}

/**
 * Where each control that is off would have stopped a trace, in the order of the steps. A control
 * that would have let all of it through is left out. Those that are on let every step through, or
 * it would not be a trace.
 */
export function stopsOf(model: GroundModel, trace: Trace): Stop[] {
  const states = statesOf(model, trace)
  const grounder = new Grounder(model.workflow)
  return model.without
    .flatMap((control): Stop[] => {
      const step = trace.findIndex((index, n) => {
        const { action, values } = model.steps[index] as Step
        return action.controls.some(
          ({ key, expr }) =>
            key === control && !compileHolds(grounder.expr(expr, values))(states[n] as State),
        )
      })
      return step < 0 ? [] : [{ control, step }]
    })
    .sort((a, b) => a.step - b.step)
}
