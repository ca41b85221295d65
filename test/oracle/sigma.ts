/**
 * Sigma, slowly and obviously: rules as plain data, decided value by value, windows counted
 * again from the whole past at every event. Shares no code with engine/sigma. `toYaml` writes
 * the same rule for the engine to read.
 */
export type Scalar = string | number | boolean | null
export type Event = Record<string, Scalar | undefined>

export interface Item {
  readonly field: string
  readonly modifier:
    '' | 'contains' | 'startswith' | 'endswith' | 'cased' | 'lt' | 'gte' | 're' | 'exists'
  readonly all: boolean
  readonly neq: boolean
  readonly values: readonly Scalar[]
}

export type Search =
  | { readonly kind: 'map'; readonly items: readonly Item[] }
  | { readonly kind: 'words'; readonly words: readonly string[] }

export type Condition =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'one' | 'all'; readonly pattern: string }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }

export interface BaseRule {
  readonly id: string
  readonly searches: Readonly<Record<string, Search>>
  readonly condition: Condition
}

export interface Count {
  readonly type: 'event_count' | 'value_count' | 'value_sum' | 'temporal' | 'temporal_ordered'
  readonly rules: readonly string[]
  readonly groupBy: readonly string[]
  readonly seconds: number
  readonly threshold: number
}

/** Whether a rule matches one event. */
export function decide(rule: BaseRule, event: Event): boolean {
  return condition(rule.condition, rule, event)
}

function condition(node: Condition, rule: BaseRule, event: Event): boolean {
  const named = (pattern: string): boolean[] => {
    const regex = new RegExp(`^${pattern.replaceAll('*', '.*')}$`)
    return Object.entries(rule.searches)
      .filter(([name]) => (pattern === 'them' ? !name.startsWith('_') : regex.test(name)))
      .map(([, search]) => decideSearch(search, event))
  }
  switch (node.kind) {
    case 'name':
      return decideSearch(rule.searches[node.name] as Search, event)
    case 'one':
      return named(node.pattern).includes(true)
    case 'all':
      return !named(node.pattern).includes(false)
    case 'not':
      return !condition(node.of, rule, event)
    case 'and':
      return condition(node.left, rule, event) && condition(node.right, rule, event)
    case 'or':
      return condition(node.left, rule, event) || condition(node.right, rule, event)
  }
}

function decideSearch(search: Search, event: Event): boolean {
  if (search.kind === 'map')
    return search.items.every((item) => decideItem(item, event[item.field]))
  const texts = Object.values(event).filter((value) => value !== null && value !== undefined)
  return search.words.some((word) =>
    texts.some((text) => wild(word, String(text), { before: true, after: true, cased: false })),
  )
}

function decideItem(item: Item, value: Scalar | undefined): boolean {
  const answers = item.values.map((wanted) => decideValue(item.modifier, wanted, value))
  const whole = item.all ? answers.every((answer) => answer) : answers.some((answer) => answer)
  return item.neq ? !whole : whole
}

function decideValue(
  modifier: Item['modifier'],
  wanted: Scalar,
  value: Scalar | undefined,
): boolean {
  if (modifier === 'exists') return (value !== undefined) === wanted
  if (wanted === null) return value === undefined || value === null
  if (value === undefined || value === null) return false
  if (modifier === 'lt' || modifier === 'gte') {
    const number =
      typeof value === 'boolean' || String(value).trim() === '' ? Number.NaN : Number(value)
    return modifier === 'lt' ? number < Number(wanted) : number >= Number(wanted)
  }
  const text = String(value)
  if (modifier === 're') return new RegExp(String(wanted), 'u').test(text)
  const before = modifier === 'contains' || modifier === 'endswith'
  const after = modifier === 'contains' || modifier === 'startswith'
  return wild(String(wanted), text, { before, after, cased: modifier === 'cased' })
}

/** Wildcards by trying every split, one character of pattern at a time. */
function wild(
  pattern: string,
  text: string,
  how: { before: boolean; after: boolean; cased: boolean },
): boolean {
  const tokens: (string | { many: boolean })[] = how.before ? [{ many: true }] : []
  const signs = [...pattern]
  for (let i = 0; i < signs.length; i += 1) {
    const c = signs[i] as string
    if (c === '\\' && '*?\\'.includes(signs[i + 1] ?? 'x')) tokens.push(signs[++i] as string)
    else tokens.push(c === '*' ? { many: true } : c === '?' ? { many: false } : c)
  }
  if (how.after) tokens.push({ many: true })
  const fold = (each: string): string => (how.cased ? each : each.toLowerCase())
  const letters = [...text]
  const tried = new Map<number, boolean>()
  const from = (t: number, l: number): boolean => {
    const key = t * 1_000 + l
    const known = tried.get(key)
    if (known !== undefined) return known
    const token = tokens[t]
    let answer: boolean
    if (token === undefined) answer = l === letters.length
    else if (typeof token === 'string')
      answer =
        l < letters.length && fold(letters[l] as string) === fold(token) && from(t + 1, l + 1)
    else if (!token.many) answer = l < letters.length && from(t + 1, l + 1)
    else answer = from(t + 1, l) || (l < letters.length && from(t, l + 1))
    tried.set(key, answer)
    return answer
  }
  return from(0, 0)
}

