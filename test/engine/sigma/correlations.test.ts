import { describe, expect, it } from 'vitest'
import { createRuleSet } from '../../../engine/sigma/rule-set.ts'
import type { RuleSetOptions } from '../../../engine/sigma/rule-set.ts'
import { mistakes, setOf } from './detect.ts'

const BASES = ['a', 'b', 'c']
  .map(
    (name) =>
      `title: ${name}\nid: ${name}\nlogsource: {category: x}\ndetection: {s: {kind: ${name}}, condition: s}\n`,
  )
  .join('---\n')

function rules(correlation: string, more = ''): string {
  return `${BASES}---\ntitle: C\nid: C\ncorrelation: ${correlation}\n${more}`
}

type Seen = readonly [seconds: number, event: Record<string, unknown>]

/** `index:id` of every match over a stream. */
function over(text: string, stream: readonly Seen[], options: RuleSetOptions = {}): string[] {
  const set = setOf(text, options)
  return stream.flatMap(([seconds, event], index) =>
    set.step(event, seconds * 1000).map((match) => `${index}:${match.ruleId}`),
  )
}

const a = (u: unknown, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  kind: 'a',
  u,
  ...more,
})
const b = (u: unknown, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  kind: 'b',
  u,
  ...more,
})

describe('event_count', () => {
  const text = rules(
    '{type: event_count, rules: [a], group-by: [u], timespan: 10s, condition: {gte: 3}}',
  )
  it('[S19] matches at each event whose window, both ends included, holds enough', () => {
    const stream: Seen[] = [
      [0, a(1)],
      [5, a(1)],
      [10, a(1)],
      [15, a(1)],
      [26, a(1)],
    ]
    expect(over(text, stream)).toEqual(['2:C', '3:C'])
  })
  it('[S19] counts each group by itself', () => {
    const stream: Seen[] = [
      [0, a(1)],
      [1, a(2)],
      [2, a(1)],
      [3, a(2)],
      [4, a(2)],
    ]
    expect(over(text, stream)).toEqual(['4:C'])
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
    expect(
      over(two, [
        [0, a(1)],
        [1, a(1)],
      ]),
    ).toEqual(['1:C'])
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
    expect(
      over(each, [
        [0, a(1)],
        [1, a(1)],
        [2, a(1)],
      ]),
    ).toEqual(expected)
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
    const stream: Seen[] = [
      [0, a(1, { v: 1 })],
      [1, a(1, { v: 1 })],
      [2, a(1, { v: 2 })],
      [9, a(1, { v: 3 })],
      [12, a(1, { v: 2 })],
    ]
    expect(over(text, stream)).toEqual(['3:C'])
  })
  it('[S20] several fields count as one value; a missing one is not counted', () => {
    const text = rules(
      '{type: value_count, rules: [a], group-by: [u], timespan: 10s, condition: {field: [v, w], gte: 2}}',
    )
    const stream: Seen[] = [
      [0, a(1, { v: 1, w: 1 })],
      [1, a(1, { v: 1 })],
      [2, a(1, { v: 1, w: 1 })],
      [3, a(1, { v: 1, w: 2 })],
    ]
    expect(over(text, stream)).toEqual(['3:C'])
  })
})

