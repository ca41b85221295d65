import { describe, expect, it } from 'vitest'
import { expectedPerDay } from '../../../engine/anomaly/threshold.ts'

/** Quantiles of an exponential distribution: what a tail of shape 0 looks like. */
const exponential = Array.from({ length: 4_000 }, (_, i) => -Math.log(1 - (i + 0.5) / 4_000))

describe('[A3] thresholds are budgets', () => {
  it('[A3] counts where enough quiet scores lie beyond', () => {
    expect(expectedPerDay({ scores: exponential, perDay: 400 }, Math.log(10))).toBeCloseTo(40, 0)
  })
  it('[A3] extrapolates the tail where few do', () => {
    for (const per of [10_000, 100_000]) {
      const expected =
        expectedPerDay({ scores: exponential, perDay: 400 }, Math.log(per)) / (400 / per)
      expect(expected).toBeGreaterThan(0.4)
      expect(expected).toBeLessThan(2.5)
    }
  })
  it('[A3] never rises with the score', () => {
    const values = Array.from({ length: 200 }, (_, i) =>
      expectedPerDay({ scores: exponential, perDay: 400 }, i / 10),
    )
    for (const [i, each] of values.entries())
      if (i > 0) expect(each).toBeLessThanOrEqual((values[i - 1] as number) * 1.25)
  })
  it('[A3] lets nothing pass without quiet scores, and is careful with few', () => {
    expect(expectedPerDay({ scores: [], perDay: 400 }, 99)).toBe(Infinity)
    expect(expectedPerDay({ scores: [1, 2, 3], perDay: 400 }, 99)).toBe(100)
  })
})
