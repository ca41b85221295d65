import { describe, expect, test } from 'vitest'
import { groundModel } from '../../../engine/verify/ground.ts'
import { readWorkflow } from '../../../engine/verify/read.ts'
import { search } from '../../../engine/verify/search.ts'
import { smtScript } from '../../../engine/verify/smt.ts'
import type { Workflow } from '../../../engine/verify/workflow.ts'
import { smtProver, type Solve } from '../../../engine/verify/z3.ts'
import { drawFrom } from '../../oracle/mfotl-random.ts'
import { solveByTrying } from '../../oracle/smt-solver.ts'
import { randomWorkflow } from '../../oracle/verify-random.ts'
import { modelOf, shippedWorkflow, SLUGS } from './shipped.ts'

function workflowOf(text: string, steps: number): Workflow {
  const read = readWorkflow(text)
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics))
  return { ...read.value, bounds: { ...read.value.bounds, steps } }
}

test('[V17] a solver that tries everything agrees with the search, for random workflows', async () => {
  const kinds = new Map<string, number>()
  for (let seed = 0; seed < 60; seed++) {
    const draw = drawFrom(1_000 + seed)
    const workflow = workflowOf(randomWorkflow(draw), 2)
    const without = ['first', 'second'].filter(() => draw(2) === 0)
    const model = groundModel(workflow, without)!
    const searched = search(model)
    const solved = await smtProver(solveByTrying, 1).prove(model)
    if (searched.kind === 'violated' && searched.trace.length <= 2) {
      if (solved.kind !== 'violated') throw new Error(`seed ${seed}: ${JSON.stringify(solved)}`)
      expect([seed, solved.trace.length]).toEqual([seed, searched.trace.length])
    } else {
      expect([seed, solved.kind]).toEqual([seed, 'proved'])
      const endless = solved.kind === 'proved' && solved.bound.kind === 'inductive'
      if (endless) expect([seed, searched.kind]).toEqual([seed, 'proved'])
    }
    const how = solved.kind === 'proved' ? solved.bound.kind : solved.kind
    kinds.set(how, (kinds.get(how) ?? 0) + 1)
  }
  for (const kind of ['violated', 'inductive', 'steps']) expect(kinds.get(kind)).toBeGreaterThan(2)
})

const COUNTER = `workflow: counter
title: A counter
about: Counts up and never down.
bounds: { steps: 3 }
roles: { clock: ticks }
actors: { time: { name: Time, roles: [clock] } }
state: { level: { is: 0..*, start: 1 } }
actions:
  tick: { who: clock, set: { level: level + 1 }, says: "One more than {level}." }
properties:
  positive: { title: Positive, reading: positive, always: level > 0 }
`
test('[V17] the script of a small model, word by word; a number without an end has no upper bound', () => {
  expect(smtScript(groundModel(workflowOf(COUNTER, 3), [])!, 'induces', 1)).toBe(
    [
      '(set-logic QF_LIA)',
      '; c0: level',
      '(declare-const c0_0 Int)',
      '(assert (<= 0 c0_0))',
      '(assert (< 0 c0_0))',
      '(declare-const s0 Int)',
      '(assert (<= 0 s0 0))',
      '(declare-const c0_1 Int)',
      '(assert (<= 0 c0_1))',
      '(assert (= c0_1 (ite (= s0 0) (+ c0_0 1) c0_0)))',
      '(assert (not (= c0_0 c0_1)))',
      '(assert (not (< 0 c0_1)))',
      '(check-sat)',
      '',
    ].join('\n'),
  )
})

const SHORT = SLUGS.flatMap((slug) =>
  shippedWorkflow(slug).controls.flatMap(({ key }) => {
    const verdict = search(modelOf(slug, [key]))
    return verdict.kind === 'violated' && verdict.trace.length <= 3
      ? [{ slug, key, length: verdict.trace.length }]
      : []
  }),
)
describe.each(SHORT)('$slug without $key', ({ slug, key, length }) => {
  test('[V17] the script has a solution at the depth of the search, and none before', async () => {
    const model = modelOf(slug, [key])
    const solved = await smtProver(solveByTrying, 0).prove(model)
    expect(solved).toMatchObject({ kind: 'violated' })
    expect(solved.kind === 'violated' && solved.trace.length).toBe(length)
  })
})

test('[V17] a solver that gives no answer, or a wrong one, is not believed', async () => {
  const model = modelOf('posted-goods', ['sca'])
  const say =
    (text: string): Solve =>
    () =>
      Promise.resolve(text)
  const unknown = await smtProver(say('(error "no memory")')).prove(model)
  expect(unknown).toEqual({
    kind: 'refused',
    reason: 'the solver gave no answer: (error "no memory")',
  })
  await expect(smtProver(say('sat\n()')).prove(model)).rejects.toThrow('breaks no property')
})
