import { unreachable } from '../unreachable.ts'
import { inNetwork, parseNetwork } from './cidr.ts'
import { FieldTable, fold } from './fields.ts'
import type { Texts } from './fields.ts'
import { isIndexed, LiteralIndex } from './literal-index.ts'
import { addPattern, eitherTest, emptyPatterns, patternTest } from './pattern.ts'
import type { PatternSet, TextTest } from './pattern.ts'
import { compileRegex } from './regex.ts'
import { RegexGroups } from './regex-group.ts'
import type {
  CompareOperator,
  Condition,
  Detection,
  FieldItem,
  SearchNode,
  ValueMatcher,
} from './rule.ts'
import { timePart } from './time-part.ts'

/** Whether the event that a table holds matches. Pure; compiled once, run for every event. */
export type EventTest = (table: FieldTable) => boolean

/** What the rules of a set share: each event's fields, and the expressions on each field. */
export interface Shared {
  readonly table: FieldTable
  readonly regexes: RegexGroups
  readonly literals: LiteralIndex
}

export function createShared(): Shared {
  const table = new FieldTable()
  const literals = new LiteralIndex(table)
  return { table, literals, regexes: new RegexGroups(table, literals) }
}

/** A detection as one closure over the fields of the set's table. */
export function compileDetection(detection: Detection, shared: Shared): EventTest {
  const searches = new Map<string, EventTest>()
  for (const [name, node] of detection.searches) searches.set(name, compileNode(node, shared))
  return compileCondition(detection.condition, searches)
}

function compileCondition(
  condition: Condition,
  searches: ReadonlyMap<string, EventTest>,
): EventTest {
  switch (condition.kind) {
    case 'search':
      return searches.get(condition.name) as EventTest
    case 'not': {
      const of = compileCondition(condition.of, searches)
      return (table) => !of(table)
    }
    case 'and':
      return allOf(condition.of.map((part) => compileCondition(part, searches)))
    case 'or':
      return anyOf(condition.of.map((part) => compileCondition(part, searches)))
    default:
      return unreachable(condition)
  }
}

function compileNode(node: SearchNode, shared: Shared): EventTest {
  switch (node.kind) {
    case 'item':
      return compileItem(node, shared)
    case 'and': {
      const cheapFirst = [...node.of].sort((a, b) => cost(a) - cost(b))
      return allOf(cheapFirst.map((part) => compileNode(part, shared)))
    }
    case 'or':
      return anyOf(node.of.map((part) => compileNode(part, shared)))
    default:
      return unreachable(node)
  }
}

/** A rough order of what to ask first; answers do not depend on it. */
function cost(node: SearchNode): number {
  if (node.kind !== 'item') return 50
  if (node.field === null) return 1_000
  const dear = node.values.flat().some((matcher) => matcher.kind === 'regex')
  const exact = node.values
    .flat()
    .every((matcher) => matcher.kind !== 'string' || matcher.parts.length < 2)
  return (dear ? 100 : exact ? 0 : 10) + node.values.length
}

function allOf(tests: readonly EventTest[]): EventTest {
  const [first, second] = tests as [EventTest, EventTest?]
  if (second === undefined) return first
  if (tests.length === 2) return (table) => first(table) && second(table)
  return (table) => {
    for (let i = 0; i < tests.length; i += 1) if (!(tests[i] as EventTest)(table)) return false
    return true
  }
}

function anyOf(tests: readonly EventTest[]): EventTest {
  const [first, second] = tests as [EventTest, EventTest?]
  if (second === undefined) return first
  if (tests.length === 2) return (table) => first(table) || second(table)
  return (table) => {
    for (let i = 0; i < tests.length; i += 1) if ((tests[i] as EventTest)(table)) return true
    return false
  }
}

function compileItem(item: FieldItem, shared: Shared): EventTest {
  const groups = item.linking === 'any' ? [item.values.flat()] : item.values
  const tests = groups.map((matchers) => compileMatchers(item.field, matchers, shared))
  const test = allOf(tests)
  return item.negated ? (held) => !test(held) : test
}

/** Any of the matchers, on one field: texts without and with case together, the rest one by one. */
function compileMatchers(
  field: string | null,
  matchers: readonly ValueMatcher[],
  shared: Shared,
): EventTest {
  const { table, regexes } = shared
  const folded = emptyPatterns()
  const cased = emptyPatterns()
  const onTexts: TextTest[] = []
  const others: EventTest[] = []
  const dear: EventTest[] = []
  const slot = field === null ? -1 : table.slot(field)
  for (const matcher of matchers) {
    if (matcher.kind === 'string')
      addPattern(matcher.cased ? cased : folded, matcher.parts, matcher.cased)
    else if (matcher.kind === 'number') {
      folded.exact.add(String(matcher.number)).add(fold(matcher.text))
    } else if (matcher.kind === 'boolean') folded.exact.add(String(matcher.value))
    else if (matcher.kind === 'regex') {
      const { source, flags } = matcher
      if (field === null) onTexts.push(compileRegex(source, flags))
      else dear.push(regexes.add(field, source, flags))
    } else if (matcher.kind === 'cidr') onTexts.push(networkTest(matcher.network))
    else others.push(compileOther(matcher, slot, table))
  }
  const tests = [...others]
  if (hasPatterns(folded)) tests.unshift(foldedTest(field, slot, folded, shared.literals))
  if (hasPatterns(cased)) onTexts.unshift(patternTest(cased))
  if (onTexts.length > 0) tests.push(onPlain(slot, eitherTest(onTexts)))
  return anyOf([...tests, ...dear])
}

