import { existsSync, readFileSync, statSync } from 'node:fs'
import type { EpcisEvent } from '../../../engine/event/telemetry.ts'
import { parseVkey } from '../../ledger/checkpoint.ts'
import {
  checkSeal,
  parseDevices,
  parseSignatures,
  type Device,
  type SealBroken,
  type SignedEvent,
} from '../../ledger/device-seal.ts'
import { epcisEventHash } from '../../ledger/epcis-hash.ts'
import { deviceOf, NAMESPACES, VOCABULARY } from '../../protocol/epcis-form.ts'
import { LedgerError } from '../ledger/error.ts'
import { nativeSha256, nativeVerify } from '../ledger/native.ts'
import { parseOpeningLine } from '../ledger/openings.ts'
import { readPublished } from '../ledger/published.ts'
import type { Output } from './ledger.ts'

export interface LedgerEventsOptions {
  /** Folder of the ended exercise; without it the document's own word is all there is. */
  readonly log?: string
  readonly json?: boolean
}

/** What is said of one event. */
interface Judged {
  readonly eventID: string
  readonly device: string
  readonly state: 'signed' | 'changed' | SealBroken
}
/** Whose signatures count, and for which log. */
interface Record {
  readonly origin: string
  readonly signed: readonly SignedEvent[]
  readonly devices: readonly Device[]
}

const MISUSE = 2

/**
 * `ledger events FILE [--log DIR]`: judges an exported EPCIS document, offline. Each event must
 * have its hash for `eventID`, signed by the device that it names; with the exercise's folder, by
 * signatures and devices of its audited record. Returns the exit code: 0 all signed, 1 one is not,
 * or the record does not hold; 2 misuse with one line.
 */
export function ledgerEvents(file: string, options: LedgerEventsOptions, io: Output): number {
  const told = readDocument(file)
  if (told === undefined) {
    io.err(`ledger events: ${file} is no exported EPCIS document`)
    return MISUSE
  }
  try {
    const record = options.log === undefined ? told.record : recordOf(options.log)
    const judged = told.events.map((event) => judge(event, record))
    const wrong = judged.filter(({ state }) => state !== 'signed')
    if (options.json === true) for (const one of judged) io.out(JSON.stringify(one))
    else {
      for (const { eventID, device, state } of wrong) io.out(`${state}: ${device} ${eventID}`)
      const by =
        options.log === undefined ? 'by the document’s own word' : `as ${options.log} holds`
      io.out(`${file}: ${judged.length - wrong.length} of ${judged.length} events signed, ${by}`)
    }
    return wrong.length === 0 ? 0 : 1
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    const misuse = error.code === 'key-refused'
    if (misuse) io.err(`ledger events: ${error.message}`)
    else io.out(`${options.log}: the record does not hold: ${error.message}`)
    return misuse ? MISUSE : 1
  }
}

type Told = Readonly<{ [name: string]: unknown }>

function judge(event: Told, record: Record): Judged {
  const eventID = String(event['eventID'])
  const hashed = epcisEventHash(event, NAMESPACES, nativeSha256)
  if (!hashed.ok || hashed.id !== eventID) return { eventID, device: '', state: 'changed' }
  const bizStep = String(event['bizStep']).replace(VOCABULARY, '')
  const device = deviceOf({ ...event, bizStep } as unknown as EpcisEvent)
  const claim = { origin: record.origin, hash: hashed.id, device }
  const verdict = checkSeal(claim, record.signed, record.devices, nativeVerify)
  return { eventID, device, state: verdict.ok ? 'signed' : verdict.broken }
}

/** The events of a document, and what it says itself of signatures; undefined where it is none. */
function readDocument(
  file: string,
): { readonly events: readonly Told[]; readonly record: Record } | undefined {
  if (!existsSync(file) || !statSync(file).isFile()) return undefined
  try {
    const document = JSON.parse(readFileSync(file, 'utf8')) as Told
    const { eventList } = document['epcisBody'] as { eventList: readonly Told[] }
    const rows = document['doorstep:signatures'] as readonly {
      [name in 'eventID' | 'device' | 'did' | 'signature']: string
    }[]
    const record = {
      origin: String(document['doorstep:signedFor']),
      signed: rows.map(({ eventID, did, signature }) => ({ hash: eventID, did, signature })),
      devices: rows.map(({ device, did }) => ({ id: device, did })),
    }
    return eventList.every((one) => typeof one === 'object' && one !== null)
      ? { events: eventList, record }
      : undefined
  } catch {
    return undefined
  }
}

/** Signatures and devices of an ended exercise, out of files that were hashed again first. */
function recordOf(dir: string): Record {
  const log = readPublished(dir)
  const openings = log.publicOpenings()?.toString('utf8')
  if (openings === undefined) throw new LedgerError('key-refused', `${dir} has not ended yet`)
  const signed: SignedEvent[] = []
  const devices: Device[] = []
  for (const line of openings.split('\n')) {
    if (line.trim() === '') continue
    const entry = parseOpeningLine(line)?.entry
    signed.push(...(parseSignatures(entry)?.events ?? []))
    devices.push(...(parseDevices(entry)?.devices ?? []))
  }
  return { origin: parseVkey(log.vkey, nativeSha256)?.name ?? '', signed, devices }
}
