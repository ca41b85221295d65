import { meantNetwork, parseNetwork } from './cidr.ts'
import { base64, base64Offsets, utf16Bytes, utf8Bytes, windash, WINDASH_MAX } from './encode.ts'
import type { Utf16 } from './encode.ts'
import { nearMiss } from '../near-miss.ts'
import { checkRegex } from './regex.ts'
import type { CompareOperator, StringPart, TimePart, ValueMatcher } from './rule.ts'
import { parseString, plainText, widen } from './string-value.ts'

/** Values of placeholders for the modifier `expand`, by name without the percent signs. */
export type Placeholders = Readonly<Record<string, readonly string[]>>

/** A modifier's name in the standard's order of mention; `re`'s sub-modifiers come last. */
export const MODIFIERS = [
  'all',
  'startswith',
  'endswith',
  'contains',
  'exists',
  'cased',
  'neq',
  'windash',
  're',
  'base64',
  'base64offset',
  'utf16le',
  'utf16be',
  'utf16',
  'wide',
  'lt',
  'lte',
  'gt',
  'gte',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'year',
  'cidr',
  'expand',
  'fieldref',
  'i',
  'm',
  's',
] as const
export type Modifier = (typeof MODIFIERS)[number]

/** What a chain of modifiers does, in the order in which it is applied. */
export interface Chain {
  readonly all: boolean
  readonly neq: boolean
  readonly cased: boolean
  readonly kind: 'string' | 're' | 'cidr' | 'exists' | 'compare' | 'fieldref'
  readonly expand: boolean
  readonly encodings: readonly (Utf16 | 'base64' | 'base64offset' | 'windash')[]
  readonly ends: { readonly start: boolean; readonly end: boolean }
  readonly flags: { readonly i: boolean; readonly m: boolean; readonly s: boolean }
  readonly operator: CompareOperator
  readonly part: TimePart | null
}

export interface ModifierProblem {
  readonly message: string
  readonly correction?: string
}

const NUMERIC: readonly string[] = ['lt', 'lte', 'gt', 'gte']
const TIME: readonly string[] = ['minute', 'hour', 'day', 'week', 'month', 'year']
const ENDS: readonly string[] = ['contains', 'startswith', 'endswith']
const ENCODINGS: readonly string[] = [
  'windash',
  'wide',
  'utf16le',
  'utf16be',
  'utf16',
  'base64',
  'base64offset',
]
/**
 * Which modifiers may stand beside the one that gives a value its type; `all` and `neq` always
 * may.
 */
const BESIDE: Readonly<Record<Chain['kind'], readonly string[]>> = {
  string: [...ENDS, ...ENCODINGS, 'cased', 'expand'],
  re: ['re', 'i', 'm', 's', 'expand', 'cased', ...ENDS],
  cidr: ['cidr', 'expand'],
  exists: ['exists'],
  compare: [...NUMERIC, ...TIME],
  fieldref: ['fieldref', 'cased', ...ENDS],
}

/** Reads the words after a field's name, or says all that is wrong with them. */
export function parseModifiers(words: readonly string[]): {
  chain: Chain
  problems: ModifierProblem[]
} {
  const problems = words.flatMap((word, index) => wordProblems(word, words, index))
  const kind = chainKind(words)
  if (problems.length === 0) {
    for (const word of words) {
      if (word === 'all' || word === 'neq' || BESIDE[kind].includes(word)) continue
      const beside =
        kind === 'string' ? '' : ` together with '${kind === 'compare' ? 'a comparison' : kind}'`
      problems.push({
        message: `the modifier '${word}' makes no sense${beside}`,
        correction: without(words, word),
      })
    }
    if (words.filter((word) => ENDS.includes(word)).length > 1) {
      const correction = 'contains, or two fields of one map'
      problems.push({
        message: 'contains, startswith and endswith exclude each other',
        correction,
      })
    }
  }
  const has = (word: string): boolean => words.includes(word)
  const operator = words.find((word) => NUMERIC.includes(word)) as CompareOperator | undefined
  const chain: Chain = {
    all: has('all'),
    neq: has('neq'),
    cased: has('cased'),
    kind,
    expand: has('expand'),
    encodings: words
      .filter((word) => ENCODINGS.includes(word))
      .map((word) => (word === 'wide' ? 'utf16le' : word)) as Chain['encodings'],
    ends: { start: has('contains') || has('endswith'), end: has('contains') || has('startswith') },
    flags: { i: has('i'), m: has('m'), s: has('s') },
    operator: operator ?? 'eq',
    part: (words.find((word) => TIME.includes(word)) as TimePart | undefined) ?? null,
  }
  return { chain, problems }
}

