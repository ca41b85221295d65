import { describe, expect, test } from 'vitest'
import { advance, apply } from '../../../range/world/kernel.ts'
import { createTownSim } from '../../../range/world/town-sim.ts'
import type { Happened, WorldConfig } from '../../../range/world/types.ts'
import { firstRefused, type Observed } from '../../engine/verify/accept.ts'
import { modelOf, shippedWorkflow } from '../../engine/verify/shipped.ts'
import { configOf, MINUTE, START } from './shop-rig.ts'
import { OrderProjector, projectRefunds, type Projection } from './workflow-projection.ts'

/** The controls of a workflow that are off in this world; those that it lacks are off too. */
function offIn(slug: string, controls: WorldConfig['controls']): string[] {
  const on = Object.entries(controls).flatMap(([key, value]) => (value ? [key] : []))
  return shippedWorkflow(slug)
    .controls.map(({ key }) => key)
    .filter((key) => !on.includes(key))
}

function refusals(slug: string, config: WorldConfig, seen: Projection): string[] {
  const model = modelOf(slug, offIn(slug, config.controls))
  return [...seen].flatMap(([name, steps]) => {
    const at = firstRefused(model, steps)
    if (at === null) return []
    const told = steps.slice(0, at + 1).map(({ action, parameters }) => {
      return `${action} ${JSON.stringify(parameters)}`
    })
    return [`${name}: ${told.join(', ')}`]
  })
}

interface Day {
  readonly refunds: Projection
  readonly orders: Projection
}
function dayOf(config: WorldConfig, attack: string | null, hours: number): Day {
  const sim = createTownSim(config)
  const log: Happened[] = []
  const projector = new OrderProjector()
  const note = (happened: Happened): void => {
    projector.see(sim.world, happened)
    if ('refund' in happened.event) log.push(happened)
  }
  const to = (minutes: number): void => advance(sim, START + minutes * MINUTE, note)
  to(30)
  if (attack !== null) {
    const launch = { kind: 'LaunchAttack', run: 0, technique: attack, params: {}, delayMs: 0 }
    apply(sim, launch as never, { kind: 'attack', run: 0 }, note)
  }
  to(hours * 60)
  return { refunds: projectRefunds(sim.world, log), orders: projector.orders }
}

const DAYS: readonly (readonly [number, string | null, Partial<WorldConfig['controls']>])[] = [
  [1, null, {}],
  [2, null, { fourEyes: false, sca: false, serverSidePrice: false }],
  [3, 'I1', {}],
  [4, 'I1', { fourEyes: false }],
  [5, 'P2', {}],
  [6, 'P2', { sca: false }],
  [7, 'D1', {}],
  [7, 'D1', { signedHandover: true }],
]
describe.each(DAYS)('a day of seed %i, attack %s, controls %o', (seed, attack, over) => {
  const config = configOf(seed, over)
  const day = dayOf(config, attack, 5)

  test('[V15] every refund goes a way that returns-and-refunds knows', () => {
    expect(day.refunds.size).toBeGreaterThan(attack === 'I1' ? 4 : 1)
    expect(refusals('returns-and-refunds', config, day.refunds)).toEqual([])
  })

  test('[V15] every order goes a way that posted-goods knows', () => {
    const ways = [...day.orders.values()]
    const count = (action: string): number =>
      ways.filter((way) => way.some((step) => step.action === action)).length
    expect(count('pay')).toBeGreaterThan(50)
    expect(count('deliver')).toBeGreaterThan(10)
    expect(refusals('posted-goods', config, day.orders)).toEqual([])
  })
})

test('[V15] an order that left out a step, or paid with the wrong card, would be refused', () => {
  const { orders } = dayOf(configOf(8), null, 4)
  const whole = [...orders.values()].filter((way) => way.at(-1)?.action === 'deliver')
  expect(whole.length).toBeGreaterThan(10)
  const model = modelOf('posted-goods')
  for (const way of whole) {
    expect(firstRefused(model, way)).toBeNull()
    for (const left of way.keys())
      if (left < way.length - 1)
        expect(
          firstRefused(
            model,
            way.filter((_, i) => i !== left),
          ),
        ).not.toBeNull()
    const cheap = way.map((one) => ({ ...one, parameters: { ...one.parameters, sent: 1 } }))
    expect(firstRefused(model, cheap)).toBe(0)
  }
})

test('[V15] what the controls rule out is refused by the workflow, with them on', () => {
  const self: Observed[] = [
    { action: 'request', actor: 'ann', parameters: { r: 'refund-1', why: 'claim', sum: 2 } },
    { action: 'approve', actor: 'ann', parameters: { r: 'refund-1' } },
  ]
  expect(firstRefused(modelOf('returns-and-refunds'), self)).toBe(1)
  expect(firstRefused(modelOf('returns-and-refunds', ['fourEyes']), self)).toBeNull()
})

test('[V15] self-approval happens in the town exactly where the control is off in both', () => {
  const ways = (fourEyes: boolean): boolean[] =>
    [...dayOf(configOf(4, { fourEyes }), 'I1', 3).refunds.values()].map((way) => {
      const asked = way.find(({ action }) => action === 'request')?.actor
      return way.some(({ action, actor }) => action === 'approve' && actor === asked)
    })
  expect(ways(true).filter(Boolean)).toEqual([])
  expect(ways(false).filter(Boolean).length).toBeGreaterThan(0)
})
