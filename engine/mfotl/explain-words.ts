import { compileTerm } from './term.ts'
import { termSlots, type CoreTerm, type Slot } from './core.ts'
import type { Signature, Value } from './ast.ts'
import type { Absent, Literal } from './literal.ts'
import type { Fact } from './monitor.ts'
import type { Entry } from './timeline.ts'

/**
 * Plain words for predicates: `{field}` stands for a field of the signature. In `missing`, a field
 * that nobody filled reads `nobody`, or `nobody but ann`.
 */
export type Words = Readonly<
  Record<string, { readonly happened?: string | undefined; readonly missing?: string | undefined }>
>

/** What the tests of a formula say of an unknown column: it would not be 5, or would be above 5. */
export interface Limit {
  readonly column: number
  readonly relation: 'is not' | 'is' | 'below' | 'at most' | 'above' | 'at least'
  readonly value: Value
}

/** The tests that compare one unknown column with something known; others are left out. */
export function limitsOf(absent: Absent): Limit[] {
  return absent.where.flatMap((test) => {
    const negative = test.kind === 'not'
    const literal = (negative ? test.body : test) as Literal
    if (literal.kind !== 'comparison') return []
    const { left, right, operator } = literal
    for (const [mine, other, turned] of [
      [left, right, false],
      [right, left, true],
    ] as const) {
      const column = columnOf(absent, mine)
      if (column < 0 || termSlots(other).some((s) => absent.env[s] === undefined)) continue
      const value = compileTerm(other, absent.env as Value[])()
      return [{ column, relation: relationOf(operator, turned, negative), value }]
    }
    return []
  })
}

function columnOf(absent: Absent, term: CoreTerm): number {
  const slot: Slot | null = term.kind === 'slot' ? term.slot : null
  return slot === null ? -1 : absent.columns.findIndex((c) => c.slot === slot)
}

function relationOf(operator: '=' | '<' | '<=', turned: boolean, not: boolean): Limit['relation'] {
  if (operator === '=') return not ? 'is not' : 'is'
  const strict = operator === '<'
  if (turned === not) return strict === !not ? 'below' : 'at most'
  return strict === !not ? 'above' : 'at least'
}

export function happenedText(fact: Fact, signature: Signature, words: Words): string {
  const fields = signature.get(fact.name)?.fields ?? []
  const template = words[fact.name]?.happened
  if (template === undefined) return genericText(fact.name, fact.args, fields)
  return template.replace(/\{(\w+)\}/g, (_, field: string) =>
    shown(fact.args[fields.indexOf(field)] ?? ''),
  )
}

function genericText(
  name: string,
  args: readonly (Value | null)[],
  fields: readonly string[],
): string {
  const parts = args.flatMap((a, i) => {
    if (a === null) return []
    const field = fields[i] ?? ''
    return [field === '' ? shown(a) : `${field} ${shown(a)}`]
  })
  return parts.length === 0 ? name : `${name} (${parts.join(', ')})`
}

const LIMIT_WORDS: Readonly<Record<Limit['relation'], string>> = {
  'is not': 'other than',
  is: '',
  below: 'below',
  'at most': 'of at most',
  above: 'above',
  'at least': 'of at least',
}

export function missingText(
  absent: Absent,
  limits: readonly Limit[],
  signature: Signature,
  words: Words,
): string {
  const fields = signature.get(absent.name)?.fields ?? []
  const template = words[absent.name]?.missing
  const limitsAt = (column: number): string =>
    limits
      .filter((l) => l.column === column)
      .map((l) => `${LIMIT_WORDS[l.relation]} ${shown(l.value)}`.trim())
      .join(' and ')
  if (template !== undefined) {
    return template.replace(/\{(\w+)\}/g, (_, field: string) => {
      const column = fields.indexOf(field)
      const value = absent.columns[column]?.value ?? null
      if (value !== null) return shown(value)
      const rule = limitsAt(column)
      const but = rule.startsWith('other than ') ? `nobody but ${rule.slice(11)}` : 'nobody'
      return absent.others && but === 'nobody' ? 'nobody else' : but
    })
  }
  const parts = absent.columns.flatMap(({ value }, i) => {
    const rule = value === null ? limitsAt(i) : shown(value)
    const field = fields[i] ?? ''
    return rule === '' ? [] : [`${field} ${rule}`.trim()]
  })
  const what = parts.length === 0 ? absent.name : `${absent.name} (${parts.join(', ')})`
  return `no ${absent.others ? 'other ' : ''}${what}`
}

/** Longer values are cut: an explanation is read, not parsed. */
function shown(value: Value): string {
  const text = String(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

const SAID_MAX = 5

/** The timeline as one sentence, with times as seen from the verdict's moment. */
export function sentenceOf(timeline: readonly Entry[], now: number, more: number): string {
  const groups: { text: string; when: string; name: string; times: number }[] = []
  for (const entry of timeline) {
    if (entry.kind !== 'happened') continue
    const known = groups.find((g) => g.name === entry.fact.name)
    const many = timeline.filter((e) => e.kind === 'happened' && e.fact.name === entry.fact.name)
    if (many.length > 3 && known) {
      known.times++
      known.text = entry.text
      known.when = momentText(entry.timestamp - now)
    } else {
      const when = momentText(entry.timestamp - now)
      groups.push({ text: entry.text, when, name: entry.fact.name, times: 1 })
    }
  }
  const happened = groups.map(({ text, when, times }) => {
    const like = times > 1 ? `, the last of ${times} like it` : ''
    return `${text} (${when}${like})`
  })
  const missing = timeline.flatMap((e) =>
    e.kind === 'missing' ? [`${e.text} (${spanText(e.since, e.until, now)})`] : [],
  )
  const left = Math.max(0, happened.length - SAID_MAX) + more
  const first = happened.slice(-SAID_MAX).join(', then ')
  const parts = [
    ...(left > 0 ? [`${left} earlier events`] : []),
    ...(first === '' ? [] : [first]),
    ...missing.slice(0, SAID_MAX),
    ...(missing.length > SAID_MAX ? [`${missing.length - SAID_MAX} more are missing`] : []),
  ]
  const text = parts.length === 0 ? 'nothing is needed for it' : parts.join('; ')
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

function momentText(distance: number): string {
  if (distance === 0) return 'at that moment'
  return `${durationText(Math.abs(distance))} ${distance < 0 ? 'before' : 'after'}`
}

function spanText(since: number | null, until: number | null, now: number): string {
  if (since === now && until === now) return 'at that moment'
  if (until === now)
    return since === null ? 'ever before' : `in the ${durationText(now - since)} before`
  if (since === now)
    return until === null ? 'ever after' : `in the ${durationText(until - now)} after`
  if (since === null && until !== null) return `ever until ${momentText(until - now)}`
  if (since === until && since !== null) return momentText(since - now)
  const end = until === null ? 'the end' : momentText(until - now)
  return `from ${momentText((since ?? now) - now)} to ${end}`
}

const UNITS = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const

/** The largest unit that divides it, or the two largest that tell it best. */
export function durationText(seconds: number): string {
  const parts: string[] = []
  let rest = seconds
  for (const [size, unit] of UNITS) {
    const count = Math.floor(rest / size)
    if (count === 0 || parts.length === 2) continue
    parts.push(`${count} ${unit}${count === 1 ? '' : 's'}`)
    rest -= count * size
  }
  return parts.length === 0 ? '0 seconds' : parts.join(' ')
}
