import { describe, expect, it } from 'vitest'
import { mistakes, ruleWith, setOf } from './detect.ts'

const SEARCHES = 'sel_a: {a: 1}\nsel_b: {b: 1}\nfilter: {c: 1}\n_hidden: {d: 1}\n'

function holds(condition: string, fields: string): boolean {
  const event = Object.fromEntries([...fields].map((field) => [field, 1]))
  const text = ruleWith(`${SEARCHES}condition: ${condition}`)
  return setOf(text).step(event, 0).length > 0
}

describe('[S17] conditions', () => {
  const rows: readonly (readonly [string, string, boolean])[] = [
    ['sel_a', 'a', true],
    ['sel_a and sel_b', 'a', false],
    ['sel_a or sel_b', 'b', true],
    ['not sel_a', 'b', true],
    ['sel_a and not filter', 'ac', false],
    ['sel_a or sel_b and filter', 'a', true],
    ['(sel_a or sel_b) and filter', 'a', false],
    ['not sel_a or sel_b', 'ab', true],
    ['not (sel_a or sel_b)', 'c', true],
    ['not not sel_a', 'a', true],
    ['1 of sel_*', 'b', true],
    ['any of sel_*', 'b', true],
    ['all of sel_*', 'b', false],
    ['all of sel_*', 'ab', true],
    ['1 of *_b', 'b', true],
    ['1 of s*_*b', 'a', false],
    ['1 of them', 'd', false],
    ['1 of _*', 'd', true],
    ['all of them', 'abc', true],
    ['1 of sel_* and not 1 of filter*', 'ac', false],
    ['sel_a AND NOT filter', 'a', true],
    ['[sel_a, sel_b and filter]', 'bc', true],
    ['[sel_a, sel_b and filter]', 'b', false],
  ]
  it.each(rows)('%s on %s: %s', (condition, fields, expected) => {
    expect(holds(condition, fields)).toBe(expected)
  })

  const wrong: readonly (readonly [string, string])[] = [
    ['sel_a and', '9:23 the condition ends too early'],
    ['(sel_a', '9:14 this bracket is not closed'],
    ['sel_a)', '9:19 a bracket closes that was not opened'],
    ['sel_a sel_b', "9:20 'sel_b' is not expected here (and sel_b)"],
    ['sel_c', "9:14 no search is called 'sel_c' (sel_a)"],
    ['1 of seel_*', "9:19 no search matches 'seel_*' (sel_a*)"],
    ['2 of sel_*', "9:14 '2 of' is not in Sigma (1 of, or all of)"],
    [
      "'sel_a | count() > 5'",
      '9:21 aggregations after | were taken out of Sigma (write a correlation rule)',
    ],
    ['or sel_a', "9:14 a search is expected before 'or'"],
    ["''", '9:15 the condition is empty'],
  ]
  it.each(wrong)('%s is refused', (condition, message) => {
    expect(mistakes(ruleWith(`${SEARCHES}condition: ${condition}`))).toContain(message)
  })

  it('[S27] brackets and words have a bound', () => {
    const deep = `${'('.repeat(5_000)}sel_a${')'.repeat(5_000)}`
    expect(mistakes(ruleWith(`${SEARCHES}condition: ${deep}`)).join()).toContain(
      'at most 5000 words',
    )
    const nots = 'not '.repeat(200)
    expect(mistakes(ruleWith(`${SEARCHES}condition: ${nots}sel_a`)).join()).toContain(
      'at most 100 levels',
    )
  })
})
