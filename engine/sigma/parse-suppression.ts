import type { YAMLMap } from 'yaml'
import { civilDate, dayNumber } from '../civil-date.ts'
import type { SourceDocument } from './document.ts'
import type { Placeholders } from './modifier.ts'
import { parseSearch } from './parse-detection.ts'
import type { Suppression } from './suppression.ts'

const KEYS = ['rules', 'when', 'entities', 'reason', 'until']
const DAY_MS = 86_400_000

/**
 * The `suppression` map of a document: `rules`, `when` and `entities` of which one at least must
 * be there, `reason`, `until`. Null, with errors in the document, where it does not add up.
 */
export function parseSuppression(
  document: SourceDocument,
  rule: YAMLMap,
  map: YAMLMap,
  placeholders: Placeholders,
): Suppression | null {
  document.checkKeys(map, KEYS, 'a suppression', false)
  const rules = document
    .texts(map, 'rules')
    .map(({ text, node }) => ({ name: text, at: document.at(node) }))
  if (rules.length === 0) document.error(map, 'a suppression names its rules', 'rules: [name]')
  const entities = document.texts(map, 'entities').map(({ text, node }) => {
    if (!/^[a-z]+:./.test(text)) document.error(node, `'${text}' is no entity`, 'ip:10.0.0.9')
    return text
  })
  const when = document.get(map, 'when')
  const node = when === null ? null : parseSearch(document, when.key, when.value, placeholders)
  if (when === null && entities.length === 0) {
    const message = "a suppression needs 'when' or 'entities'; a rule that is not wanted is removed"
    document.error(map, message, 'when: {field: value}')
  }
  const reason = document.get(map, 'reason') === null ? '' : (document.text(map, 'reason') ?? '')
  if (reason.trim() === '') document.error(map, 'a suppression needs a reason', 'reason: …')
  const until = readDay(document, map)
  if (rules.length === 0 || until === null || (when !== null && node === null)) return null
  const condition = { kind: 'search', name: 'when' } as const
  return {
    at: document.at(map),
    title: document.get(rule, 'title') === null ? reason : (document.text(rule, 'title') ?? ''),
    rules,
    when: node === null ? null : { searches: new Map([['when', node]]), condition },
    entities,
    reason,
    ...until,
  }
}

function readDay(
  document: SourceDocument,
  map: YAMLMap,
): { readonly until: string; readonly endsAt: number } | null {
  const entry = document.get(map, 'until')
  if (entry === null) {
    document.error(map, 'a suppression ends some day', 'until: 2026-12-31')
    return null
  }
  const until = document.text(map, 'until') ?? ''
  const [year, month, day] = (/^(\d{4})-(\d\d)-(\d\d)$/.exec(until) ?? []).slice(1).map(Number)
  const date = { year: year ?? 0, month: month ?? 0, day: day ?? 0 }
  const read = civilDate(dayNumber(date))
  if (read.month !== date.month || read.day !== date.day || year === undefined) {
    document.error(entry.value ?? entry.key, `'${until}' is no day`, 'until: 2026-12-31')
    return null
  }
  return { until, endsAt: (dayNumber(date) + 1) * DAY_MS }
}