describe('[S21] temporal', () => {
  it('asks for all of its rules in any order, near each other', () => {
    const text = rules('{type: temporal, rules: [a, b], group-by: [u], timespan: 10s}')
    expect(
      over(text, [
        [0, b(1)],
        [5, a(1)],
        [16, b(1)],
        [30, a(2)],
        [31, b(1)],
      ]),
    ).toEqual(['1:C'])
  })
  it('asks for as many as its condition says', () => {
    const text = rules(
      '{type: temporal, rules: [a, b, c], group-by: [u], timespan: 10s, condition: {gte: 2}}',
    )
    expect(
      over(text, [
        [0, a(1)],
        [1, a(1)],
        [2, b(1)],
      ]),
    ).toEqual(['2:C'])
  })
  it('ordered asks for their order, within the span of the first', () => {
    const text = rules('{type: temporal_ordered, rules: [a, b], group-by: [u], timespan: 10s}')
    expect(
      over(text, [
        [0, b(1)],
        [1, a(1)],
        [2, b(1)],
        [12, b(1)],
        [13, b(2)],
      ]),
    ).toEqual(['2:C'])
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
    expect(
      over(text, [
        [0, a(1)],
        [1, b(1)],
      ]),
    ).toEqual([])
    expect(
      over(text, [
        [0, a(1)],
        [1, a(1)],
        [2, b(1)],
      ]),
    ).toEqual(['2:C'])
    expect(
      over(text, [
        [0, a(1)],
        [8, a(1)],
        [9, a(1)],
        [17, b(1)],
      ]),
    ).toEqual(['3:C'])
  })
  it('[S24] aliases read other fields for other rules', () => {
    const text = rules(
      '{type: temporal, rules: [a, b], group-by: [ip], timespan: 10s, aliases: {ip: {a: src, b: dst}}}',
    )
    const stream: Seen[] = [
      [0, { kind: 'a', src: 'x', dst: 'y' }],
      [1, { kind: 'b', src: 'x', dst: 'y' }],
      [2, { kind: 'b', src: 'y', dst: 'x' }],
    ]
    expect(over(text, stream)).toEqual(['2:C'])
  })
})

describe('[S22] sums, averages, percentiles', () => {
  const stream: Seen[] = [
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
    ['value_percentile', '{field: v, lte: 34}', ['2:C', '3:C', '4:C']],
  ]
  it.each(rows)('%s %s', (type, condition, expected) => {
    const text = rules(
      `{type: ${type}, rules: [a], group-by: [u], timespan: 10s, condition: ${condition}}`,
    )
    expect(over(text, stream)).toEqual(expected)
  })
})

describe('chains and what is raised', () => {
  const chain = rules(
    '{type: event_count, rules: [a], group-by: [u], timespan: 10s, condition: {gte: 2}}',
    `---
title: D
id: D
correlation: {type: temporal_ordered, rules: [C, b], group-by: [u], timespan: 10s}
`,
  )
  it('[S21] a correlation may rest on another', () => {
    expect(
      over(chain, [
        [0, a(1)],
        [1, b(1)],
        [2, a(1)],
        [3, b(1)],
      ]),
    ).toEqual(['3:D'])
  })
  it('[S23] rules that are referred to stay silent unless told otherwise', () => {
    expect(
      over(chain, [
        [0, { kind: 'c' }],
        [1, a(1)],
      ]),
    ).toEqual(['0:c'])
    const loud = rules(
      '{type: event_count, rules: [a], group-by: [u], timespan: 10s, condition: {gte: 2}, generate: true}',
    )
    expect(
      over(loud, [
        [0, a(1)],
        [1, a(1)],
      ]),
    ).toEqual(['0:a', '1:a', '1:C'])
    expect(
      over(
        chain,
        [
          [0, a(1)],
          [1, a(1)],
        ],
        { generateAll: true },
      ),
    ).toEqual(['0:a', '1:a', '1:C'])
  })
  it('[S28] circles, strangers and foreign aliases are refused', () => {
    const circle = `title: X\nid: X\ncorrelation: {type: temporal, rules: [Y], group-by: [u], timespan: 1s}\n---\ntitle: Y\nid: Y\ncorrelation: {type: temporal, rules: [X], group-by: [u], timespan: 1s}\n`
    expect(mistakes(circle).join()).toContain('refers to itself in a circle')
    const stranger = rules('{type: temporal, rules: [aa], group-by: [u], timespan: 1s}')
    expect(mistakes(stranger).join()).toContain("no rule has the id or name 'aa'")
    const foreign = rules(
      '{type: temporal, rules: [a], group-by: [x], timespan: 1s, aliases: {x: {b: f}}}',
    )
    expect(mistakes(foreign).join()).toContain("names 'b', which is no rule of this correlation")
    const part = rules(
      '{type: temporal_ordered, rules: [a, b], group-by: [u], timespan: 1s, condition: {gte: 1}}',
    )
    expect(mistakes(part).join()).toContain('is not supported')
  })
})

