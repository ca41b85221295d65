import { LEAF_BYTES } from '../../ledger/leaf.ts'
import type { Disk } from './disk.ts'
import { LedgerError } from './error.ts'
import { FRAME_HEAD_BYTES, logHeader, scanFrames } from './frame.ts'
import { readOpeningLine } from './openings.ts'
import { leafAt, type Paths } from './recover.ts'

/**
 * `changed` is the index of the first entry that differs. `what` says how: its leaf, its opening,
 * gone altogether, or standing where another belongs.
 */
export type AuditResult =
  | { readonly ok: true; readonly count: number }
  | {
      readonly ok: false
      readonly changed: number
      readonly what: 'leaf' | 'opening' | 'missing' | 'reordered'
    }

/** What the log knows to be true, apart from its files. */
export interface Expected {
  readonly origin: string
  readonly count: number
  readonly leaf: (index: number) => Uint8Array
  readonly erased: (index: number) => boolean
}

/**
 * Hashes the stored files again, frame by frame and line by line, and compares each entry with
 * what the log has committed to. What was appended since `expected` was taken is not looked at.
 */
export function auditStored(disk: Disk, paths: Paths, expected: Expected): AuditResult {
  const inLog = auditFrames(disk.read(paths.log), expected)
  const inOpenings = auditOpenings(disk.read(paths.openings), expected)
  const bad = [inLog, inOpenings].filter((result) => !result.ok)
  bad.sort((a, b) => a.changed - b.changed)
  return bad[0] ?? { ok: true, count: expected.count }
}

function auditFrames(file: Buffer | undefined, expected: Expected): AuditResult {
  const leaves = storedLeaves(file, expected.origin)
  for (let index = 0; index < expected.count; index++) {
    const stored = leafAt(leaves, index)
    if (stored.length < LEAF_BYTES) return { ok: false, changed: index, what: 'missing' }
    if (Buffer.compare(stored, expected.leaf(index)) === 0) continue
    const next = index + 1 < expected.count ? expected.leaf(index + 1) : undefined
    const what = howLeafDiffers(leaves, index, expected.leaf(index), next)
    return { ok: false, changed: index, what }
  }
  return { ok: true, count: expected.count }
}

/** The leaves in the file; where a frame fails its check, those that lie where they should lie. */
export function storedLeaves(file: Buffer | undefined, origin: string): Uint8Array {
  if (file === undefined) return new Uint8Array(0)
  const header = logHeader(origin)
  try {
    return scanFrames(file, header).leaves
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    return looseLeaves(file.subarray(header.length))
  }
}

/**
 * A leaf that stands somewhere else was moved; one the file lacks, with its successor `next` here,
 * is gone.
 */
export function howLeafDiffers(
  leaves: Uint8Array,
  index: number,
  leaf: Uint8Array,
  next: Uint8Array | undefined,
): 'leaf' | 'missing' | 'reordered' {
  const file = Buffer.from(leaves.buffer, leaves.byteOffset, leaves.byteLength)
  if (file.includes(leaf)) return 'reordered'
  return next !== undefined && next.every((b, i) => b === leafAt(leaves, index)[i])
    ? 'missing'
    : 'leaf'
}

function looseLeaves(frames: Buffer): Uint8Array {
  const parts: Buffer[] = []
  for (let at = 0; at + FRAME_HEAD_BYTES <= frames.length;) {
    const end = at + FRAME_HEAD_BYTES + frames.readUInt32LE(at) * LEAF_BYTES
    if (end > frames.length || end === at + FRAME_HEAD_BYTES) break
    parts.push(frames.subarray(at + FRAME_HEAD_BYTES, end))
    at = end
  }
  return Buffer.concat(parts)
}

/** Compares each line with the leaf it should open; what is erased must be known to be. */
export function auditOpenings(
  file: Buffer | undefined,
  expected: Pick<Expected, 'count' | 'leaf' | 'erased'>,
): AuditResult {
  let offset = 0
  for (let index = 0; index < expected.count; index++) {
    const newline = file === undefined ? -1 : file.indexOf(0x0a, offset)
    if (file === undefined || newline < 0) return { ok: false, changed: index, what: 'missing' }
    const line = file.subarray(offset, newline)
    const state = readOpeningLine(line, index, expected.leaf(index))
    const fine = state === 'good' || (state === 'erased' && expected.erased(index))
    if (!fine) return { ok: false, changed: index, what: whatHappened(file, line, index) }
    offset = newline + 1
  }
  return { ok: true, count: expected.count }
}

function whatHappened(
  file: Buffer,
  line: Buffer,
  index: number,
): 'opening' | 'missing' | 'reordered' {
  const stated = /^\{"index":(\d+),/.exec(line.toString('latin1', 0, 32))?.[1]
  if (stated === undefined || Number(stated) === index) return 'opening'
  return file.includes(`\n{"index":${index},`) ? 'reordered' : 'missing'
}
