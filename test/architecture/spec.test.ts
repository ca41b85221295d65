import { describe, expect, test } from 'vitest'
import { NOT_CITED } from './exceptions.ts'
import { textOf, tracked } from './sources.ts'

/** Rules by the file that holds them: `E1` to `P6` are the engine's, the others the range's. */
const SPECS = ['engine/SPEC.md', 'range/SPEC.md']
const rulesOf = (path: string): string[] =>
  [...textOf(path).matchAll(/^- (?:\*\*)?([A-Z]\d+)(?:\*\*)? /gm)].map((match) => match[1] ?? '')

/** `[S4] …`, `[F4] [F5] …` at the head of a title; `['S4', …]` as the first cell of a row. */
const HEAD = /['"`]((?:\[[A-Z]\d+(?:[ ,]+[A-Z]\d+)*\] ?)+)|^\s*\['([A-Z]\d+)',/gm
const cited = new Map<string, string[]>()
for (const path of tracked.filter((one) => /^test\/.*\.(test|spec)\.ts$/.test(one))) {
  for (const match of textOf(path).matchAll(HEAD))
    for (const rule of (match[1] ?? match[2] ?? '').match(/[A-Z]\d+/g) ?? [])
      cited.set(rule, [...(cited.get(rule) ?? []), path])
}
const rules = SPECS.flatMap(rulesOf)

describe('rules and the tests that hold them', () => {
  test('each number stands once', () => {
    expect(rules.filter((rule, i) => rules.indexOf(rule) !== i)).toEqual([])
  })

  test('every rule that a test cites is in a SPEC', () => {
    const unknown = [...cited].filter(([rule]) => !rules.includes(rule))
    expect(unknown.map(([rule, paths]) => `${rule} in ${paths[0]}`)).toEqual([])
  })

  test('every rule is cited by a test', () => {
    expect(rules.filter((rule) => !cited.has(rule)).sort()).toEqual([...NOT_CITED].sort())
  })
})
