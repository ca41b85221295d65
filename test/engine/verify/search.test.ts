import { expect, test } from 'vitest'
import { groundModel } from '../../../engine/verify/ground.ts'
import type { Verdict } from '../../../engine/verify/prover.ts'
import { readWorkflow } from '../../../engine/verify/read.ts'
import { search } from '../../../engine/verify/search.ts'
import { statesOf } from '../../../engine/verify/story.ts'
import type { Workflow } from '../../../engine/verify/workflow.ts'
import { drawFrom } from '../../oracle/mfotl-random.ts'
import { verifyByOracle } from '../../oracle/verify-oracle.ts'
import { randomWorkflow } from '../../oracle/verify-random.ts'

function workflowOf(text: string): Workflow {
  const read = readWorkflow(text)
  if (!read.ok) throw new Error(`${JSON.stringify(read.diagnostics)}\n${text}`)
  return read.value
}
function verdictOf(text: string, without: readonly string[] = []): Verdict {
  return search(groundModel(workflowOf(text), without)!)
}

test('[V5] [V6] agrees with going through everything the obvious way, for random workflows', () => {
  let broken = 0
  for (let seed = 0; seed < 80; seed++) {
    const draw = drawFrom(seed)
    const workflow = workflowOf(randomWorkflow(draw))
    const without = ['first', 'second'].filter(() => draw(2) === 0)
    const model = groundModel(workflow, without)!
    const verdict = search(model)
    const oracle = verifyByOracle(workflow, without)
    if (verdict.kind === 'violated') {
      broken++
      const steps = verdict.trace.length
      expect([seed, steps]).toEqual([seed, Math.min(...oracle.broken.values())])
      expect(oracle.broken.get(verdict.property)).toBe(steps)
      expect(statesOf(model, verdict.trace)).toHaveLength(steps + 1)
    } else {
      if (verdict.kind === 'refused') throw new Error(verdict.reason)
      const { states, transitions, depth } = verdict
      const all = { broken: new Map(), states, transitions, depth }
      expect([seed, all]).toEqual([seed, oracle])
    }
  }
  expect(broken).toBeGreaterThan(10)
  expect(broken).toBeLessThan(70)
})

const COUNTER = (is: string, states: number): string => `workflow: counter
title: A counter
about: Counts.
bounds: { states: ${states} }
roles: { clock: ticks }
actors: { time: { name: Time, roles: [clock] } }
state: { level: { is: ${is} } }
actions:
  tick: { who: clock, set: { level: level + 1 }, says: "One more than {level}." }
properties:
  small: { title: Small, reading: small, always: level < 1000 }
`

test('[V7] a search that would hold more states than the model allows says so', () => {
  const refused = verdictOf(COUNTER('0..100', 50))
  expect(refused).toEqual({ kind: 'refused', reason: 'there are more than 50 states' })
  expect(verdictOf(COUNTER('0..49', 50))).toMatchObject({ kind: 'proved', states: 50 })
})

test('[V4] a step that would leave the range of a number is not taken, and counted', () => {
  const proved = verdictOf(COUNTER('0..9', 50))
  expect(proved).toMatchObject({ kind: 'proved', states: 10, transitions: 9, depth: 9, cut: 1 })
})

test('[V7] a number without an end cannot be searched', () => {
  const verdict = verdictOf(COUNTER('0..*', 50))
  expect(verdict.kind === 'refused' && verdict.reason).toMatch(/level has no end/)
})

const hostile = (when: string, parameters: string): Workflow =>
  workflowOf(`workflow: hostile
title: Hostile
about: Would fill memory.
roles: { clerk: works }
actors: { ann: { name: Ann, roles: [clerk] } }
things: { box: { count: 16, name: "box {n}" } }
state: { level: { is: 0..3 } }
actions:
  act: { who: clerk, with: { ${parameters} }, when: "${when}", says: "Acts." }
properties:
  one: { title: One, reading: one, always: level = 0 }
`)
const nested = (depth: number): string =>
  `${Array.from({ length: depth }, (_, n) => `every box x${n} has `).join('')}level = 0`

test.each([
  ['quantifiers inside quantifiers', nested(12), 'b: box'],
  ['parameters that multiply', 'level = 0', 'a: 0..999, b: 0..999, c: 0..999'],
  ['parameters of which none will do', 'a = 1000', 'a: 0..999, b: 0..999, c: 0..999'],
])('[V7] %s meet a bound', (_, when, parameters) => {
  expect(groundModel(hostile(when, parameters), [])).toBeNull()
})

test.each(['[', '{a: ', '- ', '('])('[V1] a text of many %s is refused, not believed', (text) => {
  expect(readWorkflow(text.repeat(40_000)).ok).toBe(false)
  expect(readWorkflow(`workflow: ${text.repeat(40_000)}`).ok).toBe(false)
})

test('[V6] the same model gives the same answer, steps included', () => {
  const text = randomWorkflow(drawFrom(3))
  expect(verdictOf(text)).toEqual(verdictOf(text))
})
