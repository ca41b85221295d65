import { isEpcis, type EpcisEvent, type Telemetry } from '../../engine/event/telemetry.ts'
import { parseDevices, parseSignatures } from '../ledger/device-seal.ts'
import { epcisEventHash } from '../ledger/epcis-hash.ts'
import { deviceOf, epcisForm, NAMESPACES } from '../protocol/epcis-form.ts'
import { signedEpcisDocument, type EventSignature } from '../telemetry/epcis-document.ts'
import { sendText } from './answer.ts'
import { entitled, refuse, type Call, type Endpoint } from './api-call.ts'
import type { Log } from './ledger/log.ts'
import { nativeSha256 } from './ledger/native.ts'

/** What devices reported of parcels and vans in an ended exercise, signed, as EPCIS 2.0. */
export const EPCIS_ENDPOINT: Endpoint = {
  method: 'GET',
  path: /^\/api\/exercises\/([^/]+)\/export\.jsonld$/,
  answer: async (call: Call) => {
    if (!(await entitled(call))) return
    const done = await call.parts.rooms.finished(call.id)
    const log = call.parts.rooms.get(call.id)?.log
    if ('error' in done || log === undefined) {
      const reason = 'error' in done ? done.error : 'no-such-exercise'
      return refuse(call.res, reason === 'not-ended' ? 409 : 404, reason)
    }
    const told = { telemetry: done.run.state.telemetry, created: done.run.now(), log }
    sendText(call.res, 200, exportEpcis(told), 'application/ld+json; charset=utf-8', {
      'Content-Disposition': `attachment; filename="doorstep-${call.id}.jsonld"`,
    })
  },
}

/**
 * An EPCISDocument of the custody events among the telemetry: each with its hash as `eventID`, and
 * beside them who signed which, as the log holds it. Bare readings of sensors are left out. An
 * event without a hash keeps the id it has.
 */
export function exportEpcis({
  telemetry,
  created,
  log,
}: {
  readonly telemetry: readonly Telemetry[]
  /** Virtual milliseconds. */
  readonly created: number
  readonly log: Log
}): string {
  const signed = signaturesOf(log)
  const signatures: EventSignature[] = []
  const events = custodyOf(telemetry).map((event) => {
    const hashed = epcisEventHash(epcisForm(event), NAMESPACES, nativeSha256)
    if (!hashed.ok) return { event, eventID: event.eventID }
    const one = signed.get(hashed.id)
    if (one !== undefined) signatures.push({ eventID: hashed.id, device: deviceOf(event), ...one })
    return { event, eventID: hashed.id }
  })
  const document = signedEpcisDocument(events, signatures, { created, origin: log.origin })
  return `${JSON.stringify(document, null, 2)}\n`
}

function custodyOf(telemetry: readonly Telemetry[]): EpcisEvent[] {
  return telemetry.flatMap(({ body }) =>
    isEpcis(body) && body.bizStep !== 'sensor_reporting' ? [body] : [],
  )
}

/** Signatures by the hash of their event, of devices that the log has taken in. */
function signaturesOf(log: Log): Map<string, { did: string; signature: string }> {
  const taken = new Set<string>()
  const signed = new Map<string, { did: string; signature: string }>()
  for (const { entry } of log.entries()) {
    for (const { did } of parseDevices(entry)?.devices ?? []) taken.add(did)
    for (const { hash, did, signature } of parseSignatures(entry)?.events ?? [])
      if (taken.has(did)) signed.set(hash, { did, signature })
  }
  return signed
}
