import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeyedStore } from '../../../engine/stream/keyed.ts'
import { ValueWindow } from '../../../engine/stream/value-window.ts'
import { Watermark } from '../../../engine/stream/watermark.ts'
import { DistinctWindow, TimeWindow } from '../../../engine/stream/window.ts'

const stream = fc.array(fc.record({ gap: fc.nat(4), value: fc.integer({ min: -3, max: 3 }) }), {
  maxLength: 300,
})

/** Values of the last `span`, both ends included, at most `most`, by looking at the whole past. */
function past(seen: readonly [number, number][], span: number, most: number): number[] {
  const now = seen.at(-1)?.[0] ?? 0
  return seen
    .filter(([time]) => time >= now - span)
    .map(([, value]) => value)
    .slice(-most)
}

describe('windows against the whole past', () => {
  it('[S19] count, sum and quantile are those of the window', () => {
    fc.assert(
      fc.property(stream, fc.nat(20), fc.integer({ min: 1, max: 40 }), (events, span, most) => {
        const times = new TimeWindow(span, most)
        const values = new ValueWindow(span, most, { ranked: true })
        const seen: [number, number][] = []
        let time = 0
        for (const { gap, value } of events) {
          seen.push([(time += gap), value])
          const expected = past(seen, span, most)
          expect(times.add(time)).toBe(expected.length)
          values.add(time, value)
          expect(values.size).toBe(expected.length)
          expect(values.sum()).toBe(expected.reduce((sum, each) => sum + each, 0))
          const sorted = [...expected].sort((a, b) => a - b)
          expect(values.percentile(50)).toBe(sorted[Math.ceil(sorted.length / 2) - 1])
          expect(values.percentile(100)).toBe(sorted.at(-1))
        }
      }),
    )
  })

  it('[S19] distinct values are those of the window', () => {
    fc.assert(
      fc.property(stream, fc.nat(20), (events, span) => {
        const distinct = new DistinctWindow(span, 1_000)
        const seen: [number, number][] = []
        let time = 0
        for (const { gap, value } of events) {
          seen.push([(time += gap), value])
          expect(distinct.add(time, String(value))).toBe(new Set(past(seen, span, 1_000)).size)
        }
      }),
    )
  })

  it('sums of fractions do not drift', () => {
    const window = new ValueWindow(10, 1_000, { ranked: false })
    for (let i = 0; i < 10_000; i += 1) window.add(i * 20, 0.1)
    expect(window.sum()).toBe(0.1)
    window.add(10_000 * 20, 2)
    expect(window.sum()).toBe(2)
  })
})

describe('[S26] keyed stores', () => {
  const store = (keysMax: number, entriesMax: number): KeyedStore<TimeWindow> =>
    new KeyedStore({ keysMax, entriesMax }, () => new TimeWindow(100, 100))
  const add = (held: KeyedStore<TimeWindow>, key: string, time: number): number => {
    const count = held.use(key, time).add(time)
    held.settle()
    return count
  }

  it('forget the key that was quiet longest, never the one in use', () => {
    const held = store(2, 100)
    for (const key of ['a', 'b', 'a', 'c']) add(held, key, 0)
    expect(held.save().map(([key]) => key)).toEqual(['a', 'c'])
    expect([held.keys, held.entries, held.forgotten]).toEqual([2, 3, 1])
  })

  it('hold their entries within the bound', () => {
    const held = store(10, 5)
    for (let i = 0; i < 4; i += 1) add(held, 'a', i)
    for (let i = 0; i < 4; i += 1) add(held, 'b', 4 + i)
    expect(held.save().map(([key]) => key)).toEqual(['b'])
    for (let i = 0; i < 9; i += 1) add(held, 'b', 9 + i)
    expect(held.keys).toBe(1)
  })

  it('forget what was last used before a time, and go on after restoring', () => {
    const held = store(10, 100)
    add(held, 'a', 1)
    add(held, 'b', 5)
    held.expire(5)
    const again = store(10, 100)
    again.restore(held.save(), (state) => new TimeWindow(100, 100).restore(state as number[]))
    expect(add(again, 'b', 6)).toBe(2)
    expect([again.keys, again.entries]).toEqual([1, 2])
  })
})

describe('[S25] watermark', () => {
  it('never goes back, and counts what came late', () => {
    const mark = new Watermark()
    expect([5, 3, 9, 2].map((time) => mark.advance(time))).toEqual([5, 5, 9, 9])
    expect([mark.late, mark.lateByMaxMs]).toEqual([2, 7])
    expect(() => mark.advance(Number.POSITIVE_INFINITY)).toThrow(RangeError)
    const again = new Watermark()
    again.restore(mark.save())
    expect(again.advance(1)).toBe(9)
  })
})