function hasPatterns(set: ReturnType<typeof emptyPatterns>): boolean {
  const { exact, prefixes, suffixes, contained, others, anything } = set
  return (
    anything ||
    exact.size + prefixes.length + suffixes.length + contained.length + others.length > 0
  )
}

/** Many literals are looked for together with those of other rules before they are told apart. */
function foldedTest(
  field: string | null,
  slot: number,
  set: PatternSet,
  literals: LiteralIndex,
): EventTest {
  const plain = slot >= 0 && set.exact.size > 0 && !hasPatterns({ ...set, exact: new Set() })
  if (plain) return exactTest(slot, set.exact)
  const test = onFolded(slot, patternTest(set))
  const contained = [...set.prefixes, ...set.suffixes, ...set.contained]
  const others = set.anything || set.exact.size + set.others.length > 0
  if (field === null || others || contained.length < 2 || !contained.every(isIndexed)) return test
  const gate = literals.gate([{ field, exact: [], contained }])
  return (table) => literals.isOpen(gate) && test(table)
}

/** Exact values; a number is compared as a number, not as text. */
function exactTest(slot: number, texts: ReadonlySet<string>): EventTest {
  const numbers = new Set([...texts].map(Number).filter((each) => texts.has(fold(String(each)))))
  const [only] = numbers
  const isOne = (value: number): boolean =>
    numbers.size === 1 ? value === only : numbers.has(value)
  return (table) => {
    const value = table.value(slot)
    if (typeof value === 'number' && Number.isFinite(value)) return isOne(value)
    const held = table.folded(slot)
    if (typeof held === 'string') return texts.has(held)
    return held !== undefined && held.some((text) => texts.has(text))
  }
}

function onFolded(slot: number, test: TextTest): EventTest {
  if (slot < 0) return (table) => table.leaves({ folded: true }).some(test)
  return (table) => holds(table.folded(slot), test)
}

function onPlain(slot: number, test: TextTest): EventTest {
  if (slot < 0) return (table) => table.leaves({ folded: false }).some(test)
  return (table) => holds(table.texts(slot), test)
}

function holds(texts: Texts, test: TextTest): boolean {
  if (typeof texts === 'string') return test(texts)
  return texts !== undefined && texts.some(test)
}

function networkTest(text: string): TextTest {
  const network = parseNetwork(text)
  return (address) => network !== null && inNetwork(network, address)
}

type Other = Exclude<ValueMatcher, { kind: 'string' | 'number' | 'boolean' | 'regex' | 'cidr' }>

function compileOther(matcher: Other, slot: number, table: FieldTable): EventTest {
  switch (matcher.kind) {
    case 'null':
      return (held) => (held.value(slot) ?? null) === null
    case 'exists':
      return (held) => (held.value(slot) !== undefined) === matcher.expected
    case 'compare':
      return compareTest(matcher, slot)
    case 'fieldref':
      return referenceTest(matcher, slot, table.slot(matcher.field))
    default:
      return unreachable(matcher)
  }
}

function compareTest(matcher: Extract<Other, { kind: 'compare' }>, slot: number): EventTest {
  const { operator, number, part } = matcher
  const one = (value: unknown): boolean => {
    const read = part === null ? numberOf(value) : timePart(value, part)
    return read !== null && compare(read, operator, number)
  }
  return (table) => {
    const value = table.value(slot)
    return Array.isArray(value) ? value.some(one) : one(value)
  }
}

/** A finite number, or a text that is one; null for all else. */
export function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

export function compare(left: number, operator: CompareOperator, right: number): boolean {
  switch (operator) {
    case 'lt':
      return left < right
    case 'lte':
      return left <= right
    case 'gt':
      return left > right
    case 'gte':
      return left >= right
    case 'eq':
      return left === right
    case 'neq':
      return left !== right
    default:
      return unreachable(operator)
  }
}

function referenceTest(
  matcher: Extract<Other, { kind: 'fieldref' }>,
  slot: number,
  other: number,
): EventTest {
  const pair = {
    equal: (text: string, piece: string) => text === piece,
    contains: (text: string, piece: string) => text.includes(piece),
    startswith: (text: string, piece: string) => text.startsWith(piece),
    endswith: (text: string, piece: string) => text.endsWith(piece),
  }[matcher.how]
  return (table) => {
    const left = matcher.cased ? table.texts(slot) : table.folded(slot)
    const right = matcher.cased ? table.texts(other) : table.folded(other)
    return holds(left, (text) => holds(right, (piece) => pair(text, piece)))
  }
}
