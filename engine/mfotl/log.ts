import type { Signature, Value, ValueType } from './ast.ts'
import type { Fact, Verdict } from './monitor.ts'

/** One time-point of a log file. `line` is where its `@` stands, from 1. */
export interface LogTimePoint {
  readonly timestamp: number
  readonly facts: readonly Fact[]
  readonly line: number
}

/** A part of the log that was left out, and why. */
export interface LogProblem { readonly line: number; readonly message: string }

/**
 * Reads MonPoly's log format line by line: `@timestamp name(arg, …)(arg, …) name(…) …`, where a time-point
 * may go on over several lines and ends at the next `@` or at `;`. `#` begins a comment. A tuple that does
 * not fit the signature, a broken line or a whole number beyond 2^53 - 1 is named and left out, never
 * guessed; a predicate the signature does not have is named once.
 */
export class LogReader {
  readonly #signature: Signature
  readonly #problem: (problem: LogProblem) => void
  readonly #unknown = new Set<string>()
  #open: { timestamp: number; facts: Fact[]; line: number } | null = null
  #line = 0

  constructor(signature: Signature, onProblem: (problem: LogProblem) => void) {
    this.#signature = signature
    this.#problem = onProblem
  }

  /** Takes the next line and hands over each time-point that it completes. */
  read(line: string, take: (point: LogTimePoint) => void): void {
    this.#line++
    let offset = 0
    const { length } = line
    while (offset < length) {
      const code = line.charCodeAt(offset)
      if (code === 32 || code === 9 || code === 13) { offset++; continue }
      if (code === 35) return
      if (code === 64) {
        this.end(take)
        offset = this.#timestamp(line, offset + 1)
      } else if (code === 59) {
        this.end(take)
        offset++
      } else {
        const next = this.#predicate(line, offset)
        if (next < 0) { this.#report(`cannot read \`${line.slice(offset, offset + 40)}\``); return }
        offset = next
      }
    }
  }

  /** Hands over the time-point that is still open at the end of the log. */
  end(take: (point: LogTimePoint) => void): void {
    const open = this.#open
    this.#open = null
    if (open) take(open)
  }

  #report(message: string): void { this.#problem({ line: this.#line, message }) }

  #timestamp(line: string, start: number): number {
    let offset = start
    while (offset < line.length && !' \t\r;@'.includes(line[offset] ?? ' ')) offset++
    const text = line.slice(start, offset)
    const value = Number(text)
    if (text !== '' && Number.isSafeInteger(value)) {
      this.#open = { timestamp: value, facts: [], line: this.#line }
      return offset
    }
    this.#report(`\`@${text}\` is no timestamp: whole seconds up to 2^53 - 1`)
    const next = line.indexOf('@', offset)
    return next < 0 ? line.length : next
  }

  /** Reads a name with its tuples; -1 where the line cannot be read from here. */
  #predicate(line: string, start: number): number {
    let offset = start
    while (offset < line.length && !' \t\r(@;'.includes(line[offset] ?? ' ')) offset++
    if (offset === start) return -1
    const name = line.slice(start, offset)
    const types = this.#signature.get(name)?.types
    if (!types && !this.#unknown.has(name)) {
      this.#unknown.add(name)
      this.#report(`the signature has no predicate \`${name}\`; its events are left out`)
    }
    let any = false
    for (;;) {
      while (line.charCodeAt(offset) === 32 || line.charCodeAt(offset) === 9) offset++
      if (line.charCodeAt(offset) !== 40) break
      any = true
      const fields: Field[] = []
      offset = readFields(line, offset + 1, fields)
      if (offset < 0) return -1
      if (types) this.#add(name, fields, types)
    }
    if (!any && types) this.#add(name, [], types)
    return offset
  }

  #add(name: string, fields: readonly Field[], types: readonly ValueType[]): void {
    const open = this.#open
    if (open === null) return this.#report(`\`${name}\` stands before the first \`@\``)
    if (fields.length !== types.length) {
      return this.#report(`\`${name}\` takes ${types.length} fields, not ${fields.length}`)
    }
    const args = new Array<Value>(types.length)
    for (let i = 0; i < types.length; i++) {
      const value = convert(fields[i] as Field, types[i] as ValueType)
      if (value === null) {
        return this.#report(`field ${i + 1} of \`${name}\` is no ${types[i] ?? ''}: ${fields[i]?.text ?? ''}`)
      }
      args[i] = value
    }
    open.facts.push({ name, args })
  }
}

interface Field { readonly text: string; readonly quoted: boolean }

/** Reads `a, "b c", 3)`; the offset behind the `)`, or -1. */
function readFields(line: string, start: number, fields: Field[]): number {
  let offset = start
  for (;;) {
    while (line.charCodeAt(offset) === 32) offset++
    const code = line.charCodeAt(offset)
    if (code === 41 && fields.length === 0) return offset + 1
    if (code === 34) {
      const close = line.indexOf('"', offset + 1)
      if (close < 0) return -1
      fields.push({ text: line.slice(offset + 1, close), quoted: true })
      offset = close + 1
    } else {
      const from = offset
      let c = code
      while (c !== 44 && c !== 41 && c !== 32) {
        if (Number.isNaN(c) || c === 40 || c === 34) return -1
        c = line.charCodeAt(++offset)
      }
      if (offset === from) return -1
      fields.push({ text: line.slice(from, offset), quoted: false })
    }
    while (line.charCodeAt(offset) === 32) offset++
    const end = line.charCodeAt(offset++)
    if (end === 41) return offset
    if (end !== 44) return -1
  }
}

const INTEGER = /^-?\d+$/
const FLOAT = /^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/

function convert(field: Field, type: ValueType): Value | null {
  if (type === 'string') return field.text
  if (!(type === 'int' ? INTEGER : FLOAT).test(field.text)) return null
  const value = Number(field.text)
  return type === 'float' || Number.isSafeInteger(value) ? value : null
}

/** `@timestamp (time point index): (a,"b") (c,"d")`, or `true` where the formula has no free variables. */
export function formatVerdict(verdict: Verdict, types: readonly ValueType[]): string {
  const head = `@${verdict.timestamp} (time point ${verdict.timePoint}): `
  if (types.length === 0) return `${head}true`
  const tuples = verdict.tuples.map((t) => `(${t.map((v, i) => formatValue(v, types[i] ?? 'string')).join(',')})`)
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
