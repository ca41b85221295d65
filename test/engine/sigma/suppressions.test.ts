import { describe, expect, it } from 'vitest'
import { createRuleSet } from '../../../engine/sigma/rule-set.ts'
import { mistakes, setOf } from './detect.ts'

const RULES = `title: R
id: r
name: scan
logsource: {category: x}
detection: {s: {kind: a}, condition: s}
doorstep: {lead: ['ip:{ip}']}
---
title: Other
id: o
logsource: {category: x}
detection: {s: {kind: a}, condition: s}
---
title: C
id: c
generate: true
correlation:
  {type: event_count, rules: [scan], group-by: [ip], timespan: 1d, condition: {gte: 2}}
`
const DAY = 86_400_000
const day = (text: string): number => Date.parse(`${text}T00:00:00Z`)
const suppressed = (body: string): string => `${RULES}---\ntitle: Known\nsuppression: ${body}\n`
const BY_EVENT = suppressed(
  "{rules: [scan], when: {ip|cidr: 10.0.0.0/8}, reason: our own scanner, until: '2026-12-31'}",
)
const BY_ENTITY = suppressed(
  '{rules: [r, c], entities: ["ip:10.0.0.9"], reason: our own scanner, until: 2026-12-31}',
)

function raised(text: string, seen: readonly (readonly [number, string])[]): string[] {
  const set = setOf(text)
  return seen.map(([time, ip]) =>
    set
      .step({ kind: 'a', ip }, time)
      .map((match) => match.ruleId)
      .join(' '),
  )
}

describe('[S31] suppressions', () => {
  it('hold back the rules they name for the events they match; correlations count on', () => {
    const seen = [
      [day('2026-12-01'), '10.0.0.9'],
      [day('2026-12-01'), '100.64.0.1'],
      [day('2026-12-01'), '10.0.0.9'],
    ] as const
    expect(raised(BY_EVENT, seen)).toEqual(['o', 'r o', 'o c'])
  })

  it('hold back what names an entity', () => {
    const seen = [
      [day('2026-12-01'), '10.0.0.9'],
      [day('2026-12-01'), '10.0.0.8'],
    ] as const
    expect(raised(BY_ENTITY, seen)).toEqual(['o', 'r o'])
  })

  it('end with their last day, are told as over, and count what they held', () => {
    const set = setOf(BY_EVENT)
    const at = (time: number): number => set.step({ kind: 'a', ip: '10.0.0.9' }, time).length
    expect(set.suppressions().map((each) => [each.held, each.expired])).toEqual([[0, false]])
    const end = day('2026-12-31') + DAY
    expect([at(end - 3 * DAY), at(end - 1), at(end)]).toEqual([1, 1, 3])
    expect(set.suppressions().map((each) => [each.held, each.expired])).toEqual([[2, true]])
    expect(set.suppressions()[0]?.suppression.until).toBe('2026-12-31')
  })

  it('hold nothing where rules are tested', () => {
    const result = createRuleSet([{ name: 'x.yml', text: BY_EVENT }], { unsuppressed: true })
    if (!result.ok) throw new Error(JSON.stringify(result.diagnostics))
    expect(result.set.step({ kind: 'a', ip: '10.0.0.9' }, day('2026-12-01')).length).toBe(2)
  })

  const rows: readonly (readonly [string, string])[] = [
    ['{rules: [scann], entities: ["ip:1"], reason: x, until: 2026-12-31}', "name 'scann' (scan)"],
    ['{when: {a: 1}, reason: x, until: 2026-12-31}', 'names its rules'],
    ['{rules: [scan], reason: x, until: 2026-12-31}', "needs 'when' or 'entities'"],
    ['{rules: [scan], entities: [me], reason: x, until: 2026-12-31}', "'me' is no entity"],
    ['{rules: [scan], when: {a: 1}, until: 2026-12-31}', 'needs a reason'],
    ['{rules: [scan], when: {a: 1}, reason: x}', 'ends some day'],
    ['{rules: [scan], when: {a: 1}, reason: x, until: 2026-02-30}', "'2026-02-30' is no day"],
    ['{rules: [scan], when: {a: 1}, reason: x, until: soon}', "'soon' is no day"],
    ['{rules: [scan], when: {a|contain: 1}, reason: x, until: 2026-12-31}', 'unknown modifier'],
    ['{rules: [scan], wenn: {a: 1}, reason: x, until: 2026-12-31}', "unknown key 'wenn'"],
  ]
  it.each(rows)('refuse %s', (body, message) => {
    expect(mistakes(suppressed(body)).join('\n')).toContain(message)
  })
})
