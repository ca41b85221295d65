import { bytesToHex } from '@noble/hashes/utils.js'
import {
  concat,
  equalBytes,
  fromBase64,
  parseDecimal,
  toBase64,
  utf8,
  type Sha256,
} from './bytes.ts'
import { HASH_BYTES } from './tree.ts'

/** A tree head. `time` is Unix milliseconds as the log claims them, in an extension line. */
export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
  readonly time?: number
}

/** A key that signs notes under a name; the secret stays with whoever made it. */
export interface Signer {
  readonly vkey: string
  readonly sign: (message: Uint8Array) => Uint8Array
}

/** A parsed verifier key: `name+keyId+base64(0x01 ‖ key)`. */
export interface VerifierKey {
  readonly name: string
  readonly keyId: Uint8Array
  readonly publicKey: Uint8Array
}

/** Whether an Ed25519 `signature` of `message` is good under `publicKey`. */
export type VerifySignature = (
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean

export type CheckpointError =
  'checkpoint-malformed' | 'key-malformed' | 'wrong-origin' | 'unknown-key' | 'bad-signature'

export type CheckpointResult =
  | { readonly ok: true; readonly checkpoint: Checkpoint }
  | { readonly ok: false; readonly code: CheckpointError }

const ED25519 = 1
export const CHECKPOINT_CHARS_MAX = 16_384
const SIGNATURES_MAX = 64

/** The text that is signed. Source: C2SP tlog-checkpoint. */
export function formatCheckpoint({ origin, size, root, time }: Checkpoint): string {
  const extension = time === undefined ? '' : `time ${time}\n`
  return `${origin}\n${size}\n${toBase64(root)}\n${extension}`
}

/**
 * A checkpoint out of a note's text, or undefined. Unknown extension lines are allowed and
 * skipped.
 */
export function parseCheckpoint(text: string): Checkpoint | undefined {
  const lines = text.split('\n')
  if (lines.pop() !== '' || lines.some((line) => line === '')) return undefined
  const [origin, sizeText = '', rootText = '', ...extensions] = lines
  const size = parseDecimal(sizeText)
  const root = fromBase64(rootText)
  if (origin === undefined || size === undefined || root?.length !== HASH_BYTES) return undefined
  const timeLine = extensions.find((line) => line.startsWith('time '))
  const time = timeLine === undefined ? undefined : parseDecimal(timeLine.slice(5))
  if (timeLine !== undefined && time === undefined) return undefined
  return { origin, size, root, ...(time === undefined ? {} : { time }) }
}

/** `text` (ending in a newline) with the signature of `signer`. Source: C2SP signed-note. */
export function signNote(text: string, signer: Signer, sha256: Sha256): string {
  const key = parseVkey(signer.vkey, sha256)
  if (key === undefined || !text.endsWith('\n')) throw new Error('note or key is malformed')
  const signature = concat(key.keyId, signer.sign(utf8(text)))
  return `${text}\n— ${key.name} ${toBase64(signature)}\n`
}

/** A verifier key's text for an Ed25519 public key of 32 bytes. Source: C2SP signed-note. */
export function makeVkey(name: string, publicKey: Uint8Array, sha256: Sha256): string {
  const typed = concat(Uint8Array.of(ED25519), publicKey)
  return `${name}+${bytesToHex(keyIdOf(name, typed, sha256))}+${toBase64(typed)}`
}

/** Reads a verifier key; undefined where its parts or its key id do not fit. */
export function parseVkey(vkey: string, sha256: Sha256): VerifierKey | undefined {
  return parseTypedKey(vkey, ED25519, sha256)
}

/** Reads the text of an Ed25519 key used as `type` says; undefined for any other. */
export function parseTypedKey(vkey: string, type: number, sha256: Sha256): VerifierKey | undefined {
  const match = /^([^\s+]{1,256})\+([0-9a-f]{8})\+([A-Za-z0-9+/=]{44})$/.exec(vkey.trim())
  if (match === null) return undefined
  const [, name = '', idText = '', keyText = ''] = match
  const typed = fromBase64(keyText)
  if (typed?.length !== 33 || typed[0] !== type || !name.isWellFormed()) return undefined
  const keyId = keyIdOf(name, typed, sha256)
  return bytesToHex(keyId) === idText ? { name, keyId, publicKey: typed.subarray(1) } : undefined
}

/**
 * Checks a signed checkpoint: the log's own signature under `vkey` must be there and good, and the
 * origin must be the key's name. Signatures of others are skipped. `note` is bounded to 16 KiB.
 */
export function verifyCheckpoint(
  note: string,
  vkey: string,
  tools: { readonly sha256: Sha256; readonly verify: VerifySignature },
): CheckpointResult {
  const key = parseVkey(vkey, tools.sha256)
  if (key === undefined) return { ok: false, code: 'key-malformed' }
  const parsed = parseNote(note)
  const checkpoint = parsed && parseCheckpoint(parsed.text)
  if (parsed === undefined || checkpoint === undefined) {
    return { ok: false, code: 'checkpoint-malformed' }
  }
  if (checkpoint.origin !== key.name) return { ok: false, code: 'wrong-origin' }
  const refusal = refusalOf(parsed, key, tools.verify)
  return refusal === undefined ? { ok: true, checkpoint } : { ok: false, code: refusal }
}

/** Why a note is not signed under `key`, or undefined. Signatures of others are skipped. */
export function refusalOf(
  note: Note,
  key: VerifierKey,
  verify: VerifySignature,
): 'unknown-key' | 'bad-signature' | undefined {
  const own = note.signatures.filter(
    (line) => line.name === key.name && equalBytes(line.keyId, key.keyId),
  )
  if (own.length === 0) return 'unknown-key'
  const message = utf8(note.text)
  const good = own.every((line) => verify(key.publicKey, message, line.signature))
  return good ? undefined : 'bad-signature'
}

/** One line of a note below its text. */
export interface NoteSignature {
  readonly name: string
  readonly keyId: Uint8Array
  readonly signature: Uint8Array
}

interface Note {
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** Splits a signed note at its last empty line; undefined where it is not one. */
export function parseNote(note: string): Note | undefined {
  if (note.length > CHECKPOINT_CHARS_MAX || !note.isWellFormed()) return undefined
  // C2SP: no ASCII control character but newline.
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u0009\u000b-\u001f\u007f]/.test(note)) return undefined
  const split = note.lastIndexOf('\n\n')
  if (split < 0 || !note.endsWith('\n')) return undefined
  const lines = note.slice(split + 2, -1).split('\n')
  if (lines.length > SIGNATURES_MAX) return undefined
  const signatures = []
  for (const line of lines) {
    const match = /^— (\S+) (\S+)$/.exec(line)
    const bytes = match?.[2] === undefined ? undefined : fromBase64(match[2])
    if (match?.[1] === undefined || bytes === undefined || bytes.length < 5) return undefined
    signatures.push({ name: match[1], keyId: bytes.subarray(0, 4), signature: bytes.subarray(4) })
  }
  return { text: note.slice(0, split + 1), signatures }
}

/** A note with the signatures of `vkey` only, without witnesses'; undefined where it has none. */
export function ownNote(note: string, vkey: string, sha256: Sha256): string | undefined {
  const key = parseVkey(vkey, sha256)
  const parsed = parseNote(note)
  const own = parsed?.signatures.filter(
    (line) => line.name === key?.name && equalBytes(line.keyId, key.keyId),
  )
  return own?.length === undefined || own.length === 0
    ? undefined
    : `${parsed!.text}\n${own.map(formatSignature).join('')}`
}

/** A signature as a line of a note. */
export function formatSignature({ name, keyId, signature }: NoteSignature): string {
  return `— ${name} ${toBase64(concat(keyId, signature))}\n`
}

/** First four bytes of SHA-256(name ‖ newline ‖ typed key). Source: C2SP signed-note. */
export function keyIdOf(name: string, typedKey: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(concat(utf8(`${name}\n`), typedKey)).subarray(0, 4)
}
