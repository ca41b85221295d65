import { isMap, isScalar, isSeq } from 'yaml'
import type { Node, YAMLMap } from 'yaml'
import { parseCondition } from './condition.ts'
import { scalarText } from './document.ts'
import type { SourceDocument } from './document.ts'
import { applyModifiers, parseModifiers } from './modifier.ts'
import type { Chain, Placeholders } from './modifier.ts'
import type { Condition, Detection, FieldItem, SearchNode, ValueMatcher } from './rule.ts'

/**
 * A list in a rule has at most this many values, a condition's list at most this many
 * conditions.
 */
export const VALUES_MAX = 10_000

/**
 * The searches of a `detection` or `filter` map and its condition; null, with errors in the
 * document, where they do not add up. `reserved` keys are left to the caller.
 */
export function parseDetection(
  document: SourceDocument,
  map: YAMLMap,
  placeholders: Placeholders,
  reserved: readonly string[],
): Detection | null {
  const searches = new Map<string, SearchNode>()
  const nodes = new Map<string, Node>()
  for (const { key, keyNode, value } of document.entries(map)) {
    if (key === 'condition' || reserved.includes(key)) continue
    nodes.set(key, keyNode)
    const node = parseSearch(document, keyNode, value, placeholders)
    if (node !== null) searches.set(key, node)
  }
  const condition = readCondition(document, map, [...nodes.keys()])
  if (condition === null || searches.size < nodes.size) return null
  const used = new Set<string>()
  collectNames(condition, used)
  for (const [name, node] of nodes) {
    if (!used.has(name)) document.warn(node, `the search '${name}' is not in the condition`)
  }
  return { searches, condition }
}

function collectNames(condition: Condition, into: Set<string>): void {
  if (condition.kind === 'search') into.add(condition.name)
  else if (condition.kind === 'not') collectNames(condition.of, into)
  else for (const part of condition.of) collectNames(part, into)
}

function readCondition(
  document: SourceDocument,
  map: YAMLMap,
  names: readonly string[],
): Condition | null {
  const entry = document.get(map, 'condition')
  if (entry === null) {
    document.error(map, 'the condition is missing', `condition: ${names[0] ?? 'selection'}`)
    return null
  }
  const of = document.texts(map, 'condition').map(({ text, node }) => {
    const { condition, problems } = parseCondition(text, names)
    const quoted = isScalar(node) && (node.type === 'QUOTE_SINGLE' || node.type === 'QUOTE_DOUBLE')
    const at = document.at(node)
    for (const problem of problems) {
      const column = isFlat(text) ? at.column + problem.offset + (quoted ? 1 : 0) : at.column
      document.report('error', { ...at, column }, problem.message, problem.correction)
    }
    return condition
  })
  if (of.length === 0 || of.length > VALUES_MAX || of.includes(null)) {
    if (of.length === 0) document.error(entry.value ?? entry.key, 'the condition is empty')
    return null
  }
  return of.length === 1 ? (of[0] ?? null) : { kind: 'or', of: of as Condition[] }
}

function isFlat(text: string): boolean {
  return !text.includes('\n')
}

/** One search: a map, a list of maps, or keywords; null with errors in the document. */
export function parseSearch(
  document: SourceDocument,
  key: Node,
  value: Node | null,
  placeholders: Placeholders,
): SearchNode | null {
  if (isMap(value)) return mapNode(document, key, value, placeholders)
  if (!isSeq(value)) {
    if (isScalar(value)) return item(document, key, '', [value], placeholders)
    document.error(key, 'a search is a map of fields, a list of maps, or a list of keywords')
    return null
  }
  const nodes = value.items.map((entry) => document.resolve(entry))
  const keywords = nodes.filter((node) => !isMap(node))
  const of = nodes
    .filter((node) => isMap(node))
    .map((node) => mapNode(document, node, node, placeholders))
  if (keywords.length > 0) of.push(item(document, key, '', keywords, placeholders))
  if (of.length === 0) {
    document.error(value, 'an empty search matches nothing')
    return null
  }
  if (of.includes(null)) return null
  return of.length === 1 ? (of[0] ?? null) : { kind: 'or', of: of as SearchNode[] }
}

function mapNode(
  document: SourceDocument,
  key: Node,
  map: YAMLMap,
  placeholders: Placeholders,
): SearchNode | null {
  const of = document.entries(map).map(({ key: name, keyNode, value }) => {
    const values = isSeq(value) ? value.items.map((entry) => document.resolve(entry)) : [value]
    return item(document, keyNode, name, values, placeholders)
  })
  if (of.length === 0) {
    document.error(key, 'an empty map matches everything', 'name a field')
    return null
  }
  if (of.includes(null)) return null
  return of.length === 1 ? (of[0] ?? null) : { kind: 'and', of: of as SearchNode[] }
}

function item(
  document: SourceDocument,
  key: Node,
  name: string,
  values: readonly (Node | null)[],
  placeholders: Placeholders,
): FieldItem | null {
  const [field = '', ...words] = name.split('|')
  const { chain, problems } = parseModifiers(words)
  for (const { message, correction } of problems) document.error(key, message, correction)
  if (values.length === 0)
    document.error(key, `'${name}' has no value`, "'' for an empty text, null for none")
  if (values.length > VALUES_MAX) document.error(key, `a list has at most ${VALUES_MAX} values`)
  if (chain.all && values.length === 1) {
    document.warn(key, "'all' needs a list of several values", name.replace('|all', ''))
  }
  if (problems.length > 0 || values.length === 0 || values.length > VALUES_MAX) return null
  if (field === '' && !fitsKeyword(document, key, chain)) return null
  const own = field === '' ? keywordChain(chain) : chain
  const matchers = values.map((value) =>
    matcher(document, key, value, own, placeholders, values.length > 1),
  )
  if (matchers.includes(null)) return null
  return {
    kind: 'item',
    field: field === '' ? null : field,
    linking: chain.all ? 'all' : 'any',
    negated: chain.neq,
    values: matchers as ValueMatcher[][],
  }
}

function fitsKeyword(document: SourceDocument, key: Node, chain: Chain): boolean {
  if (chain.kind === 'string' || chain.kind === 're') return true
  document.error(key, 'this modifier needs a field before it', `field|${chain.kind}`)
  return false
}

/** A keyword is looked for anywhere in a value of the event, without saying `contains`. */
function keywordChain(chain: Chain): Chain {
  const anywhere = !chain.ends.start && !chain.ends.end
  return chain.kind === 'string' && anywhere
    ? { ...chain, ends: { start: true, end: true } }
    : chain
}

function matcher(
  document: SourceDocument,
  key: Node,
  value: Node | null,
  chain: Chain,
  placeholders: Placeholders,
  inList: boolean,
): ValueMatcher[] | null {
  const scalar = value === null ? { value: null, text: '' } : isScalar(value) ? value : null
  if (scalar === null) {
    document.error(value, 'a value must be text, a number, true, false or null')
    return null
  }
  const text = isScalar(scalar) ? (scalar.value === null ? '' : scalarText(scalar)) : ''
  if (scalar.value === null && inList) {
    document.error(
      value ?? key,
      'null cannot stand in a list of values',
      'a search of its own: field: null',
    )
    return null
  }
  const applied = applyModifiers(chain, { value: scalar.value, text }, placeholders)
  if ('matchers' in applied) return applied.matchers
  document.error(value ?? key, applied.message, applied.correction)
  return null
}
