import { readFileSync } from 'node:fs'
import { equalBytes } from '../../ledger/bytes.ts'
import { parseVkey, verifyCheckpoint, type Checkpoint } from '../../ledger/checkpoint.ts'
import { LEAF_BYTES } from '../../ledger/leaf.ts'
import { parseBundle, tilePath, tilesAt, TILE_WIDTH } from '../../ledger/tile.ts'
import { hashLeaf, Tree } from '../../ledger/tree.ts'
import { auditStored, storedLeaves } from './audit.ts'
import { nodeDisk } from './disk.ts'
import { LedgerError } from './error.ts'
import { logHeader, scanFrames } from './frame.ts'
import { nativeSha256, nativeTools } from './native.ts'
import { leafAt, pathsIn, type Paths } from './recover.ts'
import { openedLeaf } from './openings.ts'
import { signedMoves, type SignedMoves } from './signed-moves.ts'
import { renderTile, withBundles } from './tiles.ts'

/**
 * One thing that is wrong. `index` names the entry; `frame` a frame of the log file; `path` a
 * derived file. `unlocated`: the root differs, and nothing stored tells any more where.
 */
export interface Problem {
  readonly code:
    | 'checkpoint-malformed'
    | 'checkpoint-missing'
    | 'key-malformed'
    | 'wrong-origin'
    | 'unknown-key'
    | 'bad-signature'
    | 'entry-changed'
    | 'entry-missing'
    | 'entry-reordered'
    | 'frame-changed'
    | 'move-forged'
    | 'tile-changed'
    | 'unlocated'
  readonly index?: number
  readonly frame?: number
  readonly path?: string
}

/** What an offline audit found. */
export interface Inspection {
  readonly ok: boolean
  readonly origin: string
  readonly vkey: string
  /** Leaves under the signed checkpoint, and leaves stored beyond it. */
  readonly size: number
  readonly unsigned: number
  /** Openings that were erased on request; the record is whole without them. */
  readonly erased?: number
  /** Players' moves and their signatures; absent where there is none, or no opening to read. */
  readonly moves?: SignedMoves
  readonly problems: readonly Problem[]
}

/**
 * Audits the log in `dir` (an exercise's folder, or its `ledger` folder) with nothing but its
 * files and `vkey`; without one it trusts the `key.pub` beside them. Writes nothing. Throws a
 * `LedgerError` where there is no log to audit.
 */
export function inspectDir(dir: string, vkey?: string): Inspection {
  const paths = pathsOf(dir)
  const key = vkey ?? nodeDisk.read(paths.publicKey)?.toString('utf8').trim()
  const origin = key === undefined ? undefined : parseVkey(key, nativeSha256)?.name
  if (key === undefined || origin === undefined) {
    throw new LedgerError('key-refused', `no readable verifier key in ${paths.folder}`)
  }
  const file = nodeDisk.read(paths.log)
  const stored = storedLeaves(file, origin)
  const count = Math.floor(stored.length / LEAF_BYTES)
  const head = readHead(paths, key)
  if ('code' in head) {
    return { ok: false, origin, vkey: key, size: 0, unsigned: count, problems: [head] }
  }
  const problems: Problem[] = [
    ...frameProblems(file, origin),
    ...entryProblems(paths, origin, stored, head),
    ...tileProblems(paths, stored, head),
  ]
  const unsigned = Math.max(0, count - head.size)
  const erased = erasedLines(paths)
  const openings = problems.length === 0 ? nodeDisk.read(paths.openings)?.toString('utf8') : ''
  const moves = signedMoves(openings ?? '', origin, head.size)
  const forged = moves?.forged
  if (forged !== undefined) problems.push({ code: 'move-forged', index: forged.index })
  const found = { origin, vkey: key, size: head.size, unsigned, problems }
  const more = { ...(erased === 0 ? {} : { erased }), ...(moves && { moves }) }
  return { ok: problems.length === 0, ...found, ...more }
}

