import { fold } from './fields.ts'
import { isIndexed } from './literal-index.ts'
import type { Clause } from './literal-index.ts'
import { commonness, requiredLiterals } from './required-literals.ts'
import type { Condition, Detection, FieldItem, SearchNode, ValueMatcher } from './rule.ts'

/** A way in which something can hold: all of these clauses do. */
export type Way = readonly Clause[]

/** Something holds only if one of these ways is open; null where nothing is known. */
export type Requirement = readonly Way[] | null

const WAYS_MAX = 128
const PRODUCT_MAX = 24
const CLAUSES_MAX = 4
/** How often an exact value is met, against `commonness` of a literal. */
const EXACT_COMMON = 0.05

/** What a detection cannot match without. `except` is a field that somebody else sees to. */
export function requirementOf(detection: Detection, except: string | null): Requirement {
  return ofCondition(detection.condition, detection, except)
}

function ofCondition(
  condition: Condition,
  detection: Detection,
  except: string | null,
): Requirement {
  if (condition.kind === 'not') return null
  if (condition.kind === 'search') {
    const node = detection.searches.get(condition.name)
    return node === undefined ? null : ofNode(node, except)
  }
  const of = condition.of.map((part) => ofCondition(part, detection, except))
  return condition.kind === 'and' ? allOf(of) : anyOf(of)
}

function ofNode(node: SearchNode, except: string | null): Requirement {
  if (node.kind === 'item') return node.field === except ? null : ofItem(node)
  const of = node.of.map((part) => ofNode(part, except))
  return node.kind === 'and' ? allOf(of) : anyOf(of)
}

function ofItem(item: FieldItem): Requirement {
  const { field } = item
  if (field === null || item.negated) return null
  if (item.linking === 'all') return allOf(item.values.map((each) => ofMatchers(field, each)))
  return ofMatchers(field, item.values.flat())
}

/** What any of these asks of a field: what is plain in one clause, each expression a way. */
function ofMatchers(field: string, matchers: readonly ValueMatcher[]): Requirement {
  const exact: string[] = []
  const contained: string[] = []
  const ways: Way[] = []
  for (const matcher of matchers) {
    if (matcher.kind === 'number') exact.push(fold(String(matcher.number)), fold(matcher.text))
    else if (matcher.kind === 'boolean') exact.push(String(matcher.value))
    else if (matcher.kind === 'regex') {
      const way = regexWay(field, matcher.source)
      if (way.length === 0) return null
      ways.push(way)
    } else if (matcher.kind === 'string') {
      const text = literalOf(matcher)
      if (text === null) return null
      if ('exact' in text) exact.push(text.exact)
      else contained.push(text.contained)
    } else return null
  }
  if (exact.length + contained.length > 0) ways.push([{ field, exact, contained }])
  return ways.length > WAYS_MAX ? null : ways
}

/** The clauses of an expression on a field; none where nothing is known of it. */
export function regexWay(field: string, source: string): Way {
  return requiredLiterals(source).map((contained) => ({ field, exact: [], contained }))
}

function literalOf(
  matcher: Extract<ValueMatcher, { kind: 'string' }>,
): { readonly exact: string } | { readonly contained: string } | null {
  const wild = matcher.parts.some((part) => part.kind !== 'text')
  if (!wild) {
    const text = matcher.parts.map((part) => (part.kind === 'text' ? part.text : '')).join('')
    return { exact: fold(text) }
  }
  let longest = ''
  for (const part of matcher.parts) {
    const text = part.kind === 'text' ? fold(part.text) : ''
    if (text.length > longest.length && isIndexed(text)) longest = text
  }
  return longest === '' ? null : { contained: longest }
}

function anyOf(of: readonly Requirement[]): Requirement {
  if (of.includes(null)) return null
  const ways = of.flatMap((each) => each ?? [])
  return ways.length > WAYS_MAX ? null : ways
}

/** Every pair of ways where they are few; otherwise the rarer of both. */
function allOf(of: readonly Requirement[]): Requirement {
  const known = of.filter((each) => each !== null)
  const [first, ...rest] = known.sort((a, b) => a.length - b.length)
  if (first === undefined) return null
  let ways = first
  for (const next of rest) {
    if (ways.length * next.length <= PRODUCT_MAX)
      ways = ways.flatMap((left) => next.map((right) => rarest([...left, ...right])))
    else if (common(next) < common(ways)) ways = next
  }
  return ways
}

function rarest(way: Way): Way {
  if (way.length <= CLAUSES_MAX) return way
  return [...way].sort((a, b) => clauseCommon(a) - clauseCommon(b)).slice(0, CLAUSES_MAX)
}

function common(ways: readonly Way[]): number {
  return ways.reduce((sum, way) => sum + way.reduce((all, each) => all * clauseCommon(each), 1), 0)
}

function clauseCommon({ exact, contained }: Clause): number {
  return Math.min(1, EXACT_COMMON * exact.length + commonness(contained))
}
