import { tokenize, type Mistake, type Token } from './expression-lex.ts'

/** An expression as it was written; `at` is its offset in the text. */
export type Written = { readonly at: number } & (
  | { readonly kind: 'int'; readonly value: number }
  | { readonly kind: 'name'; readonly name: string; readonly index: Written | null }
  | { readonly kind: 'not'; readonly body: Written }
  | {
      readonly kind: 'and' | 'or' | 'implies'
      readonly left: Written
      readonly right: Written
    }
  | {
      readonly kind: 'compare'
      readonly operator: '=' | '!=' | '<' | '<=' | '>' | '>='
      readonly left: Written
      readonly right: Written
    }
  | {
      readonly kind: 'sum'
      readonly sign: 1 | -1
      readonly left: Written
      readonly right: Written
    }
  | { readonly kind: 'is'; readonly of: Written; readonly role: string; readonly roleAt: number }
  | {
      readonly kind: 'every' | 'some' | 'no' | 'count'
      readonly sort: string
      readonly sortAt: number
      readonly name: string
      readonly body: Written
    }
)

const DEPTH_MAX = 40
const LENGTH_MAX = 2_000
const QUANTIFIERS = ['every', 'some', 'no', 'count'] as const
const COMPARISONS = ['=', '!=', '<', '<=', '>', '>='] as const
/** Words with a meaning of their own: nothing else may be called so. */
export const RESERVED: readonly string[] = [
  ...QUANTIFIERS,
  ...['and', 'or', 'not', 'implies', 'is', 'has', 'true', 'false', 'none', 'actor'],
]

/**
 * Reads an expression: `every NAME x has …`, `some`, `no`, `count NAME x has …`; `implies` (to the
 * right) binds loosest, then `or`, `and`, `not`, comparisons and `is ROLE`, `+` and `-`. Refuses
 * more than 2,000 characters and 40 levels.
 */
export function parseExpression(text: string): {
  written: Written | null
  mistakes: readonly Mistake[]
} {
  if (text.length > LENGTH_MAX)
    return {
      written: null,
      mistakes: [{ at: 0, message: `longer than ${LENGTH_MAX} characters` }],
    }
  const { tokens, mistakes } = tokenize(text)
  const parser = new Parser(tokens)
  const read = parser.whole()
  if ('message' in read) return { written: null, mistakes: [...mistakes, read] }
  return { written: mistakes.length > 0 ? null : read, mistakes }
}

class Stop extends Error {
  readonly mistake: Mistake
  constructor(mistake: Mistake) {
    super(mistake.message)
    this.mistake = mistake
  }
}

class Parser {
  readonly #tokens: readonly Token[]
  #index = 0
  #depth = 0

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens
  }

  whole(): Written | Mistake {
    try {
      const read = this.#expression()
      const left = this.#peek()
      if (left.kind === 'end') return read
      throw this.#stop(left, `\`${left.text}\` does not fit here`)
    } catch (error) {
      if (error instanceof Stop) return error.mistake
      throw error
    }
  }

  #peek(): Token {
    return this.#tokens[this.#index] as Token
  }
  #next(): Token {
    const token = this.#peek()
    if (token.kind !== 'end') this.#index++
    return token
  }
  #try(...texts: readonly string[]): Token | null {
    return texts.includes(this.#peek().text) && this.#peek().kind !== 'end' ? this.#next() : null
  }
  #take(text: string): void {
    const token = this.#peek()
    if (this.#try(text) === null)
      throw this.#stop(token, `expected \`${text}\` but saw \`${token.text}\``, text)
  }
  #name(what: string): Token {
    const token = this.#next()
    if (token.kind === 'name' && !RESERVED.includes(token.text)) return token
    throw this.#stop(token, `expected ${what} but saw \`${token.text}\``)
  }
  #stop(token: Token, message: string, correction?: string): Stop {
    return new Stop({
      at: token.at,
      message,
      ...(correction === undefined ? {} : { correction }),
    })
  }

  #expression(): Written {
    if (++this.#depth > DEPTH_MAX)
      throw this.#stop(this.#peek(), `nested deeper than ${DEPTH_MAX} levels`)
    const left = this.#or()
    const arrow = this.#try('implies')
    const read: Written =
      arrow === null ? left : { kind: 'implies', at: left.at, left, right: this.#expression() }
    this.#depth--
    return read
  }
  #or(): Written {
    let left = this.#and()
    while (this.#try('or') !== null) left = { kind: 'or', at: left.at, left, right: this.#and() }
    return left
  }
  #and(): Written {
    let left = this.#not()
    while (this.#try('and') !== null) left = { kind: 'and', at: left.at, left, right: this.#not() }
    return left
  }
  #not(): Written {
    let count = 0
    const first = this.#peek()
    while (this.#try('not') !== null) count++
    const body = this.#comparison()
    return count % 2 === 0 ? body : { kind: 'not', at: first.at, body }
  }
  #comparison(): Written {
    const left = this.#sum()
    if (this.#try('is') !== null) {
      const role = this.#name('a role')
      return { kind: 'is', at: left.at, of: left, role: role.text, roleAt: role.at }
    }
    const operator = COMPARISONS.find((one) => this.#try(one) !== null)
    if (operator === undefined) return left
    const right = this.#sum()
    const again = this.#peek()
    if (COMPARISONS.some((one) => one === again.text))
      throw this.#stop(again, 'comparisons do not chain', 'and')
    return { kind: 'compare', at: left.at, operator, left, right }
  }
  #sum(): Written {
    let left = this.#primary()
    for (;;) {
      const sign = this.#try('+', '-')
      if (sign === null) return left
      const right = this.#primary()
      left = { kind: 'sum', at: left.at, sign: sign.text === '+' ? 1 : -1, left, right }
    }
  }
  #primary(): Written {
    const token = this.#peek()
    const quantifier = QUANTIFIERS.find((one) => one === token.text)
    if (quantifier !== undefined) return this.#quantified(quantifier)
    this.#next()
    if (token.kind === 'int') return this.#int(token)
    if (token.text === '(') {
      const inner = this.#expression()
      this.#take(')')
      return inner
    }
    if (token.kind !== 'name' || ['and', 'or', 'implies', 'is', 'has'].includes(token.text))
      throw this.#stop(token, `expected a value but saw \`${token.text}\``)
    if (this.#try('[') === null)
      return { kind: 'name', at: token.at, name: token.text, index: null }
    const index = this.#sum()
    this.#take(']')
    return { kind: 'name', at: token.at, name: token.text, index }
  }
  #int(token: Token): Written {
    const value = Number(token.text)
    if (value > 1_000_000) throw this.#stop(token, 'numbers go up to 1000000')
    return { kind: 'int', at: token.at, value }
  }
  #quantified(kind: (typeof QUANTIFIERS)[number]): Written {
    const { at } = this.#next()
    const sort = this.#next()
    if (sort.kind !== 'name') throw this.#stop(sort, 'expected a kind of thing, a role or `actor`')
    const { text: name } = this.#name('a name for it')
    this.#take('has')
    const body = kind === 'count' ? this.#comparisonFree() : this.#expression()
    return { kind, at, sort: sort.text, sortAt: sort.at, name, body }
  }
  /** `count order o has paid[o] > 1` would be read in two ways: brackets say which is meant. */
  #comparisonFree(): Written {
    return this.#primary()
  }
}
