import { describe, expect, test } from 'vitest'
import type { Telemetry } from '../../../../engine/event/telemetry.ts'
import { RateBaseline, thresholdOf } from '../../../../range/server/cli/evaluate-baseline.ts'
import { inWords, summarise } from '../../../../range/server/cli/evaluate-report.ts'
import { TwinCount } from '../../../../range/server/cli/evaluate-twins.ts'
import { varyScenario } from '../../../../range/server/cli/evaluate-vary.ts'
import { reasoningKinds } from '../../../../range/server/cli/options.ts'
import { parseSeeds, type RunResult } from '../../../../range/server/cli/evaluate.ts'
import { prepareScenario } from '../../../../range/server/cli/simulate.ts'
import type { Truth } from '../../../../range/exercise/types.ts'
import type { Happened } from '../../../../range/world/types.ts'

const minute = (n: number): number => n * 60_000
const authorisation = (at: number, ip: string): Telemetry =>
  ({
    time: at,
    uid: `event:payment-${at}`,
    body: { class_uid: 99901, payment: { message: 'authorisation' }, src_endpoint: { ip } },
  }) as unknown as Telemetry
const truth: Truth = {
  attack: 'P2',
  run: 0,
  family: 'payment',
  actors: ['ip:10.0.0.1'],
  targets: [],
  start: 0,
  firstEffect: 0,
  end: minute(30),
}

describe('drawn parameters', () => {
  const load = (name: string) => {
    const prepared = prepareScenario(name, [], [])
    if ('error' in prepared) throw new Error(prepared.error)
    return prepared.scenario
  }

  test('are the same for the same seed, within their bounds, and others for another seed', () => {
    for (const name of ['w1', 'p2', 'i1', 'd1']) {
      const [one, again, other] = [
        varyScenario(load(name), 7),
        varyScenario(load(name), 7),
        varyScenario(load(name), 8),
      ]
      expect(one).toEqual(again)
      expect(one.attacks).not.toEqual(other.attacks)
      const { atMinute, params } = one.attacks[0]!
      expect(atMinute).toBeGreaterThanOrEqual(30)
      expect(atMinute).toBeLessThan(90)
      expect(params['stealth']).toBeUndefined()
      expect(Number(params['rate'])).toBeGreaterThan(0)
    }
  })

  test('every way of the skimmer comes up', () => {
    const ways = new Set(
      Array.from(
        { length: 12 },
        (_, seed) => varyScenario(load('w1'), seed).attacks[0]!.params['way'],
      ),
    )
    expect([...ways].sort()).toEqual(['dependency', 'editor', 'tag-manager'])
  })
})

describe('the naive baseline', () => {
  test('counts tries of an address in ten minutes, guilty and innocent apart', () => {
    const baseline = new RateBaseline()
    for (let i = 0; i < 12; i++) baseline.see(authorisation(minute(i), '10.0.0.1'))
    for (let i = 0; i < 3; i++) baseline.see(authorisation(minute(20 * i), '10.0.0.2'))
    expect(baseline.peaks([truth])[0]).toEqual({ attack: 'P2', guilty: 10, innocent: [1] })
  })

  test('takes the lowest threshold that its budget of false alarms allows', () => {
    const day = (innocent: number[]) => [{ attack: 'P2', guilty: null, innocent }]
    expect(thresholdOf('P2', [day([9, 4, 2]), day([5, 3])], 1)).toBe(5)
    expect(thresholdOf('P2', [day([9, 4, 2]), day([5, 3])], 0.5)).toBe(6)
  })
})

describe('the report', () => {
  const run = (seed: number, seconds: number | null): RunResult => ({
    scenario: 'p2',
    seed,
    hours: 1,
    idle: [],
    falseIncidents: [],
    falseAlerts: 0,
    byDetector: {},
    twins: {},
    peaks: [],
    detected: [{ attack: 'P2', seconds, kinds: ['R'], damage: 10 * seed, params: { rate: 1 } }],
  })

  test('pools runs, names what was missed, and leaves idle attacks out', () => {
    const idle: RunResult = { ...run(9, null), detected: [], idle: ['P2'] }
    const [line] = summarise([run(1, 30), run(2, null), run(3, 50), idle]).attacks
    expect(line).toMatchObject({
      id: 'P2',
      runs: 3,
      detected: 2,
      idle: 1,
      damage: 20,
      secondsToDetect: { worst: 50 },
    })
    expect(line!.missed).toHaveLength(1)
    expect(line!.missed[0]).toContain('seed 2')
  })

  test('false incidents are counted for each rule, benign days apart', () => {
    const detectors = [{ id: 'r-1', kind: 'R', title: 'too many refunds' }] as const
    const wrong = { title: 'x', lead: [], family: 'insider', kinds: [], opened: 0, detectors }
    const day: RunResult = { ...run(3, null), scenario: 'quiet-day', falseIncidents: [wrong] }
    const beside: RunResult = { ...run(4, 20), falseIncidents: [wrong, wrong] }
    const report = summarise([run(1, 30), beside, day])
    expect(report.byRule).toEqual([
      { rule: 'r-1', kind: 'R', title: 'too many refunds', falseIncidents: 3, benign: 1 },
    ])
    expect(inWords(report)).toContain('3 (1) R r-1: too many refunds')
  })

  test('kinds of reasoning are named by what they are', () => {
    expect(reasoningKinds('rules,formulas,rules')).toEqual(['R', 'T'])
    expect(() => reasoningKinds('rules,magic')).toThrow('rules,formulas,models,twin,integrity')
  })

  test('seeds are a range, and nothing else', () => {
    expect(parseSeeds('101..103')).toEqual([101, 102, 103])
    for (const bad of ['', '5', '3..1', 'a..b', '1..999999999']) expect(parseSeeds(bad)).toBeNull()
  })

  test('innocent look-alikes are counted, what crews cause is not', () => {
    const twins = new TwinCount()
    const tyre = (cause: Happened['cause']): Happened => ({
      at: 0,
      event: { kind: 'TyreFlat', van: 1, until: 9 },
      cause,
    })
    twins.see(tyre({ kind: 'town' }))
    twins.see(tyre({ kind: 'attack', run: 0 }))
    expect(twins.counts()).toEqual({ 'flat tyre': 1 })
  })
})
