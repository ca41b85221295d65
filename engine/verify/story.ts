import { compileNumber, type State } from './evaluate.ts'
import { Grounder, type GroundModel, type Step } from './ground.ts'
import type { Trace } from './prover.ts'
import { keyOfValue, sayValue } from './sorts.ts'
import type { Fact } from '../mfotl/monitor.ts'
import type { Expr, Sort } from './workflow.ts'

/** One step of a counterexample, for people and programs. */
export interface StoryStep {
  readonly action: string
  readonly actor: string
  readonly role: string
  /** True for what an attacker does. */
  readonly attacker: boolean
  readonly parameters: Readonly<Record<string, string | number>>
  /** The sentence of the model. */
  readonly says: string
  readonly changes: readonly {
    readonly cell: string
    readonly label: string
    readonly from: string
    readonly to: string
  }[]
}

/** Plays a trace from the start of the model and gives each state on the way, the start first. */
export function statesOf(model: GroundModel, trace: Trace): State[] {
  let state = Int32Array.from(model.cells, ({ start }) => start)
  return [state, ...trace.map((index) => (state = after(model.steps[index] as Step, state)))]
}

/** The state after a step; every value is taken from the state before. */
export function after(step: Step, state: State): State {
  const next = state.slice()
  for (const { cell, value } of step.set) next[cell] = compileNumber(value)(state)
  return next
}

/** A trace told as a story, in the words of the model. */
export function storyOf(model: GroundModel, trace: Trace): StoryStep[] {
  const { workflow } = model
  const states = statesOf(model, trace)
  const grounder = new Grounder(workflow)
  return trace.map((index, n) => {
    const step = model.steps[index] as Step
    const [before, next] = [states[n] as State, states[n + 1] as State]
    const actor = workflow.actors[step.actor]
    const value = (expr: Expr): number => compileNumber(grounder.expr(expr, step.values))(before)
    const parameters = step.action.parameters.map(
      ({ name, sort }) => [name, keyOfValue(sort, step.values.get(name) ?? 0, workflow)] as const,
    )
    const says = step.action.says.map((part) =>
      part.kind === 'text' ? part.text : sayValue(part.sort, value(part.expr), workflow),
    )
    return {
      action: step.action.key,
      actor: actor?.key ?? '',
      role: step.role,
      attacker: actor !== undefined && actor.attacker !== null,
      parameters: Object.fromEntries(parameters),
      says: capital(says.join('')),
      changes: model.cells.flatMap(({ name, label, sort }, cell) => {
        const [from, to] = [before[cell] as number, next[cell] as number]
        if (from === to) return []
        const say = (v: number): string => sayValue(sort, v, workflow)
        return [{ cell: name, label, from: say(from), to: say(to) }]
      }),
    }
  })
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** A time-point of the telemetry that a trace would leave. */
export interface Seen {
  /** Seconds since the start. */
  readonly timestamp: number
  readonly facts: readonly Fact[]
}

/**
 * What monitors would see of a trace: one time-point a step, with the predicates that its action
 * reports, in the words of `keyOfValue`. The first step is at 0 s; each next one comes as long
 * after as the action before it takes.
 */
export function reportsOf(model: GroundModel, trace: Trace): Seen[] {
  const { workflow } = model
  const states = statesOf(model, trace)
  const grounder = new Grounder(workflow)
  let timestamp = 0
  return trace.map((index, n) => {
    const step = model.steps[index] as Step
    const before = states[n] as State
    const field = (expr: Expr, sort: Sort): string | number =>
      keyOfValue(sort, compileNumber(grounder.expr(expr, step.values))(before), workflow)
    const facts = step.action.reports.map((report) => ({
      name: report.predicate,
      args: report.arguments.map((one) =>
        one.kind === 'text' ? one.text : field(one.expr, one.sort),
      ),
    }))
    const seen = { timestamp, facts }
    timestamp += step.action.takes
    return seen
  })
}
