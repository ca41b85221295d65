import { isMap } from 'yaml'
import type { YAMLMap } from 'yaml'
import { readDocuments } from './document.ts'
import type { SourceDocument } from './document.ts'
import type { Placeholders } from './modifier.ts'
import { nearMiss } from '../near-miss.ts'
import { parseCorrelation, readGenerate } from './parse-correlation.ts'
import { parseDetection } from './parse-detection.ts'
import { parseDoorstep } from './parse-doorstep.ts'
import { parseSuppression } from './parse-suppression.ts'
import { LEVELS } from './rule.ts'
import type { Diagnostic, Level, LogSource, Rule } from './rule.ts'
import type { Suppression } from './suppression.ts'

const KEYS = [
  'title',
  'id',
  'name',
  'related',
  'taxonomy',
  'status',
  'description',
  'license',
  'references',
  'author',
  'date',
  'modified',
  'logsource',
  'detection',
  'fields',
  'falsepositives',
  'level',
  'tags',
  'scope',
  'correlation',
  'generate',
  'filter',
  'suppression',
  'doorstep',
]
const STATUSES = ['stable', 'test', 'experimental', 'deprecated', 'unsupported']
const BODIES = ['detection', 'correlation', 'filter'] as const

export interface ParsedRules {
  readonly rules: readonly Rule[]
  readonly suppressions: readonly Suppression[]
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * The rules and suppressions of one YAML text, several documents allowed, and everything that is
 * wrong in it, by line. A document with an error gives no rule. Texts over 4,000,000 characters
 * are refused. Without `cases` those inside rules are passed over.
 */
export function parseRules(
  file: string,
  text: string,
  placeholders: Placeholders = {},
  { cases = true }: { readonly cases?: boolean } = {},
): ParsedRules {
  const diagnostics: Diagnostic[] = []
  const suppressions: Suppression[] = []
  const rules = readDocuments(file, text, diagnostics).flatMap((document, index) => {
    if (isMap(document.root)) {
      const rule = parseRule(document, document.root, index, { placeholders, cases })
      if (rule?.kind !== 'suppression') return rule ?? []
      suppressions.push(rule.suppression)
      return []
    }
    document.error(document.root, 'a rule must be a map', 'title: …')
    return []
  })
  return { rules, suppressions, diagnostics }
}

function parseRule(
  document: SourceDocument,
  map: YAMLMap,
  index: number,
  { placeholders, cases }: { readonly placeholders: Placeholders; readonly cases: boolean },
): Rule | { readonly kind: 'suppression'; readonly suppression: Suppression } | null {
  document.checkKeys(map, KEYS, 'a rule', true)
  const accepted = document.get(map, 'suppression')
  if (accepted !== null && isMap(accepted.value)) {
    const suppression = parseSuppression(document, map, accepted.value, placeholders)
    return suppression === null ? null : { kind: 'suppression', suppression }
  }
  const head = readHead(document, map, index, cases)
  const bodies = BODIES.filter((key) => document.get(map, key) !== null)
  const kind = bodies[0]
  if (kind === undefined || bodies.length > 1) {
    const message =
      kind === undefined
        ? 'a rule needs a detection'
        : `a rule has only one of ${bodies.join(', ')}`
    document.error(
      map,
      message,
      kind === undefined ? 'detection: {selection: …, condition: selection}' : kind,
    )
    return null
  }
  const body = document.get(map, kind)?.value
  if (!isMap(body)) {
    document.error(body ?? map, `'${kind}' must be a map`)
    return null
  }
  if (kind === 'correlation') {
    const correlation = parseCorrelation(document, body, readGenerate(document, map))
    return correlation === null ? null : { ...head, kind, correlation }
  }
  const logsource = readLogSource(document, map)
  const reserved = kind === 'filter' ? ['rules'] : []
  const detection = parseDetection(document, body, placeholders, reserved)
  if (kind === 'detection')
    return detection === null ? null : { ...head, kind, logsource, detection }
  const rules = document
    .texts(body, 'rules')
    .map(({ text, node }) => ({ name: text, at: document.at(node) }))
  if (document.get(body, 'rules') === null)
    document.error(body, "a filter needs 'rules'", 'rules: any')
  return detection === null ? null : { ...head, kind, logsource, rules, detection }
}

function readHead(
  document: SourceDocument,
  map: YAMLMap,
  index: number,
  cases: boolean,
): Omit<Rule, 'kind'> {
  const title = document.text(map, 'title')
  if (title === null) document.error(map, 'the title is missing', 'title: What the rule detects')
  else if (title.length > 256)
    document.warn(document.get(map, 'title')?.value, 'a title has at most 256 characters')
  const name = document.text(map, 'name')
  const custom: Record<string, unknown> = {}
  for (const { key, value } of document.entries(map)) {
    if (!KEYS.includes(key) && key !== '__proto__') custom[key] = document.plain(value)
  }
  return {
    at: document.at(map),
    id: document.text(map, 'id') ?? name ?? `${document.file}#${index}`,
    name,
    title: title ?? '',
    level: (oneOf(document, map, 'level', LEVELS) ?? 'medium') as Level,
    tags: document.texts(map, 'tags').map(({ text }) => text),
    status: oneOf(document, map, 'status', STATUSES),
    description: document.text(map, 'description'),
    doorstep: parseDoorstep(document, map, cases),
    custom,
  }
}

function oneOf(
  document: SourceDocument,
  map: YAMLMap,
  key: string,
  words: readonly string[],
): string | null {
  const text = document.text(map, key)
  if (text === null || words.includes(text)) return text
  const at = document.get(map, key)?.value
  document.error(
    at,
    `unknown ${key} '${text}'`,
    nearMiss(text, words) ?? `one of: ${words.join(', ')}`,
  )
  return null
}

function readLogSource(document: SourceDocument, map: YAMLMap): LogSource {
  const entry = document.get(map, 'logsource')
  if (entry === null || !isMap(entry.value)) {
    document.error(
      entry?.value ?? map,
      "'logsource' is missing",
      'logsource: {category: webserver}',
    )
    return { category: null, product: null, service: null }
  }
  const source = entry.value
  const known = ['category', 'product', 'service', 'definition']
  document.checkKeys(source, known, "'logsource'", true)
  return {
    category: document.text(source, 'category'),
    product: document.text(source, 'product'),
    service: document.text(source, 'service'),
  }
}
