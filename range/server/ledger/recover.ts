import { equalBytes } from '../../ledger/bytes.ts'
import { verifyCheckpoint, type Checkpoint } from '../../ledger/checkpoint.ts'
import { LEAF_BYTES } from '../../ledger/leaf.ts'
import { hashLeaf, Tree } from '../../ledger/tree.ts'
import type { Disk } from './disk.ts'
import { LedgerError } from './error.ts'
import { firstCheck, logHeader, scanFrames } from './frame.ts'
import type { StoredLeaves } from './leaves.ts'
import { nativeSha256, nativeTools } from './native.ts'
import { scanOpenings } from './openings.ts'

/**
 * Where the files of a log lie. Secrets and the fence stay outside `ledger/`, which may be shown.
 */
export interface Paths {
  readonly log: string
  readonly openings: string
  readonly checkpoint: string
  readonly publicKey: string
  readonly sealed: string
  readonly folder: string
  readonly key: string
  readonly fence: string
}

/**
 * What is left of a log after a stop: an exact prefix, checked. `leaves`, `frames` and `lineAt`
 * grow with the log; whoever goes on with it makes `Leaves` of them and lets them go.
 */
export interface Recovered extends StoredLeaves {
  /** Reads leaves again from `leaves`. */
  readonly tree: Tree
  /** Entries whose opening was erased. */
  readonly erased: ReadonlySet<number>
  readonly check: Uint8Array
  readonly logEnd: number
  readonly openingsEnd: number
  readonly note: string | undefined
  readonly checkpoint: Checkpoint | undefined
}

export function pathsIn(dir: string): Paths {
  const folder = `${dir}/ledger`
  return {
    folder,
    log: `${folder}/log`,
    openings: `${folder}/openings.jsonl`,
    checkpoint: `${folder}/checkpoint`,
    publicKey: `${folder}/key.pub`,
    sealed: `${folder}/sealed`,
    key: `${dir}/ledger.key`,
    fence: `${dir}/ledger.fence`,
  }
}

/**
 * Reads what is stored and decides what of it stands: all frames that are whole and whose openings
 * are whole. Refuses, with a `LedgerError` that names frame or entry, whatever was changed, and a
 * log which lacks or contradicts what its own signed checkpoint covers. Writes nothing.
 */
export function recover(disk: Disk, paths: Paths, origin: string, vkey: string): Recovered {
  const header = logHeader(origin)
  const file = disk.read(paths.log) ?? Buffer.alloc(0)
  const note = disk.read(paths.checkpoint)?.toString('utf8')
  const checkpoint = note === undefined ? undefined : trusted(note, vkey)
  if (file.length < header.length && header.subarray(0, file.length).equals(file)) {
    if ((checkpoint?.size ?? 0) > 0) throw tooShort(0, checkpoint!.size)
    return emptyLog(header, note, checkpoint)
  }
  const scan = scanFrames(file, header)
  const found = scan.leaves.length / LEAF_BYTES
  const openings = disk.read(paths.openings) ?? Buffer.alloc(0)
  const { lineAt, erased } = scanOpenings(openings, scan.leaves, found)
  const frames = scan.frames.filter((frame) => frame.first + frame.count < lineAt.length)
  const last = frames.at(-1)
  const count = last === undefined ? 0 : last.first + last.count
  if (checkpoint !== undefined && count < checkpoint.size) throw tooShort(count, checkpoint.size)
  const leafHash = (index: number) => hashLeaf(leafAt(scan.leaves, index), nativeSha256)
  const tree = new Tree(nativeSha256, leafHash)
  for (let i = 0; i < count; i++) tree.push(leafHash(i))
  lineAt.length = count + 1
  if (checkpoint !== undefined && !equalBytes(tree.root(checkpoint.size), checkpoint.root)) {
    throw new LedgerError('differs-from-checkpoint', 'the leaves do not lead to the signed root')
  }
  return {
    count,
    leaves: scan.leaves.subarray(0, count * LEAF_BYTES),
    frames,
    tree,
    lineAt,
    erased: new Set([...erased].filter((index) => index < count)),
    check: last === undefined ? firstCheck(header) : storedCheck(file, last.offset),
    logEnd: last?.end ?? header.length,
    openingsEnd: lineAt[count] ?? 0,
    note,
    checkpoint,
  }
}

export function leafAt(leaves: Uint8Array, index: number): Uint8Array {
  return leaves.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES)
}

function trusted(note: string, vkey: string): Checkpoint {
  const result = verifyCheckpoint(note, vkey, nativeTools)
  if (!result.ok) throw new LedgerError('checkpoint-refused', result.code)
  return result.checkpoint
}

function tooShort(count: number, size: number): LedgerError {
  const message = `${count} entries are left of the ${size} a signed checkpoint covers`
  return new LedgerError('shorter-than-checkpoint', message, count)
}

function emptyLog(
  header: Buffer,
  note: string | undefined,
  checkpoint: Checkpoint | undefined,
): Recovered {
  return {
    count: 0,
    leaves: new Uint8Array(0),
    frames: [],
    tree: new Tree(nativeSha256, () => new Uint8Array(0)),
    lineAt: [0],
    erased: new Set(),
    check: firstCheck(header),
    logEnd: 0,
    openingsEnd: 0,
    note,
    checkpoint,
  }
}

function storedCheck(file: Buffer, offset: number): Uint8Array {
  return Uint8Array.from(file.subarray(offset + 12, offset + 28))
}
