import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { techniques } from '../../../range/attack/catalogue.ts'
import { completeParams } from '../../../range/attack/technique.ts'
import texts from '../../../content/messages/en/attack.json' with { type: 'json' }
import { configOf, MINUTE, refusals, shopRig, START } from '../world/shop-rig.ts'

const published = new Set(
  readFileSync(new URL('ids.tsv', import.meta.url), 'utf8')
    .split('\n')
    .map((line) => line.split('\t')[0]),
)

describe('techniques', () => {
  test('[K1] every id is in the published lists', () => {
    for (const { ids } of techniques) {
      expect(ids.length).toBeGreaterThan(0)
      for (const id of ids) expect(published.has(id)).toBe(true)
    }
  })

  test('[K1] every technique takes rate, stealth and duration, held within their bounds', () => {
    const { sim } = shopRig(configOf(1), true)
    for (const technique of techniques) {
      const wild = completeParams(technique, sim.world, {
        rate: 1e9,
        stealth: -3,
        duration: Number.NaN,
        nonsense: 1,
      })
      for (const name of ['rate', 'stealth', 'duration']) {
        const spec = technique.parameters.find((one) => one.name === name)!
        expect(wild[name]).toBeGreaterThanOrEqual(spec.min!)
        expect(wild[name]).toBeLessThanOrEqual(spec.max!)
      }
      expect(wild).not.toHaveProperty('nonsense')
      const names = technique.parameters
        .filter((one) => one.type === 'choice')
        .map((one) => one.name)
      for (const name of names)
        expect(technique.targets(sim.world)[name]!.map((one) => one.value)).toContain(wild[name])
      expect(technique.tells.length).toBeLessThanOrEqual(3)
    }
  })

  test('[K1] every offer has its words in the catalogue, and a name where they need one', () => {
    const { sim } = shopRig(configOf(1), true)
    const offers = techniques.flatMap((one) => Object.values(one.targets(sim.world)).flat())
    expect(offers.length).toBeGreaterThan(10)
    for (const { label, note, name } of offers)
      for (const key of [label, note]) {
        const text = (texts as Record<string, string>)[`offer.${key}`]
        expect(text, key).toBeDefined()
        if (text!.includes('{name}')) expect(name, key).toMatch(/\w{3}/)
      }
  })

  test('[K2] run numbers are taken in turn, unknown attacks refused', () => {
    const run = shopRig(configOf(1), true)
    const give = (technique: string, id: number) =>
      refusals(run.give({ kind: 'LaunchAttack', run: id, technique, params: {}, delayMs: 0 }))
    expect(give('X9', 0)).toEqual(['no-such-attack'])
    expect(give('P2', 3)).toEqual(['run-number-taken'])
    expect(give('P2', 0)).toEqual([])
    expect(refusals(run.give({ kind: 'StopAttack', run: 7 }))).toEqual(['attack-over'])
  })

  test('[K3] a stopped run schedules nothing more', () => {
    for (const id of ['W1', 'P2', 'I1']) {
      const run = shopRig(configOf(2), true).to(40).launch(id).to(50)
      run.give({ kind: 'StopAttack', run: 0 })
      run.to(53)
      const before = run.log.filter(
        ({ cause, event }) => cause.kind === 'attack' && event.kind === 'AttackStepped',
      ).length
      run.to(80)
      expect(
        run.log.filter(
          ({ cause, event }) => cause.kind === 'attack' && event.kind === 'AttackStepped',
        ).length,
      ).toBe(before)
      expect(run.world().attacks.runs[0]).toMatchObject({
        status: 'stopped',
        endedAt: START + 50 * MINUTE,
      })
    }
  })
})
