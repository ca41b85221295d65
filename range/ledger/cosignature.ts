import { bytesToHex } from '@noble/hashes/utils.js'
import { concat, equalBytes, toBase64, utf8, type Sha256 } from './bytes.ts'
import { keyIdOf, parseNote, parseTypedKey, type NoteSignature, type Signer } from './checkpoint.ts'
import type { VerifierKey, VerifySignature } from './checkpoint.ts'

const COSIGNATURE = 4
const TIME_BYTES = 8
const SIGNATURE_BYTES = 64

/** A witness's word that this was the largest tree it had seen. `time` is Unix seconds. */
export interface Cosignature {
  readonly name: string
  readonly keyId: Uint8Array
  readonly time: number
  readonly signature: Uint8Array
}

/** A witness key's text, for an Ed25519 public key of 32 bytes. Source: C2SP tlog-cosignature. */
export function makeWitnessVkey(name: string, publicKey: Uint8Array, sha256: Sha256): string {
  const typed = concat(Uint8Array.of(COSIGNATURE), publicKey)
  return `${name}+${bytesToHex(keyIdOf(name, typed, sha256))}+${toBase64(typed)}`
}

/** Reads a witness key: as a verifier key, but of type 0x04. Undefined for any other. */
export function parseWitnessVkey(vkey: string, sha256: Sha256): VerifierKey | undefined {
  return parseTypedKey(vkey, COSIGNATURE, sha256)
}

/**
 * What a witness signs: two lines, then the checkpoint's whole text (without its signatures).
 * `time` is whole Unix seconds. Source: C2SP tlog-cosignature, version 1.
 */
export function cosignedMessage(text: string, time: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${time}\n${text}`)
}

/** The note line of a cosignature; `signature` has 64 bytes. */
export function formatCosignature(key: VerifierKey, time: number, signature: Uint8Array): string {
  const stamp = new Uint8Array(TIME_BYTES)
  new DataView(stamp.buffer).setBigUint64(0, BigInt(time))
  return `— ${key.name} ${toBase64(concat(key.keyId, stamp, signature))}\n`
}

/** Signs the text of a checkpoint at `time` (Unix seconds) and returns the note line. */
export function cosign(text: string, time: number, signer: Signer, sha256: Sha256): string {
  const key = parseWitnessVkey(signer.vkey, sha256)
  if (key === undefined) throw new Error('the witness key is malformed')
  return formatCosignature(key, time, signer.sign(cosignedMessage(text, time)))
}

/** A note's signature as a cosignature; undefined where it has not its length or its time. */
export function readCosignature(line: NoteSignature): Cosignature | undefined {
  const { name, keyId, signature: bytes } = line
  if (bytes.length !== TIME_BYTES + SIGNATURE_BYTES) return undefined
  const time = new DataView(bytes.buffer, bytes.byteOffset, TIME_BYTES).getBigUint64(0)
  if (time > BigInt(Number.MAX_SAFE_INTEGER)) return undefined
  return { name, keyId, time: Number(time), signature: bytes.subarray(TIME_BYTES) }
}

/**
 * The newest good cosignature under `vkey` in a signed note, or undefined: none there, malformed,
 * or none that verifies.
 */
export function findCosignature(
  note: string,
  vkey: string,
  tools: { readonly sha256: Sha256; readonly verify: VerifySignature },
): Cosignature | undefined {
  const key = parseWitnessVkey(vkey, tools.sha256)
  const parsed = parseNote(note)
  if (key === undefined || parsed === undefined) return undefined
  let best: Cosignature | undefined
  for (const line of parsed.signatures) {
    if (line.name !== key.name || !equalBytes(line.keyId, key.keyId)) continue
    const found = readCosignature(line)
    if (found === undefined || found.time <= (best?.time ?? -1)) continue
    const message = cosignedMessage(parsed.text, found.time)
    if (tools.verify(key.publicKey, message, found.signature)) best = found
  }
  return best
}
