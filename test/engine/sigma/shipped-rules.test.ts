import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { casesOf, createRuleSet } from '../../../engine/sigma/rule-set.ts'
import type { RuleSet } from '../../../engine/sigma/rule-set.ts'

const FOLDER = new URL('../../../engine/rules/', import.meta.url)
const FILES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yml'))
  .map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }))

function load(generateAll: boolean): RuleSet {
  const result = createRuleSet(FILES, { generateAll })
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics, null, 2))
  return result.set
}

describe('rules that ship', () => {
  const set = load(true)
  const empty = set.save()

  it('load without a warning', () => {
    expect(set.warnings).toEqual([])
  })

  it('each has a positive and a negative case, a family and a description', () => {
    const bare = set.rules.filter((rule) => {
      const cases = rule.doorstep.cases
      const both = cases.some((each) => each.fires) && cases.some((each) => !each.fires)
      return !both || rule.doorstep.family === null || rule.description === null
    })
    expect(bare.map((rule) => rule.name)).toEqual([])
    expect(set.rules.length).toBeGreaterThanOrEqual(60)
  })

  it('[S19] [S21] [S22] correlate in every way that Sigma knows', () => {
    const types = set.rules.flatMap((rule) =>
      'correlation' in rule ? [rule.correlation.type] : [],
    )
    expect([...new Set(types)].sort()).toEqual([
      'event_count',
      'temporal',
      'temporal_ordered',
      'value_avg',
      'value_count',
      'value_percentile',
      'value_sum',
    ])
  })

  it('those that no telemetry of the range tries say so, and the table marks their files', () => {
    const untried = FILES.filter(({ text }) =>
      text.includes('status: experimental # the range emits'),
    )
    const rules = untried.flatMap(({ text }) => text.match(/^status: experimental/gm) ?? [])
    const table = readFileSync(new URL('README.md', FOLDER), 'utf8')
    const marked = [...table.matchAll(/`(\w+)`†/g)].map(([, name]) => `${name}.yml`)
    expect(untried.map(({ name }) => name).sort()).toEqual(marked.sort())
    expect(table).toContain(`The ${rules.length} rules that need them say so themselves`)
  })

  it('those above informational name a lead entity', () => {
    const silent = set.rules.filter((rule) => rule.level !== 'informational')
    expect(silent.filter((rule) => rule.doorstep.lead.length === 0)).toEqual([])
  })

  it.each(casesOf(set).map((each) => [each.rule.name, each.case.name, each] as const))(
    '%s: %s',
    (_rule, _name, { rule, case: each }) => {
      set.restore(empty)
      const raised = each.events.flatMap(({ event, time }) => set.step(event, time))
      expect(raised.some((match) => match.ruleId === rule.id)).toBe(each.fires)
    },
  )

  const shipped = load(false)
  const quiet = shipped.save()
  const loud = casesOf(shipped).filter(
    ({ rule, case: each }) => rule.level !== 'informational' && each.fires,
  )

  it.each(loud.map((each) => [each.rule.name, each.case.name, each] as const))(
    '[S23] %s raises in the set as it ships: %s',
    (_rule, _name, { rule, case: each }) => {
      shipped.restore(quiet)
      const raised = each.events.flatMap(({ event, time }) => shipped.step(event, time))
      expect(raised.map((match) => match.ruleId)).toContain(rule.id)
    },
  )
})
