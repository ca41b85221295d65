import type { BaseRule, Condition, Count, Event, Item, Scalar, Search, Timed } from './sigma.ts'
import Database from 'better-sqlite3'

/**
 * The same rules as SQL over events kept as JSON, decided by SQLite: wildcards are LIKE and GLOB,
 * windows subqueries. Shares no code with the engine, nor with the oracle beside it.
 */
export class SqlSigma {
  readonly #db = new Database(':memory:')

  constructor() {
    this.#db.function('regexp', { deterministic: true }, (pattern: unknown, text: unknown) =>
      text === null ? null : Number(new RegExp(String(pattern), 'u').test(String(text))),
    )
    this.#db.exec('CREATE TABLE e (id INTEGER PRIMARY KEY, t INTEGER, body TEXT)')
  }

  /** Indexes of the events that a rule matches. */
  matching(rule: BaseRule, events: readonly Event[]): number[] {
    this.#fill(events.map((event) => ({ seconds: 0, event })))
    return this.#ids(`SELECT id FROM e WHERE ${ruleSql(rule, 'e.body')} ORDER BY id`)
  }

  /** Indexes of the events at which a correlation matches. */
  correlating(counted: Count, rules: readonly BaseRule[], stream: readonly Timed[]): number[] {
    this.#fill(stream)
    return this.#ids(correlationSql(counted, rules))
  }

  close(): void {
    this.#db.close()
  }

  #fill(stream: readonly Timed[]): void {
    this.#db.exec('DELETE FROM e')
    const insert = this.#db.prepare('INSERT INTO e VALUES (?, ?, ?)')
    stream.forEach(({ seconds, event }, i) => insert.run(i, seconds, JSON.stringify(event)))
  }

  #ids(sql: string): number[] {
    return this.#db
      .prepare<[], { id: number }>(sql)
      .all()
      .map((row) => row.id)
  }
}

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`
/** Without the third truth value of SQL: what is absent does not match. */
const sure = (sql: string): string => `coalesce(${sql}, 0)`
const joined = (parts: readonly string[], word: 'AND' | 'OR'): string =>
  parts.length === 0 ? (word === 'AND' ? '1' : '0') : `(${parts.join(` ${word} `)})`

function ruleSql(rule: BaseRule, body: string): string {
  return conditionSql(rule.condition, rule, body)
}

function conditionSql(node: Condition, rule: BaseRule, body: string): string {
  const go = (of: Condition): string => conditionSql(of, rule, body)
  switch (node.kind) {
    case 'name':
      return searchSql(rule.searches[node.name] as Search, body)
    case 'one':
    case 'all': {
      const named = Object.entries(rule.searches).filter(([name]) => fits(node.pattern, name))
      const parts = named.map(([, search]) => searchSql(search, body))
      return joined(parts, node.kind === 'one' ? 'OR' : 'AND')
    }
    case 'not':
      return `(NOT ${go(node.of)})`
    case 'and':
    case 'or':
      return joined([go(node.left), go(node.right)], node.kind === 'and' ? 'AND' : 'OR')
  }
}

function fits(pattern: string, name: string): boolean {
  if (pattern === 'them') return !name.startsWith('_')
  const [before = '', after = ''] = pattern.split('*')
  return pattern.includes('*')
    ? name.startsWith(before) && name.endsWith(after) && name.length >= pattern.length - 1
    : name === pattern
}

function searchSql(search: Search, body: string): string {
  if (search.kind === 'map')
    return joined(
      search.items.map((item) => itemSql(item, body)),
      'AND',
    )
  const words = search.words.map(
    (word) => `${readAs('v.type', 'v.value')} ${like(`*${word}`, '*')}`,
  )
  return `EXISTS (SELECT 1 FROM json_each(${body}) v WHERE v.type <> 'null' AND ${joined(words, 'OR')})`
}

function itemSql(item: Item, body: string): string {
  const path = quote(`$.${item.field}`)
  const type = `json_type(${body}, ${path})`
  const value = `json_extract(${body}, ${path})`
  const each = item.values.map((wanted) => sure(valueSql(item.modifier, wanted, type, value)))
  const all = joined(each, item.all ? 'AND' : 'OR')
  return item.neq ? `(NOT ${all})` : all
}

/** A value as it reads: JSON's true is 1 in SQLite. */
function readAs(type: string, value: string): string {
  return `(CASE ${type} WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE CAST(${value} AS TEXT) END)`
}

function valueSql(modifier: Item['modifier'], wanted: Scalar, type: string, value: string): string {
  if (modifier === 'exists') return `(${type} IS ${wanted === true ? 'NOT ' : ''}NULL)`
  if (wanted === null) return `(${type} IS NULL OR ${type} = 'null')`
  const text = `(CASE WHEN ${type} <> 'null' THEN ${readAs(type, value)} END)`
  switch (modifier) {
    case 'lt':
    case 'gte': {
      const digits = `${type} = 'text' AND ${value} <> '' AND ${value} NOT GLOB '*[^0-9]*'`
      const number = `(CASE WHEN ${type} IN ('integer', 'real') OR (${digits}) THEN CAST(${value} AS NUMERIC) END)`
      return `(${number} ${modifier === 'lt' ? '<' : '>='} ${Number(wanted)})`
    }
    case 're':
      return `(${text} REGEXP ${quote(String(wanted))})`
    case 'cased':
      return `(${text} ${glob(String(wanted))})`
    default: {
      const before = modifier === 'contains' || modifier === 'endswith' ? '*' : ''
      const after = modifier === 'contains' || modifier === 'startswith' ? '*' : ''
      return `(${text} ${like(before + String(wanted), after)})`
    }
  }
}

/** The pattern letter by letter: `many`, `one`, or a letter that stands for itself. */
function letters(pattern: string): ('many' | 'one' | { letter: string })[] {
  const found: ('many' | 'one' | { letter: string })[] = []
  let escaped = false
  for (const letter of pattern) {
    if (escaped) {
      if (!'*?\\'.includes(letter)) found.push({ letter: '\\' })
      found.push({ letter })
      escaped = false
    } else if (letter === '\\') escaped = true
    else found.push(letter === '*' ? 'many' : letter === '?' ? 'one' : { letter })
  }
  if (escaped) found.push({ letter: '\\' })
  return found
}

function like(pattern: string, after = ''): string {
  const sql = letters(pattern).map((l) =>
    l === 'many' ? '%' : l === 'one' ? '_' : '%_\\'.includes(l.letter) ? `\\${l.letter}` : l.letter,
  )
  return `LIKE ${quote(sql.join('') + (after === '' ? '' : '%'))} ESCAPE '\\'`
}

function glob(pattern: string): string {
  const sql = letters(pattern).map((l) =>
    l === 'many' ? '*' : l === 'one' ? '?' : '*?['.includes(l.letter) ? `[${l.letter}]` : l.letter,
  )
  return `GLOB ${quote(sql.join(''))}`
}

function correlationSql(counted: Count, rules: readonly BaseRule[]): string {
  const own = counted.rules.map((id) => rules.find((rule) => rule.id === id) as BaseRule)
  const any = (alias: string): string =>
    joined(
      own.map((rule) => ruleSql(rule, `${alias}.body`)),
      'OR',
    )
  const field = (alias: string, name: string): string =>
    `json_extract(${alias}.body, ${quote(`$.${name}`)})`
  const present = counted.groupBy.map((name) => `${field('e', name)} IS NOT NULL`)
  const same = counted.groupBy.map((name) => `${field('w', name)} = ${field('e', name)}`)
  const near = ['w.id <= e.id', `w.t >= e.t - ${counted.seconds}`, ...same]
  const within = `FROM e w WHERE ${[...near, any('w')].join(' AND ')}`
  const number = (alias: string): string => `json_type(${alias}.body, '$.v') IN ('integer', 'real')`
  const holds = {
    event_count: `(SELECT count(*) ${within}) >= ${counted.threshold}`,
    value_count: `${field('e', 'v')} IS NOT NULL AND (SELECT count(DISTINCT ${field('w', 'v')}) ${within}) >= ${counted.threshold}`,
    value_sum: `${number('e')} AND (SELECT sum(${field('w', 'v')}) ${within} AND ${number('w')}) >= ${counted.threshold}`,
    temporal: joined(
      own.map((rule) => `EXISTS (SELECT 1 ${within} AND ${ruleSql(rule, 'w.body')})`),
      'AND',
    ),
    temporal_ordered: orderedSql(own, counted.seconds, counted.groupBy, field),
  }[counted.type]
  return `SELECT e.id FROM e WHERE ${[any('e'), ...present, sure(`(${holds})`)].join(' AND ')} ORDER BY e.id`
}

/** One row a rule, each later than the one before it, the last of them the event itself. */
function orderedSql(
  own: readonly BaseRule[],
  seconds: number,
  groupBy: readonly string[],
  field: (alias: string, name: string) => string,
): string {
  const last = ruleSql(own.at(-1) as BaseRule, 'e.body')
  const before = own.slice(0, -1)
  if (before.length === 0) return last
  const tables = before.map((_, i) => `e o${i}`).join(', ')
  const parts = before.flatMap((rule, i) => [
    ruleSql(rule, `o${i}.body`),
    `o${i}.id < ${i + 1 < before.length ? `o${i + 1}` : 'e'}.id`,
    `o${i}.t >= e.t - ${seconds}`,
    ...groupBy.map((name) => `${field(`o${i}`, name)} = ${field('e', name)}`),
  ])
  return `${last} AND EXISTS (SELECT 1 FROM ${tables} WHERE ${parts.join(' AND ')})`
}
