import { utf8, type Sha256 } from './bytes.ts'
import { canonicalIdentifier } from './gs1-identifier.ts'

/** A JSON object as it comes out of a parser. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Why an event has no hash here, and where. */
export interface EpcisRefusal {
  readonly code:
    /** No JSON object of type ObjectEvent, AggregationEvent or AssociationEvent. */
    | 'event-type'
    /** A field of the standard that this reading leaves out, or one that the standard lacks. */
    | 'field-not-supported'
    /** A value of another shape than its field has. */
    | 'malformed'
    /** No timestamp of ISO 8601 with an offset, or one finer than a millisecond. */
    | 'time'
    /** A number whose text two programs would write differently. */
    | 'number'
    /** A GS1 identifier in a scheme that is not converted here. */
    | 'identifier'
    /** An extension whose namespace nobody declared. */
    | 'namespace'
  /** The field, as `sensorElementList.sensorReport.value`. */
  readonly field: string
}
export type PreHash =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly refusal: EpcisRefusal }
export type EventHash =
  | { readonly ok: true; readonly id: string }
  | { readonly ok: false; readonly refusal: EpcisRefusal }
/** Prefixes of extensions, e.g. `doorstep` → `https://doorstep.example/voc/`. */
export type Namespaces = Readonly<Record<string, string>>

const TYPES = ['ObjectEvent', 'AggregationEvent', 'AssociationEvent']
/** Never part of the hash: what is known only after the event was made. */
const LEFT_OUT = new Set(['@context', 'type', 'eventID', 'recordTime'])

/**
 * The EPCIS event hash of an event in JSON-LD, `ni:///sha-256;<hex>?ver=CBV2.0`: one for all its
 * spellings. `eventID` is no part of it and may carry it.
 * Source: GS1 CBV 2.0, section 8.9 "EPCIS event hash", and the algorithm's published text
 * (RalphTro/epcis-event-hash-generator). Not supported, and refused by name: transaction and
 * transformation events, quantities, business transactions, sources, destinations, persistent
 * dispositions, ILMD, error declarations, certification, extensions inside standard fields, and
 * GS1 identifiers other than SGTIN, SSCC, SGLN and GIAI.
 */
export function epcisEventHash(event: unknown, namespaces: Namespaces, sha256: Sha256): EventHash {
  const made = epcisPreHash(event, namespaces)
  if (!made.ok) return made
  const hex = Array.from(sha256(utf8(made.text)), (byte) => byte.toString(16).padStart(2, '0'))
  return { ok: true, id: `ni:///sha-256;${hex.join('')}?ver=CBV2.0` }
}

/** What is hashed: all keys and values in the canonical order of properties, one after another. */
export function epcisPreHash(event: unknown, namespaces: Namespaces): PreHash {
  try {
    return { ok: true, text: eventText(event, namespaces) }
  } catch (error) {
    if (error instanceof Refused) return { ok: false, refusal: error.refusal }
    throw error
  }
}

/** Thrown and caught in this file only. */
class Refused extends Error {
  readonly refusal: EpcisRefusal
  constructor(code: EpcisRefusal['code'], field: string) {
    super(code)
    this.refusal = { code, field }
  }
}

type Writer = (value: unknown, field: string) => string
/** A field of the standard: what it is called in the text, and how its value is written. */
type Order = readonly (readonly [name: string, write: Writer])[]

const plain: Writer = (value, field) => `=${scalar(value, field)}`
const time: Writer = (value, field) => `=${utcTime(string(value, field), field)}`
const identifier: Writer = (value, field) => `=${idText(string(value, field), field)}`
const word =
  (web: string, urn: string): Writer =>
  (value, field) =>
    `=${vocabulary(string(value, field), { web, urn }, field)}`
const byId: Writer = (value, field) => {
  const { id, ...rest } = object(value, field)
  for (const key of Object.keys(rest)) throw new Refused('field-not-supported', `${field}.${key}`)
  return `id${identifier(id, `${field}.id`)}`
}
const epcs: Writer = (value, field) =>
  sorted(list(value, field).map((one) => `epc${identifier(one, field)}`))

const METADATA: Order = [
  ['time', time],
  ['startTime', time],
  ['endTime', time],
  ['deviceID', identifier],
  ['deviceMetadata', identifier],
  ['rawData', identifier],
  ['dataProcessingMethod', identifier],
  ['bizRules', identifier],
]
const REPORT: Order = [
  ['type', word('https://gs1.org/voc/', 'gs1:')],
  ['deviceID', identifier],
  ['deviceMetadata', identifier],
  ['rawData', identifier],
  ['dataProcessingMethod', identifier],
  ['time', time],
  ['microorganism', identifier],
  ['chemicalSubstance', identifier],
  ['value', plain],
  ['stringValue', plain],
  ['booleanValue', plain],
  ['hexBinaryValue', plain],
  ['uriValue', identifier],
  ['minValue', plain],
  ['maxValue', plain],
  ['meanValue', plain],
  ['sDev', plain],
  ['percRank', plain],
  ['percValue', plain],
  ['uom', plain],
]
const reports: Writer = (value, field) =>
  sorted(
    list(value, field).map((one) => `sensorReport${inOrder(object(one, field), REPORT, field)}`),
  )
