export interface Token {
  readonly kind: 'name' | 'int' | 'symbol' | 'end'
  readonly text: string
  /** Offset in the text, from 0. */
  readonly at: number
}

/** A mistake of an expression, by its offset. */
export interface Mistake {
  readonly at: number
  readonly message: string
  readonly correction?: string
}

const NAME = /[A-Za-z][A-Za-z0-9-]*/y
const INT = /\d+/y
const SYMBOL = /!=|<=|>=|[=<>+\-()[\]]/y
const SPACE = /\s+/y
/** What people write who know other languages. */
const FOREIGN: readonly (readonly [RegExp, string])[] = [
  [/==/y, '='],
  [/&&/y, 'and'],
  [/\|\|/y, 'or'],
  [/=>|->/y, 'implies'],
  [/!/y, 'not'],
]

/**
 * Splits an expression. A name may hold hyphens (`hand-over`), so a subtraction needs blanks around
 * its sign.
 */
export function tokenize(text: string): { tokens: Token[]; mistakes: Mistake[] } {
  const tokens: Token[] = []
  const mistakes: Mistake[] = []
  let at = 0
  const take = (pattern: RegExp): string | null => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0] ?? null
  }
  while (at < text.length) {
    const blank = take(SPACE)
    if (blank !== null) {
      at += blank.length
      continue
    }
    const foreign = take(SYMBOL) === '!=' ? undefined : FOREIGN.find(([p]) => take(p) !== null)
    if (foreign !== undefined) {
      const found = take(foreign[0]) ?? ''
      const message = `\`${found}\` is not written here`
      mistakes.push({ at, message, correction: foreign[1] })
      const kind = /[a-z]/.test(foreign[1]) ? 'name' : 'symbol'
      tokens.push({ kind, text: foreign[1], at })
      at += found.length
      continue
    }
    const token = next(take, at)
    if (token === null) {
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
      mistakes.push({ at, message: `\`${character}\` has no meaning in an expression` })
      at += character.length
      continue
    }
    tokens.push(token)
    at += token.text.length
  }
  tokens.push({ kind: 'end', text: 'the end', at: text.length })
  return { tokens, mistakes }
}

function next(take: (pattern: RegExp) => string | null, at: number): Token | null {
  const name = take(NAME)
  if (name !== null) return { kind: 'name', text: name, at }
  const int = take(INT)
  if (int !== null) return { kind: 'int', text: int, at }
  const symbol = take(SYMBOL)
  return symbol === null ? null : { kind: 'symbol', text: symbol, at }
}
