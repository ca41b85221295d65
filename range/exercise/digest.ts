import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'

/**
 * SHA-256 in hex over the JSON of each part; parts must be plain data with a fixed order of keys.
 */
export function digestOf(...parts: readonly unknown[]): string {
  const hash = sha256.create()
  for (const part of parts) hash.update(utf8ToBytes(JSON.stringify(part))).update(SEPARATOR)
  return bytesToHex(hash.digest())
}
const SEPARATOR = new Uint8Array([0])
