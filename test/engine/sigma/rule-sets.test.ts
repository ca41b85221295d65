import { describe, expect, it } from 'vitest'
import { createRuleSet } from '../../../engine/sigma/rule-set.ts'
import { a, BASES, over, rules, stream } from './correlate.ts'
import { mistakes, setOf } from './detect.ts'

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
    expect(over(chain, stream('a-1@0 b-1@1 a-1@2 b-1@3'))).toEqual(['3:D'])
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
    expect(over(loud, stream('a-1@0 a-1@1'))).toEqual(['0:a', '1:a', '1:C'])
    expect(over(chain, stream('a-1@0 a-1@1'), { generateAll: true })).toEqual(['0:a', '1:a', '1:C'])
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
    expect(over(text, stream('a-adm@0 a-joe@1 b-adm@2'))).toEqual(['1:a', '2:b'])
  })
  it('narrow any rule of their log source', () => {
    expect(
      over(filter('{rules: any, admin: {u: adm}, condition: not admin}'), stream('b-adm@0')),
    ).toEqual([])
    const other = filter('{rules: any, admin: {u: adm}, condition: not admin}').replace(
      /x}\nfilter/,
      'y}\nfilter',
    )
    expect(over(other, stream('b-adm@0'))).toEqual(['0:b'])
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
