import {
  equalBytes,
  fromBase64,
  parseDecimal,
  toBase64,
  utf8,
  utf8Text,
  type Sha256,
} from './bytes.ts'
import { verifyCheckpoint, type Checkpoint, type CheckpointError } from './checkpoint.ts'
import type { VerifySignature } from './checkpoint.ts'
import { ENTRY_BYTES_MAX, formatOpening, leafOf, parseOpening } from './leaf.ts'
import type { Entry, Opening } from './leaf.ts'
import { climb, hashLeaf, HASH_BYTES, type HashStep } from './tree.ts'

/** All that shows one entry to be in the log, but for the log's key. */
export interface Proof {
  readonly opening: Opening
  readonly index: number
  readonly path: readonly Uint8Array[]
  /** The signed note. */
  readonly checkpoint: string
}

export type ProofError =
  | CheckpointError
  | 'proof-malformed'
  | 'opening-malformed'
  | 'index-beyond-checkpoint'
  | 'path-of-wrong-length'
  | 'root-differs'

export type ProofResult =
  | {
      readonly ok: true
      readonly entry: Entry
      readonly index: number
      readonly leafHash: Uint8Array
      readonly steps: readonly HashStep[]
      readonly checkpoint: Checkpoint
    }
  | { readonly ok: false; readonly code: ProofError; readonly steps?: readonly HashStep[] }

export interface ProofTools {
  readonly sha256: Sha256
  readonly verify: VerifySignature
}

const HEADER = 'c2sp.org/tlog-proof@v1'
const PATH_MAX = 53
const PROOF_CHARS_MAX = 4 * ENTRY_BYTES_MAX

/**
 * The proof as a file that stands alone; the opening travels as extra data. Source: C2SP
 * tlog-proof.
 */
export function formatProof(proof: Proof): string {
  const opening = formatOpening(proof.opening)
  if (opening === undefined) throw new Error('the opening is malformed')
  const hashes = proof.path.map((hash) => `${toBase64(hash)}\n`).join('')
  const extra = toBase64(utf8(opening))
  return `${HEADER}\nextra ${extra}\nindex ${proof.index}\n${hashes}\n${proof.checkpoint}`
}

/** Parses a proof file; at most 256 KiB of text and 53 hashes. Nothing is verified yet. */
export function parseProof(text: string): Proof | undefined {
  const split = text.indexOf('\n\n')
  if (split < 0 || text.length > PROOF_CHARS_MAX || !text.isWellFormed()) return undefined
  const [header, extraLine = '', indexLine = '', ...hashLines] = text.slice(0, split).split('\n')
  if (header !== HEADER || !extraLine.startsWith('extra ') || !indexLine.startsWith('index ')) {
    return undefined
  }
  const extra = fromBase64(extraLine.slice(6))
  const opening = extra && parseOpening(utf8Text(extra) ?? '')
  const index = parseDecimal(indexLine.slice(6))
  if (opening === undefined || index === undefined || hashLines.length > PATH_MAX) return undefined
  // One spelling only, so that no byte of a proof file is without effect.
  if (formatOpening(opening) !== utf8Text(extra!)) return undefined
  const path: Uint8Array[] = []
  for (const line of hashLines) {
    const hash = fromBase64(line)
    if (hash?.length !== HASH_BYTES) return undefined
    path.push(hash)
  }
  return { opening, index, path, checkpoint: text.slice(split + 2) }
}

/**
 * Verifies a proof file against the key of the log, trusting nothing else. The order of checks:
 * shape, signature, opening, path; the first that fails gives the code.
 */
export function verifyProof(text: string, vkey: string, tools: ProofTools): ProofResult {
  const proof = parseProof(text)
  return proof === undefined
    ? { ok: false, code: 'proof-malformed' }
    : verifyProofParts(proof, vkey, tools)
}

/** The same for a proof in parts. */
export function verifyProofParts(proof: Proof, vkey: string, tools: ProofTools): ProofResult {
  const head = verifyCheckpoint(proof.checkpoint, vkey, tools)
  if (!head.ok) return head
  const leaf = leafOf(proof.opening, tools.sha256)
  if (leaf === undefined) return { ok: false, code: 'opening-malformed' }
  const { size, root } = head.checkpoint
  if (proof.index >= size) return { ok: false, code: 'index-beyond-checkpoint' }
  const leafHash = hashLeaf(leaf, tools.sha256)
  const steps = climb(proof.index, size, leafHash, proof.path, tools.sha256)
  if (steps === undefined) return { ok: false, code: 'path-of-wrong-length' }
  const reached = steps.at(-1)?.result ?? leafHash
  if (!equalBytes(reached, root)) return { ok: false, code: 'root-differs', steps }
  const { opening, index } = proof
  return { ok: true, entry: opening.entry, index, leafHash, steps, checkpoint: head.checkpoint }
}
