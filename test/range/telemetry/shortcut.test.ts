import { describe, expect, test } from 'vitest'
import { techniques } from '../../../range/attack/catalogue.ts'
import { range, Stream } from '../../../range/world/draw.ts'
import { areaUnder, shortcuts } from './shortcut-learner.ts'
import { AUC_MAX, inWords, isDeclared } from './shortcut-tells.ts'
import { labelledRun, type Labelled } from './shortcut.ts'

const STEALTHS = [0, 0.4, 0.8]
/** Short runs; `npm run soak shortcut` does the same over whole days. */
const runs = (from: number): Labelled[] =>
  Array.from({ length: 10 }, (_, i) =>
    labelledRun(from + i, { minutes: 50, from: 4, to: 23, stealth: STEALTHS[i % 3]! }),
  ).flat()

describe('no shortcut in the data', () => {
  test('[T17] no field or pattern learnt on seeds 1 to 10 gives attacks of seeds 11 to 20 away, unless declared', () => {
    const found = shortcuts(runs(1), runs(11))
    expect(found.length).toBeGreaterThan(500)
    expect(found.map(({ attack }) => attack)).toEqual(expect.arrayContaining(['P2', 'D1']))
    const bad = found.filter((one) => one.auc > AUC_MAX && !isDeclared(one))
    expect(bad.map(inWords)).toEqual([])
    expect(found.some((one) => one.auc > AUC_MAX && isDeclared(one))).toBe(true)
  }, 300_000)

  test('[T17] three tells at most, each with its reason', () => {
    for (const { tells } of techniques) {
      expect(tells.length).toBeLessThanOrEqual(3)
      for (const { reason } of tells) expect(reason.length).toBeGreaterThan(20)
    }
  })

  test('the learner finds a planted shortcut, and nothing in noise', () => {
    const planted = (seed: number): Labelled[] =>
      Array.from({ length: 200 }, (_, i) => ({
        kind: 'payment authorisation',
        attack: i % 4 === 0 ? 'P2' : null,
        fields: new Map<string, string | number>([
          [
            'session',
            `${i % 4 === 0 ? 'b0' : 'a7'}${range(10_007, seed, Stream.evaluation, 2, i)}`,
          ],
          ['noise', range(1_009, seed, Stream.evaluation, 1, i)],
        ]),
      }))
    const found = shortcuts(planted(1), planted(2))
    expect(found[0]).toMatchObject({ field: 'session', auc: 1 })
    expect(found.filter(({ field }) => field === 'noise').every(({ auc }) => auc < 0.7)).toBe(true)
  })

  test('the area under the curve counts ties by half', () => {
    const rows = [
      { score: 3, guilty: true },
      { score: 2, guilty: false },
      { score: 2, guilty: true },
      { score: 1, guilty: false },
    ]
    expect(areaUnder(rows)).toBe(0.875)
  })
})
