import { createRuleSet } from '../../../engine/sigma/rule-set.ts'
import type { RuleSet, RuleSetOptions } from '../../../engine/sigma/rule-set.ts'

/** A set of the rules in `text`, or a thrown list of what is wrong in it. */
export function setOf(text: string, options: RuleSetOptions = {}): RuleSet {
  const result = createRuleSet([{ name: 'rules.yml', text }], options)
  if (!result.ok) throw new Error(JSON.stringify(result.diagnostics, null, 1))
  return result.set
}

/** What is wrong in `text`, as `line:column message (correction)`; warnings too. */
export function mistakes(text: string): string[] {
  const result = createRuleSet([{ name: 'rules.yml', text }])
  const diagnostics = result.ok ? result.set.warnings : result.diagnostics
  return diagnostics.map((each) => {
    const better = each.correction === undefined ? '' : ` (${each.correction})`
    return `${each.line}:${each.column} ${each.message}${better}`
  })
}

/** A rule with this detection section, indented by two. */
export function ruleWith(detection: string): string {
  const body = detection.trim().replaceAll(/^/gm, '  ')
  return `title: T\nid: t\nlogsource: {category: test}\ndetection:\n${body}\n`
}

/** Whether a rule with a single search matches an event. `search` is YAML in flow style. */
export function matches(
  search: string,
  event: Record<string, unknown>,
  options: RuleSetOptions = {},
): boolean {
  return setOf(ruleWith(`s: ${search}\ncondition: s`), options).step(event, 0).length > 0
}
