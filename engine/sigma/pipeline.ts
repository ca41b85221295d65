import type { Placeholders } from './modifier.ts'
import type { Condition, DetectionRule, LogSource, SearchNode } from './rule.ts'

/**
 * For rules written for other logs: what their fields are called here and what their log source
 * means.
 */
export interface Pipeline {
  /** Field of the rule → field of our events, for every rule. */
  readonly fields?: Readonly<Record<string, string>>
  readonly placeholders?: Placeholders
  /** The first entry that fits a rule's log source adds its conditions and its own field names. */
  readonly logsources?: readonly LogSourceMapping[]
}

export interface LogSourceMapping {
  readonly when: {
    readonly category?: string
    readonly product?: string
    readonly service?: string
  }
  readonly fields?: Readonly<Record<string, string>>
  /** Field of our events → the value it must have as well. */
  readonly conditions?: Readonly<Record<string, string | number>>
}

/** Whether everything that `wanted` says is also what `source` says. */
export function fitsLogSource(
  wanted: Partial<Record<keyof LogSource, string | null>>,
  source: LogSource,
): boolean {
  for (const key of ['category', 'product', 'service'] as const) {
    const word = wanted[key] ?? null
    if (word !== null && word !== source[key]) return false
  }
  return true
}

/** The rule with its fields renamed and its log source's conditions added. */
export function applyPipeline(rule: DetectionRule, pipeline: Pipeline): DetectionRule {
  const mapping = pipeline.logsources?.find((each) => fitsLogSource(each.when, rule.logsource))
  const fields = { ...pipeline.fields, ...mapping?.fields }
  const added = Object.entries(mapping?.conditions ?? {})
  if (Object.keys(fields).length === 0 && added.length === 0) return rule
  const searches = new Map<string, SearchNode>()
  for (const [name, node] of rule.detection.searches) searches.set(name, rename(node, fields))
  let condition: Condition = rule.detection.condition
  if (added.length > 0) {
    const name = ' logsource'
    searches.set(name, { kind: 'and', of: added.map(([field, value]) => equals(field, value)) })
    condition = { kind: 'and', of: [{ kind: 'search', name }, condition] }
  }
  return { ...rule, detection: { searches, condition } }
}

function equals(field: string, value: string | number): SearchNode {
  const matcher =
    typeof value === 'number'
      ? { kind: 'number' as const, number: value, text: String(value) }
      : { kind: 'string' as const, parts: [{ kind: 'text' as const, text: value }], cased: false }
  return { kind: 'item', field, linking: 'any', negated: false, values: [[matcher]] }
}

function rename(node: SearchNode, fields: Readonly<Record<string, string>>): SearchNode {
  if (node.kind !== 'item') return { ...node, of: node.of.map((part) => rename(part, fields)) }
  const renamed = (field: string): string =>
    Object.hasOwn(fields, field) ? (fields[field] as string) : field
  return {
    ...node,
    field: node.field === null ? null : renamed(node.field),
    values: node.values.map((alternatives) =>
      alternatives.map((matcher) =>
        matcher.kind === 'fieldref' ? { ...matcher, field: renamed(matcher.field) } : matcher,
      ),
    ),
  }
}
