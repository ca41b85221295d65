import type { Diagnostic, Formula, Interval, Outcome, Position, Signature } from './ast.ts'
import { parseInterval } from './parse-interval.ts'
import { parseComparison, parseTerms } from './parse-term.ts'
import { TokenReader } from './token-reader.ts'

const TEXT_MAX = 262_144

/**
 * Parses a formula in MonPoly's syntax, with its precedences (from loose to tight): SINCE and
 * UNTIL (to the right), temporal prefixes, quantifiers, EQUIV, IMPLIES (to the right), OR, AND,
 * NOT. The body of an aggregation or of LET reaches as far as it can. All mistakes are reported,
 * not only the first; nesting deeper than 200 and texts longer than 262,144 characters are refused.
 * Source: MonPoly's grammar, https://bitbucket.org/jshs/monpoly.
 */
export function parseFormula(source: string, signature: Signature): Outcome<Formula> {
  if (source.length > TEXT_MAX) {
    const message = `a formula has at most ${TEXT_MAX} characters`
    return { ok: false, diagnostics: [{ line: 1, column: 1, message }] }
  }
  const reader = new TokenReader(source, new Set(signature.keys()))
  const diagnostics = reader.diagnostics
  let formula: Formula | null = null
  try {
    formula = parseBinary(reader, 0)
    if (reader.peek().kind !== 'end') reader.fail(leftover(reader))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    const seen = diagnostics.length
    recover(reader)
    if (diagnostics.length > seen) diagnostics.splice(seen + 20)
  }
  if (formula === null || diagnostics.length > 0)
    return { ok: false, diagnostics: inOrder(diagnostics) }
  return { ok: true, value: formula }
}

/**
 * After a mistake, goes on behind the next connective, so that later mistakes are found as well.
 */