describe('[S18] filters', () => {
  const filter = (rest: string): string =>
    `${BASES}---\ntitle: F\nid: F\nlogsource: {category: x}\nfilter:\n  ${rest}\n`
  it('narrow the rules they name', () => {
    const text = filter('{rules: [a], admin: {u: adm}, condition: not admin}')
    expect(
      over(text, [
        [0, a('adm')],
        [1, a('joe')],
        [2, b('adm')],
      ]),
    ).toEqual(['1:a', '2:b'])
  })
  it('narrow any rule of their log source', () => {
    expect(
      over(filter('{rules: any, admin: {u: adm}, condition: not admin}'), [[0, b('adm')]]),
    ).toEqual([])
    const other = filter('{rules: any, admin: {u: adm}, condition: not admin}').replace(
      /x}\nfilter/,
      'y}\nfilter',
    )
    expect(over(other, [[0, b('adm')]])).toEqual(['0:b'])
  })
})

describe('[S29] pipelines', () => {
  const text =
    'title: T\nid: t\nlogsource: {category: webserver}\ndetection: {s: {cs-uri-query|contains: x}, condition: s}\n'
  const pipeline = {
    fields: { 'cs-uri-query': 'http_request.url.query_string' },
    logsources: [{ when: { category: 'webserver' }, conditions: { class_uid: 4002 } }],
  }
  it('rename fields and add what a log source means', () => {
    const url = { http_request: { url: { query_string: 'axb' } } }
    expect(
      over(
        text,
        [
          [0, { class_uid: 4002, ...url }],
          [1, { class_uid: 1, ...url }],
        ],
        { pipeline },
      ),
    ).toEqual(['0:t'])
  })
})

describe('[S25] time, saving and restoring', () => {
  const text = rules(
    '{type: event_count, rules: [a], group-by: [u], timespan: 10s, condition: {gte: 3}}',
  )
  it('late events count as of the newest time', () => {
    const set = setOf(text)
    expect(
      [
        [20, 1],
        [5, 1],
        [21, 1],
      ].map(([time, u]) => set.step(a(u), (time ?? 0) * 1000).length),
    ).toEqual([0, 0, 1])
    expect(set.counters().late).toBe(1)
  })
  it('a restored set goes on where the saved one stopped; a changed correlation starts empty', () => {
    const first = setOf(text)
    first.step(a(1), 0)
    first.step(a(1), 1000)
    const saved = JSON.parse(JSON.stringify(first.save())) as ReturnType<typeof first.save>
    const second = setOf(text)
    second.restore(saved)
    expect(second.step(a(1), 2000).length).toBe(1)
    const changed = setOf(text.replace('gte: 3', 'gte: 2'))
    changed.restore(saved)
    expect(changed.step(a(1), 2000).length).toBe(0)
    expect(second.save()).not.toEqual(first.save())
  })
  it('a time that is no number is our own mistake', () => {
    expect(() => setOf(text).step(a(1), Number.NaN)).toThrow(RangeError)
  })
})

describe('[S26] bounds', () => {
  it('the group that was quiet longest is forgotten, and counted', () => {
    const set = setOf(
      rules('{type: event_count, rules: [a], group-by: [u], timespan: 1d, condition: {gte: 2}}'),
    )
    for (let u = 0; u < 10_050; u += 1) set.step(a(u), u)
    expect(set.counters()).toEqual({ late: 0, groups: 10_000, forgotten: 50 })
    expect(set.step(a(10), 20_000)).toEqual([])
    expect(set.step(a(9_000), 20_001).length).toBe(1)
  })
  it('a threshold at the bound of a group is refused', () => {
    const text = rules(
      '{type: event_count, rules: [a], group-by: [u], timespan: 1d, condition: {gte: 10000}}',
    )
    expect(createRuleSet([{ name: 'x', text }]).ok).toBe(false)
  })
})
