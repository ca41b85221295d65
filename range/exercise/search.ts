import { isEpcis, type OcsfEvent, type Telemetry } from '../../engine/event/telemetry.ts'
import type { TelemetryPage, TelemetryQuery } from './types.ts'

/** Buckets of the histogram over the asked time. */
const BUCKETS = 16
/** At most this many of the newest events are looked at. */
const SCAN_MAX = 100_000
const ROWS_MAX = 200

type Test = (event: Telemetry) => boolean

/**
 * Telemetry search: terms joined by `and` / `or` (`and` binds tighter), each `field:value` or free
 * text, `-term` for not. Fields: ip account staff card session page host van parcel locker order
 * device status. Newest rows first.
 */
export function searchTelemetry(
  events: readonly Telemetry[],
  query: TelemetryQuery,
): TelemetryPage {
  const parsed = parseQuery(query.text)
  if (typeof parsed === 'string')
    return { total: 0, rows: [], histogram: new Array<number>(BUCKETS).fill(0), error: parsed }
  const histogram = new Array<number>(BUCKETS).fill(0)
  const rows: Telemetry[] = []
  const width = Math.max(1, query.to - query.from)
  let total = 0
  for (let i = events.length - 1, seen = 0; i >= 0 && seen < SCAN_MAX; i--, seen++) {
    const event = events[i]!
    if (event.time < query.from) break
    if (event.time > query.to || !inSource(event, query.source) || !parsed(event)) continue
    total++
    const bucket = Math.min(BUCKETS - 1, Math.floor(((event.time - query.from) * BUCKETS) / width))
    histogram[bucket] = (histogram[bucket] ?? 0) + 1
    if (rows.length < Math.min(query.limit, ROWS_MAX)) rows.push(event)
  }
  return { total, rows, histogram }
}

function parseQuery(text: string): Test | string {
  if (text.length > 300) return 'too-long'
  const words = text
    .trim()
    .split(/\s+/)
    .filter((word) => word !== '')
  const branches: Test[][] = [[]]
  for (const word of words) {
    const lower = word.toLowerCase()
    if (lower === 'or') {
      branches.push([])
      continue
    }
    if (lower === 'and') continue
    branches.at(-1)!.push(termOf(lower))
  }
  const usable = branches.filter((branch) => branch.length > 0)
  if (usable.length === 0) return () => true
  return (event) => usable.some((branch) => branch.every((test) => test(event)))
}

function termOf(word: string): Test {
  if (word.startsWith('-') && word.length > 1) {
    const inner = termOf(word.slice(1))
    return (event) => !inner(event)
  }
  const match =
    /^(ip|account|staff|card|session|page|host|van|parcel|locker|order|device|status):(.+)$/.exec(
      word,
    )
  if (!match) return (event) => JSON.stringify(event.body).toLowerCase().includes(word)
  const [, field, raw] = match as unknown as [string, string, string]
  const value = raw.replace(/^\//, '')
  return (event) =>
    entitiesOf(event).some(
      (entity) =>
        entity.startsWith(`${field}:`) &&
        entity
          .slice(field.length + 1)
          .toLowerCase()
          .replace(/^\//, '')
          .includes(value),
    )
}

function inSource(event: Telemetry, source: TelemetryQuery['source']): boolean {
  return source === 'all' || sourceOf(event) === source
}

/** Which system reported the event. */
export function sourceOf(event: Telemetry): Exclude<TelemetryQuery['source'], 'all'> {
  const body = event.body
  if (isEpcis(body))
    return body.sensorElementList && body.epcList.length === 0 ? 'sensor' : 'custody'
  switch (body.class_uid) {
    case 4002:
      return 'web'
    case 3001:
    case 3002:
      return 'login'
    case 99901:
      return 'payment'
    case 6005:
      return 'page'
    case 6003:
    case 1008:
    case 99902:
      return 'office'
  }
}

/** Entity references that an event names, for search and for entity links on the screen. */
export function entitiesOf(event: Telemetry): readonly string[] {
  const body = event.body
  if (isEpcis(body)) {
    return [
      ...body.epcList,
      body.readPoint.id,
      ...(body.parentID === undefined ? [] : [body.parentID]),
      ...(body.sensorElementList ?? []).map((element) => element.sensorMetadata.deviceID),
    ]
  }
  return ocsfEntities(body)
}

function ocsfEntities(body: OcsfEvent): string[] {
  const found: string[] = []
  if ('src_endpoint' in body) found.push(`ip:${body.src_endpoint.ip}`)
  if ('session' in body && body.session) found.push(`session:${body.session.uid}`)
  switch (body.class_uid) {
    case 4002:
      found.push(
        `page:${body.http_request.url.path}`,
        `host:${body.http_request.url.hostname}`,
        `status:${body.http_response.code}`,
      )
      if (body.actor) found.push(`account:${body.actor.user.uid}`)
      if (body.unmapped?.csp_report) found.push(`host:${body.unmapped.csp_report.blocked_host}`)
      break
    case 3001:
    case 3002:
      found.push(`${body.user.type === 'staff' ? 'staff' : 'account'}:${body.user.uid}`)
      break
    case 6003:
      found.push(`staff:${body.actor.user.uid}`, ...body.resources.map((resource) => resource.uid))
      break
    case 6005:
      found.push(
        `page:${body.unmapped.page.uid}`,
        `staff:${body.actor.user.uid}`,
        ...body.unmapped.scripts.flatMap((script) => script.hosts.map((host) => `host:${host}`)),
      )
      break
    case 99901:
      found.push(
        `card:${body.payment.card.token}`,
        body.payment.merchant_reference,
        `status:${body.payment.response_code}`,
      )
      break
    case 1008:
      found.push('device:ledger')
      break
    case 99902:
      found.push(body.actor.user.uid, 'device:book')
      break
  }
  return found
}
