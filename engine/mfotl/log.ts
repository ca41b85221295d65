import { clipped } from '../clipped.ts'
import type { Predicate, Signature, Value, ValueType } from './ast.ts'
import type { Fact, Verdict } from './monitor.ts'

/** One time-point of a log file. `line` is where its `@` stands, from 1. */
export interface LogTimePoint {
  readonly timestamp: number
  readonly facts: readonly Fact[]
  readonly line: number
}

/** A part of the log that was left out, and why. */
export interface LogProblem {
  readonly line: number
  readonly message: string
}

/**
 * Reads MonPoly's log format line by line: `@timestamp name(arg, …)(arg, …) name(…) …`, where a
 * time-point may go on over several lines, and a name's tuples on the lines below it; it ends at
 * the next `@` or at `;`. `#` begins a comment. A tuple stands on one line. One that does not fit
 * the signature, a broken line or a whole number beyond 2^53 - 1 is named and left out, never
 * guessed; a predicate the signature does not have is named once. With `only`, events of other
 * predicates are checked but not handed over.
 */
export class LogReader {
  readonly #problem: (problem: LogProblem) => void
  readonly #unknown = new Set<string>()
  /** Predicates by the first letter of their name, so that names are compared in place. */
  readonly #byLetter = new Map<number, Known[]>()
  #open: { timestamp: number; facts: Fact[]; line: number } | null = null
  /** The name last read, whose tuples may go on; `bare` while none has come. */
  #named: { predicate: Known | undefined; line: number; bare: boolean } | null = null
  #line = 0

  constructor(
    signature: Signature,
    onProblem: (problem: LogProblem) => void,
    only: ReadonlySet<string> | null = null,
  ) {
    this.#problem = onProblem
    for (const { name, types } of signature.values()) {
      const letter = name.charCodeAt(0)
      const list = this.#byLetter.get(letter) ?? []
      list.push({ name, types, wanted: only === null || only.has(name) })
      this.#byLetter.set(letter, list)
    }
  }

  /** Takes the next line and hands over each time-point that it completes. */
  read(line: string, take: (point: LogTimePoint) => void): void {
    this.#line++
    let offset = this.#line === 1 && line.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0
    const { length } = line
    while (offset < length) {
      const code = line.charCodeAt(offset)
      if (isBlank(code) || code === RETURN) {
        offset++
        continue
      }
      if (code === HASH) return
      if (code === AT) {
        this.end(take)
        offset = this.#timestamp(line, offset + 1)
      } else if (code === SEMICOLON) {
        this.end(take)
        offset++
      } else {
        const next =
          code === OPEN && this.#named !== null
            ? this.#tuples(line, offset)
            : this.#predicate(line, offset)
        if (next < 0) {
          this.#named = null
          this.#report(`cannot read \`${line.slice(offset, offset + 40)}\``)
          return
        }
        offset = next
      }
    }
  }

  /** Hands over the time-point that is still open at the end of the log. */
  end(take: (point: LogTimePoint) => void): void {
    this.#finishName()
    const open = this.#open
    this.#open = null
    if (open) take(open)
  }

  #report(message: string, line = this.#line): void {
    this.#problem({ line, message })
  }

  /** A name alone is an event without fields; whether it stands alone, what follows has shown. */
  #finishName(): void {
    const named = this.#named
    this.#named = null
    if (named?.bare !== true || !named.predicate) return
    const { predicate } = named
    this.#add(predicate, predicate.wanted ? [] : null, 0, null, named.line)
  }

  #timestamp(line: string, start: number): number {
    const offset = endOfWord(line, start)
    const value = wholeNumber(line, start, offset)
    if (!Number.isNaN(value)) {
      this.#open = { timestamp: value, facts: [], line: this.#line }
      return offset
    }
    this.#report(
      `\`@${clipped(line.slice(start, offset))}\` is no timestamp: whole seconds up to 2^53 - 1`,
    )
    const next = line.indexOf('@', offset)
    return next < 0 ? line.length : next
  }

  /** Reads a name with its tuples; -1 where the line cannot be read from here. */
  #predicate(line: string, start: number): number {
    this.#finishName()
    const predicate = this.#lookup(line, start)
    const end = predicate ? start + predicate.name.length : endOfWord(line, start)
    if (end === start) return -1
    if (!predicate) this.#reportUnknown(line.slice(start, end))
    this.#named = { predicate, line: this.#line, bare: true }
    return this.#tuples(line, end)
  }

  /** Reads tuples of the name last read. */
  #tuples(line: string, start: number): number {
    const named = this.#named
    for (let offset = start; ;) {
      offset = skipBlanks(line, offset)
      if (named === null || line.charCodeAt(offset) !== OPEN) return offset
      named.bare = false
      offset = this.#tuple(line, offset + 1, named.predicate)
      if (offset < 0) return -1
    }
  }

  #lookup(line: string, start: number): Known | undefined {
    const list = this.#byLetter.get(line.charCodeAt(start))
    if (list === undefined) return undefined
    for (let i = 0; i < list.length; i++) {
      const known = list[i] as Known
      if (!line.startsWith(known.name, start)) continue
      const end = start + known.name.length
      if (end >= line.length || isDelimiter(line.charCodeAt(end))) return known
    }
    return undefined
  }

  #reportUnknown(word: string): void {
    const name = clipped(word)
    if (this.#unknown.has(name) || this.#unknown.size > UNKNOWN_MAX) return
    this.#unknown.add(name)
    if (this.#unknown.size > UNKNOWN_MAX)
      this.#report(`more than ${UNKNOWN_MAX} unknown names; no more of them are told`)
    else this.#report(`the signature has no predicate \`${name}\`; its events are left out`)
  }

  /** Reads `a, "b c", 3)` and keeps it where it fits; the offset behind the `)`, or -1. */
  #tuple(line: string, start: number, predicate: Known | undefined): number {
    const types = predicate?.types ?? NO_TYPES
    const args: Value[] | null = predicate?.wanted === true ? [] : null
    let count = 0
    let misfit: string | null = null
    let offset = skipBlanks(line, start)
    if (line.charCodeAt(offset) === CLOSE) {
      if (predicate) this.#add(predicate, args, 0, null)
      return offset + 1
    }
    for (;;) {
      const quoted = line.charCodeAt(offset) === QUOTE
      const from = quoted ? offset + 1 : offset
      const to = quoted ? line.indexOf('"', from) : endOfField(line, from)
      if (to < 0 || (to === from && !quoted)) return -1
      const type = types[count++] ?? 'string'
      const value =
        type === 'int'
          ? wholeNumber(line, from, to)
          : type === 'float'
            ? float(line.slice(from, to))
            : args === null
              ? ''
              : line.slice(from, to)
      if (value !== value)
        misfit ??= `field ${count}, \`${clipped(line.slice(from, to))}\`, is no ${type}`
      if (args !== null) args.push(value)
      offset = skipBlanks(line, quoted ? to + 1 : to)
      const end = line.charCodeAt(offset)
      if (end === CLOSE) break
      if (end !== COMMA) return -1
      offset = skipBlanks(line, offset + 1)
    }
    if (predicate) this.#add(predicate, args, count, misfit)
    return offset + 1
  }

  #add(
    predicate: Known,
    args: Value[] | null,
    count: number,
    misfit: string | null,
    line = this.#line,
  ): void {
    const { name, types } = predicate
    if (this.#open === null) this.#report(`\`${name}\` stands before the first \`@\``, line)
    else if (count !== types.length) {
      this.#report(`\`${name}\` takes ${types.length} fields, not ${count}`, line)
    } else if (misfit !== null) this.#report(`\`${name}\`: ${misfit}`)
    else if (args !== null) this.#open.facts.push({ name, args })
  }
}

