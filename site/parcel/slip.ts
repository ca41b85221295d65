import { checkSlip, type SlipFinding } from '../../range/client/slip-check.ts'
import { equalBytes } from '../../range/ledger/bytes.ts'
import { leafOf, type Opening } from '../../range/ledger/leaf.ts'
import { sha256 } from '../../range/ledger/sha256.ts'
import type { CustodyTrail, OrderSlip } from '../../range/protocol/custody.ts'
import { seatToken } from '../exercise/link.svelte.ts'
import { askOpening } from '../proof/check.ts'

/** A receipt as it lies in an address: whose order, and its code. */
export interface HeldSlip {
  readonly order: string
  readonly code: string
}

/** What stands behind a receipt that was found in the record. */
export type Behind =
  /** The exercise runs: nothing opens yet. */
  | { readonly kind: 'sealed' }
  /** The entry as it was opened here, and its virtual time. */
  | { readonly kind: 'request' | 'second'; readonly at: number }
  | { readonly kind: 'erased' }
  /** It opens to something that has nothing to do with an order. */
  | { readonly kind: 'differs' }
  /** Nothing came. */
  | { readonly kind: 'closed' }

export interface Judged {
  readonly finding: SlipFinding
  readonly ended: boolean
  readonly behind: Behind
}

/** The receipt in a page's address; null where there is none. */
export function slipIn(search: string): HeldSlip | null {
  const asked = new URLSearchParams(search)
  const code = asked.get('slip')
  return code === null ? null : { order: asked.get('order') ?? '', code }
}

/** Where a receipt's QR code leads: exercise, order and code, and nothing else. */
export function slipAddress(origin: string, exercise: string, { order, code }: HeldSlip): string {
  const query = new URLSearchParams({ order, slip: code })
  return `${origin}/parcel/${encodeURIComponent(exercise)}?${query.toString()}`
}

/** Judges a receipt in this browser, and opens its entry where it may be opened. */
export async function judgeSlip(
  log: { readonly exercise: string; readonly key: string },
  { order, code }: HeldSlip,
): Promise<Judged> {
  const ended = await isSealed(log.exercise)
  const finding = await checkSlip({ ledger: log.exercise, vkey: log.key, ended }, order, code)
  if (finding.state !== 'logged' || !ended) return { finding, ended, behind: { kind: 'sealed' } }
  const told = await askOpening(log.exercise, finding.index).catch(() => ({ error: 'other' }))
  if ('error' in told) {
    const kind = told.error === 'erased' ? 'erased' : 'closed'
    return { finding, ended, behind: { kind } }
  }
  return { finding, ended, behind: behindOf(finding, told.opening) }
}

function behindOf(
  { leaf, slip }: Extract<SlipFinding, { state: 'logged' }>,
  opening: Opening,
): Behind {
  const opened = leafOf(opening, sha256)
  if (opened === undefined || !equalBytes(opened, leaf)) return { kind: 'differs' }
  const { kind, at, input } = opening.entry as { kind: string; at?: unknown; input?: unknown }
  if (slip.kind === 'second')
    return kind === 'digest' && typeof at === 'number' ? { kind: 'second', at } : DIFFERS
  const asked = (input ?? {}) as { kind?: unknown; at?: unknown }
  const placed = kind === 'input' && asked.kind === 'Requested' && typeof asked.at === 'number'
  return placed ? { kind: 'request', at: asked.at as number } : DIFFERS
}
const DIFFERS: Behind = { kind: 'differs' }

/** A server that says "not ended" gains nothing: a receipt's delay ends anyway. */
async function isSealed(exercise: string): Promise<boolean> {
  const told = await ask(`/api/exercises/${encodeURIComponent(exercise)}/ledger`)
  return told['sealed'] === true
}

/** The receipt of one order, or why it is not handed out. */
export async function askSlip(exercise: string, order: string): Promise<OrderSlip | string> {
  const told = await ask(`${slipsOf(exercise)}/${encodeURIComponent(order)}`)
  return (told['slips'] as OrderSlip | undefined) ?? reasonOf(told)
}

/** The receipts to be printed for a class, or why they are not handed out. */
export async function askSlips(exercise: string): Promise<readonly OrderSlip[] | string> {
  const told = await ask(slipsOf(exercise))
  return (told['slips'] as readonly OrderSlip[] | undefined) ?? reasonOf(told)
}

/** What was reported of the order of a receipt, for whoever holds it. */
export async function askTrailOf(
  exercise: string,
  { order, code }: HeldSlip,
): Promise<CustodyTrail | string> {
  const way = `/api/exercises/${encodeURIComponent(exercise)}/custody`
  const told = await ask(`${way}/${encodeURIComponent(order)}?slip=${encodeURIComponent(code)}`)
  return (told['custody'] as CustodyTrail | undefined) ?? reasonOf(told)
}

function slipsOf(exercise: string): string {
  return `/api/exercises/${encodeURIComponent(exercise)}/slips`
}
function reasonOf(told: Readonly<Record<string, unknown>>): string {
  return String(told['reason'] ?? 'other')
}
async function ask(path: string): Promise<Readonly<Record<string, unknown>>> {
  const [, exercise = ''] = /^\/api\/exercises\/([^/]+)/.exec(path) ?? []
  try {
    const token = seatToken(decodeURIComponent(exercise))
    const answer = await fetch(path, { headers: { 'x-seat': token } })
    return (await answer.json()) as Record<string, unknown>
  } catch {
    return {}
  }
}
