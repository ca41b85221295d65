import type { ArithmeticOperator, Comparison, Formula, Position, Term } from './ast.ts'
import type { Token } from './lex.ts'
import type { TokenReader } from './token-reader.ts'

export function parseTerms(reader: TokenReader): Term[] {
  if (reader.peek().text === ')') return []
  const terms = [parseTerm(reader)]
  while (reader.tryTake(',')) terms.push(parseTerm(reader))
  return terms
}

/** `term = term` and its like, SUBSTRING and MATCHES; `>` and `>=` are turned round. */
export function parseComparison(reader: TokenReader, at: Position): Formula {
  const left = parseTerm(reader)
  const token = reader.next()
  const word = token.text
  if (token.kind === 'keyword' && (word === 'SUBSTRING' || word === 'MATCHES')) {
    const right = parseTerm(reader)
    if (word === 'MATCHES' && reader.peek().text === '(') {
      reader.fail({ message: 'groups captured by MATCHES are not supported' })
    }
    return { kind: word === 'SUBSTRING' ? 'substring' : 'matches', at, left, right }
  }
  if (token.kind === 'symbol' && (word === '=' || word === '<' || word === '<=')) {
    return { kind: 'comparison', at, operator: word, left, right: parseTerm(reader) }
  }
  if (token.kind === 'symbol' && (word === '>' || word === '>=')) {
    const operator: Comparison = word === '>' ? '<' : '<='
    return { kind: 'comparison', at, operator, left: parseTerm(reader), right: left }
  }
  const message =
    left.kind === 'variable'
      ? `\`${left.name}\` is neither a predicate with arguments nor compared with anything`
      : `expected a comparison but saw \`${word}\``
  return reader.failAt(left.kind === 'variable' ? at : token, {
    message,
    ...(left.kind === 'variable' ? { correction: `${left.name}(…)` } : {}),
  })
}

const ADDITIVE = new Set(['+', '-'])
const MULTIPLICATIVE = new Set(['*', '/', 'MOD'])

function parseTerm(reader: TokenReader): Term {
  reader.enter()
  const isNext = (): boolean => ADDITIVE.has(reader.peek().text) && reader.peek().kind === 'symbol'
  const sum = parseChain(reader, isNext, parseProduct)
  reader.leave()
  return sum
}

function parseProduct(reader: TokenReader): Term {
  const isNext = (): boolean =>
    MULTIPLICATIVE.has(reader.peek().text) && reader.peek().kind !== 'string'
  return parseChain(reader, isNext, parseAtom)
}

/** Operators of one rank bind to the left: each one more makes the term one level deeper. */
function parseChain(
  reader: TokenReader,
  isNext: () => boolean,
  parse: (reader: TokenReader) => Term,
): Term {
  let left = parse(reader)
  let levels = 0
  for (; isNext(); levels++) {
    reader.enter()
    left = arithmetic(left, reader.next(), parse(reader))
  }
  for (; levels > 0; levels--) reader.leave()
  return left
}

function parseAtom(reader: TokenReader): Term {
  const token = reader.next()
  const at = { line: token.line, column: token.column }
  switch (token.kind) {
    case 'int':
      return { kind: 'constant', at, type: 'int', value: token.value }
    case 'float':
      return { kind: 'constant', at, type: 'float', value: token.value }
    case 'string':
      return { kind: 'constant', at, type: 'string', value: token.text }
    case 'regexp':
      return { kind: 'regexp', at, pattern: token.text }
    case 'name':
      return token.text.startsWith('_')
        ? { kind: 'wildcard', at }
        : { kind: 'variable', at, name: token.text }
    case 'symbol':
      if (token.text === '-') {
        reader.enter()
        const argument = parseAtom(reader)
        reader.leave()
        return negative(argument, at)
      }
      if (token.text === '(') {
        const inner = parseTerm(reader)
        reader.take(')')
        return inner
      }
      break
    case 'keyword':
      if (token.text === 'i2f' || token.text === 'f2i') {
        reader.take('(')
        const argument = parseTerm(reader)
        reader.take(')')
        return { kind: token.text, at, argument }
      }
      if (/^(DAY_OF_MONTH|MONTH|YEAR|FORMAT_DATE|r2s|s2r|i2s|s2i|f2s|s2f)$/.test(token.text)) {
        reader.failAt(token, { message: `the function ${token.text} is not supported` })
      }
      break
    case 'duration':
      reader.reportAt(token, {
        message: 'a unit of time stands only inside an interval',
        correction: String(token.value),
      })
      return { kind: 'constant', at, type: 'int', value: token.value }
    case 'end':
      break
  }
  if (token.text === '{') return reader.failAt(token, { message: 'records are not supported' })
  return reader.failAt(token, { message: `expected a formula or a term but saw \`${token.text}\`` })
}

function arithmetic(left: Term, { text, line, column }: Token, right: Term): Term {
  const operator = text as ArithmeticOperator
  return { kind: 'arithmetic', at: { line, column }, operator, left, right }
}

function negative(argument: Term, at: Position): Term {
  if (argument.kind === 'constant' && typeof argument.value === 'number') {
    return { ...argument, at, value: -argument.value }
  }
  return { kind: 'negative', at, argument }
}
