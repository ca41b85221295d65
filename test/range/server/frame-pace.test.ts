import { expect, test } from 'vitest'
import { APART_MS, FramePace } from '../../../range/server/frame-pace.ts'

test('[N42] a busy server spreads the frames of moves, step by step and never beyond a bound', () => {
  let busy = 0.9
  const pace = new FramePace(() => busy)
  const aparts = Array.from({ length: 20 }, (_, second) => pace.apart(1000 * (second + 1)))

  expect(aparts[0]).toBeGreaterThan(APART_MS)
  expect(aparts.every((apart, i) => i === 0 || apart >= aparts[i - 1]!)).toBe(true)
  expect(aparts.at(-1)).toBe(250)

  busy = 0.1
  for (let second = 21; second < 60; second += 1) pace.apart(1000 * second)
  expect(pace.apart(60_000)).toBe(APART_MS)
})

test('[N42] however often rooms ask, the load is looked at four times a second', () => {
  let asked = 0
  const pace = new FramePace(() => {
    asked += 1
    return 0.9
  })
  for (let ms = 1000; ms < 2000; ms += 1) pace.apart(ms)
  expect(asked).toBe(4)
})