interface Known extends Predicate {
  readonly wanted: boolean
}

const NO_TYPES: readonly ValueType[] = []
/** Names that the signature does not have are remembered up to here, so that each is told once. */
const UNKNOWN_MAX = 1_000
const BYTE_ORDER_MARK = 0xfeff
const TAB = 9
const RETURN = 13
const SPACE = 32
const QUOTE = 34
const HASH = 35
const OPEN = 40
const CLOSE = 41
const COMMA = 44
const MINUS = 45
const ZERO = 48
const SEMICOLON = 59
const AT = 64

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}

function skipBlanks(line: string, start: number): number {
  let offset = start
  while (isBlank(line.charCodeAt(offset))) offset++
  return offset
}

/** The end of a name or number: before a blank, `(`, `@`, `;` or the end of the line. */
function endOfWord(line: string, start: number): number {
  let offset = start
  while (offset < line.length && !isDelimiter(line.charCodeAt(offset))) offset++
  return offset
}

function isDelimiter(c: number): boolean {
  return isBlank(c) || c === RETURN || c === OPEN || c === AT || c === SEMICOLON
}

/** The end of an unquoted field, or -1 where the line ends before it. */
function endOfField(line: string, start: number): number {
  for (let offset = start; offset < line.length; offset++) {
    const c = line.charCodeAt(offset)
    if (c === COMMA || c === CLOSE || isBlank(c)) return offset
    if (c === OPEN || c === QUOTE) return -1
  }
  return -1
}

/** A whole number that is exact, or NaN. */
function wholeNumber(line: string, from: number, to: number): number {
  const negative = line.charCodeAt(from) === MINUS
  const first = negative ? from + 1 : from
  if (to === first || to - first > 16) return NaN
  let value = 0
  for (let offset = first; offset < to; offset++) {
    const digit = line.charCodeAt(offset) - ZERO
    if (digit < 0 || digit > 9) return NaN
    value = value * 10 + digit
  }
  if (value > Number.MAX_SAFE_INTEGER) return NaN
  return negative && value !== 0 ? -value : value
}

const FLOAT = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

function float(text: string): number {
  return FLOAT.test(text) ? Number(text) : NaN
}

/**
 * `@timestamp (time point index): (a,"b") (c,"d")`, or `true` where the formula has no free
 * variables.
 */
export function formatVerdict(verdict: Verdict, types: readonly ValueType[]): string {
  const head = `@${verdict.timestamp} (time point ${verdict.timePoint}): `
  if (types.length === 0) return `${head}true`
  const tuples = verdict.tuples.map(
    (t) => `(${t.map((v, i) => formatValue(v, types[i] ?? 'string')).join(',')})`,
  )
  return head + tuples.join(' ')
}

function formatValue(value: Value, type: ValueType): string {
  if (typeof value === 'string') return `"${value}"`
  return type === 'float' ? formatFloat(value) : String(value)
}

/** As C's `%g`: six significant digits. */
export function formatFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'
  if (value === 0) return '0'
  const [mantissa = '0', power = '0'] = value.toExponential(5).split('e')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < 6) return trim(value.toFixed(Math.max(0, 5 - exponent)))
  const digits = String(Math.abs(exponent)).padStart(2, '0')
  return `${trim(mantissa)}e${exponent < 0 ? '-' : '+'}${digits}`
}

function trim(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
