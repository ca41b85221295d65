import { equalBytes, fromBase64, parseDecimal, toBase64 } from './bytes.ts'
import { parseVkey, verifyCheckpoint, CHECKPOINT_CHARS_MAX } from './checkpoint.ts'
import type { Checkpoint, CheckpointError } from './checkpoint.ts'
import type { ProofTools } from './proof.ts'
import { HASH_BYTES, prefixRoots } from './tree.ts'

/**
 * Two signed checkpoints of one log that cannot both be true. With equal sizes the roots differ and
 * `path` is empty; otherwise `path` (see `prefixPath`) leads to the newer root and to a root over
 * the older size which is not the one that was signed.
 */
export interface ForkProof {
  /** The key the finder trusted: a hint for whoever reads the file, never what it is judged by. */
  readonly vkey: string
  readonly older: string
  readonly newer: string
  readonly path: readonly Uint8Array[]
}

export type ForkKind = 'two-roots-at-one-size' | 'older-is-no-beginning'

export type ForkError = CheckpointError | 'fork-proof-malformed' | 'path-beside-root' | 'no-fork'

export type ForkResult =
  | {
      readonly ok: true
      readonly kind: ForkKind
      readonly origin: string
      readonly older: Checkpoint
      readonly newer: Checkpoint
    }
  | { readonly ok: false; readonly code: ForkError }

const HEADER = 'doorstep/fork-proof@v1'
const PATH_MAX = 54
const CHARS_MAX = 2 * CHECKPOINT_CHARS_MAX + 8192

/**
 * The proof as a text that stands alone: header, key, the notes' numbers of lines, the path's
 * hashes one a line, an empty line, then both signed notes as they are.
 */
export function formatForkProof({ vkey, older, newer, path }: ForkProof): string {
  const lines = (note: string): number => note.split('\n').length - 1
  const hashes = path.map((hash) => `${toBase64(hash)}\n`).join('')
  const head = `${HEADER}\nkey ${vkey}\nnotes ${lines(older)} ${lines(newer)}\n`
  return `${head}${hashes}\n${older}${newer}`
}

/** Parses a fork proof; at most 40 KiB of text and 54 hashes. Nothing is verified yet. */
export function parseForkProof(text: string): ForkProof | undefined {
  const split = text.indexOf('\n\n')
  if (split < 0 || text.length > CHARS_MAX || !text.isWellFormed()) return undefined
  const [header, keyLine = '', notesLine = '', ...hashes] = text.slice(0, split).split('\n')
  const counts = /^notes ([0-9]{1,3}) ([0-9]{1,3})$/.exec(notesLine)
  if (header !== HEADER || !keyLine.startsWith('key ') || counts === null) return undefined
  const [first, second] = [parseDecimal(counts[1]!), parseDecimal(counts[2]!)]
  const rows = text.slice(split + 2).split('\n')
  if (first === undefined || second === undefined || rows.pop() !== '') return undefined
  if (rows.length !== first + second || hashes.length > PATH_MAX) return undefined
  const path: Uint8Array[] = []
  for (const line of hashes) {
    const hash = fromBase64(line)
    if (hash?.length !== HASH_BYTES) return undefined
    path.push(hash)
  }
  const note = (from: number, to: number): string => `${rows.slice(from, to).join('\n')}\n`
  const [older, newer] = [note(0, first), note(first, rows.length)]
  return { vkey: keyLine.slice(4), older, newer, path }
}

/**
 * Whether `text` proves that the holder of the log's key signed two histories. Trusts `vkey` and
 * nothing else; neither a server nor the log is needed.
 */
export function verifyForkProof(text: string, vkey: string, tools: ProofTools): ForkResult {
  const proof = parseForkProof(text)
  if (proof === undefined || parseVkey(proof.vkey, tools.sha256) === undefined) {
    return { ok: false, code: 'fork-proof-malformed' }
  }
  const older = verifyCheckpoint(proof.older, vkey, tools)
  if (!older.ok) return older
  const newer = verifyCheckpoint(proof.newer, vkey, tools)
  if (!newer.ok) return newer
  const code = judge(older.checkpoint, newer.checkpoint, proof.path, tools)
  if (code === 'path-beside-root' || code === 'no-fork') return { ok: false, code }
  const { origin } = older.checkpoint
  return { ok: true, kind: code, origin, older: older.checkpoint, newer: newer.checkpoint }
}

function judge(
  older: Checkpoint,
  newer: Checkpoint,
  path: readonly Uint8Array[],
  { sha256 }: ProofTools,
): ForkKind | 'path-beside-root' | 'no-fork' {
  if (older.size === newer.size) {
    return equalBytes(older.root, newer.root) ? 'no-fork' : 'two-roots-at-one-size'
  }
  if (older.size === 0) {
    // Nothing is a beginning of everything, so only a wrong hash of nothing proves something.
    return equalBytes(older.root, sha256(new Uint8Array(0))) ? 'no-fork' : 'older-is-no-beginning'
  }
  const roots = prefixRoots(older.size, newer.size, path, sha256)
  if (roots === undefined || !equalBytes(roots.newer, newer.root)) return 'path-beside-root'
  return equalBytes(roots.older, older.root) ? 'no-fork' : 'older-is-no-beginning'
}
