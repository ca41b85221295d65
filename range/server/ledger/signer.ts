import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto'
import { makeVkey, type Signer } from '../../ledger/checkpoint.ts'
import { nativeSha256 } from './native.ts'

// DER of PKCS #8 for Ed25519, before the 32 bytes of the seed (RFC 8410).
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')

/** A signer over an Ed25519 seed of 32 bytes; its name is the log's origin. */
export function signerFromSeed(origin: string, seed: Uint8Array): Signer {
  const der = Buffer.concat([PKCS8_PREFIX, seed])
  return signerFromKey(origin, createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }))
}

function signerFromKey(origin: string, key: KeyObject): Signer {
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
  const vkey = makeVkey(origin, spki.subarray(-32), nativeSha256)
  return { vkey, sign: (message) => sign(null, message, key) }
}
