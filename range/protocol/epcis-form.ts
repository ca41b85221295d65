import type { EpcisEvent, SensorElement, SensorReport } from '../../engine/event/telemetry.ts'

/** JSON-LD of one event or a document, as EPCIS 2.0 wants it at a border. */
export type EpcisJson = Readonly<Record<string, unknown>>

/** What our own words begin with, and the prefix that stands for it. */
export const VOCABULARY = 'https://doorstep.example/voc/'
export const NAMESPACES = { doorstep: VOCABULARY } as const
export const CONTEXT = [
  'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
  NAMESPACES,
] as const
/** Steps that the CBV has no word for; a word of one's own must be a URI. */
const OWN_STEPS: readonly string[] = ['delivering']

/**
 * An event as it leaves the range, without the context that its document gives: what an aggregation
 * holds is `childEPCs`, our own words are addresses, temperatures are in degrees. This is what the
 * event hash is taken of.
 */
export function epcisForm(event: EpcisEvent): EpcisJson {
  const { epcList, sensorElementList, bizStep, ...rest } = event
  return {
    ...rest,
    bizStep: OWN_STEPS.includes(bizStep) ? `${VOCABULARY}${bizStep}` : bizStep,
    ...(event.type === 'AggregationEvent' ? { childEPCs: epcList } : { epcList }),
    ...(sensorElementList === undefined
      ? {}
      : { sensorElementList: sensorElementList.map(sensorOf) }),
  }
}

/**
 * Which device says that it made a report: `scanner:van-0` the courier's, `scanner:ivan.s10` a
 * clerk's in the warehouse, `scanner:depot` the fixed one at the gate, `locker:L1`, or the sensor
 * itself, `device:van-0-tracker`. Decided by the report alone, so that whoever checks it decides
 * alike.
 */
export function deviceOf(event: EpcisEvent): string {
  const sensor = event.sensorElementList?.[0]?.sensorMetadata.deviceID
  if (event.bizStep === 'sensor_reporting' && sensor !== undefined)
    return sensor.replace(TRACKER, '-tracker')
  const place = event.readPoint.id
  if (place.startsWith('locker:')) return place
  if (event.bizStep === 'delivering' && event.parentID !== undefined)
    return `scanner:${event.parentID.replace(':', '-')}`
  const actor = event['doorstep:actor']
  if (CLERKS.includes(event.bizStep) && actor !== undefined) return `scanner:${actor}`
  return `scanner:${place.replace(/^place:/, '')}`
}

/** Receiver, wheel sensor and modem of a van are one box. */
const TRACKER = /-(gps|odometer|modem)$/
/** Steps at the stations of the warehouse, where a clerk holds the scanner. */
const CLERKS: readonly string[] = ['picking', 'packing', 'staging_outbound']

function sensorOf(element: SensorElement): EpcisJson {
  return { ...element, sensorReport: element.sensorReport.map(reportOf) }
}

/** GS1 types go without their prefix; ours are spelled out. */
function reportOf(report: SensorReport): EpcisJson {
  const [prefix, word = ''] = report.type.split(':')
  const type = prefix === 'gs1' ? word : `${VOCABULARY}${word}`
  const value =
    report.type === 'gs1:Temperature' && report.value !== undefined
      ? { value: report.value / 1000 }
      : {}
  return { ...report, type, ...value }
}
