import { fold } from './fields.ts'
import type { StringPart } from './rule.ts'
import { mapText } from './string-value.ts'

export type TextTest = (text: string) => boolean

/** Several Sigma strings, sorted by how cheaply they are told apart; any of them matches. */
export interface PatternSet {
  readonly exact: Set<string>
  readonly prefixes: string[]
  readonly suffixes: string[]
  readonly contained: string[]
  readonly others: TextTest[]
  anything: boolean
}

export function emptyPatterns(): PatternSet {
  return {
    exact: new Set(),
    prefixes: [],
    suffixes: [],
    contained: [],
    others: [],
    anything: false,
  }
}

/** Adds a Sigma string, in lower case unless `cased`. */
export function addPattern(set: PatternSet, parts: readonly StringPart[], cased: boolean): void {
  const own = cased ? parts : mapText(parts, fold)
  const shape = own.map((part) => part.kind).join(' ')
  const text = own.map((part) => (part.kind === 'text' ? part.text : '')).join('')
  if (shape === '' || shape === 'text') set.exact.add(text)
  else if (shape === 'many') set.anything = true
  else if (shape === 'text many') set.prefixes.push(text)
  else if (shape === 'many text') set.suffixes.push(text)
  else if (shape === 'many text many') set.contained.push(text)
  else set.others.push(globTest(own))
}

/** A test for any string of the set. */
export function patternTest(set: PatternSet): TextTest {
  if (set.anything) return () => true
  const tests: TextTest[] = []
  if (set.exact.size === 1) {
    const [only] = set.exact
    tests.push((text) => text === only)
  } else if (set.exact.size > 1) tests.push((text) => set.exact.has(text))
  const { prefixes, suffixes, contained } = set
  if (prefixes.length > 0) tests.push(anyOf(prefixes, (text, piece) => text.startsWith(piece)))
  if (suffixes.length > 0) tests.push(anyOf(suffixes, (text, piece) => text.endsWith(piece)))
  if (contained.length > 0) tests.push(anyOf(contained, (text, piece) => text.includes(piece)))
  return eitherTest([...tests, ...set.others])
}

export function eitherTest(tests: readonly TextTest[]): TextTest {
  const [first, second] = tests
  if (first === undefined) return () => false
  if (second === undefined) return first
  if (tests.length === 2) return (text) => first(text) || second(text)
  return (text) => tests.some((test) => test(text))
}

function anyOf(
  pieces: readonly string[],
  holds: (text: string, piece: string) => boolean,
): TextTest {
  const only = pieces[0] as string
  if (pieces.length === 1) return (text) => holds(text, only)
  return (text) => {
    for (let i = 0; i < pieces.length; i += 1) if (holds(text, pieces[i] as string)) return true
    return false
  }
}

/** Between two `*`: characters, null for `?`. */
type Segment = readonly (string | null)[]

/**
 * A wildcard pattern in general. `?` is one character, a surrogate pair included. Each segment
 * is taken at its leftmost place, which suffices for patterns and bounds the work by text length
 * times pattern length.
 */
function globTest(parts: readonly StringPart[]): TextTest {
  const segments: (string | null)[][] = [[]]
  for (const part of parts) {
    if (part.kind === 'many') segments.push([])
    else if (part.kind === 'one') segments.at(-1)?.push(null)
    else segments.at(-1)?.push(part.text)
  }
  const first = segments[0] as Segment
  const last = segments.at(-1) as Segment
  const middle = segments.slice(1, -1)
  if (segments.length === 1) return (text) => matchFrom(text, 0, first) === text.length
  return (text) => {
    let at = matchFrom(text, 0, first)
    for (const segment of middle) {
      if (at < 0) return false
      at = findFrom(text, at, segment)
    }
    return at >= 0 && matchBack(text, last) >= at
  }
}

/** Where a segment that begins at `at` ends; -1 where it does not match there. */
function matchFrom(text: string, at: number, segment: Segment): number {
  let position = at
  for (const piece of segment) {
    if (piece === null) {
      if (position >= text.length) return -1
      position += (text.codePointAt(position) as number) > 0xffff ? 2 : 1
    } else if (text.startsWith(piece, position)) position += piece.length
    else return -1
  }
  return position
}

/** Where the leftmost match of a segment at or after `at` ends. */
function findFrom(text: string, at: number, segment: Segment): number {
  const only = segment[0]
  if (segment.length === 1 && typeof only === 'string') {
    const found = text.indexOf(only, at)
    return found < 0 ? -1 : found + only.length
  }
  for (let start = at; start <= text.length; start += 1) {
    if (isLow(text, start)) continue
    const end = matchFrom(text, start, segment)
    if (end >= 0) return end
  }
  return -1
}

/** Where a segment that ends with the text begins; -1 where it does not match there. */
function matchBack(text: string, segment: Segment): number {
  let position = text.length
  for (let i = segment.length - 1; i >= 0; i -= 1) {
    const piece = segment[i] as string | null
    if (piece === null) {
      if (position === 0) return -1
      position -= isLow(text, position - 1) ? 2 : 1
    } else if (text.endsWith(piece, position)) position -= piece.length
    else return -1
  }
  return position
}

/** Whether the unit at `at` is the second half of a surrogate pair. */
function isLow(text: string, at: number): boolean {
  if (at < 1 || at >= text.length) return false
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800
}
