import { clipped } from '../clipped.ts'
import type { Diagnostic, Position } from './ast.ts'

export type TokenKind =
  'name' | 'keyword' | 'symbol' | 'int' | 'float' | 'string' | 'regexp' | 'duration' | 'end'
export interface Token extends Position {
  readonly kind: TokenKind
  readonly text: string
  readonly value: number
}

const KEYWORDS = new Set([
  'TRUE',
  'FALSE',
  'NOT',
  'AND',
  'OR',
  'IMPLIES',
  'EQUIV',
  'EXISTS',
  'FORALL',
  'PREV',
  'PREVIOUS',
  'NEXT',
  'ONCE',
  'HISTORICALLY',
  'PAST_ALWAYS',
  'EVENTUALLY',
  'SOMETIMES',
  'ALWAYS',
  'SINCE',
  'UNTIL',
  'SUBSTRING',
  'MATCHES',
  'MOD',
  'LET',
  'IN',
  'LETPAST',
  'FORWARD',
  'MATCHF',
  'BACKWARD',
  'MATCHP',
  'CNT',
  'SUM',
  'MIN',
  'MAX',
  'AVG',
  'MED',
  'i2f',
  'f2i',
  'DAY_OF_MONTH',
  'MONTH',
  'YEAR',
  'FORMAT_DATE',
  'r2s',
  's2r',
  'i2s',
  's2i',
  'f2s',
  's2f',
])
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 }
const NAME_MAX = 255
const SPACE = /[ \t\r\n]+/y
const COMMENT = /#[^\n]*|\(\*[\s\S]*?\*\)/y
const REGEXP = /r("[^"]*"|'[^']*')/y
const TEXT = /"[^"]*"|'[^']*'/y
const FLOAT = /\d+\.\d+(?:[eE][+-]?\d+)?|\d+\.(?![A-Za-z_( ])/y
const DURATION = /(\d+)([A-Za-z])(?![A-Za-z0-9_])/y
const INT = /\d+/y
const LONG_NAME = /[A-Za-z_][A-Za-z0-9_'":/-]*/y
const NAME = /[A-Za-z_][A-Za-z0-9_']*/y
const SYMBOL = /<-|<=|>=|<\||\|>|[()[\],;:.=<>+\-*/?{}|▷◁]/y

/**
 * Splits a formula into tokens. MonPoly lets a name hold `- / : "`; here such a name is one token
 * only where it is a predicate of the signature, so that `x2-x1` is a subtraction.
 */
export function tokenize(
  source: string,
  names: ReadonlySet<string>,
): { tokens: Token[]; diagnostics: Diagnostic[] } {
  const tokens: Token[] = []
  const diagnostics: Diagnostic[] = []
  let offset = 0
  let line = 1
  let lineStart = 0
  let end: Position = { line: 1, column: 1 }
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = offset
    return pattern.exec(source)
  }
  const advance = (text: string): void => {
    for (let i = 0; i < text.length; i++) {
      if (text.charCodeAt(i) === 10) {
        line++
        lineStart = offset + i + 1
      }
    }
    offset += text.length
  }
  while (offset < source.length) {
    const blank = take(SPACE) ?? take(COMMENT)
    if (blank) {
      advance(blank[0])
      continue
    }
    const at = { line, column: offset - lineStart + 1 }
    const read = readToken(take, names)
    if (read === null) {
      const character = String.fromCodePoint(source.codePointAt(offset) ?? 0)
      diagnostics.push({ ...at, ...strayCharacter(source, offset, character) })
      advance(
        character === '(' || character === '"' || character === "'"
          ? source.slice(offset)
          : character,
      )
      continue
    }
    if (read.problem) diagnostics.push({ ...at, ...read.problem })
    tokens.push({ ...at, kind: read.kind, text: read.text, value: read.value })
    advance(read.raw)
    end = { line, column: offset - lineStart + 1 }
  }
  tokens.push({ ...end, kind: 'end', text: 'end of text', value: 0 })
  return { tokens, diagnostics }
}

interface Read {
  readonly kind: TokenKind
  readonly text: string
  readonly raw: string
  readonly value: number
  readonly problem?: { readonly message: string; readonly correction?: string }
}

function readToken(
  take: (pattern: RegExp) => RegExpExecArray | null,
  names: ReadonlySet<string>,
): Read | null {
  let m = take(REGEXP)
  if (m) return { kind: 'regexp', text: (m[1] ?? '').slice(1, -1), raw: m[0], value: 0 }
  m = take(TEXT)
  if (m) return { kind: 'string', text: m[0].slice(1, -1), raw: m[0], value: 0 }
  m = take(FLOAT)
  if (m) return { kind: 'float', text: m[0], raw: m[0], value: Number(m[0]) }
  m = take(DURATION)
  if (m) return duration(m)
  m = take(INT)
  if (m) return integer(m[0])
  m = take(LONG_NAME)
  if (m && names.has(m[0])) return { kind: 'name', text: m[0], raw: m[0], value: 0 }
  m = take(NAME)
  if (m && m[0].length > NAME_MAX) {
    const problem = { message: `a name has at most ${NAME_MAX} characters` }
    return { kind: 'name', text: clipped(m[0]), raw: m[0], value: 0, problem }
  }
  if (m) {
    const kind = KEYWORDS.has(m[0]) ? 'keyword' : 'name'
    return { kind, text: m[0], raw: m[0], value: 0 }
  }
  m = take(SYMBOL)
  return m ? { kind: 'symbol', text: m[0], raw: m[0], value: 0 } : null
}

function duration(m: RegExpExecArray): Read {
  const unit = SECONDS[m[2] ?? '']
  const value = Number(m[1]) * (unit ?? 1)
  const read = { kind: 'duration' as const, text: m[0], raw: m[0], value }
  if (unit === undefined) {
    const message = `unknown unit of time \`${m[2] ?? ''}\`; there are s, m, h and d`
    return { ...read, problem: { message, correction: `${m[1] ?? ''}s` } }
  }
  return Number.isSafeInteger(value) ? read : { ...read, problem: { message: tooLarge(m[0]) } }
}

function integer(text: string): Read {
  const value = Number(text)
  const read = { kind: 'int' as const, text, raw: text, value }
  return Number.isSafeInteger(value) ? read : { ...read, problem: { message: tooLarge(text) } }
}

function tooLarge(text: string): string {
  return `${clipped(text)} is beyond 2^53 - 1, where whole numbers stop being exact`
}

function strayCharacter(
  source: string,
  offset: number,
  character: string,
): { message: string; correction?: string } {
  if (source.startsWith('(*', offset)) return { message: 'comment is not closed', correction: '*)' }
  if (character === '"' || character === "'") {
    return { message: 'text constant is not closed', correction: character }
  }
  const two = source.slice(offset, offset + 2)
  if (two === '!=') return { message: '`!=` is not an operator', correction: 'NOT (x = y)' }
  if (character === '&') return { message: '`&` is not an operator', correction: 'AND' }
  if (character === '!') return { message: '`!` is not an operator', correction: 'NOT' }
  return { message: `unexpected character \`${character}\`` }
}
