import { describe, expect, test } from 'vitest'
import { cos, exp, exponential, ln, normal, poisson, sin } from '../../../range/world/detmath.ts'

const worst = (
  own: (x: number) => number,
  other: (x: number) => number,
  xs: readonly number[],
): number =>
  Math.max(...xs.map((x) => Math.abs(own(x) - other(x)) / Math.max(1, Math.abs(other(x)))))
const grid = (from: number, to: number, steps = 2_000): number[] =>
  Array.from({ length: steps + 1 }, (_, i) => from + ((to - from) * i) / steps)

describe('detmath', () => {
  test('[W20] ln and exp agree with the machine to 1e-13', () => {
    expect(
      worst(
        ln,
        Math.log,
        grid(-300, 300).map((x) => 10 ** x),
      ),
    ).toBeLessThan(1e-13)
    expect(worst(exp, Math.exp, grid(-40, 40))).toBeLessThan(1e-13)
    expect([ln(1), ln(0), exp(0), exp(-800), exp(800)]).toEqual([0, -Infinity, 1, 0, Infinity])
    expect(ln(-1)).toBeNaN()
  })
  test('[W20] sine and cosine agree to 1e-12', () => {
    expect(worst(sin, Math.sin, grid(-20, 20))).toBeLessThan(1e-12)
    expect(worst(cos, Math.cos, grid(-20, 20))).toBeLessThan(1e-12)
  })
  test('[W20] the normal quantile is right at published points and odd about the middle', () => {
    for (const [p, z] of [
      [0.5, 0],
      [0.975, 1.959963984540054],
      [0.999, 3.090232306167813],
      [1e-6, -4.753424308822899],
    ] as const) {
      expect(Math.abs(normal(p) - z)).toBeLessThan(1e-8)
    }
    for (const p of grid(0.001, 0.499, 50))
      expect(Math.abs(normal(p) + normal(1 - p))).toBeLessThan(1e-8)
  })
  test('[W20] exponential and Poisson quantiles have their mean', () => {
    const us = grid(0, 1, 100_000).slice(0, -1)
    const mean = (f: (u: number) => number): number =>
      us.reduce((sum, u) => sum + f(u), 0) / us.length
    expect(mean((u) => exponential(9, u))).toBeCloseTo(9, 1)
    expect(mean((u) => poisson(3.5, u))).toBeCloseTo(3.5, 2)
  })
})