function without(words: readonly string[], word: string): string {
  const rest = words.filter((other) => other !== word)
  return rest.length === 0 ? 'no modifier' : rest.join('|')
}

function wordProblems(word: string, words: readonly string[], index: number): ModifierProblem[] {
  if (!(MODIFIERS as readonly string[]).includes(word)) {
    const near = nearMiss(word, MODIFIERS)
    return [
      { message: `unknown modifier '${word}'`, ...(near === null ? {} : { correction: near }) },
    ]
  }
  if (words.indexOf(word) !== index)
    return [{ message: `the modifier '${word}' is there twice`, correction: word }]
  if (['i', 'm', 's'].includes(word) && !words.slice(0, index).includes('re')) {
    return [{ message: `'${word}' is a sub-modifier of 're'`, correction: `re|${word}` }]
  }
  return []
}

function chainKind(words: readonly string[]): Chain['kind'] {
  for (const kind of ['exists', 're', 'cidr', 'fieldref'] as const)
    if (words.includes(kind)) return kind
  return words.some((word) => NUMERIC.includes(word) || TIME.includes(word)) ? 'compare' : 'string'
}

/** A scalar of a rule: its value and its text as written. */
export interface ScalarValue {
  readonly value: unknown
  readonly text: string
}

type Applied = { readonly matchers: ValueMatcher[] } | ModifierProblem

/** What one value of a rule, under its modifiers, is compared as; or why it cannot be. */
export function applyModifiers(
  chain: Chain,
  scalar: ScalarValue,
  placeholders: Placeholders,
): Applied {
  switch (chain.kind) {
    case 'exists':
      if (typeof scalar.value === 'boolean')
        return { matchers: [{ kind: 'exists', expected: scalar.value }] }
      return { message: "'exists' takes true or false", correction: 'true' }
    case 'compare':
      return compareValue(chain, scalar)
    case 'fieldref':
      return fieldReference(chain, scalar)
    case 're':
      return expanded(chain, scalar.text, placeholders, (text) => regexValue(chain, text))
    case 'cidr':
      return expanded(chain, scalar.text, placeholders, (text) => {
        const meant = meantNetwork(text)
        if (meant !== null)
          return { message: `'${text}' is an address in a network, no network`, correction: meant }
        if (parseNetwork(text) !== null) return { matchers: [{ kind: 'cidr', network: text }] }
        return {
          message: `'${text}' is no network`,
          correction: 'such as 10.0.0.0/8 or 2001:db8::/32',
        }
      })
    case 'string':
      return stringValue(chain, scalar, placeholders)
  }
}

function compareValue(chain: Chain, scalar: ScalarValue): Applied {
  const number = typeof scalar.value === 'number' ? scalar.value : Number(scalar.text)
  const fits =
    typeof scalar.value === 'number' ||
    (typeof scalar.value === 'string' && scalar.text.trim() !== '')
  if (!fits || !Number.isFinite(number))
    return { message: `a number is needed here, not '${scalar.text}'` }
  return { matchers: [{ kind: 'compare', operator: chain.operator, number, part: chain.part }] }
}

function fieldReference(chain: Chain, scalar: ScalarValue): Applied {
  if (typeof scalar.value !== 'string' || scalar.value === '') {
    return { message: "'fieldref' takes the name of a field" }
  }
  const { start, end } = chain.ends
  const how = start && end ? 'contains' : end ? 'startswith' : start ? 'endswith' : 'equal'
  return { matchers: [{ kind: 'fieldref', field: scalar.value, how, cased: chain.cased }] }
}

function regexValue(chain: Chain, text: string): Applied {
  const { start, end } = chain.ends
  let source = text
  if (end && !start) source = `^(?:${text})`
  if (start && !end) source = `(?:${text})$`
  const problem = checkRegex(source, chain.flags)
  return problem ?? { matchers: [{ kind: 'regex', source, flags: chain.flags }] }
}

