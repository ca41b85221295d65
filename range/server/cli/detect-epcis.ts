import { z } from 'zod'
import type { EpcisEvent, Telemetry } from '../../../engine/event/telemetry.ts'
import { describe } from './detect-http.ts'
import { readObject } from './detect-line.ts'
import type { LineReader } from './detect-line.ts'

const report = z.looseObject({
  type: z.string().default(''),
  value: z.number().optional(),
  stringValue: z.string().optional(),
  booleanValue: z.boolean().optional(),
  uom: z.string().optional(),
})
const sensor = z.looseObject({
  sensorMetadata: z
    .looseObject({ deviceID: z.string().default('device:unknown'), time: z.string().optional() })
    .default({ deviceID: 'device:unknown' }),
  sensorReport: z.array(report).default([]),
})
const eventSchema = z.looseObject({
  type: z.enum(['ObjectEvent', 'AggregationEvent']),
  eventTime: z.string(),
  action: z.enum(['ADD', 'OBSERVE', 'DELETE']),
  bizStep: z.string().optional(),
  disposition: z.string().optional(),
  epcList: z.array(z.string()).optional(),
  childEPCs: z.array(z.string()).optional(),
  parentID: z.string().optional(),
  readPoint: z.looseObject({ id: z.string() }).optional(),
  bizLocation: z.looseObject({ id: z.string() }).optional(),
  'doorstep:actor': z.string().optional(),
  sensorElementList: z.array(sensor).optional(),
})
/** A document on one line may hold this many events. */
const EVENTS_MAX = 10_000

/** An EPCIS 2.0 event, a document of events on one line, or a line of our own telemetry. */
export const readEpcis: LineReader = (line, uid) => {
  const value = readObject(line)
  if (typeof value === 'string') return { ok: false, error: value }
  const inner = value['body']
  const body = value['epcisBody'] as { eventList?: unknown; event?: unknown } | undefined
  const list = Array.isArray(body?.eventList)
    ? (body.eventList as unknown[])
    : typeof inner === 'object' && inner !== null && 'eventTime' in inner
      ? [inner]
      : [body?.event ?? value]
  if (list.length > EVENTS_MAX) return { ok: false, error: `${list.length} events on one line` }
  const events: Telemetry[] = []
  for (const [n, each] of list.entries()) {
    const event = readEvent(each, n === 0 ? uid : `${uid}+${n}`)
    if (typeof event === 'string') return { ok: false, error: event }
    events.push(event)
  }
  return { ok: true, events }
}

function readEvent(value: unknown, uid: string): Telemetry | string {
  const read = eventSchema.safeParse(value)
  if (!read.success) return describe(read.error)
  const event = read.data
  const time = Date.parse(event.eventTime)
  if (Number.isNaN(time)) return `no such time: ${event.eventTime}`
  const optional = {
    disposition: event.disposition,
    parentID: event.parentID,
    'doorstep:actor': event['doorstep:actor'],
    sensorElementList: event.sensorElementList,
  }
  const body = {
    type: event.type,
    eventID: uid,
    eventTime: event.eventTime,
    eventTimeZoneOffset: '+00:00',
    action: event.action,
    bizStep: wordOf(event.bizStep ?? ''),
    epcList: (event.epcList ?? event.childEPCs ?? []).map((epc) => named('parcel', epc)),
    readPoint: { id: named('place', event.readPoint?.id ?? event.bizLocation?.id ?? 'unknown') },
    ...Object.fromEntries(Object.entries(optional).filter(([, each]) => each !== undefined)),
  }
  return { time, uid, body: body as unknown as EpcisEvent }
}

/** `shipping` of `https://ref.gs1.org/cbv/BizStep-shipping` and of `urn:epcglobal:cbv:bizstep:shipping`. */
function wordOf(step: string): string {
  return /(?:BizStep-|bizstep:)?([A-Za-z_]+)$/.exec(step)?.[1] ?? step
}

/** Our own references stay, others become one of `kind`. */
function named(kind: string, id: string): string {
  return /^(?:parcel|van|locker|place|door|order|device):/.test(id) ? id : `${kind}:${id}`
}
