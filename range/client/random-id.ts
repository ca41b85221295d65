import { bytesToHex } from '@noble/hashes/utils.js'

/**
 * An id of `size` random bytes in hex, different from others but no secret. Works over plain HTTP
 * too, where `crypto.randomUUID` is missing.
 */
export function randomId(size: number): string {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(size)))
}
