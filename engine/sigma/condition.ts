import type { Condition } from './rule.ts'
import { nearMiss } from '../near-miss.ts'

/** What is wrong in a condition; `offset` counts characters from its start. */
export interface ConditionProblem {
  readonly offset: number
  readonly message: string
  readonly correction?: string
}

interface Token {
  readonly text: string
  readonly offset: number
}

const TOKENS_MAX = 5_000
const DEPTH_MAX = 100

/**
 * A condition over the searches `names`. `or` binds least, then `and`, `not`, `1 of` and `all
 * of`, brackets. At most 5,000 words and 100 brackets or `not` deep. Source: Sigma 2.1.0,
 * "Condition".
 */
export function parseCondition(
  text: string,
  names: readonly string[],
): { readonly condition: Condition | null; readonly problems: readonly ConditionProblem[] } {
  const { tokens, problems } = tokenise(text)
  if (problems.length > 0) return { condition: null, problems }
  const reader = new ConditionReader(tokens, text.length, names)
  const condition = reader.read()
  return { condition: reader.problems.length > 0 ? null : condition, problems: reader.problems }
}

function tokenise(text: string): { tokens: Token[]; problems: ConditionProblem[] } {
  const tokens: Token[] = []
  const problems: ConditionProblem[] = []
  for (const match of text.matchAll(/[()|]|[^\s()|]+/g)) {
    if (match[0] === '|') {
      const message = 'aggregations after | were taken out of Sigma'
      problems.push({ offset: match.index, message, correction: 'write a correlation rule' })
      return { tokens, problems }
    }
    tokens.push({ text: match[0], offset: match.index })
  }
  if (tokens.length === 0) problems.push({ offset: 0, message: 'the condition is empty' })
  if (tokens.length > TOKENS_MAX) {
    problems.push({ offset: 0, message: `a condition has at most ${TOKENS_MAX} words` })
  }
  return { tokens, problems }
}

class ConditionReader {
  readonly problems: ConditionProblem[] = []
  readonly #tokens: readonly Token[]
  readonly #end: number
  readonly #names: readonly string[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[], end: number, names: readonly string[]) {
    this.#tokens = tokens
    this.#end = end
    this.#names = names
  }

  read(): Condition | null {
    const condition = this.#or()
    const left = this.#tokens[this.#next]
    if (left !== undefined && this.problems.length === 0) {
      const message =
        left.text === ')'
          ? 'a bracket closes that was not opened'
          : `'${left.text}' is not expected here`
      this.#problem(left.offset, message, left.text === ')' ? undefined : `and ${left.text}`)
    }
    return condition
  }

  #problem(offset: number, message: string, correction?: string): null {
    this.problems.push({ offset, message, ...(correction === undefined ? {} : { correction }) })
    return null
  }

  #word(): string | undefined {
    return this.#tokens[this.#next]?.text.toLowerCase()
  }

  #chain(kind: 'or' | 'and', part: () => Condition | null): Condition | null {
    const of: (Condition | null)[] = [part()]
    while (this.#word() === kind) {
      this.#next += 1
      of.push(part())
    }
    const whole = of.filter((condition) => condition !== null)
    if (whole.length < of.length) return null
    return whole.length === 1 ? (whole[0] as Condition) : { kind, of: whole }
  }

  #or(): Condition | null {
    return this.#chain('or', () => this.#and())
  }

  #and(): Condition | null {
    return this.#chain('and', () => this.#not())
  }

  #not(): Condition | null {
    if (this.#word() !== 'not') return this.#atom()
    const offset = this.#tokens[this.#next]?.offset ?? 0
    this.#next += 1
    const of = this.#deeper(offset, () => this.#not())
    return of === null ? null : { kind: 'not', of }
  }

  #deeper(offset: number, read: () => Condition | null): Condition | null {
    if (this.#depth >= DEPTH_MAX) {
      this.#next = this.#tokens.length
      return this.#problem(offset, `a condition is at most ${DEPTH_MAX} levels deep`)
    }
    this.#depth += 1
    const condition = read()
    this.#depth -= 1
    return condition
  }

  #atom(): Condition | null {
    const token = this.#tokens[this.#next]
    if (token === undefined) return this.#problem(this.#end, 'the condition ends too early')
    this.#next += 1
    if (token.text === '(') return this.#bracket(token)
    if (this.#word() === 'of') return this.#quantified(token)
    if (token.text === ')' || token.text === 'and' || token.text === 'or') {
      return this.#problem(token.offset, `a search is expected before '${token.text}'`)
    }
    if (!this.#names.includes(token.text)) return this.#unknown(token, token.text)
    return { kind: 'search', name: token.text }
  }

  #bracket(open: Token): Condition | null {
    const inner = this.#deeper(open.offset, () => this.#or())
    if (this.#word() === ')') this.#next += 1
    else if (this.problems.length === 0) this.#problem(open.offset, 'this bracket is not closed')
    return inner
  }

  #quantified(quantifier: Token): Condition | null {
    this.#next += 1
    const pattern = this.#tokens[this.#next]
    if (pattern === undefined) return this.#problem(this.#end, "'of' needs a pattern or 'them'")
    this.#next += 1
    const word = quantifier.text.toLowerCase()
    if (word !== '1' && word !== 'any' && word !== 'all') {
      return this.#problem(
        quantifier.offset,
        `'${quantifier.text} of' is not in Sigma`,
        '1 of, or all of',
      )
    }
    const names = this.#names.filter((name) => matches(pattern.text, name))
    if (names.length === 0) return this.#unknown(pattern, pattern.text)
    const of: Condition[] = names.map((name) => ({ kind: 'search', name }))
    if (of.length === 1) return of[0] as Condition
    return { kind: word === 'all' ? 'and' : 'or', of }
  }

  #unknown(token: Token, name: string): null {
    const near = nearMiss(name.replaceAll('*', ''), [...this.#names, 'not', 'and', 'or'])
    const message =
      name.includes('*') || name === 'them'
        ? `no search matches '${name}'`
        : `no search is called '${name}'`
    const star = name.endsWith('*') && near !== null ? `${near}*` : near
    return this.#problem(token.offset, message, star ?? `one of: ${this.#names.join(', ')}`)
  }
}

/**
 * `them` leaves out names that begin with an underscore; `*` in a pattern stands for any
 * characters.
 */
function matches(pattern: string, name: string): boolean {
  if (pattern.toLowerCase() === 'them') return !name.startsWith('_')
  const pieces = pattern.split('*')
  if (pieces.length === 1) return pattern === name
  const first = pieces[0] as string
  const last = pieces.at(-1) as string
  if (!name.startsWith(first) || name.length < first.length + last.length) return false
  if (!name.endsWith(last)) return false
  let from = first.length
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, from)
    if (found < 0) return false
    from = found + piece.length
  }
  return from <= name.length - last.length
}
