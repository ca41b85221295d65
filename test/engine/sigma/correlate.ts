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
export function over(text: string, seen: readonly Seen[], options: RuleSetOptions = {}): string[] {
  const set = setOf(text, options)
  return seen.flatMap(([seconds, event], index) =>
    set.step(event, seconds * 1000).map((match) => `${index}:${match.ruleId}`),
  )
}

/** `a-1@5` is an event of kind a, with `1` as its field u, at second 5. */
export function stream(words: string): Seen[] {
  return words.split(' ').map((word) => {
    const [kind, u, seconds] = word.split(/[-@]/)
    return [Number(seconds), { kind, u }]
  })
}

export const a = (u: unknown, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  kind: 'a',
  u,
  ...more,
})
