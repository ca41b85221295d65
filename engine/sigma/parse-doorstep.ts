import { isMap, isScalar, isSeq } from 'yaml'
import type { Node, YAMLMap } from 'yaml'
import { FAMILIES } from '../alert/alert.ts'
import type { SourceDocument } from './document.ts'
import { parseTimespan } from './parse-correlation.ts'
import type { CaseEvent, DoorstepKeys, RuleCase } from './rule.ts'

const KEYS = ['family', 'attack', 'lead', 'entities', 'cases']
/** A case has at most this many events, repeats counted. */
export const CASE_EVENTS_MAX = 10_000

/**
 * The extension key `doorstep:` of a rule, or what stands for it where there is none. Without
 * `cases` those inside it are passed over: they may be long, and only tests run them.
 */
export function parseDoorstep(
  document: SourceDocument,
  rule: YAMLMap,
  cases: boolean,
): DoorstepKeys {
  const entry = document.get(rule, 'doorstep')
  const none: DoorstepKeys = { family: null, attack: null, lead: [], entities: [], cases: [] }
  if (entry === null) return none
  if (!isMap(entry.value)) {
    document.error(entry.value ?? entry.key, "'doorstep' must be a map")
    return none
  }
  const map = entry.value
  document.checkKeys(map, KEYS, "'doorstep'", false)
  const family = document.text(map, 'family')
  if (family !== null && !(FAMILIES as readonly string[]).includes(family)) {
    const at = document.get(map, 'family')?.value
    document.error(at, `unknown family '${family}'`, `one of: ${FAMILIES.join(', ')}`)
  }
  return {
    family,
    attack: document.text(map, 'attack'),
    lead: templates(document, map, 'lead'),
    entities: templates(document, map, 'entities'),
    cases: cases ? readCases(document, map) : [],
  }
}

function templates(document: SourceDocument, map: YAMLMap, key: string): string[] {
  return document.texts(map, key).map(({ text, node }) => {
    if (
      !/^[a-z]+:/.test(text.replaceAll(/\{[^{}]+\}/g, 'x:')) ||
      /[{}]/.test(text.replaceAll(/\{[^{}]+\}/g, ''))
    ) {
      document.error(node, `'${text}' is no entity`, 'kind:{field}, such as ip:{src_endpoint.ip}')
    }
    return text
  })
}

function readCases(document: SourceDocument, map: YAMLMap): RuleCase[] {
  const entry = document.get(map, 'cases')
  if (entry === null) return []
  if (!isMap(entry.value)) {
    document.error(entry.value ?? entry.key, "'cases' must be a map with 'positive' and 'negative'")
    return []
  }
  document.checkKeys(entry.value, ['positive', 'negative'], "'cases'", false)
  return document.entries(entry.value).flatMap(({ key, keyNode, value }) => {
    if (!isSeq(value)) {
      document.error(value ?? keyNode, `'${key}' must be a list of cases`)
      return []
    }
    return value.items.flatMap(
      (item) => readCase(document, document.resolve(item), key === 'positive') ?? [],
    )
  })
}

function readCase(document: SourceDocument, node: Node | null, fires: boolean): RuleCase | null {
  if (!isMap(node)) {
    document.error(node, "a case is a map with a 'name' and an 'event' or 'events'")
    return null
  }
  document.checkKeys(node, ['name', 'event', 'events'], 'a case', false)
  const name = document.text(node, 'name') ?? 'unnamed'
  const single = document.get(node, 'event')
  const several = document.get(node, 'events')
  const steps = single !== null ? [node] : isSeq(several?.value) ? several.value.items : []
  if (steps.length === 0) document.error(node, 'a case needs an event', 'event: {…}')
  const events: CaseEvent[] = []
  for (const step of steps) {
    const resolved = document.resolve(step)
    if (!isMap(resolved) || !readStep(document, resolved, events)) {
      document.error(
        resolved,
        "a step is a map with 'event' and, if need be, 'repeat', 'every', 'after'",
      )
    }
  }
  return { name, fires, events, at: document.at(node) }
}

/** Adds a step's events; `{n}` in a text stands for the number of the repetition, from 1. */
function readStep(document: SourceDocument, step: YAMLMap, into: CaseEvent[]): boolean {
  const body = document.plain(document.get(step, 'event')?.value)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return false
  const repeat = document.get(step, 'repeat')?.value
  const count = isScalar(repeat) ? Number(repeat.value) : 1
  const every = parseTimespan(document.text(step, 'every') ?? '1s')
  const after = parseTimespan(document.text(step, 'after') ?? '1s')
  if (every === null || after === null || !Number.isSafeInteger(count)) return false
  if (count < 1 || into.length + count > CASE_EVENTS_MAX) return false
  let time = (into.at(-1)?.time ?? 0) + after
  for (let n = 1; n <= count; n += 1, time += every) {
    const event = count === 1 ? body : numbered(body, n)
    into.push({ event: event as Record<string, unknown>, time })
  }
  return true
}

function numbered(value: unknown, n: number): unknown {
  if (typeof value === 'string') return value.replaceAll('{n}', String(n))
  if (Array.isArray(value)) return value.map((item) => numbered(item, n))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, numbered(item, n)]))
}
