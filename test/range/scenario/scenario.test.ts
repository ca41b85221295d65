import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { techniques } from '../../../range/attack/catalogue.ts'
import { adjustScenario } from '../../../range/scenario/adjust.ts'
import { compileScenario } from '../../../range/scenario/compile.ts'
import { loadScenario, shippedScenarios } from '../../../range/server/scenarios.ts'
import { commandKinds } from '../../../range/world/town-sim.ts'

const known = { techniques, commands: commandKinds }

describe('scenarios', () => {
  it.each(shippedScenarios())('[C1] %s compiles with its playbooks', (slug) => {
    const loaded = loadScenario(slug)
    expect(loaded.ok ? [] : loaded.mistakes).toEqual([])
  })

  it('[C2] the template is itself a scenario', () => {
    const text = readFileSync(new URL('../../../scenarios/TEMPLATE.yml', import.meta.url), 'utf8')
    const compiled = compileScenario('template', 'TEMPLATE.yml', text, known)
    expect(compiled.ok ? [] : compiled.diagnostics).toEqual([])
  })

  it('[C3] reports every mistake at once, each with its line and a correction', () => {
    const text = [
      'title: T',
      'summary: S',
      'lenght: 45',
      'palette: [W1, Q7]',
      'world:',
      '  start: 9 o’clock',
      'attacks:',
      '  - technique: P2',
      '    at: 5',
      '    params: { stealthy: 1 }',
      'injects:',
      '  - id: x-1',
      '    title: X',
      '    about: X',
      '    tone: funny',
      '',
    ].join('\n')
    const compiled = compileScenario('bad', 'bad.yml', text, known)
    expect(compiled.ok).toBe(false)
    if (compiled.ok) return
    const rows = compiled.diagnostics.map(
      ({ line, message, correction }) => `${line} | ${message} | ${correction}`,
    )
    expect(
      rows.some((row) => row.startsWith('3 |') && row.includes('did you mean "length"?')),
    ).toBe(true)
    expect(rows.some((row) => row.startsWith('6 |') && row.includes('HH:MM'))).toBe(true)
    expect(rows.some((row) => row.startsWith('4 |') && row.includes('no attack "Q7"'))).toBe(true)
    expect(rows.some((row) => row.startsWith('10 |') && row.includes('"stealth"'))).toBe(true)
    expect(
      rows.some(
        (row) => row.startsWith('15 |') && row.includes('harmless, pressure, trouble, hint'),
      ),
    ).toBe(true)
    const second = compileScenario(
      'bad',
      'bad.yml',
      text.replace('lenght', 'length').replace('9 o’clock', '"09:00"').replace('funny', 'hint'),
      known,
    )
    if (second.ok) throw new Error('it has mistakes left')
    expect(second.diagnostics.map(({ line, message }) => `${line} ${message}`)).toEqual([
      '4 there is no attack "Q7"',
      '10 P2 has no parameter "stealthy"',
    ])
    expect(second.diagnostics[1]!.correction).toBe('did you mean "stealth"?')
  })

  it('[C4] settings and leaving out name what they cannot find', () => {
    const loaded = loadScenario('market-day')
    if (!loaded.ok) throw new Error('market-day does not compile')
    const adjust = (set: readonly string[], without: readonly string[] = []) =>
      adjustScenario(loaded.scenario, set, without, techniques)
    const all = adjust(['stealth=0.8', 'P2.rate=3'], ['D1'])
    if ('error' in all) throw new Error(all.error)
    expect(all.scenario.attacks.map((attack) => attack.technique)).toEqual(['P2', 'I1', 'W1'])
    expect(all.scenario.attacks.every((attack) => attack.params['stealth'] === 0.8)).toBe(true)
    expect(all.scenario.attacks[0]!.params['rate']).toBe(3)
    const mistakes: readonly (readonly [string[], string[], string])[] = [
      [['Z1.rate=1'], [], '--set Z1.rate=1: the scenario has no attack Z1'],
      [[], ['K1'], '--without K1: the scenario has no attack K1'],
      [['nonsense'], [], '--set nonsense: write KEY=VALUE'],
      [
        ['stelth=1'],
        [],
        '--set stelth=1: no attack has a parameter "stelth"; did you mean "stealth"?',
      ],
      [
        ['P2.place=quay'],
        [],
        '--set P2.place=quay: P2 has no parameter "place"; write one of: rate',
      ],
    ]
    for (const [set, without, words] of mistakes) {
      const adjusted = adjust(set, without)
      expect('error' in adjusted ? adjusted.error : '').toContain(words)
    }
  })
})
