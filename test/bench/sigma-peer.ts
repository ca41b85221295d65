import { parseRules } from '../../engine/sigma/parse.ts'
import { applyPipeline } from '../../engine/sigma/pipeline.ts'
import type { Pipeline } from '../../engine/sigma/pipeline.ts'
import type {
  Condition,
  Detection,
  FieldItem,
  SearchNode,
  StringPart,
  ValueMatcher,
} from '../../engine/sigma/rule.ts'
import type { RuleFile } from './sigma-rules.ts'

type Body = Readonly<Record<string, unknown>>

/**
 * The matcher that comes to mind first: every rule against every event, fields looked up when they
 * are asked for, wildcards and expressions as JavaScript has them. Detections only, no windows.
 * Answers how many rules match an event.
 */
export function naiveMatcher(
  files: readonly RuleFile[],
  pipeline: Pipeline,
): (event: Body) => number {
  const rules = files.flatMap(({ name, text }) => parseRules(name, text).rules)
  const detections = rules.flatMap((rule) =>
    rule.kind === 'detection' ? [applyPipeline(rule, pipeline).detection] : [],
  )
  return (event) => detections.filter((rule) => holds(rule.condition, rule, event)).length
}

function holds(condition: Condition, rule: Detection, event: Body): boolean {
  switch (condition.kind) {
    case 'search':
      return searched(rule.searches.get(condition.name) as SearchNode, event)
    case 'not':
      return !holds(condition.of, rule, event)
    case 'and':
      return condition.of.every((part) => holds(part, rule, event))
    case 'or':
      return condition.of.some((part) => holds(part, rule, event))
  }
}

function searched(node: SearchNode, event: Body): boolean {
  if (node.kind === 'and') return node.of.every((part) => searched(part, event))
  if (node.kind === 'or') return node.of.some((part) => searched(part, event))
  return itemHolds(node, event)
}

function itemHolds(item: FieldItem, event: Body): boolean {
  const found = fieldOf(event, item.field ?? '')
  const values = Array.isArray(found) ? found : [found]
  const one = (alternatives: readonly ValueMatcher[]): boolean =>
    alternatives.some((matcher) => values.some((value) => same(matcher, value)))
  const whole = item.linking === 'all' ? item.values.every(one) : item.values.some(one)
  return item.negated ? !whole : whole
}

function fieldOf(event: Body, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], event)
}

function same(matcher: ValueMatcher, value: unknown): boolean {
  if (matcher.kind === 'null') return value === undefined || value === null
  if (matcher.kind === 'exists') return (value !== undefined) === matcher.expected
  if (value === undefined || value === null) return false
  if (matcher.kind === 'number') return value === matcher.number
  if (matcher.kind === 'boolean') return value === matcher.value
  if (matcher.kind === 'regex') return expressionOf(matcher).test(String(value))
  if (matcher.kind === 'string') return wild(matcher.parts, String(value).toLowerCase())
  if (matcher.kind !== 'compare') throw new Error(`${matcher.kind} is not in this bench`)
  const { operator, number } = matcher
  if (operator === 'lt') return Number(value) < number
  return operator === 'lte' ? Number(value) <= number : Number(value) > number
}

const expressions = new WeakMap<ValueMatcher, RegExp>()

function expressionOf(matcher: Extract<ValueMatcher, { kind: 'regex' }>): RegExp {
  const known = expressions.get(matcher)
  if (known !== undefined) return known
  const inline = matcher.source.startsWith('(?i)')
  const flags = matcher.flags.i || inline ? 'i' : ''
  const made = new RegExp(inline ? matcher.source.slice(4) : matcher.source, flags)
  expressions.set(matcher, made)
  return made
}

function wild(parts: readonly StringPart[], text: string): boolean {
  const first = parts[0]
  const last = parts.at(-1)
  const [only] = parts.filter((part) => part.kind === 'text')
  const piece = (only?.text ?? '').toLowerCase()
  if (parts.length > 3 || parts.some((part) => part.kind === 'one'))
    throw new Error('such a wildcard is not in this bench')
  if (first?.kind === 'many')
    return last?.kind === 'many' ? text.includes(piece) : text.endsWith(piece)
  return last?.kind === 'many' ? text.startsWith(piece) : text === piece
}
