import type { EpcisEvent, SensorElement, SensorReport } from '../../engine/event/telemetry.ts'
import type { Milliseconds } from '../world/types.ts'
import { isoTime } from '../world/sensor.ts'

/** JSON-LD of one event or a document, as EPCIS 2.0 wants it at a border. */
export type EpcisJson = Readonly<Record<string, unknown>>

const VOCABULARY = 'https://doorstep.example/voc/'
const CONTEXT = [
  'https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld',
  { doorstep: VOCABULARY },
] as const
/** Steps that the CBV has no word for; a word of one's own must be a URI. */
const OWN_STEPS: readonly string[] = ['delivering']

/** An EPCISDocument of the events in their order. `created` is its creation date. */
export function epcisDocument(events: readonly EpcisEvent[], created: Milliseconds): EpcisJson {
  return {
    '@context': CONTEXT,
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: isoTime(created),
    epcisBody: { eventList: events.map(exported) },
  }
}

/**
 * One event by itself. What an aggregation holds is `childEPCs` there; temperatures are in
 * degrees.
 */
export function epcisEvent(event: EpcisEvent): EpcisJson {
  return { '@context': CONTEXT, ...exported(event) }
}

function exported(event: EpcisEvent): EpcisJson {
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

function sensorOf(element: SensorElement): EpcisJson {
  return { ...element, sensorReport: element.sensorReport.map(reportOf) }
}

/** GS1 types go without their prefix; ours keep it as an extension. */
function reportOf(report: SensorReport): EpcisJson {
  const type = report.type.startsWith('gs1:') ? report.type.slice(4) : report.type
  const value =
    report.type === 'gs1:Temperature' && report.value !== undefined
      ? { value: report.value / 1000 }
      : {}
  return { ...report, type, ...value }
}