const ELEMENT: Order = [
  ['sensorMetadata', (value, field) => inOrder(object(value, field), METADATA, field)],
  ['sensorReport', reports],
]
const sensors: Writer = (value, field) =>
  sorted(
    list(value, field).map((one) => `sensorElement${inOrder(object(one, field), ELEMENT, field)}`),
  )

const EVENT: Order = [
  ['eventTime', time],
  ['eventTimeZoneOffset', plain],
  ['epcList', epcs],
  ['parentID', identifier],
  ['childEPCs', epcs],
  ['action', plain],
  ['bizStep', word('https://ref.gs1.org/cbv/BizStep-', 'urn:epcglobal:cbv:bizstep:')],
  ['disposition', word('https://ref.gs1.org/cbv/Disp-', 'urn:epcglobal:cbv:disp:')],
  ['readPoint', byId],
  ['bizLocation', byId],
  ['sensorElementList', sensors],
]

function eventText(event: unknown, namespaces: Namespaces): string {
  const fields = object(event, '')
  const { type } = fields
  if (typeof type !== 'string' || !TYPES.includes(type)) throw new Refused('event-type', 'type')
  const standard: Record<string, unknown> = {}
  const extensions: string[] = []
  for (const [key, value] of Object.entries(fields)) {
    if (LEFT_OUT.has(key)) continue
    if (key.includes(':')) extensions.push(extension(key, value, namespaces))
    else standard[key] = value
  }
  return `eventType=${type}${inOrder(standard, EVENT, '')}${sorted(extensions)}`
}

/** The fields of an object by the canonical order; empty lists are as good as absent. */
function inOrder(fields: JsonObject, order: Order, path: string): string {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`)
  for (const name of Object.keys(fields))
    if (!order.some(([known]) => known === name)) throw new Refused('field-not-supported', at(name))
  let text = ''
  for (const [name, write] of order) {
    const value = fields[name]
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue
    text += (name === 'sensorReport' ? '' : name) + write(value, at(name))
  }
  return text
}

function extension(key: string, value: unknown, namespaces: Namespaces): string {
  const [prefix, ...local] = key.split(':')
  const namespace = Object.hasOwn(namespaces, prefix!) ? namespaces[prefix!] : undefined
  if (namespace === undefined) throw new Refused('namespace', key)
  const name = `{${namespace}}${local.join(':')}`
  const values = Array.isArray(value) ? (value as readonly unknown[]) : [value]
  return sorted(
    values.map((one) => {
      if (typeof one !== 'object' || one === null) return `${name}${plain(one, key)}`
      const inner = Object.entries(object(one, key))
      return name + sorted(inner.map(([k, v]) => extension(k, v, namespaces)))
    }),
  )
}

/** By the code points of their letters, which is the order of their UTF-8 bytes. */
function sorted(texts: readonly string[]): string {
  return [...texts].sort(byCodePoint).join('')
}
function byCodePoint(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)]
  for (let i = 0; i < left.length && i < right.length; i++) {
    const apart = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!
    if (apart !== 0) return apart
  }
  return left.length - right.length
}

const LOOKS_NUMERIC = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i
const LOOKS_TIMED = /^\d{4}-\d\d-\d\dT/

/**
 * A text, number or truth value. A text that another program might take for a number or a time is
 * taken only in the one form that all of them leave alone.
 */
function scalar(value: unknown, field: string): string {
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return decimal(value, field)
  const text = string(value, field)
  if (LOOKS_NUMERIC.test(text) && decimal(Number(text), field) !== text)
    throw new Refused('number', field)
  if (LOOKS_TIMED.test(text) && utcTime(text, field) !== text) throw new Refused('time', field)
  return text
}
/** Without trailing zeros or an exponent. */
function decimal(value: number, field: string): string {
  const text = Object.is(value, -0) ? '0' : String(value)
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw new Refused('number', field)
  return text
}

function idText(text: string, field: string): string {
  const canonical = canonicalIdentifier(text)
  if (canonical === undefined) throw new Refused('identifier', field)
  return canonical
}

/** A standard word is its address in the GS1 web vocabulary, however it was written. */
function vocabulary(
  text: string,
  { web, urn }: { readonly web: string; readonly urn: string },
  field: string,
): string {
  if (/^[A-Za-z_]+$/.test(text)) return web + text
  if (text.startsWith(urn)) return web + text.slice(urn.length)
  if (/^https?:\/\//.test(text)) return text
  throw new Refused('identifier', field)
}

const TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d{1,3}))?(Z|[+-]\d\d:\d\d)$/

/** A timestamp in UTC with milliseconds. */
function utcTime(text: string, field: string): string {
  const [, day, clock, fraction = '', offset] = TIME.exec(text) ?? []
  if (day === undefined || offset === undefined) throw new Refused('time', field)
  const at = Date.parse(`${day}T${clock}.${fraction.padEnd(3, '0')}${offset}`)
  if (Number.isNaN(at) || !isDay(day)) throw new Refused('time', field)
  return new Date(at).toISOString()
}

/** A parser of dates would take the 31st of February for one in March. */
function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day)
}

function string(value: unknown, field: string): string {
  if (typeof value !== 'string' || value.trim() === '') throw new Refused('malformed', field)
  return value.trim()
}
function list(value: unknown, field: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Refused('malformed', field)
  return value
}
function object(value: unknown, field: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Refused(field === '' ? 'event-type' : 'malformed', field)
  return value as JsonObject
}