function stringValue(chain: Chain, scalar: ScalarValue, placeholders: Placeholders): Applied {
  const plain = chain.encodings.length === 0 && !chain.ends.start && !chain.ends.end
  if (scalar.value === null) {
    if (plain && !chain.cased && !chain.expand) return { matchers: [{ kind: 'null' }] }
    return { message: 'null takes no modifier', correction: "'' for an empty text" }
  }
  if (plain && typeof scalar.value === 'number') {
    return { matchers: [{ kind: 'number', number: scalar.value, text: scalar.text }] }
  }
  if (plain && typeof scalar.value === 'boolean')
    return { matchers: [{ kind: 'boolean', value: scalar.value }] }
  return expanded(chain, scalar.text, placeholders, (text) =>
    encodedValue(chain, parseString(text)),
  )
}

function encodedValue(chain: Chain, parts: readonly StringPart[]): Applied {
  let forms: Form[] = [{ parts, bytes: false, encoded: false }]
  for (const encoding of chain.encodings) {
    const next: Form[] = []
    for (const form of forms) {
      const result = encode(encoding, form)
      if ('message' in result) return result
      next.push(...result.forms)
    }
    forms = next
  }
  const matchers = forms.map((form): ValueMatcher => {
    return { kind: 'string', parts: widen(form.parts, chain.ends), cased: chain.cased }
  })
  return { matchers }
}

/** A value on its way through encodings; `bytes` where each character stands for one byte. */
interface Form {
  readonly parts: readonly StringPart[]
  readonly bytes: boolean
  readonly encoded: boolean
}

function encode(
  encoding: Chain['encodings'][number],
  form: Form,
): { forms: Form[] } | ModifierProblem {
  if (encoding === 'windash') {
    if (form.encoded)
      return {
        message: "'windash' changes text, not what is encoded already",
        correction: 'windash before it',
      }
    const spellings = windash(form.parts)
    if (spellings === null) return { message: `more than ${WINDASH_MAX} spellings of its dashes` }
    return { forms: spellings.map((parts) => ({ parts, bytes: false, encoded: false })) }
  }
  const text = plainText(form.parts)
  if (text === null) {
    return {
      message: `a value with wildcards cannot be encoded with '${encoding}'`,
      correction: 'escape them: \\*',
    }
  }
  if (encoding === 'base64' || encoding === 'base64offset') {
    const bytes = form.bytes ? text : utf8Bytes(text)
    const encoded = encoding === 'base64' ? [base64(bytes)] : base64Offsets(bytes)
    return {
      forms: encoded.map((value) => ({
        parts: [{ kind: 'text', text: value }],
        bytes: false,
        encoded: true,
      })),
    }
  }
  const own: StringPart = { kind: 'text', text: utf16Bytes(text, encoding) }
  return { forms: [{ parts: [own], bytes: true, encoded: true }] }
}

/** Fills `%name%` with every value it stands for; at most 10,000 results. */
function expanded(
  chain: Chain,
  text: string,
  placeholders: Placeholders,
  then: (text: string) => Applied,
): Applied {
  if (!chain.expand) return then(text)
  let texts = ['']
  for (const piece of text.matchAll(/\\%|%([^%\\\s]+)%|[^%\\]+|[%\\]/g)) {
    const name = piece[1]
    if (name !== undefined && !Object.hasOwn(placeholders, name)) {
      const near = nearMiss(name, Object.keys(placeholders))
      const correction = near === null ? 'give its values in the pipeline' : `%${near}%`
      return { message: `nothing is known for the placeholder %${name}%`, correction }
    }
    const values =
      name === undefined ? [piece[0] === '\\%' ? '%' : piece[0]] : (placeholders[name] ?? [])
    if (texts.length * values.length > 10_000) return { message: 'more than 10,000 expansions' }
    texts = texts.flatMap((before) => values.map((value) => before + value))
  }
  const matchers: ValueMatcher[] = []
  for (const each of texts) {
    const applied = then(each)
    if ('message' in applied) return applied
    matchers.push(...applied.matchers)
  }
  return { matchers }
}
