import type { FieldTable } from './fields.ts'
import { fold } from './fields.ts'
import type { Condition, Detection, SearchNode } from './rule.ts'
import { plainText } from './string-value.ts'

/** A field that must have one of these folded texts for a rule to match. */
interface Requirement {
  readonly field: string
  readonly texts: readonly string[]
}

/**
 * Which rules can match an event at all, told from one required value each: with rules for many
 * classes of event, only those of the event's own class are run. Calls `visit` with the indexes,
 * in no order.
 */
export function compileDispatch(
  detections: readonly Detection[],
  table: FieldTable,
): (held: FieldTable, visit: (index: number) => void) => void {
  const needs = detections.map((detection) => ofCondition(detection.condition, detection))
  const uses = new Map<string, number>()
  for (const need of needs)
    for (const { field } of need) uses.set(field, (uses.get(field) ?? 0) + 1)
  const always: number[] = []
  const byField = new Map<string, Map<string, number[]>>()
  for (const [index, need] of needs.entries()) {
    const [chosen] = [...need].sort((a, b) => (uses.get(b.field) ?? 0) - (uses.get(a.field) ?? 0))
    if (chosen === undefined) {
      always.push(index)
      continue
    }
    const buckets = byField.get(chosen.field) ?? new Map<string, number[]>()
    byField.set(chosen.field, buckets)
    for (const text of new Set(chosen.texts))
      buckets.set(text, [...(buckets.get(text) ?? []), index])
  }
  const fields = [...byField].map(([field, buckets]) => ({ slot: table.slot(field), buckets }))
  return (held, visit) => {
    for (let i = 0; i < always.length; i += 1) visit(always[i] as number)
    for (const { slot, buckets } of fields) {
      const texts = held.folded(slot)
      if (typeof texts === 'string') visitAll(buckets.get(texts), visit)
      else if (texts !== undefined) {
        const found = new Set(texts.flatMap((text) => buckets.get(text) ?? []))
        for (const index of found) visit(index)
      }
    }
  }
}

function visitAll(indexes: readonly number[] | undefined, visit: (index: number) => void): void {
  if (indexes === undefined) return
  for (let i = 0; i < indexes.length; i += 1) visit(indexes[i] as number)
}

/** What the condition cannot hold without. */
function ofCondition(condition: Condition, detection: Detection): Requirement[] {
  if (condition.kind === 'and') return condition.of.flatMap((part) => ofCondition(part, detection))
  if (condition.kind !== 'search') return []
  const node = detection.searches.get(condition.name)
  return node === undefined ? [] : ofNode(node)
}

function ofNode(node: SearchNode): Requirement[] {
  if (node.kind === 'and') return node.of.flatMap(ofNode)
  if (node.kind === 'or' || node.field === null || node.negated || node.linking === 'all') return []
  const texts: string[] = []
  for (const matcher of node.values.flat()) {
    if (matcher.kind === 'number') texts.push(String(matcher.number), fold(matcher.text))
    else if (matcher.kind === 'boolean') texts.push(String(matcher.value))
    else {
      const text = matcher.kind === 'string' ? plainText(matcher.parts) : null
      if (text === null) return []
      texts.push(fold(text))
    }
  }
  return [{ field: node.field, texts }]
}
