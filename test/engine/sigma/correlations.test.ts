import { describe, expect, it } from 'vitest'
import { a, over, rules, type Seen, stream } from './correlate.ts'
import { setOf } from './detect.ts'

describe('event_count', () => {
  const text = rules(
    '{type: event_count, rules: [a], group-by: [u], timespan: 10s, condition: {gte: 3}}',
  )
  it('[S19] matches at each event whose window, both ends included, holds enough', () => {
    const seen = stream('a-1@0 a-1@5 a-1@10 a-1@15 a-1@26')
    expect(over(text, seen)).toEqual(['2:C', '3:C'])
  })
  it('[S19] counts each group by itself', () => {
    const seen = stream('a-1@0 a-2@1 a-1@2 a-2@3 a-2@4')
    expect(over(text, seen)).toEqual(['4:C'])
  })
  it('[S20] leaves out events without the field of its group', () => {
    expect(
      over(text, [
        [0, a(undefined)],
        [1, a(null)],
        [2, { kind: 'a' }],
        [3, a(1)],
      ]),
    ).toEqual([])
  })
  it('[S20] counts an event once, however many of its rules match', () => {
    const two = `${rules('{type: event_count, rules: [a, a2], group-by: [u], timespan: 10s, condition: {gte: 2}}')}---
title: a2
id: a2
logsource: {category: x}
detection: {s: {kind: a}, condition: s}
`
    expect(over(two, stream('a-1@0 a-1@1'))).toEqual(['1:C'])
  })
  const conditions: readonly (readonly [string, string[]])[] = [
    ['{gt: 1}', ['1:C', '2:C']],
    ['{eq: 2}', ['1:C']],
    ['{lt: 2}', ['0:C']],
    ['{lte: 2}', ['0:C', '1:C']],
    ['{neq: 2}', ['0:C', '2:C']],
    ['{gte: 2, lt: 3}', ['1:C']],
  ]
  it.each(conditions)('[S19] condition %s', (condition, expected) => {
    const each = rules(
      `{type: event_count, rules: [a], group-by: [u], timespan: 10s, condition: ${condition}}`,
    )
    expect(over(each, stream('a-1@0 a-1@1 a-1@2'))).toEqual(expected)
  })
  it('[S19] tells its count and its group', () => {
    const set = setOf(text)
    for (const time of [0, 1, 2]) {
      const [match] = set.step(a('x'), time)
      if (time === 2) expect(match?.correlation).toEqual({ value: 3, group: { u: 'x' } })
    }
  })
})

describe('value_count', () => {
  it('[S19] counts different values in the window', () => {
    const text = rules(
      '{type: value_count, rules: [a], group-by: [u], timespan: 10s, condition: {field: v, gte: 3}}',
    )
    const seen: Seen[] = [
      [0, a(1, { v: 1 })],
      [1, a(1, { v: 1 })],
      [2, a(1, { v: 2 })],
      [9, a(1, { v: 3 })],
      [12, a(1, { v: 2 })],
    ]
    expect(over(text, seen)).toEqual(['3:C'])
  })
  it('[S20] several fields count as one value; a missing one is not counted', () => {
    const text = rules(
      '{type: value_count, rules: [a], group-by: [u], timespan: 10s, condition: {field: [v, w], gte: 2}}',
    )
    const seen: Seen[] = [
      [0, a(1, { v: 1, w: 1 })],
      [1, a(1, { v: 1 })],
      [2, a(1, { v: 1, w: 1 })],
      [3, a(1, { v: 1, w: 2 })],
    ]
    expect(over(text, seen)).toEqual(['3:C'])
  })
})

describe('[S21] temporal', () => {
  it('asks for all of its rules in any order, near each other', () => {
    const text = rules('{type: temporal, rules: [a, b], group-by: [u], timespan: 10s}')
    expect(over(text, stream('b-1@0 a-1@5 b-1@16 a-2@30 b-1@31'))).toEqual(['1:C'])
  })
  it('asks for as many as its condition says', () => {
    const text = rules(
      '{type: temporal, rules: [a, b, c], group-by: [u], timespan: 10s, condition: {gte: 2}}',
    )
    expect(over(text, stream('a-1@0 a-1@1 b-1@2'))).toEqual(['2:C'])
  })
  it('ordered asks for their order, within the span of the first', () => {
    const text = rules('{type: temporal_ordered, rules: [a, b], group-by: [u], timespan: 10s}')
    expect(over(text, stream('b-1@0 a-1@1 b-1@2 b-1@12 b-2@13'))).toEqual(['2:C'])
  })
  it('ordered takes the latest start, and one event for one step', () => {
    const text = rules(
      '{type: temporal_ordered, rules: [a, a2, b], group-by: [u], timespan: 10s}',
      `---
title: a2
id: a2
logsource: {category: x}
detection: {s: {kind: a}, condition: s}
`,
    )
    expect(over(text, stream('a-1@0 b-1@1'))).toEqual([])
    expect(over(text, stream('a-1@0 a-1@1 b-1@2'))).toEqual(['2:C'])
    expect(over(text, stream('a-1@0 a-1@8 a-1@9 b-1@17'))).toEqual(['3:C'])
  })
  it('[S24] aliases read other fields for other rules', () => {
    const text = rules(
      '{type: temporal, rules: [a, b], group-by: [ip], timespan: 10s, aliases: {ip: {a: src, b: dst}}}',
    )
    const seen: Seen[] = [
      [0, { kind: 'a', src: 'x', dst: 'y' }],
      [1, { kind: 'b', src: 'x', dst: 'y' }],
      [2, { kind: 'b', src: 'y', dst: 'x' }],
    ]
    expect(over(text, seen)).toEqual(['2:C'])
  })
})

describe('[S22] sums, averages, percentiles', () => {
  const seen: Seen[] = [
    [0, a(1, { v: 5 })],
    [1, a(1, { v: '15' })],
    [2, a(1, { v: 'x' })],
    [3, a(1, { v: 40 })],
    [12, a(1, { v: 1 })],
  ]
  const rows: readonly (readonly [string, string, string[]])[] = [
    ['value_sum', '{field: v, gt: 19}', ['1:C', '3:C', '4:C']],
    ['value_avg', '{field: v, gte: 20}', ['3:C', '4:C']],
    ['value_percentile', '{field: v, percentile: 50, gte: 15}', ['3:C']],
    ['value_percentile', '{field: v, percentile: 100, gte: 40}', ['3:C', '4:C']],
    ['value_median', '{field: v, gte: 20}', ['4:C']],
    ['value_percentile', '{field: v, lte: 34}', ['2:C', '3:C', '4:C']],
  ]
  it.each(rows)('%s %s', (type, condition, expected) => {
    const text = rules(
      `{type: ${type}, rules: [a], group-by: [u], timespan: 10s, condition: ${condition}}`,
    )
    expect(over(text, seen)).toEqual(expected)
  })
})
