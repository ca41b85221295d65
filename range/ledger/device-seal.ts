import { fromBase64, utf8 } from './bytes.ts'
import type { VerifySignature } from './checkpoint.ts'
import { parseDidKey } from './did-key.ts'

/** The signature of a reported event by the device that reported it. `signature` is base64. */
export interface SignedEvent {
  readonly hash: string
  readonly did: string
  readonly signature: string
}
/** The sealed entry of one second: who signed what was reported in it. */
export interface SignaturesEntry {
  readonly kind: 'signatures'
  readonly at: number
  readonly events: readonly SignedEvent[]
}
/** A device and its name that is a key. */
export interface Device {
  readonly id: string
  readonly did: string
}
/** The sealed entry that takes devices in: from there on their signatures count. */
export interface DevicesEntry {
  readonly kind: 'devices'
  readonly at: number
  readonly devices: readonly Device[]
}

/** Signatures an entry holds at most; a second with more has several entries. */
export const SIGNATURES_MAX = 128
const TEXT_MAX = 200

/** What a device signs: which log it reports to, and the hash of the event. */
export function signedText(origin: string, hash: string): Uint8Array {
  return utf8(`doorstep device event v1\n${origin}\n${hash}\n`)
}

/** Why a report is not signed by the device that it names. */
export type SealBroken =
  /** No signature of this report stands in the record. */
  | 'unsigned'
  /** The device was never taken in. */
  | 'unknown-device'
  /** It is signed with the key of another device, or of none. */
  | 'other-device'
  | 'bad-signature'
export type SealVerdict =
  { readonly ok: true; readonly did: string } | { readonly ok: false; readonly broken: SealBroken }

/**
 * Whether a report with this hash is signed, for this log, by the device it names, with the key
 * under which the record took that device in. The first device entry of a name counts.
 */
export function checkSeal(
  claim: { readonly origin: string; readonly hash: string; readonly device: string },
  signed: readonly SignedEvent[],
  devices: readonly Device[],
  verify: VerifySignature,
): SealVerdict {
  const known = devices.find(({ id }) => id === claim.device)
  const ofIt = signed.filter(({ hash }) => hash === claim.hash)
  if (ofIt.length === 0) return { ok: false, broken: 'unsigned' }
  if (known === undefined) return { ok: false, broken: 'unknown-device' }
  const own = ofIt.filter(({ did }) => did === known.did)
  if (own.length === 0) return { ok: false, broken: 'other-device' }
  const key = parseDidKey(known.did)
  const message = signedText(claim.origin, claim.hash)
  const good = own.some(({ signature }) => {
    const bytes = fromBase64(signature)
    return key !== undefined && bytes !== undefined && verify(key, message, bytes)
  })
  return good ? { ok: true, did: known.did } : { ok: false, broken: 'bad-signature' }
}

/** The entry of a second's signatures, or undefined where it is none, or not in its bounds. */
export function parseSignatures(entry: unknown): SignaturesEntry | undefined {
  const { kind, at, events } = fields(entry)
  if (kind !== 'signatures' || typeof at !== 'number') return undefined
  const rows = rowsOf(events, ['hash', 'did', 'signature'])
  return rows && { kind, at, events: rows as unknown as readonly SignedEvent[] }
}

/** The entry that takes devices in, or undefined where it is none, or not in its bounds. */
export function parseDevices(entry: unknown): DevicesEntry | undefined {
  const { kind, at, devices } = fields(entry)
  if (kind !== 'devices' || typeof at !== 'number') return undefined
  const rows = rowsOf(devices, ['id', 'did'])
  return rows && { kind, at, devices: rows as unknown as readonly Device[] }
}

type Row = Readonly<Record<string, string>>

function rowsOf(list: unknown, names: readonly string[]): readonly Row[] | undefined {
  if (!Array.isArray(list) || list.length > SIGNATURES_MAX) return undefined
  const rows: Row[] = []
  for (const one of list as readonly unknown[]) {
    const told = fields(one)
    const row: Record<string, string> = {}
    for (const name of names) {
      const text = told[name]
      if (typeof text !== 'string' || text.length > TEXT_MAX) return undefined
      row[name] = text
    }
    rows.push(row)
  }
  return rows
}
function fields(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
