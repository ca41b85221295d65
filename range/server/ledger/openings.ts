import { hash } from 'node:crypto'
import { LEAF_BYTES, LEAF_VERSION, leafOf, parseOpening, type Opening } from '../../ledger/leaf.ts'
import { LedgerError } from './error.ts'
import { nativeSha256 } from './native.ts'

/**
 * The file `openings.jsonl`: line n opens leaf n. A line is `{"index":n,"salt":"…","entry":…}`
 * with the entry in canonical form, or `{"erased":true,"index":n}` filled with spaces to the
 * length it had: an erased opening leaves the log valid.
 */
export interface OpeningLine {
  readonly index: number
  readonly erased: boolean
  /** Where the line begins, and where it ends, newline included. */
  readonly offset: number
  readonly end: number
}

/** The line of an entry in canonical form, newline included, and where in it the entry begins. */
export function openingLine(
  index: number,
  salt: string,
  canonical: string,
): { line: Buffer; entryAt: number } {
  const head = `{"index":${index},"salt":"${salt}","entry":`
  return { line: Buffer.from(`${head}${canonical}}\n`), entryAt: head.length }
}

/** `sealLeaf` over the bytes of a canonical entry as they stand in its line. */
export function sealedLeaf(salt: Uint8Array, entry: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(LEAF_BYTES)
  const opened = Buffer.allocUnsafe(salt.length + entry.length)
  opened.set(salt)
  opened.set(entry, salt.length)
  sealed[0] = LEAF_VERSION
  sealed.set(hash('sha256', opened, 'buffer'), 1)
  return sealed
}

/** A line that opens nothing any more, of the same length. */
export function erasedLine(index: number, length: number): string {
  return `{"erased":true,"index":${index}}`.padEnd(length - 1) + '\n'
}

/**
 * Reads all whole lines for the first `count` leaves and checks each against its leaf. A last line
 * without newline is a torn tail. Refuses a whole line that does not open its leaf with
 * `opening-changed`, naming the entry; a hole or another order likewise.
 */
export function scanOpenings(file: Buffer, leaves: Uint8Array, count: number): OpeningLine[] {
  const lines: OpeningLine[] = []
  let offset = 0
  while (lines.length < count) {
    const newline = file.indexOf(0x0a, offset)
    if (newline < 0) break
    const index = lines.length
    const leaf = leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES)
    const outcome = readOpeningLine(file.subarray(offset, newline), index, leaf)
    if (outcome === 'changed') {
      throw new LedgerError('opening-changed', `entry ${index} does not open its leaf`, index)
    }
    lines.push({ index, erased: outcome === 'erased', offset, end: newline + 1 })
    offset = newline + 1
  }
  return lines
}

/**
 * Whether a line (without its newline) opens `leaf` at `index`. Hashes the bytes as they lie
 * there.
 */
export function readOpeningLine(
  line: Buffer,
  index: number,
  leaf: Uint8Array,
): 'good' | 'erased' | 'changed' {
  const head = `{"index":${index},"salt":"`
  const entryMark = '","entry":'
  const saltEnd = head.length + 44
  const entryAt = saltEnd + entryMark.length
  const text = line.toString('latin1', 0, Math.min(entryAt, line.length))
  if (!text.startsWith(head)) {
    return line.toString('latin1').trimEnd() === `{"erased":true,"index":${index}}`
      ? 'erased'
      : 'changed'
  }
  if (text.slice(saltEnd) !== entryMark || line.at(-1) !== 0x7d) return 'changed'
  const saltText = text.slice(head.length, saltEnd)
  const salt = Buffer.from(saltText, 'base64')
  // Base64 has spare bits at its end; only the one canonical spelling passes.
  if (salt.toString('base64') !== saltText) return 'changed'
  return sealedLeaf(salt, line.subarray(entryAt, -1)).equals(leaf) ? 'good' : 'changed'
}

/** The opening on a line that `readOpeningLine` called good; undefined for an erased one. */
export function parseOpeningLine(line: string): Opening | undefined {
  return parseOpening(line)
}

/**
 * The leaf a line leads to, whatever stands in the log; undefined for an erased or malformed line.
 */
export function openedLeaf(line: string): { index: number; leaf: Uint8Array } | undefined {
  const opening = parseOpening(line)
  const index = /^\{"index":(0|[1-9][0-9]{0,8}),/.exec(line)?.[1]
  const leaf = opening && leafOf(opening, nativeSha256)
  return leaf === undefined || index === undefined ? undefined : { index: Number(index), leaf }
}
