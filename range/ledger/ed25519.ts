import { ed25519 } from '@noble/curves/ed25519.js'
import type { VerifySignature } from './checkpoint.ts'

/**
 * Ed25519 in plain JavaScript, strict as RFC 8032; false also for a key or signature of wrong
 * shape.
 */
export const verifyEd25519: VerifySignature = (publicKey, message, signature) => {
  if (publicKey.length !== 32 || signature.length !== 64) return false
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false })
  } catch {
    return false
  }
}
