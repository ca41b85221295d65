import { isMap, isScalar } from 'yaml'
import type { Node, YAMLMap } from 'yaml'
import type { SourceDocument } from './document.ts'
import { nearMiss } from '../near-miss.ts'
import type { Correlation, CorrelationType, Threshold } from './rule.ts'

const TYPES: readonly CorrelationType[] = [
  'event_count',
  'value_count',
  'temporal',
  'temporal_ordered',
  'value_sum',
  'value_avg',
  'value_percentile',
  'value_median',
]
const OPERATORS: readonly string[] = ['gt', 'gte', 'lt', 'lte', 'eq', 'neq']
const KEYS = ['type', 'rules', 'group-by', 'timespan', 'condition', 'aliases', 'generate']
const UNITS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}
/** The longest timespan, 366 days. */
export const TIMESPAN_MAX = 366 * 86_400_000
const RULES_MAX = 256

/** `90s`, `10m`, `1h`, `2d` in milliseconds; null where it is none of these. */
export function parseTimespan(text: string): number | null {
  const match = /^(\d{1,9})([smhd])$/.exec(text)
  return match === null ? null : Number(match[1]) * (UNITS[match[2] as string] as number)
}

/** A `correlation` map; null, with errors in the document, where it does not add up. */
export function parseCorrelation(
  document: SourceDocument,
  map: YAMLMap,
  generate: boolean,
): Correlation | null {
  document.checkKeys(map, KEYS, 'a correlation', false)
  const type = readType(document, map)
  const rules = document
    .texts(map, 'rules')
    .map(({ text, node }) => ({ name: text, at: document.at(node) }))
  if (rules.length === 0)
    document.error(map, "'rules' must name at least one rule", 'rules: [name]')
  if (rules.length > RULES_MAX) document.error(map, `a correlation has at most ${RULES_MAX} rules`)
  const timespanMs = readTimespan(document, map)
  const condition = readThresholds(document, map, type)
  const aliases = readAliases(document, map)
  const own = readGenerate(document, map)
  if (type === null || timespanMs === null || condition === null || rules.length === 0) return null
  const ordered = checkOrdered(document, map, type, condition.thresholds, rules.length)
  if (!ordered) return null
  return {
    type,
    rules,
    groupBy: document.texts(map, 'group-by').map(({ text }) => text),
    timespanMs,
    ...condition,
    aliases,
    generate: generate || own,
  }
}

/** Whether the rules raise something by themselves as well: beside or inside `correlation`. */
export function readGenerate(document: SourceDocument, map: YAMLMap): boolean {
  const entry = document.get(map, 'generate')
  if (entry === null) return false
  const { key, value } = entry
  if (isScalar(value) && typeof value.value === 'boolean') return value.value
  document.error(value ?? key, "'generate' takes true or false", 'generate: true')
  return false
}

function readType(document: SourceDocument, map: YAMLMap): CorrelationType | null {
  const text = document.text(map, 'type')
  const found = TYPES.find((type) => type === text)
  if (found !== undefined) return found
  const at = document.get(map, 'type')?.value ?? map
  const message =
    text === null ? "the correlation's type is missing" : `unknown correlation type '${text}'`
  document.error(
    at,
    message,
    (text === null ? null : nearMiss(text, TYPES)) ?? `one of: ${TYPES.join(', ')}`,
  )
  return null
}

function readTimespan(document: SourceDocument, map: YAMLMap): number | null {
  const text = document.text(map, 'timespan')
  const at = document.get(map, 'timespan')?.value ?? map
  if (text === null) {
    document.error(at, "'timespan' is missing", 'timespan: 10m')
    return null
  }
  const timespan = parseTimespan(text)
  if (timespan === null)
    document.error(at, `'${text}' is no timespan`, 'a number and s, m, h or d, such as 10m')
  else if (timespan > TIMESPAN_MAX) document.error(at, 'a timespan is at most 366d', '366d')
  return timespan === null || timespan > TIMESPAN_MAX ? null : timespan
}

