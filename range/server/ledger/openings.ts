import { hash } from 'node:crypto'
import { LEAF_BYTES, LEAF_VERSION, SALT_BYTES } from '../../ledger/leaf.ts'
import { leafOf, parseOpening, type Opening } from '../../ledger/leaf.ts'
import { LedgerError } from './error.ts'
import { nativeSha256 } from './native.ts'

/**
 * The file `openings.jsonl`: line n opens leaf n. A line is `{"index":n,"salt":"…","entry":…}`
 * with the entry in canonical form, or `{"erased":true,"index":n}` filled with spaces to the
 * length it had: an erased opening leaves the log valid.
 */
export interface OpeningScan {
  /** Where each whole line begins, and at the end where the last one ends. */
  readonly lineAt: number[]
  /** Indexes of lines that open nothing any more. */
  readonly erased: Set<number>
}

/** `{"index":…,"salt":"…","entry":` and what closes a line, in bytes at most. */
const LINE_FRAME_BYTES = 96
const BUFFER_BYTES = 65_536

/**
 * Opening lines that wait to be written, in one buffer: sealing an entry allocates next to nothing.
 */
export class OpeningLines {
  #bytes = Buffer.allocUnsafe(BUFFER_BYTES)
  #end = 0
  #opened = Buffer.allocUnsafe(BUFFER_BYTES)

