import { describe, expect, test } from 'vitest'
import { advance, apply } from '../../../range/world/kernel.ts'
import { createTownSim } from '../../../range/world/town-sim.ts'
import type { Happened, WorldConfig } from '../../../range/world/types.ts'
import { SEARCH } from '../../../engine/verify/search.ts'
import { firstRefused, type Observed } from '../../engine/verify/accept.ts'
import { modelOf, shippedWorkflow } from '../../engine/verify/shipped.ts'
import { configOf, MINUTE, START } from './shop-rig.ts'
import { LockerProjector, PageProjector } from './workflow-places.ts'
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
  readonly pages: PageProjector
  readonly lockers: LockerProjector
}
function dayOf(config: WorldConfig, attack: string | null, hours: number): Day {
  const sim = createTownSim(config)
  const log: Happened[] = []
  const projector = new OrderProjector()
  const pages = new PageProjector()
  const lockers = new LockerProjector()
  const note = (happened: Happened): void => {
    for (const each of [projector, pages, lockers]) each.see(sim.world, happened)
    if ('refund' in happened.event) log.push(happened)
  }
  const to = (minutes: number): void => advance(sim, START + minutes * MINUTE, note)
  to(30)
  if (attack !== null) {
    const launch = { kind: 'LaunchAttack', run: 0, technique: attack, params: {}, delayMs: 0 }
    apply(sim, launch as never, { kind: 'attack', run: 0 }, note)
  }
  to(hours * 60)
  return { refunds: projectRefunds(sim.world, log), orders: projector.orders, pages, lockers }
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
  [3, 'W1', {}],
  [3, 'W1', { pageApproval: true }],
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

  test('[V15] every change of a page goes a way that page-changes knows', () => {
    const { changes, leaked } = day.pages
    expect(changes.size).toBeGreaterThan(2)
    expect(refusals('page-changes', config, changes)).toEqual([])
    // Cards go astray only from pages on which the workflow says so, with the control off.
    for (const name of leaked) {
      const ways = changes.get(name) ?? []
      expect(ways.map(({ action }) => action)).toContain('pay')
      expect(ways[0]?.parameters['what']).toBe('a-skimmer')
    }
    expect(leaked.size > 0).toBe(attack === 'W1' && !config.controls.pageApproval)
  })

  test('[V15] every hand-over at a locker goes a way that locker-hand-over knows', () => {
    const { boxes } = day.lockers
    const opened = [...boxes.values()].flat().filter(({ action }) => action === 'open')
    expect(opened.length).toBeGreaterThan(4)
    // The town's codes are new each time: all of the workflow's controls are on.
    const model = modelOf('locker-hand-over')
    expect([...boxes].filter(([, way]) => firstRefused(model, way) !== null)).toEqual([])
  })
})

test('[V15] a page that one person alone puts live, and a code used twice, are refused with the control on', () => {
  const alone = [...dayOf(configOf(3), 'W1', 2).pages.changes.values()].filter(
    (way) => !way.some(({ action }) => action === 'approve'),
  )
  expect(alone.length).toBeGreaterThan(0)
  for (const way of alone) {
    expect(firstRefused(modelOf('page-changes', ['pageApproval', 'readBeforeYes']), way)).toBeNull()
    expect(firstRefused(modelOf('page-changes', ['readBeforeYes']), way)).toBe(1)
  }
  const put = (p: string, r: string): Observed => {
    return { action: 'put-in-box', actor: 'dan', parameters: { p, r, 'new-code': 1 } }
  }
  const open = (p: string, actor: string): Observed => ({
    action: 'open',
    actor,
    parameters: { p },
  })
  const old = [put('parcel-1', 'theo'), open('parcel-1', 'theo'), put('parcel-2', 'carla')]
  const stolen = [...old, open('parcel-2', 'theo')]
  expect(firstRefused(modelOf('locker-hand-over', ['singleUseCode']), stolen)).toBeNull()
  expect(firstRefused(modelOf('locker-hand-over'), stolen)).toBe(2)
})

test('[V15] with approval off the town goes the very way of the counterexample', async () => {
  const model = modelOf('page-changes', ['pageApproval', 'readBeforeYes'])
  const verdict = await SEARCH.prove(model)
  const way =
    verdict.kind === 'violated' ? verdict.trace.map((i) => model.steps[i]!.action.key) : []
  const seen = [...dayOf(configOf(3), 'W1', 2).pages.changes.values()]
  expect(way.length).toBeGreaterThan(0)
  expect(seen.map((steps) => steps.map(({ action }) => action).join()).join(' ')).toContain(
    way.join(),
  )
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
