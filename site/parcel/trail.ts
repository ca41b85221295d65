import type { Verdict } from '../../range/client/proof.ts'
import { sealOf, type Seal, type Sealed } from '../../range/client/sealed-report.ts'
import { concat, utf8 } from '../../range/ledger/bytes.ts'
import { parseVkey } from '../../range/ledger/checkpoint.ts'
import { parseDevices, parseSignatures } from '../../range/ledger/device-seal.ts'
import { sha256 } from '../../range/ledger/sha256.ts'
import type { CustodyOrder, CustodyTrail } from '../../range/protocol/custody.ts'
import { seatToken } from '../exercise/link.svelte.ts'
import { askOpening, verify } from '../proof/check.ts'
import type { Replica } from '../proof/replica.ts'
import { isMention, type Report } from './trail-words.ts'

export type Second = CustodyTrail['seconds'][number]

/** Why a link does not hold; the first reason found. */
export type Broken =
  /** No entry of the log holds this second. */
  | 'not-in-log'
  /** The reports do not hash to what the entry holds. */
  | 'reports-differ'
  /** The entry could not be had, or is none of a second. */
  | 'no-entry'
  /** The entry does not lead to the signed head. */
  | 'not-proven'
  /** The reports are in the record, but one is not signed by the device that it names. */
  | 'not-signed'

/** One link of the chain: what was reported in one second, and whether this browser verified it. */
export interface Link {
  readonly at: number
  readonly entry: number | null
  readonly reports: readonly Report[]
  /** Of each report the seal of its device; null for one that no device made. */
  readonly seals: readonly (Seal | null)[]
  readonly broken: Broken | null
  /** Size of the log under whose signed head it was found; null where it was not. */
  readonly size: number | null
}

/** Entries with signatures, or with devices, that are read for one second. */
const ENTRIES_MAX = 8

type Answer<T> = { readonly ok: true; readonly custody: T } | { readonly ok: false; reason: string }

/** The orders of an ended exercise that became parcels, or why they are not handed out. */
export function askOrders(exercise: string): Promise<readonly CustodyOrder[] | string> {
  return ask<readonly CustodyOrder[]>(exercise, '')
}

/** What was reported of one order, or why it is not handed out. */
export function askTrail(exercise: string, number: string): Promise<CustodyTrail | string> {
  return ask<CustodyTrail>(exercise, `/${encodeURIComponent(number)}`)
}

/**
 * Checks one second in this browser: hashes the parts, opens the entry that holds their digest, and
 * climbs from it to the signed head; then checks the signature of each report's device, likewise
 * out of proven entries. The server is believed in none of it.
 */
export async function checkSecond(
  log: { readonly exercise: string; readonly key: string },
  order: CustodyOrder,
  second: Second,
  replica: Replica | undefined,
): Promise<Link> {
  const { at, entry, parts } = second
  const reports = reportsOf(order, parts)
  const record = await sealedOf(log, second, replica)
  const seals = reports.map(({ body }) => sealOf(body, record))
  const broken = (why: Broken): Link => ({ at, entry, reports, seals, broken: why, size: null })
  if (entry === null) return broken('not-in-log')
  const opening = await askOpening(log.exercise, entry)
  if ('error' in opening) return broken('no-entry')
  const held = opening.opening.entry as { kind: string; at?: unknown; digest?: unknown }
  if (held.kind !== 'digest' || held.at !== at || parts[0] !== String(at)) return broken('no-entry')
  if (held.digest !== digestOf(parts)) return broken('reports-differ')
  const claim = { ...log, index: entry, opening: opening.opening, forged: false }
  const { verdict }: { verdict: Verdict } = await verify(claim, replica)
  if (!verdict.ok) return broken('not-proven')
  if (seals.some((seal) => seal?.verdict.ok === false)) return broken('not-signed')
  return { at, entry, reports, seals, broken: null, size: verdict.size }
}

/** What the record holds of the signatures of a second; only what leads to its signed head. */
async function sealedOf(
  log: { readonly exercise: string; readonly key: string },
  { seals, devices }: Second,
  replica: Replica | undefined,
): Promise<Sealed> {
  const proven = (index: number): Promise<unknown> => provenEntry(log, index, replica)
  const [signed, taken] = await Promise.all([
    Promise.all(seals.slice(0, ENTRIES_MAX).map(proven)),
    Promise.all(devices.slice(0, ENTRIES_MAX).map(proven)),
  ])
  return {
    origin: parseVkey(log.key, sha256)?.name ?? '',
    signed: signed.flatMap((entry) => parseSignatures(entry)?.events ?? []),
    devices: taken.flatMap((entry) => parseDevices(entry)?.devices ?? []),
  }
}

/** Entries found proven in this page, by log and index: most links name the same devices. */
const found = new Map<string, unknown>()
const FOUND_MAX = 200

async function provenEntry(
  log: { readonly exercise: string; readonly key: string },
  index: number,
  replica: Replica | undefined,
): Promise<unknown> {
  const name = `${log.key} ${log.exercise} ${index}`
  if (found.has(name)) return found.get(name)
  const opening = await askOpening(log.exercise, index)
  if ('error' in opening) return undefined
  const claim = { ...log, index, opening: opening.opening, forged: false }
  const { verdict } = await verify(claim, replica)
  if (!verdict.ok) return undefined
  if (found.size >= FOUND_MAX) found.clear()
  found.set(name, opening.opening.entry)
  return opening.opening.entry
}

/** SHA-256 in hex over the parts, each followed by a zero byte: `range/exercise/digest.ts`. */
export function digestOf(parts: readonly string[]): string {
  const zero = Uint8Array.of(0)
  const hash = sha256(concat(...parts.flatMap((part) => [utf8(part), zero])))
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The reports of a second that speak of this order; none where they are not to be read. */
export function reportsOf(order: CustodyOrder, parts: readonly string[]): Report[] {
  let told: unknown
  try {
    told = JSON.parse(parts[1] ?? '')
  } catch {
    return []
  }
  return Array.isArray(told) ? told.filter((one): one is Report => isMention(one, order)) : []
}

async function ask<T>(exercise: string, rest: string): Promise<T | string> {
  const path = `/api/exercises/${encodeURIComponent(exercise)}/custody${rest}`
  try {
    const answer = await fetch(path, { headers: { 'x-seat': seatToken(exercise) } })
    const told = (await answer.json()) as Answer<T>
    return told.ok ? told.custody : told.reason
  } catch {
    return 'other'
  }
}