function recover(reader: TokenReader): void {
  while (reader.skipToConnective()) {
    try {
      parseBinary(reader, 0, true)
      if (reader.peek().kind === 'end') return
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
  }
}

function inOrder(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const seen = new Set<string>()
  return diagnostics
    .filter((d) => {
      const key = `${d.line}:${d.column}`
      return seen.has(key) ? false : seen.add(key)
    })
    .sort((a, b) => a.line - b.line || a.column - b.column)
}

function leftover(reader: TokenReader): { message: string; correction?: string } {
  const text = reader.peek().text
  if (text === ')') return { message: 'a `)` without its `(`' }
  return {
    message: `expected a connective or the end of the formula but saw \`${text}\``,
    correction: 'AND',
  }
}

type BinaryKind = 'since' | 'until' | 'equiv' | 'implies' | 'or' | 'and'
const BINARY: Readonly<Record<string, { kind: BinaryKind; level: number; right: boolean }>> = {
  SINCE: { kind: 'since', level: 1, right: true },
  UNTIL: { kind: 'until', level: 1, right: true },
  EQUIV: { kind: 'equiv', level: 4, right: false },
  IMPLIES: { kind: 'implies', level: 5, right: true },
  OR: { kind: 'or', level: 6, right: false },
  AND: { kind: 'and', level: 7, right: false },
}
const TEMPORAL_LEVEL = 2
const QUANTIFIER_LEVEL = 3
const NOT_LEVEL = 8

function parseBinary(reader: TokenReader, level: number, quietClose = false): Formula {
  reader.enter()
  let left = parsePrefix(reader)
  for (;;) {
    const token = reader.peek()
    const operator = token.kind === 'keyword' ? BINARY[token.text] : undefined
    if (!operator || operator.level < level) break
    reader.next()
    const { kind } = operator
    const at = { line: token.line, column: token.column }
    if (kind === 'since' || kind === 'until') {
      const interval = parseInterval(reader)
      left = { kind, at, interval, left, right: parseBinary(reader, operator.level) }
    } else {
      const right = parseBinary(reader, operator.right ? operator.level : operator.level + 1)
      left = { kind, at, left, right }
    }
  }
  reader.leave()
  if (quietClose) while (reader.tryTake(')')) continue
  return left
}

const TEMPORAL: Readonly<
  Record<string, Extract<Formula, { interval: Interval; body: Formula }>['kind']>
> = {
  PREV: 'previous',
  PREVIOUS: 'previous',
  NEXT: 'next',
  ONCE: 'once',
  HISTORICALLY: 'historically',
  PAST_ALWAYS: 'historically',
  EVENTUALLY: 'eventually',
  SOMETIMES: 'eventually',
  ALWAYS: 'always',
}
const REFUSED: Readonly<Record<string, string>> = {
  LETPAST: 'LETPAST (recursion into the past) is not supported',
  FORWARD: 'regular-expression operators (FORWARD, |>) are not supported',
  MATCHF: 'regular-expression operators (MATCHF) are not supported',
  '|>': 'regular-expression operators (|>) are not supported',
  '▷': 'regular-expression operators (▷) are not supported',
  BACKWARD: 'regular-expression operators (BACKWARD, <|) are not supported',
  MATCHP: 'regular-expression operators (MATCHP) are not supported',
  '<|': 'regular-expression operators (<|) are not supported',
  '◁': 'regular-expression operators (◁) are not supported',
  '{': 'records are not supported',
}

function parsePrefix(reader: TokenReader): Formula {
  const token = reader.peek()
  const at: Position = { line: token.line, column: token.column }
  const refused =
    token.kind === 'keyword' || token.kind === 'symbol' ? REFUSED[token.text] : undefined
  if (refused !== undefined) reader.fail({ message: refused })
  if (token.kind === 'keyword' && (BINARY[token.text] || token.text === 'IN')) {
    reader.fail({ message: `expected a formula but saw \`${token.text}\`` })
  }
  if (token.kind === 'keyword') {
    const temporal = TEMPORAL[token.text]
    if (temporal) {
      reader.next()
      const interval = parseInterval(reader)
      return { kind: temporal, at, interval, body: parseBinary(reader, TEMPORAL_LEVEL) }
    }
    switch (token.text) {
      case 'TRUE':
      case 'FALSE':
        reader.next()
        return { kind: 'truth', at, value: token.text === 'TRUE' }
      case 'NOT':
        reader.next()
        return { kind: 'not', at, body: parseBinary(reader, NOT_LEVEL) }
      case 'EXISTS':
      case 'FORALL':
        return parseQuantifier(reader, at)
      case 'LET':
        return parseLet(reader, at)
    }
  }
  if (token.kind === 'name' && reader.peek(1).text === '<-') return parseAggregation(reader, at)
  if (token.kind === 'name' && reader.peek(1).text === '(') return parsePredicate(reader, at)
  if (token.text === '(' && token.kind === 'symbol' && reader.isFormulaGroup()) {
    reader.next()
    const body = parseBinary(reader, 0)
    reader.take(')')
    return body
  }
  return parseComparison(reader, at)
}

function parsePredicate(reader: TokenReader, at: Position): Formula {
  const name = reader.next().text
  reader.take('(')
  const terms = parseTerms(reader)
  reader.take(')')
  return { kind: 'predicate', at, name, terms }
}

function parseQuantifier(reader: TokenReader, at: Position): Formula {
  const kind = reader.next().text === 'EXISTS' ? ('exists' as const) : ('forall' as const)
  const variables = parseNames(reader)
  if (reader.peek().text !== '.') {
    reader.report({
      message: 'a dot is missing behind the variables',
      correction: `${variables.join(', ')}.`,
    })
  } else reader.next()
  return { kind, at, variables, body: parseBinary(reader, QUANTIFIER_LEVEL) }
}

function parseNames(reader: TokenReader): string[] {
  const names = [reader.name('a variable')]
  while (reader.tryTake(',')) names.push(reader.name('a variable'))
  return names
}

function parseLet(reader: TokenReader, at: Position): Formula {
  reader.next()
  const name = reader.name('a predicate')
  reader.take('(')
  const parameters = reader.peek().text === ')' ? [] : parseNames(reader)
  reader.take(')')
  reader.take('=')
  const definition = parseBinary(reader, 0)
  reader.take('IN')
  return { kind: 'let', at, name, parameters, definition, body: parseBinary(reader, 0) }
}

const AGGREGATIONS = ['CNT', 'SUM', 'MIN', 'MAX', 'AVG', 'MED'] as const

function parseAggregation(reader: TokenReader, at: Position): Formula {
  const result = reader.next().text
  reader.next()
  const word = reader.peek().text
  const operator = AGGREGATIONS.find((o) => o === word)
  if (operator === undefined) {
    const message = `\`${word}\` is not an aggregation; there are ${AGGREGATIONS.join(', ')}`
    return reader.fail({ message, correction: `${result} <- CNT i; group (…)` })
  }
  reader.next()
  const variable = reader.name('the aggregated variable')
  const group = reader.tryTake(';') && reader.startsGroup() ? parseNames(reader) : []
  return {
    kind: 'aggregation',
    at,
    operator,
    result,
    variable,
    group,
    body: parseBinary(reader, 0),
  }
}