function erasedLines({ openings }: Paths): number {
  const text = nodeDisk.read(openings)?.toString('latin1') ?? ''
  return text.match(/^\{"erased":true,/gm)?.length ?? 0
}

/** Whether `leaves` are what the checkpoint was signed over. */
export function leadsTo(leaves: Uint8Array, head: Checkpoint): boolean {
  if (leaves.length < head.size * LEAF_BYTES) return false
  const tree = new Tree(nativeSha256)
  for (let i = 0; i < head.size; i++) tree.push(hashLeaf(leafAt(leaves, i), nativeSha256))
  return equalBytes(tree.root(), head.root)
}

function pathsOf(dir: string): Paths {
  const inside = pathsIn(dir)
  if (nodeDisk.read(inside.log) !== undefined || nodeDisk.read(inside.checkpoint) !== undefined) {
    return inside
  }
  const folder = dir.replace(/\/+$/, '')
  const direct = { ...inside, folder, log: `${folder}/log`, checkpoint: `${folder}/checkpoint` }
  if (nodeDisk.read(direct.checkpoint) === undefined && nodeDisk.read(direct.log) === undefined) {
    throw new LedgerError('log-header', `there is no ledger in ${dir}`)
  }
  return { ...direct, openings: `${folder}/openings.jsonl`, publicKey: `${folder}/key.pub` }
}

function readHead(paths: Paths, vkey: string): Checkpoint | Problem {
  const note = nodeDisk.read(paths.checkpoint)?.toString('utf8')
  if (note === undefined) return { code: 'checkpoint-missing' }
  const result = verifyCheckpoint(note, vkey, nativeTools)
  return result.ok ? result.checkpoint : { code: result.code }
}

function frameProblems(file: Buffer | undefined, origin: string): Problem[] {
  try {
    if (file !== undefined) scanFrames(file, logHeader(origin))
    return []
  } catch (error) {
    if (!(error instanceof LedgerError)) throw error
    return [{ code: 'frame-changed', frame: error.at ?? 0 }]
  }
}

/**
 * Log, bundles and openings hold the leaves three times over. Whichever leads to the signed root
 * is the truth; the others are compared with it, entry by entry.
 */
function entryProblems(
  paths: Paths,
  origin: string,
  stored: Uint8Array,
  head: Checkpoint,
): Problem[] {
  const fromOpenings = openedLeaves(paths, head.size)
  const candidates = [stored, bundledLeaves(paths, head.size), fromOpenings]
  const truth = candidates.find((leaves) => leadsTo(leaves, head))
  if (truth === undefined) return disagreements(candidates, head.size)
  const whole = truth === stored ? stored.length / LEAF_BYTES : head.size
  const result = auditStored(nodeDisk, paths, {
    origin,
    count: Math.floor(whole),
    leaf: (index) => leafAt(truth, index),
    erased: () => true,
  })
  if (result.ok) return []
  const codes = { missing: 'entry-missing', reordered: 'entry-reordered' } as const
  const code = result.what in codes ? codes[result.what as 'missing'] : 'entry-changed'
  return [{ code, index: result.changed }]
}

/** Where copies contradict each other while none leads to the root. */
function disagreements(copies: readonly Uint8Array[], size: number): Problem[] {
  for (let index = 0; index < size; index++) {
    const rows = copies.map((leaves) => Buffer.from(leafAt(leaves, index)).toString('hex'))
    const present = rows.filter((row) => row.length === 2 * LEAF_BYTES)
    if (present.length === 0) return [{ code: 'entry-missing', index }]
    if (new Set(present).size > 1) return [{ code: 'entry-changed', index }, { code: 'unlocated' }]
  }
  return [{ code: 'unlocated' }]
}

function bundledLeaves(paths: Paths, size: number): Uint8Array {
  const parts: Uint8Array[] = []
  for (let index = 0; index * TILE_WIDTH < size; index++) {
    const width = Math.min(TILE_WIDTH, size - index * TILE_WIDTH)
    const path = tilePath({ level: 'entries', index, width })
    const bundle = parseBundle(nodeDisk.read(`${paths.folder}/${path}`) ?? Buffer.alloc(0))
    if (bundle?.length !== width) break
    parts.push(...bundle)
  }
  return Buffer.concat(parts)
}

function openedLeaves(paths: Paths, size: number): Uint8Array {
  const leaves = Buffer.alloc(size * LEAF_BYTES)
  let found = 0
  for (const line of (nodeDisk.read(paths.openings) ?? '').toString('utf8').split('\n')) {
    const opened = openedLeaf(line)
    if (opened === undefined || opened.index >= size) continue
    leaves.set(opened.leaf, opened.index * LEAF_BYTES)
    found = Math.max(found, opened.index + 1)
  }
  return leaves.subarray(0, found * LEAF_BYTES)
}

function tileProblems(paths: Paths, stored: Uint8Array, head: Checkpoint): Problem[] {
  if (!leadsTo(stored, head)) return []
  const tree = new Tree(nativeSha256)
  for (let i = 0; i < head.size; i++) tree.push(hashLeaf(leafAt(stored, i), nativeSha256))
  const source = { node: tree.node, leaf: (index: number) => leafAt(stored, index) }
  return withBundles(tilesAt(head.size)).flatMap((tile): Problem[] => {
    const path = tilePath(tile)
    const bytes = readOptional(`${paths.folder}/${path}`)
    const same = bytes === undefined || equalBytes(bytes, renderTile(tile, source))
    return same ? [] : [{ code: 'tile-changed', path }]
  })
}

function readOptional(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path)
  } catch {
    return undefined
  }
}
