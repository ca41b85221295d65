/**
 * What a text must contain for a regular expression to match it: each clause is a list of
 * lower-case ASCII texts of which one at least occurs in the lower-case text. All clauses hold
 * for every match; an expression of which nothing is known has none. After Google Code Search's
 * trigram queries (Cox, "Regular Expression Matching with a Trigram Index", 2012).
 */
export function requiredLiterals(source: string): readonly (readonly string[])[] {
  const parser = new Parser(source)
  const found = parser.alternatives(0)
  if (found === null || !parser.atEnd) return []
  return clausesOf(found).slice(0, CLAUSES_MAX)
}

/** How often a text is seen in ordinary fields, roughly: what a clause costs by letting through. */
export function commonness(texts: readonly string[]): number {
  let sum = 0
  for (const text of texts) {
    let product = 4
    for (const c of text) product *= /[a-z0-9/.\-_=&+% ]/.test(c) ? 0.1 : 0.01
    sum += product
  }
  return sum
}

const CLAUSES_MAX = 3
const EXACT_MAX = 48
const CLASS_MAX = 16
const COPIES_MAX = 2
const DEPTH_MAX = 100
/** A clause that lets nearly everything through is not worth asking. */
const COMMON_MAX = 0.8

/** `exact` are all texts the part can be, where they are few; `clauses` what it must contain. */
interface Known {
  readonly exact: readonly string[] | null
  readonly clauses: readonly (readonly string[])[]
}

const ANYTHING: Known = { exact: null, clauses: [] }
const NOTHING: Known = { exact: [''], clauses: [] }

function clausesOf(known: Known): readonly (readonly string[])[] {
  const all = known.exact === null ? known.clauses : [...known.clauses, shortest(known.exact)]
  return all
    .filter((texts) => texts.length > 0 && !texts.includes('') && commonness(texts) < COMMON_MAX)
    .sort((a, b) => commonness(a) - commonness(b))
}

/** Without the texts that contain another one. */
function shortest(texts: readonly string[]): string[] {
  const distinct = [...new Set(texts)]
  return distinct.filter((text) => !distinct.some((part) => part !== text && text.includes(part)))
}

function concat(left: Known, right: Known): Known {
  if (left.exact !== null && right.exact !== null) {
    const { exact } = left
    const tails = right.exact
    if (exact.length * tails.length <= EXACT_MAX)
      return {
        exact: [...new Set(exact.flatMap((head) => tails.map((tail) => head + tail)))],
        clauses: [...left.clauses, ...right.clauses],
      }
    return { exact: tails, clauses: [...left.clauses, ...right.clauses, shortest(exact)] }
  }
  const ended = left.exact === null ? left.clauses : [...left.clauses, shortest(left.exact)]
  return { exact: right.exact, clauses: [...ended, ...right.clauses] }
}

/** After something unknown a new exact text may begin, but what came before is closed. */
function closed(known: Known): Known {
  return known.exact === null
    ? known
    : { exact: null, clauses: [...known.clauses, shortest(known.exact)] }
}

function either(parts: readonly Known[]): Known {
  const only = parts[0]
  if (parts.length === 1 && only !== undefined) return only
  const exact = parts.flatMap((part) => (part.exact === null ? [] : part.exact))
  const plain = parts.every((part) => part.exact !== null && part.clauses.length === 0)
  if (plain && exact.length <= EXACT_MAX) return { exact: [...new Set(exact)], clauses: [] }
  const best = parts.map((part) => clausesOf(part)[0])
  if (best.includes(undefined)) return ANYTHING
  return { exact: null, clauses: [shortest(best.flatMap((texts) => texts ?? []))] }
}

function repeated(known: Known, min: number, max: number): Known {
  if (min === 0 && max === 1 && known.exact !== null && known.clauses.length === 0)
    return { exact: [...new Set(['', ...known.exact])], clauses: [] }
  if (min === 0) return ANYTHING
  let copies = known
  for (let i = 1; i < Math.min(min, COPIES_MAX); i += 1) copies = concat(copies, known)
  return max === min && min <= COPIES_MAX ? copies : closed(copies)
}

/** Reads RE2's syntax; null wherever there is something it does not know for certain. */
class Parser {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  get atEnd(): boolean {
    return this.#at >= this.#source.length
  }

