import { describe, expect, it } from 'vitest'
import { createRuleSet } from '../../../engine/sigma/rule-set.ts'
import { matches, mistakes, ruleWith } from './detect.ts'

describe('[S28] mistakes', () => {
  it('are all reported at once, each with its place and a correction', () => {
    const text = `title: A
logsorce: {category: x}
detection:
  selection:
    user|contain: [bob, 'a*c']
    q: [a, null]
    n|cidr: fish
  condition: selection and nott filter
level: hgh
---
title: C
correlation:
  type: event_coun
  rules: [failedd]
  timespan: 10x
  condition: {gte: 3, lq: 1}
`
    expect(mistakes(text)).toEqual([
      "2:1 unknown key 'logsorce' in a rule (logsource)",
      "9:8 unknown level 'hgh' (high)",
      "1:1 'logsource' is missing (logsource: {category: webserver})",
      "5:5 unknown modifier 'contain' (contains)",
      '6:12 null cannot stand in a list of values (a search of its own: field: null)',
      "7:13 'fish' is no network (such as 10.0.0.0/8 or 2001:db8::/32)",
      "8:28 no search is called 'nott' (not)",
      "13:9 unknown correlation type 'event_coun' (event_count)",
      "15:13 '10x' is no timespan (a number and s, m, h or d, such as 10m)",
      "16:23 unknown key 'lq' in a condition (lt)",
    ])
  })

  const rows: readonly (readonly [string, string])[] = [
    ['{f|contains|startswith: a}', 'contains, startswith and endswith exclude each other'],
    ['{f|re: "a(?=b)"}', 'look-ahead and look-behind'],
    ["{f|re: '(a)\\1'}", 'back references'],
    ['{f|re: "a(b"}', 'not a regular expression'],
    ['{f|re|contains|cidr: a}', 'makes no sense'],
    ['{f|i: a}', "'i' is a sub-modifier of 're' (re|i)"],
    ['{f|base64: "a*"}', 'a value with wildcards cannot be encoded'],
    ['{f|wide|windash: " -a"}', "'windash' changes text, not what is encoded already"],
    ['{f|base64|windash: " -a"}', 'windash before it'],
    ['{f|gt: many}', 'a number is needed here'],
    ['{f|exists: maybe}', "'exists' takes true or false"],
    ['{f|cidr: 10.0.0.0/40}', 'is no network'],
    ['{f|cidr: 192.168.1.9/20}', 'an address in a network, no network (192.168.0.0/20)'],
    ['{f|cidr: "2001:db8:7::1/32"}', 'no network (2001:db8::/32)'],
    ['{f|expand: "%Servers%"}', 'nothing is known for the placeholder %Servers%'],
    ['{f: {g: 1}}', 'a value must be text'],
    ['{f: []}', 'has no value'],
    ['{}', 'an empty map matches everything'],
    ['[]', 'an empty search matches nothing'],
    ['{f|contains|contains: a}', 'is there twice'],
    ['{f|contains|all: [a]}', "'all' needs a list of several values"],
  ]
  it.each(rows)('%s', (search, message) => {
    expect(mistakes(ruleWith(`s: ${search}\ncondition: s`)).join('\n')).toContain(message)
  })

  it('broken YAML, no map, no detection and a taken id are named', () => {
    expect(mistakes('title: [')[0]).toMatch(/^1:9 /)
    expect(mistakes('- a')).toEqual(['1:1 a rule must be a map (title: …)'])
    expect(mistakes('title: A\nlogsource: {category: x}').join()).toContain(
      'a rule needs a detection',
    )
    const rule = ruleWith('s: {a: 1}\ncondition: s')
    expect(mistakes(`${rule}---\n${rule}`).join()).toContain("'t' is taken by rules.yml:1")
  })

  it('[S27] nesting, aliases and length have a bound', () => {
    expect(mistakes(`x: ${'['.repeat(50_000)}`).length).toBeGreaterThan(0)
    const long = createRuleSet([{ name: 'long.yml', text: `title: ${'a'.repeat(4_000_001)}` }])
    expect(long.ok).toBe(false)
    const bomb = 'a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: &d [*c, *c]\n'
    expect(mistakes(bomb).join()).toContain('the title is missing')
  })
})

describe('[S10] hostile expressions', () => {
  const hostile = ['(a+)+$', '^(a|a)*$', '^(a|aa)+$', '(.*a){12}$', '^(([a-z])+.)+[A-Z]([a-z])+$']
  it.each(hostile)('%s stays linear', (source) => {
    const started = performance.now()
    expect(matches(`{f|re: '${source}'}`, { f: `${'a'.repeat(50_000)}!` })).toBe(false)
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  it('an expression that explodes when written out is refused', () => {
    const text = ruleWith("s: {f|re: '((a{100}){100}){100}'}\ncondition: s")
    expect(mistakes(text).length).toBe(1)
  })
})
