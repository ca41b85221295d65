import { describe, expect, test } from 'vitest'
import { search } from '../../../engine/verify/search.ts'
import { storyOf } from '../../../engine/verify/story.ts'
import { techniques } from '../../../range/attack/catalogue.ts'
import type { Scenario } from '../../../range/exercise/types.ts'
import { compileScenario } from '../../../range/scenario/compile.ts'
import { scenarioFromSteps, type Played } from '../../../range/scenario/from-steps.ts'
import { advance, apply } from '../../../range/world/kernel.ts'
import { SCA_EXEMPT_MINOR } from '../../../range/world/payment.ts'
import { commandKinds, createTownSim } from '../../../range/world/town-sim.ts'
import type { World, WorldConfig } from '../../../range/world/types.ts'
import { modelOf, shippedWorkflow, SLUGS } from '../../engine/verify/shipped.ts'

const IDS = techniques.map(({ id }) => id)
const made = new Map<string, Played>()
function played(slug: string, control: string, ids: readonly string[] = IDS): Played {
  const name = `${slug} ${control} ${ids.join()}`
  const model = modelOf(slug, [control])
  const verdict = made.has(name) ? null : search(model)
  if (verdict === null) return made.get(name)!
  if (verdict.kind !== 'violated') throw new Error(`${slug} holds without ${control}`)
  const { property, trace } = verdict
  const steps = storyOf(model, trace)
  const { workflow } = model
  made.set(name, scenarioFromSteps({ workflow, without: [control], property, steps }, ids))
  return made.get(name)!
}
function scenarioOf(slug: string, control: string): Scenario {
  const one = played(slug, control)
  if (!one.ok) throw new Error(one.reason)
  const known = { techniques, commands: commandKinds }
  const compiled = compileScenario('made', 'made.yml', one.text, known)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
  return compiled.value
}

/** The town after the scenario's attack was given its hour, with some controls as given. */
function afterAttack(
  { world, attacks }: Scenario,
  over: Partial<WorldConfig['controls']> = {},
): World {
  const attack = attacks[0]!
  const controls = { ...world.controls, ...over }
  const sim = createTownSim({ ...world, controls, seed: 11 })
  const none = (): void => undefined
  const from = world.start + attack.atMinute * 60_000
  advance(sim, from, none)
  const command = { kind: 'LaunchAttack', run: 0, technique: attack.technique } as const
  apply(sim, { ...command, params: attack.params, delayMs: 0 }, { kind: 'attack', run: 0 }, none)
  advance(sim, from + 70 * 60_000, none)
  return sim.world
}

describe('[V16] without four eyes, the counterexample becomes a scenario', () => {
  const scenario = scenarioOf('returns-and-refunds', 'fourEyes')
  const approvedByWhoAsked = ({ shop }: World): number =>
    shop.refunds.filter((one) => one.status === 'executed' && one.approvedBy === one.requestedBy)
      .length

  test('that compiles, with the control off and the attack planned', () => {
    const { world, attacks, injects } = scenario
    expect(world.controls).toMatchObject({ fourEyes: false, sca: true, serverSidePrice: true })
    expect(attacks.map(({ technique }) => technique)).toEqual(['I1'])
    expect(injects[0]?.message?.text).toMatch(/^1\. Ann asks for refund 1/)
  })

  test('whose attack goes the way of the counterexample, and not with the control on', () => {
    expect(approvedByWhoAsked(afterAttack(scenario))).toBeGreaterThan(0)
    expect(approvedByWhoAsked(afterAttack(scenario, { fourEyes: true }))).toBe(0)
  })
})

test('[V16] without strong authentication large orders are paid with stolen cards, with it none', () => {
  const scenario = scenarioOf('posted-goods', 'sca')
  const stolen = ({ shop }: World): number =>
    shop.transactions.filter(
      (one) =>
        one.response === '00' &&
        one.amountMinor > SCA_EXEMPT_MINOR &&
        shop.cards[one.card]!.holder === null,
    ).length
  expect(stolen(afterAttack(scenario))).toBeGreaterThan(0)
  expect(stolen(afterAttack(scenario, { sca: true }))).toBe(0)
})

test('[V16] [W32] without signed hand-over a driver hands parcels to a false relay, with it none', () => {
  const scenario = scenarioOf('posted-goods', 'signedHandover')
  const stolen = ({ logistics }: World): number =>
    logistics.parcels.filter(({ status }) => status === 'stolen').length
  expect(stolen(afterAttack(scenario))).toBeGreaterThan(0)
  expect(stolen(afterAttack(scenario, { signedHandover: true }))).toBe(0)
})

test('[V16] [W32] without a second person a script gets onto the checkout, with one it does not', () => {
  const scenario = scenarioOf('page-changes', 'pageApproval')
  const collected = ({ shop }: World): number =>
    shop.hosts.reduce((sum, { collected }) => sum + collected.length, 0)
  expect(collected(afterAttack(scenario))).toBeGreaterThan(0)
  expect(collected(afterAttack(scenario, { pageApproval: true }))).toBe(0)
})

test('[V16] without the price on the server no crew is asked for: a customer does it by hand', () => {
  const one = played('posted-goods', 'serverSidePrice')
  expect(one).toMatchObject({ ok: true, play: { kind: 'by-hand', sides: ['customer'] } })
  const { attacks, world } = scenarioOf('posted-goods', 'serverSidePrice')
  expect([attacks, world.controls.serverSidePrice]).toEqual([[], false])
})

const CONTROLS = SLUGS.flatMap((slug) =>
  shippedWorkflow(slug).controls.map(({ key }) => [slug, key] as const),
)
test('[V16] every other counterexample is not played, and it is said why', () => {
  const told = CONTROLS.map(([slug, control]) => {
    const one = played(slug, control)
    return `${slug} ${control}: ${one.ok ? one.play.kind : one.reason}`
  })
  expect(told).toEqual([
    "locker-hand-over singleUseCode: the range's world has no control singleUseCode to switch off",
    "locker-hand-over guessLimit: the range's world has no control guessLimit to switch off",
    'page-changes pageApproval: attack',
    "page-changes readBeforeYes: the range's world has no control readBeforeYes to switch off",
    'pharmacy signedHandover: the range knows no attack that goes this way',
    'pharmacy openedRemote: the range knows no attack that goes this way',
    'pharmacy secondProbe: the range knows no attack that goes this way',
    'pharmacy fourEyes: the range knows no attack that goes this way',
    'posted-goods sca: attack',
    'posted-goods serverSidePrice: by-hand',
    'posted-goods signedHandover: attack',
    'returns-and-refunds fourEyes: attack',
    "returns-and-refunds inspection: the range's world has no control inspection to switch off",
    "supplier-invoices callBack: the range's world has no control callBack to switch off",
    'supplier-invoices fourEyes: the range knows no attack that goes this way',
    "virtual-goods holdTime: the range's world has no control holdTime to switch off",
    "virtual-goods singleUseCode: the range's world has no control singleUseCode to switch off",
    "virtual-goods soldOnly: the range's world has no control soldOnly to switch off",
  ])
})

test('[V16] an attack that does not exist is named', () => {
  expect(played('returns-and-refunds', 'fourEyes', [])).toEqual({
    ok: false,
    reason: 'the range has no attack I1 yet',
  })
})