  alternatives(depth: number): Known | null {
    if (depth > DEPTH_MAX) return null
    const parts: Known[] = []
    do {
      const part = this.#sequence(depth)
      if (part === null) return null
      parts.push(part)
    } while (this.#take('|'))
    return either(parts)
  }

  #sequence(depth: number): Known | null {
    let known = NOTHING
    while (!this.atEnd && !this.#sees('|') && !this.#sees(')')) {
      const atom = this.#atom(depth)
      const part = atom === null ? null : this.#repetition(atom)
      if (part === null) return null
      known = concat(known, part)
    }
    return known
  }

  #atom(depth: number): Known | null {
    const c = this.#next()
    if (c === '(') return this.#group(depth)
    if (c === '[') return this.#class()
    if (c === '\\') return this.#escape()
    if (c === '^' || c === '$') return NOTHING
    if (c === '.') return ANYTHING
    if ('*+?{'.includes(c)) return null
    return literal(c)
  }

  #group(depth: number): Known | null {
    if (this.#take('?')) {
      const rest = this.#source.slice(this.#at)
      const named = /^P?<[A-Za-z_]\w*>/.exec(rest)
      const flags = /^[imsU-]*([:)])/.exec(rest)
      const head = named ?? flags
      if (head === null) return null
      this.#at += head[0].length
      if (flags?.[1] === ')') return NOTHING
    }
    const inner = this.alternatives(depth + 1)
    return this.#take(')') ? inner : null
  }

  #repetition(atom: Known): Known | null {
    const c = this.#source[this.#at]
    const counted = /^\{(\d{1,4})(,?)(\d{0,4})\}/.exec(this.#source.slice(this.#at, this.#at + 12))
    let known: Known
    if (c === '*') known = ANYTHING
    else if (c === '+') known = repeated(atom, 1, Infinity)
    else if (c === '?') known = repeated(atom, 0, 1)
    else if (c === '{' && counted !== null) {
      const min = Number(counted[1])
      const most = counted[3] === '' ? Infinity : Number(counted[3])
      known = repeated(atom, min, counted[2] === '' ? min : most)
      if (counted[2] === '' && min === 0) known = NOTHING
    } else return c === '{' ? null : atom
    this.#at += c === '{' ? (counted?.[0].length ?? 0) : 1
    this.#take('?')
    return '*+?{'.includes(this.#source[this.#at] ?? ' ') ? null : known
  }

  #escape(): Known | null {
    const c = this.#next()
    if ('dDwWsSv'.includes(c)) return c === 'd' ? DIGIT : ANYTHING
    if ('bBAz'.includes(c)) return NOTHING
    const plain = { n: '\n', t: '\t', r: '\r', f: '\f' }[c]
    if (plain !== undefined) return literal(plain)
    return /[A-Za-z0-9]/.test(c) || c === '' ? null : literal(c)
  }

  /** A class of few plain characters and ranges; any other stands for any character. */
  #class(): Known | null {
    const from = this.#source.slice(this.#at)
    const body = /^\^?\]?(?:\[:[^\]]*:\]|\\.|[^\]\\])*\]/s.exec(from)
    if (body === null) return null
    this.#at += body[0].length
    const inside = body[0].slice(0, -1)
    if (inside.startsWith('^') || /\[:|\\[A-Za-z0-9]|[^ -~]/.test(inside)) return ANYTHING
    const chars: string[] = []
    for (const item of inside.matchAll(/\\?([ -~])(?:-\\?([ -~]))?/g)) {
      const low = (item[1] as string).charCodeAt(0)
      const high = (item[2] ?? (item[1] as string)).charCodeAt(0)
      for (let code = low; code <= high; code += 1) chars.push(String.fromCharCode(code))
    }
    if (chars.length === 0 || chars.length > CLASS_MAX) return ANYTHING
    return { exact: [...new Set(chars.map((c) => c.toLowerCase()))], clauses: [] }
  }

  #sees(c: string): boolean {
    return this.#source[this.#at] === c
  }

  #take(c: string): boolean {
    const there = this.#sees(c)
    if (there) this.#at += 1
    return there
  }

  #next(): string {
    const c = this.#source[this.#at] ?? ''
    this.#at += 1
    return c
  }
}

const DIGIT: Known = { exact: [...'0123456789'], clauses: [] }

function literal(c: string): Known {
  return c >= '\u0080' ? ANYTHING : { exact: [c.toLowerCase()], clauses: [] }
}
