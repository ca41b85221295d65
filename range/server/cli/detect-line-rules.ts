import type { SourceFile } from '../../../engine/engine.ts'
import type { Telemetry } from '../../../engine/event/telemetry.ts'
import { createRuleSet } from '../../../engine/sigma/rule-set.ts'

/** Names and severities of the rules that one line matches by itself, whatever came before it. */
export interface LineRules {
  match(event: Telemetry): readonly { readonly title: string; readonly severe: boolean }[]
}

/** Of the shipped rules, those that judge a single request: files of rules that no correlation counts. */
export function createLineRules(rules: readonly SourceFile[]): LineRules {
  const single = rules.filter(
    ({ name, text }) => name.startsWith('web_') && !/^correlation:/m.test(text),
  )
  const made = createRuleSet(single)
  if (!made.ok)
    throw new Error(
      made.diagnostics.map((each) => `${each.file}:${each.line}: ${each.message}`).join('\n'),
    )
  return {
    match: (event) =>
      made.set
        .step(event.body as unknown as Record<string, unknown>, event.time)
        .filter(({ level }) => level === 'medium' || level === 'high' || level === 'critical')
        .map(({ title, level }) => ({ title, severe: level !== 'medium' })),
  }
}