function readThresholds(
  document: SourceDocument,
  map: YAMLMap,
  type: CorrelationType | null,
): { thresholds: Threshold[]; fields: string[]; percentile: number | null } | null {
  const entry = document.get(map, 'condition')
  const temporal = type === 'temporal' || type === 'temporal_ordered'
  if (entry === null) {
    if (temporal || type === null) return { thresholds: [], fields: [], percentile: null }
    document.error(map, `a ${type} needs a condition`, 'condition: {gte: 10}')
    return null
  }
  if (!isMap(entry.value)) {
    document.error(
      entry.value ?? entry.key,
      "the correlation's condition must be a map",
      'condition: {gte: 10}',
    )
    return null
  }
  const condition = entry.value
  document.checkKeys(condition, [...OPERATORS, 'field', 'percentile'], 'a condition', false)
  const thresholds: Threshold[] = []
  for (const { key, value } of document.entries(condition)) {
    if (!OPERATORS.includes(key)) continue
    const limit = finite(document, value ?? entry.key, value, key)
    if (limit !== null) thresholds.push({ operator: key as Threshold['operator'], value: limit })
  }
  const fields = document.texts(condition, 'field').map(({ text }) => text)
  if (!temporal && thresholds.length === 0)
    document.error(condition, 'the condition has no threshold', 'gte: 10')
  if (type?.startsWith('value_') === true && fields.length === 0) {
    document.error(condition, `a ${type} needs the field whose values it takes`, 'field: name')
    return null
  }
  const percentile = readPercentile(document, condition)
  return !temporal && thresholds.length === 0 ? null : { thresholds, fields, percentile }
}

function readPercentile(document: SourceDocument, condition: YAMLMap): number | null {
  const entry = document.get(condition, 'percentile')
  if (entry === null) return null
  const value = finite(document, entry.value ?? entry.key, entry.value, 'percentile')
  if (value === null || (value >= 0 && value <= 100)) return value
  document.error(entry.value ?? entry.key, 'a percentile lies between 0 and 100', '50')
  return null
}

function finite(
  document: SourceDocument,
  at: Node,
  value: Node | null,
  key: string,
): number | null {
  if (isScalar(value) && typeof value.value === 'number' && Number.isFinite(value.value))
    return value.value
  document.error(at, `'${key}' must be a number`)
  return null
}

function readAliases(document: SourceDocument, map: YAMLMap): Map<string, Map<string, string>> {
  const aliases = new Map<string, Map<string, string>>()
  const entry = document.get(map, 'aliases')
  if (entry === null) return aliases
  if (!isMap(entry.value)) {
    document.error(entry.value ?? entry.key, "'aliases' must be a map of alias to rule to field")
    return aliases
  }
  for (const { key, keyNode, value } of document.entries(entry.value)) {
    if (!isMap(value)) {
      document.error(keyNode, `the alias '${key}' must be a map of rule to field`)
      continue
    }
    const fields = new Map<string, string>()
    for (const field of document.entries(value)) {
      if (isScalar(field.value) && typeof field.value.value === 'string')
        fields.set(field.key, field.value.value)
      else document.error(field.keyNode, `the field of '${field.key}' must be text`)
    }
    aliases.set(key, fields)
  }
  return aliases
}

/** An ordered sequence is whole or it is not there: counting its parts has no order. */
function checkOrdered(
  document: SourceDocument,
  map: YAMLMap,
  type: CorrelationType,
  thresholds: readonly Threshold[],
  rules: number,
): boolean {
  if (type !== 'temporal_ordered') return true
  const whole = thresholds.every(
    (each) => each.value === rules && (each.operator === 'gte' || each.operator === 'eq'),
  )
  if (whole) return true
  const at = document.get(map, 'condition')?.value
  document.error(
    at,
    'a temporal_ordered with a part of its rules is not supported',
    `gte: ${rules}`,
  )
  return false
}
