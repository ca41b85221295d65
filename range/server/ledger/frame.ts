import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { LEAF_BYTES } from '../../ledger/leaf.ts'
import { LedgerError } from './error.ts'

/**
 * The file `log`: one header line, then frames of one or more whole batches.
 *
 *   0  u32 LE  count of leaves
 *   4  u32 LE  index of the first leaf
 *   8  u32 LE  CRC-32 of the eight bytes before
 *  12  16 B    SHA-256 of (check of the frame before ‖ bytes 0–11 ‖ leaves), cut to 16 bytes
 *  28  …       leaves of LEAF_BYTES each
 *
 * Each check covers the one before, so frames cannot be exchanged among each other.
 */
export interface Frame {
  readonly number: number
  readonly first: number
  readonly count: number
  /** Where the frame begins and ends in the file. */
  readonly offset: number
  readonly end: number
}

export interface Scan {
  readonly frames: readonly Frame[]
  /** Leaves of all whole frames, LEAF_BYTES each. */
  readonly leaves: Buffer
  /** Bytes that are whole; what follows is a torn tail. */
  readonly end: number
  readonly check: Uint8Array
}

export const FRAME_HEAD_BYTES = 28
/**
 * Entries a batch may have, and leaves a frame may have: batches that share a sync share a frame.
 */
export const BATCH_MAX = 4096
export const FRAME_LEAVES_MAX = 16_384
const CHECK_BYTES = 16

/** First line of the file; it binds the log to its origin. */
export function logHeader(origin: string): Buffer {
  return Buffer.from(`doorstep-ledger 1 ${origin}\n`, 'utf8')
}

/** The check that precedes the first frame. */
export function firstCheck(header: Uint8Array): Uint8Array {
  return hash('sha256', header, 'buffer').subarray(0, CHECK_BYTES)
}

/** One frame over `leaves` (a multiple of LEAF_BYTES), and the check the next one builds on. */
export function encodeFrame(
  before: Uint8Array,
  first: number,
  leaves: Uint8Array,
): { bytes: Buffer; check: Uint8Array } {
  const bytes = Buffer.allocUnsafe(FRAME_HEAD_BYTES + leaves.length)
  bytes.writeUInt32LE(leaves.length / LEAF_BYTES, 0)
  bytes.writeUInt32LE(first, 4)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 8)), 8)
  bytes.set(leaves, FRAME_HEAD_BYTES)
  const check = checkOf(before, bytes)
  bytes.set(check, 12)
  return { bytes, check }
}

/**
 * Reads all whole frames. A frame the file ends in the middle of, or a rest of zeros, is a torn
 * tail and left out. A frame that is there in full and fails its check was changed: refused with
 * `frame-changed`, naming the frame. A header of another origin is refused with `log-header`.
 */
export function scanFrames(file: Uint8Array, header: Uint8Array): Scan {
  const data = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  if (!data.subarray(0, header.length).equals(header)) {
    throw new LedgerError('log-header', 'the file does not begin as this log does')
  }
  const frames: Frame[] = []
  const leaves = Buffer.allocUnsafe(data.length)
  let check = firstCheck(header)
  let [offset, next] = [header.length, 0]
  while (offset < data.length) {
    const outcome = readFrame(data, offset, check)
    if (outcome === 'torn') break
    const number = frames.length
    if (outcome === 'changed' || outcome.first !== next) {
      throw new LedgerError(
        'frame-changed',
        `frame ${number} at byte ${offset} was changed`,
        number,
      )
    }
    data.copy(leaves, next * LEAF_BYTES, offset + FRAME_HEAD_BYTES, outcome.end)
    frames.push({ number, first: next, count: outcome.count, offset, end: outcome.end })
    check = outcome.check
    next += outcome.count
    offset = outcome.end
  }
  return { frames, leaves: leaves.subarray(0, next * LEAF_BYTES), end: offset, check }
}

/**
 * The leaves [from, from + count), out of frames of which the first begins at byte `offset` and
 * holds the leaf `from`; undefined where there are no such frames. Nothing is checked here but what
 * reading needs.
 */
export function readFramedLeaves(
  read: (at: number, length: number) => Buffer,
  offset: number,
  from: number,
  count: number,
): Buffer | undefined {
  const head = read(offset, FRAME_HEAD_BYTES)
  if (head.length < FRAME_HEAD_BYTES) return undefined
  const [held, first] = [head.readUInt32LE(0), head.readUInt32LE(4)]
  if (held > FRAME_LEAVES_MAX || from < first || from >= first + held) return undefined
  const leaves = Buffer.allocUnsafe(count * LEAF_BYTES)
  // Frames of one leaf each take most room.
  const start = offset + FRAME_HEAD_BYTES + (from - first) * LEAF_BYTES
  const bytes = read(start, count * LEAF_BYTES + (count - 1) * FRAME_HEAD_BYTES)
  let [at, end, got] = [0, (first + held - from) * LEAF_BYTES, 0]
  while (got < leaves.length) {
    const part = bytes.subarray(at, Math.min(end, at + leaves.length - got))
    got += part.copy(leaves, got)
    if (got === leaves.length) return leaves
    if (end + FRAME_HEAD_BYTES > bytes.length) return undefined
    at = end + FRAME_HEAD_BYTES
    end = at + bytes.readUInt32LE(end) * LEAF_BYTES
    if (end === at) return undefined
  }
  return leaves
}

type FrameOutcome =
  | 'torn'
  | 'changed'
  | { readonly first: number; readonly count: number; readonly end: number; check: Uint8Array }

function readFrame(data: Buffer, offset: number, before: Uint8Array): FrameOutcome {
  const rest = data.subarray(offset)
  const broken = () => (rest.every((byte) => byte === 0) ? 'torn' : 'changed')
  if (rest.length < FRAME_HEAD_BYTES) {
    const headerWhole = rest.length >= 12 && rest.readUInt32LE(8) !== crc32(rest.subarray(0, 8))
    return headerWhole ? broken() : 'torn'
  }
  const count = rest.readUInt32LE(0)
  if (rest.readUInt32LE(8) !== crc32(rest.subarray(0, 8))) return broken()
  if (count === 0 || count > FRAME_LEAVES_MAX) return broken()
  const size = FRAME_HEAD_BYTES + count * LEAF_BYTES
  if (rest.length < size) return 'torn'
  const frame = rest.subarray(0, size)
  const check = checkOf(before, frame)
  if (!frame.subarray(12, FRAME_HEAD_BYTES).equals(check)) return broken()
  return { first: rest.readUInt32LE(4), count, end: offset + size, check }
}

function checkOf(before: Uint8Array, frame: Buffer): Uint8Array {
  const covered = Buffer.allocUnsafe(CHECK_BYTES + 12 + frame.length - FRAME_HEAD_BYTES)
  covered.set(before, 0)
  frame.copy(covered, CHECK_BYTES, 0, 12)
  frame.copy(covered, CHECK_BYTES + 12, FRAME_HEAD_BYTES)
  return hash('sha256', covered, 'buffer').subarray(0, CHECK_BYTES)
}
