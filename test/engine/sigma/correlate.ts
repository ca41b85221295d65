import type { RuleSetOptions } from '../../../engine/sigma/rule-set.ts'
import { setOf } from './detect.ts'

/** The three rules alone. */
export const BASES = ['a', 'b', 'c']
  .map(
    (name) =>
      `title: ${name}\nid: ${name}\nlogsource: {category: x}\ndetection: {s: {kind: ${name}}, condition: s}\n`,
  )
  .join('---\n')

/** Three rules `a`, `b`, `c` by their kind, the correlation `C` over them, and what is given. */
export function rules(correlation: string, more = ''): string {
  return `${BASES}---\ntitle: C\nid: C\ncorrelation: ${correlation}\n${more}`
}

export type Seen = readonly [seconds: number, event: Record<string, unknown>]

/** `index:id` of every match over a stream. */
export function over(
  text: string,
  stream: readonly Seen[],
  options: RuleSetOptions = {},
): string[] {
  const set = setOf(text, options)
  return stream.flatMap(([seconds, event], index) =>
    set.step(event, seconds * 1000).map((match) => `${index}:${match.ruleId}`),
  )
}

export const a = (u: unknown, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  kind: 'a',
  u,
  ...more,
})
export const b = (u: unknown, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  kind: 'b',
  u,
  ...more,
})
