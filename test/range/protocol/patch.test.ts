import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apply, diff } from '../../../range/protocol/patch.ts'

/** Any JSON but the one name that a patch refuses. */
const json = fc
  .jsonValue({ maxDepth: 4 })
  .map((value) => JSON.parse(JSON.stringify(value).replaceAll('"__proto__"', '"proto"')) as unknown)

test('[N10] apply(diff(a, b), a) = b for any two values', () => {
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(apply(diff(a, b), a)).toEqual(b)
    }),
    { numRuns: 2000 },
  )
})

test('[N10] what every object inherits is no part of a value', () => {
  for (const [a, b] of [
    [{ toString: 0 }, {}],
    [{}, { constructor: 'x' }],
    [{ constructor: 1 }, { toString: 1 }],
  ] as readonly (readonly [object, object])[])
    expect(apply(diff(a, b), a)).toEqual(b)
})

test('[N10] it holds for lists that move on, and a value is never changed in place', () => {
  const lists = fc.array(fc.record({ at: fc.nat(50), text: fc.string() }), { maxLength: 30 })
  fc.assert(
    fc.property(lists, fc.nat(20), lists, (list, drop, more) => {
      const before = { list, keep: { a: 1 } }
      const frozen = JSON.stringify(before)
      const after = { list: [...list.slice(drop), ...more], keep: { a: 1 } }
      const result = apply(diff(before, after), before)
      expect(result).toEqual(after)
      expect(JSON.stringify(before)).toBe(frozen)
      expect(result.keep).toBe(before.keep)
    }),
  )
})

test('[N10] equal values need no operation; a list that drops its oldest needs two', () => {
  expect(diff({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] })).toEqual([])
  const series = Array.from({ length: 120 }, (_, i) => [i * 1000, i])
  expect(diff({ series }, { series: [...series.slice(1), [120_000, 120]] })).toHaveLength(2)
  expect(diff({ a: 1, b: undefined }, { a: 1 })).toEqual([])
})

const MISFITS = [
  [{ op: 'remove', path: '/no' }],
  [{ op: 'replace', path: '/list/9', value: 1 }],
  [{ op: 'add', path: '/list/x', value: 1 }],
  [{ op: 'add', path: '/__proto__/polluted', value: 1 }],
  [{ op: 'remove', path: '' }],
  [{ op: 'add', path: 'list', value: 1 }],
] as const
test.each(MISFITS)('[N11] an operation that does not fit is refused: %j', (op) => {
  expect(() => apply([op], { list: [1] } as unknown)).toThrow(RangeError)
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})
