import { concat, equalBytes, utf8, type Sha256 } from './bytes.ts'

/** Bytes of a commitment and of its salt. */
export const COMMITMENT_BYTES = 32
export const COMMITMENT_SALT_BYTES = 16

/** What a commitment is to, and for what use: one made for one use opens nothing in another. */
export interface Committed {
  /** The use, e.g. `slip/request`. */
  readonly domain: string
  /** `COMMITMENT_SALT_BYTES` from a secret or from entropy. */
  readonly salt: Uint8Array
  readonly parts: readonly string[]
}

/**
 * SHA-256 over a head with the use, the salt, and each part as four bytes of length (big-endian)
 * and UTF-8. Without the salt nobody can test a guess at the parts; parts cannot be moved across
 * their borders, and no leaf or node of a tree begins as the head does.
 */
export function commit({ domain, salt, parts }: Committed, sha256: Sha256): Uint8Array {
  if (salt.length !== COMMITMENT_SALT_BYTES) throw new Error('a salt has 16 bytes')
  const texts = parts.map(utf8)
  const body = texts.flatMap((text) => [lengthOf(text), text])
  return sha256(concat(utf8(`doorstep-commitment/v1\n${domain}\n`), salt, ...body))
}

/** Whether `commitment` is one to these parts, under this salt and for this use. */
export function fits(commitment: Uint8Array, committed: Committed, sha256: Sha256): boolean {
  return equalBytes(commitment, commit(committed, sha256))
}

function lengthOf(text: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, text.length)
  return bytes
}
