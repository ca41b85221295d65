import { basename } from 'node:path'
import { checkOwnMoves, type Finding } from '../../client/own-moves.ts'
import { checkSlip, type SlipFinding } from '../../client/slip-check.ts'
import { MERGE_LEAVES, verifyReceipt } from '../../ledger/receipt.ts'
import type { ReceiptMessage } from '../../protocol/message.ts'
import { LedgerError } from '../ledger/error.ts'
import { nativeTools } from '../ledger/native.ts'
import { openReadable, type ReadableLog } from '../ledger/readable-log.ts'
import { readKey, type Output } from './ledger.ts'
import { readText } from './read-text.ts'

export interface LedgerReceiptOptions {
  /** Folder of the exercise, of its ledger or of saved tiles, or the log's address. */
  readonly log: string
  readonly key?: string
  readonly json?: boolean
}

/** One line of a file: the receipt of a message, or a customer's slip. */
type Saved =
  | { readonly kind: 'message'; readonly message: ReceiptMessage }
  | { readonly kind: 'slip'; readonly order: string; readonly code: string }

/** What is said of one receipt. */
interface Judged {
  /** The message's id, or the order's number. */
  readonly of: string
  readonly state: Finding['state'] | 'forged'
  readonly index?: number
  /** Size at which it must be in the record. */
  readonly until?: number
  readonly code?: string
}

const MISUSE = 2
const RECEIPTS_MAX = 10_000
const GOOD: readonly Judged['state'][] = ['logged', 'due']

/**
 * `ledger receipt FILE… --log DIR|URL`: judges saved receipts and slips. Returns the exit code: 0
 * where all are in the record or not overdue, 1 where one is unlogged, bent, forged or of another
 * log, or the record itself does not hold; 2 misuse with one line. Throws as `readText` does.
 */
export async function ledgerReceipt(
  files: readonly string[],
  options: LedgerReceiptOptions,
  io: Output,
): Promise<number> {
  const saved = readSaved(files)
  if ('misuse' in saved) {
    io.err(`ledger receipt: ${saved.misuse}`)
    return MISUSE
  }
  try {
    const log = await openReadable(options.log, readKey(options.key))
    const judged = await judge(log, saved.all)
    if ('unreadable' in judged) {
      if (options.json === true) io.out(JSON.stringify({ ok: false, code: judged.unreadable }))
      else io.out(`${options.log}: the record does not hold: ${judged.unreadable}`)
      return judged.unreadable === 'not-there' ? MISUSE : 1
    }
    return report(judged.all, judged.size, options, io)
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    io.err(`ledger receipt: ${error.message}`)
    return MISUSE
  }
}

async function judge(
  log: ReadableLog,
  all: readonly Saved[],
): Promise<{ readonly all: Judged[]; readonly size: number } | { readonly unreadable: string }> {
  const { vkey, ended, fetchPath } = log
  const claim = { ledger: 'log', vkey, ended, fetchPath }
  const messages = all.flatMap((one) => (one.kind === 'message' ? [one.message] : []))
  const moves = await checkOwnMoves(claim, messages)
  if (!moves.ok) return { unreadable: moves.code }
  const judged: Judged[] = messages.map((message, i) => ({
    of: message.id,
    ...moves.findings[i]!,
    ...dueOf(message, vkey, moves.findings[i]!.state),
  }))
  for (const one of all) {
    if (one.kind !== 'slip') continue
    const finding = await checkSlip(claim, one.order, one.code)
    if (finding.state === 'unreadable') return { unreadable: finding.code }
    judged.push({ of: one.order, ...shown(finding) })
  }
  return { all: judged, size: moves.size }
}

function dueOf(
  { receipt, opening }: ReceiptMessage,
  vkey: string,
  state: Finding['state'],
): { readonly until?: number } {
  const read = state === 'due' ? verifyReceipt(receipt, opening, vkey, nativeTools) : undefined
  return read?.ok === true ? { until: read.receipt.from + read.receipt.within } : {}
}

function shown(finding: Exclude<SlipFinding, { state: 'unreadable' }>): Omit<Judged, 'of'> {
  switch (finding.state) {
    case 'forged':
      return { state: 'forged', code: finding.code }
    case 'logged':
      return { state: 'logged', index: finding.index }
    case 'due':
      return { state: 'due', until: finding.until }
    case 'unlogged':
      return { state: 'unlogged' }
  }
}

function report(
  all: readonly Judged[],
  size: number,
  { json }: LedgerReceiptOptions,
  io: Output,
): number {
  const ok = all.every(({ state }) => GOOD.includes(state))
  if (json === true) io.out(JSON.stringify({ ok, size, receipts: all }))
  else {
    for (const one of all) io.out(`${one.of}: ${sentence(one, size)}`)
    const bad = all.filter(({ state }) => !GOOD.includes(state)).length
    io.out(
      ok
        ? `${all.length} receipts, all good, against ${size} signed entries`
        : `${bad} of ${all.length} receipts DO NOT HOLD against ${size} signed entries`,
    )
  }
  return ok ? 0 : 1
}

function sentence({ state, index, until, code }: Judged, size: number): string {
  switch (state) {
    case 'logged':
      return `good, entry ${index} of ${size}`
    case 'due':
      return `good, not in the record yet: it must be there at size ${until ?? size + MERGE_LEAVES}`
    case 'unlogged':
      return 'UNLOGGED: the log signed it and does not have it; this file and the checkpoint prove it'
    case 'bent':
      return 'BENT: it contradicts the receipt before it'
    case 'forged':
      return `FORGED, changed, or of another log (${code})`
    case 'refused':
      return code === 'wrong-origin'
        ? 'OF ANOTHER LOG (wrong-origin)'
        : `FORGED or changed (${code})`
  }
}

function readSaved(
  files: readonly string[],
): { readonly all: Saved[] } | { readonly misuse: string } {
  const all: Saved[] = []
  for (const file of files) {
    const lines = readText(file).split('\n')
    for (const [i, line] of lines.entries()) {
      if (line.trim() === '') continue
      const saved = parseSaved(line)
      if (saved === undefined) return { misuse: `${basename(file)}:${i + 1} is no saved receipt` }
      all.push(saved)
      if (all.length > RECEIPTS_MAX) return { misuse: `more than ${RECEIPTS_MAX} receipts` }
    }
  }
  return all.length === 0 ? { misuse: 'there is no receipt in what was given' } : { all }
}

/** A line as a browser saves it: a receipt, a slip, or the address out of a slip's QR code. */
function parseSaved(line: string): Saved | undefined {
  if (/^https?:\/\//.test(line.trim())) return slipOf(line.trim())
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  const { id, receipt, opening, order, slip } = (value ?? {}) as Record<string, unknown>
  if (typeof receipt === 'string' && typeof opening === 'string') {
    const name = typeof id === 'string' ? id : 'receipt'
    return { kind: 'message', message: { id: name, receipt, opening } }
  }
  return typeof order === 'string' && typeof slip === 'string'
    ? { kind: 'slip', order, code: slip }
    : undefined
}

function slipOf(text: string): Saved | undefined {
  if (!URL.canParse(text)) return undefined
  const { searchParams } = new URL(text)
  const [order, code] = [searchParams.get('order'), searchParams.get('slip')]
  return order === null || code === null ? undefined : { kind: 'slip', order, code }
}