  /**
   * Adds the line of a canonical entry, writes its leaf to `leaves` from byte `at` on (as
   * `sealLeaf` makes it), and returns the length of the line, newline included.
   */
  add(index: number, salt: Buffer, canonical: string, leaves: Buffer, at: number): number {
    const start = this.#end
    this.#reserve(start + LINE_FRAME_BYTES + canonical.length * 3)
    const head = `{"index":${index},"salt":"${salt.toString('base64')}","entry":`
    const entryAt = start + this.#bytes.write(head, start, 'latin1')
    const entryEnd = entryAt + this.#bytes.write(canonical, entryAt)
    this.#bytes[entryEnd] = 0x7d
    this.#bytes[entryEnd + 1] = 0x0a
    this.#end = entryEnd + 2
    this.#opened.set(salt)
    const opened = SALT_BYTES + this.#bytes.copy(this.#opened, SALT_BYTES, entryAt, entryEnd)
    leaves[at] = LEAF_VERSION
    leaves.write(hash('sha256', this.#opened.subarray(0, opened), 'binary'), at + 1, 'latin1')
    return this.#end - start
  }

  /** All lines so far; the bytes are good until the next `add`. Begins anew. */
  take(): Buffer {
    const bytes = this.#bytes.subarray(0, this.#end)
    this.#end = 0
    if (this.#bytes.length > 16 * BUFFER_BYTES) this.#bytes = Buffer.allocUnsafe(BUFFER_BYTES)
    return bytes
  }

  #reserve(needed: number): void {
    if (needed > this.#bytes.length) {
      const wider = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2))
      this.#bytes.copy(wider, 0, 0, this.#end)
      this.#bytes = wider
    }
    const entry = SALT_BYTES + needed - this.#end
    if (entry > this.#opened.length) this.#opened = Buffer.allocUnsafe(entry)
  }
}

/** `sealLeaf` over the bytes of a canonical entry as they stand in its line. */
export function sealedLeaf(salt: Uint8Array, entry: Uint8Array): Buffer {
  const sealed = Buffer.allocUnsafe(LEAF_BYTES)
  const opened = Buffer.allocUnsafe(salt.length + entry.length)
  opened.set(salt)
  opened.set(entry, salt.length)
  sealed[0] = LEAF_VERSION
  sealed.set(nativeSha256(opened), 1)
  return sealed
}

/** Whether a line that begins with these bytes says of itself that it opens leaf `index`. */
export function standsAt(index: number, head: Buffer): boolean {
  const text = head.toString('latin1')
  return (
    text.startsWith(`{"index":${index},`) || text.startsWith(`{"erased":true,"index":${index}}`)
  )
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
export function scanOpenings(file: Buffer, leaves: Buffer, count: number): OpeningScan {
  const lineAt = [0]
  const erased = new Set<number>()
  let from = 0
  for (let index = 0; index < count; index++) {
    const newline = file.indexOf(0x0a, from)
    if (newline < 0) break
    const outcome = readLine(file, { from, to: newline }, index, leaves, index * LEAF_BYTES)
    if (outcome === 'changed') {
      throw new LedgerError('opening-changed', `entry ${index} does not open its leaf`, index)
    }
    if (outcome === 'erased') erased.add(index)
    from = newline + 1
    lineAt.push(from)
  }
  return { lineAt, erased }
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
  return readLine(line, { from: 0, to: line.length }, index, Buffer.from(leaf), 0)
}

const NO_SPARE_BITS = 'AEIMQUYcgkosw048'
const ENTRY_MARK = '","entry":'
let scratch = Buffer.allocUnsafe(BUFFER_BYTES)

/** `readOpeningLine` where line and leaf lie in larger buffers. */
function readLine(
  file: Buffer,
  { from, to }: { readonly from: number; readonly to: number },
  index: number,
  leaves: Buffer,
  leafAt: number,
): 'good' | 'erased' | 'changed' {
  const head = `{"index":${index},"salt":"`
  const saltEnd = head.length + 44
  const entryAt = from + saltEnd + ENTRY_MARK.length
  const text = file.toString('latin1', from, Math.min(entryAt, to))
  if (!text.startsWith(head)) {
    const whole = file.toString('latin1', from, to).trimEnd()
    return whole === `{"erased":true,"index":${index}}` ? 'erased' : 'changed'
  }
  if (!text.endsWith(ENTRY_MARK) || text.length !== entryAt - from) return 'changed'
  if (file[to - 1] !== 0x7d || entryAt >= to) return 'changed'
  const salt = text.slice(head.length, saltEnd)
  if (scratch.length < to - from) scratch = Buffer.allocUnsafe(to - from)
  if (scratch.write(salt, 0, 'base64') !== SALT_BYTES || !isCanonicalSalt(salt)) return 'changed'
  const opened = SALT_BYTES + file.copy(scratch, SALT_BYTES, entryAt, to - 1)
  const sealed = hash('sha256', scratch.subarray(0, opened), 'binary')
  const same =
    leaves[leafAt] === LEAF_VERSION &&
    leaves.toString('latin1', leafAt + 1, leafAt + LEAF_BYTES) === sealed
  return same ? 'good' : 'changed'
}

/**
 * Whether 44 letters from which Node read 32 bytes are the one spelling of them: it also reads the
 * letters of base64url, and base64 has spare bits at its end.
 */
function isCanonicalSalt(salt: string): boolean {
  if (salt.includes('-') || salt.includes('_')) return false
  return salt.charCodeAt(43) === 0x3d && NO_SPARE_BITS.includes(salt[42]!)
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

/**
 * The leaves that lines lead to which say of themselves that they open `first` to
 * `first + count - 1`, wherever they stand; zeros where there is none.
 */
export function openedLeaves(file: Buffer | undefined, first: number, count: number): Buffer {
  const leaves = Buffer.alloc(count * LEAF_BYTES)
  for (let from = 0; file !== undefined && from < file.length;) {
    const newline = file.indexOf(0x0a, from)
    const end = newline < 0 ? file.length : newline
    const stated = /^\{"index":([0-9]{1,9}),/.exec(file.toString('latin1', from, from + 20))?.[1]
    const place = Number(stated ?? NaN) - first
    if (place >= 0 && place < count) {
      const opened = openedLeaf(file.toString('utf8', from, end))
      if (opened !== undefined) leaves.set(opened.leaf, place * LEAF_BYTES)
    }
    from = end + 1
  }
  return leaves
}
