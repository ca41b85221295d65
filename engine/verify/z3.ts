import { compileHolds } from './evaluate.ts'
import type { GroundModel } from './ground.ts'
import type { Prover, Trace, Verdict } from './prover.ts'
import { smtScript } from './smt.ts'
import { statesOf } from './story.ts'

/** Runs a script of SMT-LIB and gives what a solver prints. */
export type Solve = (script: string) => Promise<string>

/** Induction is tried over so many steps before the bounded answer must do. */
const INDUCTION_MAX = 2
/** More steps would make scripts that no solver reads in a minute. */
const STEPS_MAX = 2_000

/**
 * The same question put to a solver: first ways of 0, 1, 2 … steps, so that a counterexample is a
 * shortest one, up to `bounds.steps`; then, over at most `inductions` steps, whether what held so
 * far goes on holding for ever, where the model's lemmas hold so far too. Takes numbers without an
 * end. A trace that a solver gives is played and must break a property: what does not is our bug,
 * and thrown. Refuses any answer but `sat` and `unsat`.
 */
export function smtProver(solve: Solve, inductions = INDUCTION_MAX): Prover {
  return { name: 'z3', prove: (model) => prove(model, solve, inductions) }
}

async function prove(model: GroundModel, solve: Solve, inductions: number): Promise<Verdict> {
  if (model.steps.length > STEPS_MAX)
    return { kind: 'refused', reason: `more than ${STEPS_MAX} steps: too many for a solver` }
  const { steps } = model.workflow.bounds
  const most = model.steps.length === 0 ? 0 : steps
  let leaning = true
  for (let depth = 0; depth <= most; depth++) {
    const answer = await solve(smtScript(model, 'reaches', depth))
    const verdict = answerOf(answer)
    if (verdict === 'unknown') return refused(answer)
    if (verdict === 'sat') return violated(model, traceOf(answer, depth), depth + 1)
    if (!leaning || depth >= inductions) continue
    leaning = await never(model, 'strays', depth, solve)
    if (leaning && (await never(model, 'induces', depth + 1, solve)))
      return proved({ kind: 'inductive', depth: depth + 1 }, depth + 1)
  }
  return proved({ kind: 'steps', steps }, steps)
}

async function never(
  model: GroundModel,
  question: 'strays' | 'induces',
  depth: number,
  solve: Solve,
): Promise<boolean> {
  return answerOf(await solve(smtScript(model, question, depth))) === 'unsat'
}

function answerOf(text: string): 'sat' | 'unsat' | 'unknown' {
  const first = text.trim().split(/\s/)[0]
  return first === 'sat' || first === 'unsat' ? first : 'unknown'
}

function refused(answer: string): Verdict {
  const said = answer.trim().split('\n')[0]?.slice(0, 200) ?? ''
  return { kind: 'refused', reason: `the solver gave no answer: ${said}` }
}

function traceOf(answer: string, depth: number): Trace {
  const values = new Map<number, number>()
  for (const [, t, index] of answer.matchAll(/\(s(\d+) (\d+)\)/g))
    values.set(Number(t), Number(index))
  return Array.from({ length: depth }, (_, t) => {
    const index = values.get(t)
    if (index === undefined) throw new Error(`the solver says sat, but not what step ${t} is`)
    return index
  })
}

function violated(model: GroundModel, trace: Trace, asked: number): Verdict {
  const states = statesOf(model, trace)
  trace.forEach((index, t) => {
    const [step, state] = [model.steps[index], states[t]]
    if (step === undefined || state === undefined || !compileHolds(step.guard)(state))
      throw new Error(`the solver's step ${t} is not possible`)
  })
  const last = states.at(-1)
  const broken = model.properties.find(
    ({ always }) => last !== undefined && !compileHolds(always)(last),
  )
  if (broken === undefined) throw new Error("the solver's way breaks no property")
  return {
    kind: 'violated',
    property: broken.key,
    trace,
    states: states.length,
    transitions: asked,
  }
}

/** What a solver does not count is 0; what must be possible it is not asked. */
function proved(bound: Extract<Verdict, { kind: 'proved' }>['bound'], depth: number): Verdict {
  const none = { states: 0, transitions: 0, cut: 0, reachable: [], idle: [] }
  return { kind: 'proved', bound, depth, ...none }
}
