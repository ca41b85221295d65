import { isEpcis, type Telemetry } from '../../engine/event/telemetry.ts'
import {
  checkSeal,
  type Device,
  type SealVerdict,
  type SignedEvent,
} from '../ledger/device-seal.ts'
import { verifyEd25519 } from '../ledger/ed25519.ts'
import { epcisEventHash } from '../ledger/epcis-hash.ts'
import { sha256 } from '../ledger/sha256.ts'
import { deviceOf, epcisForm, NAMESPACES } from '../protocol/epcis-form.ts'

/** What this browser found of the signature of one report. */
export interface Seal {
  /** The device that the report says it comes from. */
  readonly device: string
  /** `ni:///sha-256;…?ver=CBV2.0`, computed here; null where the report has none. */
  readonly hash: string | null
  readonly verdict: SealVerdict
}
/** What the record holds of a second's signatures, and of the devices taken in. */
export interface Sealed {
  /** The log's name, which every signature is bound to. */
  readonly origin: string
  readonly signed: readonly SignedEvent[]
  readonly devices: readonly Device[]
}

/**
 * Hashes a report as EPCIS does and checks the signature of the device that it names, in plain
 * JavaScript, so that it works without a secure context as well. Null for a report of the shop's
 * own systems, which no device signs. The report is the server's word, as strange as it likes.
 */
export function sealOf(body: unknown, record: Sealed): Seal | null {
  if (typeof body !== 'object' || body === null || !isEpcis(body as Telemetry['body'])) return null
  try {
    const event = body as Parameters<typeof epcisForm>[0]
    const hashed = epcisEventHash(epcisForm(event), NAMESPACES, sha256)
    const device = deviceOf(event)
    if (!hashed.ok) return { device, hash: null, verdict: { ok: false, broken: 'unsigned' } }
    const claim = { origin: record.origin, hash: hashed.id, device }
    const verdict = checkSeal(claim, record.signed, record.devices, verifyEd25519)
    return { device, hash: hashed.id, verdict }
  } catch {
    return { device: '…', hash: null, verdict: { ok: false, broken: 'unsigned' } }
  }
}
