import { describe, expect, test } from 'vitest'
import { search } from '../../../engine/verify/search.ts'
import { storyOf } from '../../../engine/verify/story.ts'
import { techniques } from '../../../range/attack/catalogue.ts'
import { compileScenario } from '../../../range/scenario/compile.ts'
import { scenarioFromSteps, type Played } from '../../../range/scenario/from-steps.ts'
import { advance, apply } from '../../../range/world/kernel.ts'
import { commandKinds, createTownSim } from '../../../range/world/town-sim.ts'
import { modelOf, shippedWorkflow, SLUGS } from '../../engine/verify/shipped.ts'

const IDS = techniques.map(({ id }) => id)
function played(slug: string, control: string, ids: readonly string[] = IDS): Played {
  const model = modelOf(slug, [control])
  const verdict = search(model)
  if (verdict.kind !== 'violated') throw new Error(`${slug} holds without ${control}`)
  const { property, trace } = verdict
  const steps = storyOf(model, trace)
  return scenarioFromSteps({ workflow: model.workflow, without: [control], property, steps }, ids)
}

describe('[V16] without four eyes, the counterexample becomes a scenario', () => {
  const made = played('returns-and-refunds', 'fourEyes')
  const text = made.ok ? made.text : ''
  const known = { techniques, commands: commandKinds }
  const compiled = compileScenario('made', 'made.yml', text, known)

  test('that compiles, with the control off and the attack planned', () => {
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
    const { world, attacks, injects } = compiled.value
    expect(world.controls).toMatchObject({ fourEyes: false, sca: true, serverSidePrice: true })
    expect(attacks.map(({ technique }) => technique)).toEqual(['I1'])
    expect(injects[0]?.message?.text).toMatch(/^1\. Ann asks for refund 1/)
  })

  test('and its attack goes the way of the counterexample: approved by who asked', () => {
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
    const { world, attacks } = compiled.value
    const [attack] = attacks
    const sim = createTownSim({ ...world, seed: 11 })
    const none = (): void => undefined
    advance(sim, world.start + attack!.atMinute * 60_000, none)
    const command = { kind: 'LaunchAttack', run: 0, technique: attack!.technique } as const
    const launch = { ...command, params: attack!.params, delayMs: 0 }
    apply(sim, launch, { kind: 'attack', run: 0 }, none)
    advance(sim, world.start + 3 * 3_600_000, none)
    const self = sim.world.shop.refunds.filter(
      (one) => one.status === 'executed' && one.approvedBy === one.requestedBy,
    )
    expect(self.length).toBeGreaterThan(0)
  })
})

const OTHERS = SLUGS.flatMap((slug) =>
  shippedWorkflow(slug).controls.flatMap(({ key }) =>
    slug === 'returns-and-refunds' && key === 'fourEyes' ? [] : [[slug, key] as const],
  ),
)
test.each(OTHERS)('[V16] %s without %s is played, or it is said why not', (slug, control) => {
  const made = played(slug, control)
  if (made.ok) {
    const known = { techniques, commands: commandKinds }
    expect(compileScenario('made', 'made.yml', made.text, known)).toMatchObject({ ok: true })
  } else expect(made.reason).toMatch(/^the range('s world has no control | has no attack | knows)/)
})

test('[V16] reasons name what is missing', () => {
  expect(played('returns-and-refunds', 'fourEyes', [])).toEqual({
    ok: false,
    reason: 'the range has no attack I1 yet',
  })
  expect(played('returns-and-refunds', 'inspection')).toEqual({
    ok: false,
    reason: "the range's world has no control inspection to switch off",
  })
  expect(played('pharmacy', 'fourEyes')).toMatchObject({ ok: false })
})