export interface Timed {
  readonly seconds: number
  readonly event: Event
}

/** Indexes of the events at which a correlation matches. */
export function correlate(
  count: Count,
  rules: readonly BaseRule[],
  stream: readonly Timed[],
): number[] {
  const own = count.rules.map((id) => rules.find((rule) => rule.id === id) as BaseRule)
  const group = (event: Event): string | null => {
    const values = count.groupBy.map((field) => event[field])
    return values.some((value) => value === undefined || value === null)
      ? null
      : JSON.stringify(values.map(String))
  }
  return stream.flatMap(({ seconds, event }, index) => {
    if (!own.some((rule) => decide(rule, event)) || group(event) === null) return []
    const window = stream.slice(0, index + 1).filter((each) => {
      const near = each.seconds >= seconds - count.seconds
      return (
        near && group(each.event) === group(event) && own.some((rule) => decide(rule, each.event))
      )
    })
    return holds(count, own, window, event) ? [index] : []
  })
}

function holds(
  count: Count,
  own: readonly BaseRule[],
  window: readonly Timed[],
  last: Event,
): boolean {
  const values = window.map((each) => each.event['v'])
  const present = values.filter((value) => value !== undefined && value !== null)
  switch (count.type) {
    case 'event_count':
      return window.length >= count.threshold
    case 'value_count':
      return (last['v'] ?? null) !== null && new Set(present.map(String)).size >= count.threshold
    case 'value_sum': {
      const numbers = values.filter((value) => typeof value === 'number')
      return (
        typeof last['v'] === 'number' &&
        numbers.reduce((sum, value) => sum + value, 0) >= count.threshold
      )
    }
    case 'temporal':
      return own.every((rule) => window.some((each) => decide(rule, each.event)))
    case 'temporal_ordered':
      return chain(
        own,
        window.map((each) => each.event),
      )
  }
}

/** Whether the rules match events in this order, the last rule the last event. */
function chain(rules: readonly BaseRule[], events: readonly Event[]): boolean {
  const rule = rules.at(-1)
  if (rule === undefined) return true
  const last = events.at(-1)
  if (last === undefined || !decide(rule, last)) return false
  const rest = rules.slice(0, -1)
  return (
    rest.length === 0 || events.slice(0, -1).some((_, i) => chain(rest, events.slice(0, i + 1)))
  )
}

export function toYaml(rules: readonly BaseRule[], counts: readonly Count[] = []): string {
  const documents: unknown[] = rules.map((rule) => ({
    title: rule.id,
    id: rule.id,
    logsource: { category: 'test' },
    detection: {
      ...Object.fromEntries(
        Object.entries(rule.searches).map(([name, search]) => [name, searchYaml(search)]),
      ),
      condition: conditionYaml(rule.condition),
    },
  }))
  for (const [i, count] of counts.entries()) {
    const counted = count.type.startsWith('value_') ? { field: 'v' } : {}
    const condition = count.type.startsWith('temporal')
      ? {}
      : { condition: { ...counted, gte: count.threshold } }
    const body = {
      type: count.type,
      rules: count.rules,
      'group-by': count.groupBy,
      timespan: `${count.seconds}s`,
      generate: true,
    }
    documents.push({ title: `C${i}`, id: `C${i}`, correlation: { ...body, ...condition } })
  }
  return documents.map((document) => JSON.stringify(document)).join('\n---\n')
}

function searchYaml(search: Search): unknown {
  if (search.kind === 'words') return search.words
  return Object.fromEntries(
    search.items.map((item) => {
      const words = [item.modifier, item.all ? 'all' : '', item.neq ? 'neq' : ''].filter(
        (word) => word !== '',
      )
      const values = item.values.length === 1 ? item.values[0] : item.values
      return [[item.field, ...words].join('|'), values]
    }),
  )
}

function conditionYaml(node: Condition): string {
  switch (node.kind) {
    case 'name':
      return node.name
    case 'one':
      return `1 of ${node.pattern}`
    case 'all':
      return `all of ${node.pattern}`
    case 'not':
      return `not ${conditionYaml(node.of)}`
    default:
      return `(${conditionYaml(node.left)} ${node.kind} ${conditionYaml(node.right)})`
  }
}
