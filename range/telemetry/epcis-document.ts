import type { EpcisEvent } from '../../engine/event/telemetry.ts'
import { CONTEXT, epcisForm, type EpcisJson } from '../protocol/epcis-form.ts'
import type { Milliseconds } from '../world/types.ts'
import { isoTime } from '../world/sensor.ts'

/** The signature of one event by the device that reported it. */
export interface EventSignature {
  /** `ni:///sha-256;…?ver=CBV2.0`, the event hash. */
  readonly eventID: string
  /** Name of the device in the exercise, e.g. `locker:L1`. */
  readonly device: string
  /** The device's `did:key`. */
  readonly did: string
  /** Base64 of an Ed25519 signature. */
  readonly signature: string
}

/** An EPCISDocument of the events in their order. `created` is its creation date. */
export function epcisDocument(events: readonly EpcisEvent[], created: Milliseconds): EpcisJson {
  return {
    '@context': CONTEXT,
    type: 'EPCISDocument',
    schemaVersion: '2.0',
    creationDate: isoTime(created),
    epcisBody: { eventList: events.map(epcisForm) },
  }
}

/**
 * The same with an event's hash as its `eventID`, and beside the events who signed which. A
 * signature inside an event would be part of what it signs. `signed` is the log's origin, which
 * every signature names.
 */
export function signedEpcisDocument(
  events: readonly { readonly event: EpcisEvent; readonly eventID: string }[],
  signatures: readonly EventSignature[],
  { created, origin }: { readonly created: Milliseconds; readonly origin: string },
): EpcisJson {
  const document = epcisDocument([], created)
  const eventList = events.map(({ event, eventID }) => ({ ...epcisForm(event), eventID }))
  return {
    ...document,
    epcisBody: { eventList },
    'doorstep:signedFor': origin,
    'doorstep:signatures': signatures,
  }
}

/**
 * One event by itself. What an aggregation holds is `childEPCs` there; temperatures are in
 * degrees.
 */
export function epcisEvent(event: EpcisEvent): EpcisJson {
  return { '@context': CONTEXT, ...epcisForm(event) }
}
