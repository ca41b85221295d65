import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { loadFormulaDocument, runFormulaCases } from '../../../engine/mfotl/document.ts'
import { createMonitor, type CompiledFormula } from '../../../engine/mfotl/monitor.ts'
import { casesOf, createRuleSet } from '../../../engine/sigma/rule-set.ts'
import { compileHolds, type State } from '../../../engine/verify/evaluate.ts'
import type { GroundModel, Step } from '../../../engine/verify/ground.ts'
import { after, reportsOf, statesOf } from '../../../engine/verify/story.ts'
import { drawFrom, type Draw } from '../../oracle/mfotl-random.ts'
import { modelOf, shippedWorkflow, SLUGS, WORKFLOWS } from './shipped.ts'

const read = (url: URL): string => readFileSync(url, 'utf8')
const SHARED = new URL('../formulas/', WORKFLOWS)
const own = (slug: string): URL => new URL(`${slug}/formulas/`, WORKFLOWS)

/** The formula of this id: beside the workflow, or of those that ship for telemetry. */
function formulaOf(slug: string, id: string): CompiledFormula {
  const folder = existsSync(new URL(`${id}.yml`, own(slug))) ? own(slug) : SHARED
  const loaded = loadFormulaDocument(
    read(new URL(`${id}.yml`, folder)),
    read(new URL('telemetry.sig', folder)),
  )
  if (!loaded.ok) throw new Error(`${id}: ${JSON.stringify(loaded.diagnostics)}`)
  return loaded.value.compiled
}

const BESIDE = SLUGS.filter((slug) => existsSync(own(slug))).flatMap((slug) =>
  readdirSync(own(slug))
    .filter((name) => name.endsWith('.yml'))
    .map((file) => ({ slug, file })),
)
describe.each(BESIDE)('[V13] $slug: $file', ({ slug, file }) => {
  const text = read(new URL(file, own(slug)))
  const loaded = loadFormulaDocument(text, read(new URL('telemetry.sig', own(slug))))
  test('is named like its file, and monitors a property', () => {
    expect(loaded.ok ? `${loaded.value.id}.yml` : loaded.diagnostics).toBe(file)
    const monitored = shippedWorkflow(slug).properties.map(({ monitor }) => `${monitor}.yml`)
    expect(monitored).toContain(file)
  })
  test('fires in some of its cases, stays silent in others, and all hold', () => {
    if (!loaded.ok) return
    expect(new Set(loaded.value.cases.map((one) => one.expect.length > 0)).size).toBe(2)
    expect(runFormulaCases(loaded.value).filter(({ ok }) => !ok)).toEqual([])
  })
})

test("[V13] the cases of the pharmacy's rule hold", () => {
  const file = new URL('pharmacy/rules/cold_store.yml', WORKFLOWS)
  const made = createRuleSet([{ name: 'cold_store.yml', text: read(file) }], { generateAll: true })
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics))
  const cases = casesOf(made.set)
  expect(cases.length).toBe(4)
  const empty = made.set.save()
  for (const { case: one } of cases) {
    made.set.restore(empty)
    const raised = one.events.flatMap(({ event, time }) => made.set.step(event, time))
    expect([one.name, raised.length > 0]).toEqual([one.name, one.fires])
  }
})

/** A way through the model at random, until a property breaks or nothing goes on. */
function randomTrace(model: GroundModel, draw: Draw, length: number): number[] {
  const guards = model.steps.map(({ guard }) => compileHolds(guard))
  const inRange = (state: State): boolean =>
    model.cells.every(({ low, high }, i) => state[i]! >= low && state[i]! <= high!)
  const trace: number[] = []
  let state = statesOf(model, [])[0]!
  while (trace.length < length) {
    const possible = model.steps.flatMap((step, index) =>
      guards[index]!(state) && inRange(after(step, state)) ? [index] : [],
    )
    if (possible.length === 0) break
    const attacks = possible.filter((index) => isAttack(model, index))
    const among = attacks.length > 0 && draw(2) === 0 ? attacks : possible
    const chosen = among[draw(among.length)]!
    trace.push(chosen)
    state = after(model.steps[chosen] as Step, state)
  }
  return trace
}

function isAttack(model: GroundModel, index: number): boolean {
  return model.workflow.actors[model.steps[index]!.actor]!.attacker !== null
}

const MONITORED = SLUGS.flatMap((slug) =>
  shippedWorkflow(slug).properties.flatMap(({ key, monitor }) =>
    monitor === null ? [] : [{ slug, key, monitor }],
  ),
)
test('[V14] most properties have a monitor', () => {
  expect(MONITORED.length).toBeGreaterThanOrEqual(10)
})

describe.each(MONITORED)('$slug: $key', ({ slug, key, monitor }) => {
  const compiled = formulaOf(slug, monitor)
  const controls = shippedWorkflow(slug).controls.map((control) => control.key)

  test(`[V14] ${monitor} speaks first exactly where the property first fails`, () => {
    let failed = 0
    const none = modelOf(slug, controls)
    const all = modelOf(slug)
    for (let seed = 0; seed < 1000 && (seed < 100 || failed < 5); seed++) {
      const draw = drawFrom(seed)
      const model = draw(5) === 0 ? all : none
      const trace = randomTrace(model, draw, 30)
      const property = model.properties.find((one) => one.key === key)!
      const holds = compileHolds(property.always)
      const states = statesOf(model, trace).slice(1)
      const broken = states.findIndex((state) => !holds(state))
      const seen = reportsOf(model, trace)
      const machine = createMonitor(compiled)
      const verdicts = seen.flatMap(({ timestamp, facts }) => machine.step(timestamp, facts))
      expect(machine.refused).toBe(0)
      const spoke = verdicts[0]?.timePoint ?? -1
      expect([seed, spoke]).toEqual([seed, broken])
      if (broken >= 0) failed++
    }
    expect(failed).toBeGreaterThan(3)
  })
})
