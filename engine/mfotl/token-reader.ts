import type { Diagnostic, Position } from './ast.ts'
import { tokenize, type Token } from './lex.ts'

const DEPTH_MAX = 200
const AFTER_GROUP = new Set([
  '=',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  'MOD',
  'SUBSTRING',
  'MATCHES',
])
const CONNECTIVES = new Set(['AND', 'OR', 'IMPLIES', 'EQUIV', 'SINCE', 'UNTIL', 'IN'])
type Problem = Omit<Diagnostic, 'line' | 'column'>

/** Tokens of one formula with a place to read from, and the mistakes found so far. */
export class TokenReader {
  readonly diagnostics: Diagnostic[]
  readonly #tokens: readonly Token[]
  readonly #names: ReadonlySet<string>
  #index = 0
  #depth = 0

  constructor(source: string, names: ReadonlySet<string>) {
    const { tokens, diagnostics } = tokenize(source, names)
    this.#tokens = tokens
    this.#names = names
    this.diagnostics = diagnostics
  }

  peek(ahead = 0): Token {
    const token = this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)]
    if (!token) throw new Error('a token stream always ends with its end token')
    return token
  }

  next(): Token {
    const token = this.peek()
    if (token.kind !== 'end') this.#index++
    return token
  }

  tryTake(text: string): boolean {
    const token = this.peek()
    if (token.text !== text || token.kind === 'string') return false
    this.next()
    return true
  }

  take(text: string): void {
    if (this.tryTake(text)) return
    this.fail({ message: `expected \`${text}\` but saw \`${this.peek().text}\``, correction: text })
  }

  name(what: string): string {
    const token = this.peek()
    if (token.kind === 'name') return this.next().text
    return this.fail({ message: `expected ${what} but saw \`${token.text}\`` })
  }

  enter(): void {
    if (++this.#depth > DEPTH_MAX) {
      this.fail({ message: `the formula is nested deeper than ${DEPTH_MAX}` })
    }
  }
  leave(): void {
    this.#depth--
  }

  report(problem: Problem): void {
    this.reportAt(this.peek(), problem)
  }
  reportAt(at: Position, problem: Problem): void {
    this.diagnostics.push({ line: at.line, column: at.column, ...problem })
  }
  fail(problem: Problem): never {
    return this.failAt(this.peek(), problem)
  }
  failAt(at: Position, problem: Problem): never {
    this.reportAt(at, problem)
    throw new SyntaxError(problem.message)
  }

  /** Goes behind the next connective; false at the end of the text. */
  skipToConnective(): boolean {
    this.#depth = 0
    for (;;) {
      const token = this.next()
      if (token.kind === 'end') return false
      if (token.kind === 'keyword' && CONNECTIVES.has(token.text)) {
        if (token.text === 'SINCE' || token.text === 'UNTIL') this.#skipInterval()
        return true
      }
    }
  }
  #skipInterval(): void {
    if (!this.isInterval()) return
    while (this.peek().kind !== 'end' && !/^[)\]]$/.test(this.next().text)) continue
  }

  /** True where the next tokens are `[…` or `(a,b…`, which a formula in parentheses never is. */
  isInterval(): boolean {
    const first = this.peek()
    if (first.kind !== 'symbol') return false
    if (first.text === '[') return true
    const bound = this.peek(1).kind
    return (
      first.text === '(' && (bound === 'int' || bound === 'duration') && this.peek(2).text === ','
    )
  }

  /** True where the `(` ahead opens a formula and not a term: judged by what follows its `)`. */
  isFormulaGroup(): boolean {
    let depth = 0
    for (let ahead = 0; ; ahead++) {
      const token = this.peek(ahead)
      if (token.kind === 'end') return true
      if (token.kind !== 'symbol') continue
      if (token.text === '(' || token.text === '[') depth++
      if (token.text === ')' || token.text === ']') {
        depth--
        if (depth === 0) return !AFTER_GROUP.has(this.peek(ahead + 1).text)
      }
    }
  }

  /** Behind the `;` of an aggregation: a name belongs to the grouping unless it is a predicate. */
  startsGroup(): boolean {
    const token = this.peek()
    return token.kind === 'name' && !(this.#names.has(token.text) && this.peek(1).text === '(')
  }
}
