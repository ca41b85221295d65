import { afterAll, describe, expect, test } from 'vitest'
import { groundModel } from '../../../engine/verify/ground.ts'
import { readWorkflow } from '../../../engine/verify/read.ts'
import { search } from '../../../engine/verify/search.ts'
import { smtProver } from '../../../engine/verify/z3.ts'
import { loadZ3 } from '../../../range/server/cli/z3-solver.ts'
import { modelOf, shippedWorkflow, SLUGS } from './shipped.ts'

/** Only where the package `z3-solver` is installed; `smt.test.ts` needs no solver. */
const solver = await loadZ3()
afterAll(() => {
  solver?.close()
})

describe.skipIf(solver === null).each(SLUGS)('%s with z3', (slug) => {
  const controls = shippedWorkflow(slug).controls.map(({ key }) => key)

  test.each([null, ...controls])('[V17] agrees with the search, without %s', async (control) => {
    const model = modelOf(slug, control === null ? [] : [control])
    const searched = search(model)
    const solved = await smtProver(solver!.solve).prove(model)
    expect(solved.kind).toBe(searched.kind)
    if (searched.kind === 'violated' && solved.kind === 'violated')
      expect(solved.trace).toHaveLength(searched.trace.length)
  })
})

const AMOUNTS = `workflow: amounts
title: Amounts without an end
about: What is given back was paid before.
roles: { customer: pays, till: gives back }
actors:
  carla: { name: Carla, roles: [customer] }
  shop: { name: the shop, roles: [till] }
controls:
  enough: { title: Enough, about: Nothing is given back that was not paid. }
state: { paid: { is: 0..* }, returned: { is: 0..* } }
actions:
  pay:
    who: customer
    with: { sum: 1..9 }
    set: { paid: paid + sum }
    says: "{actor} pays {sum}."
  give-back:
    who: till
    with: { sum: 1..9 }
    controls: { enough: returned + sum <= paid }
    set: { returned: returned + sum }
    says: "{actor} gives {sum} back."
properties:
  covered: { title: Covered, reading: covered, always: returned <= paid }
`
test.skipIf(solver === null)('[V17] z3 proves what has no end, which no search can', async () => {
  const read = readWorkflow(AMOUNTS)
  if (!read.ok) throw new Error(JSON.stringify(read.diagnostics))
  const model = groundModel(read.value, [])!
  expect(search(model).kind).toBe('refused')
  const proved = { kind: 'proved', bound: { kind: 'inductive', depth: 1 } }
  expect(await smtProver(solver!.solve).prove(model)).toMatchObject(proved)
  const broken = await smtProver(solver!.solve).prove(groundModel(read.value, ['enough'])!)
  expect(broken.kind === 'violated' && broken.trace.length).toBe(1)
})
