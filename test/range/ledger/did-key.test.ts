import { createPrivateKey, createPublicKey } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { formatDidKey, parseDidKey, verificationMethodOf } from '../../../range/ledger/did-key.ts'

/** The Ed25519 test vectors of the W3C did:key method: a seed of 32 bytes and its name. */
const VECTORS: readonly (readonly [seed: number, did: string])[] = [
  [0, 'did:key:z6MkiTBz1ymuepAQ4HEHYSF1H8quG5GLVVQR3djdX3mDooWp'],
  [1, 'did:key:z6MkjchhfUsD6mmvni8mCdXHw216Xrm9bQe2mBH1P5RDjVJG'],
  [2, 'did:key:z6MknGc3ocHs3zdPiJbnaaqDi58NGb4pk1Sp9WxWufuXSdxf'],
]

function publicKey(last: number): Uint8Array {
  const seed = Buffer.alloc(32)
  seed[31] = last
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32)
}

test('[L70] a did:key is its Ed25519 key, as the published vectors write it', () => {
  for (const [seed, did] of VECTORS) {
    expect(formatDidKey(publicKey(seed))).toBe(did)
    expect(Buffer.from(parseDidKey(did)!)).toEqual(Buffer.from(publicKey(seed)))
  }
  expect(verificationMethodOf(formatDidKey(publicKey(0))!)).toBe(
    `${VECTORS[0]![1]}#${VECTORS[0]![1].slice('did:key:'.length)}`,
  )
})

test('[L70] every key has one name, and every name of 32 bytes begins with z6Mk', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), (key) => {
      const did = formatDidKey(key)!
      expect(did).toMatch(/^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/)
      expect(Buffer.from(parseDidKey(did)!)).toEqual(Buffer.from(key))
    }),
    { numRuns: 60 },
  )
})

test('[L70] anything but that one spelling is refused', () => {
  const good = VECTORS[0]![1]
  const strange = [
    '',
    'did:key:',
    'did:key:z',
    `${good} `,
    ` ${good}`,
    good.toUpperCase(),
    good.slice(0, -1),
    `${good}p`,
    good.replace('did:key:z', 'did:key:z1'),
    good.replace('did:key:z', 'did:key:u'),
    good.replace('did:key', 'did:web'),
    good.replace('iTBz', 'iTB0'),
    good.replace('iTBz', 'iTBl'),
    `${good}#${good.slice('did:key:'.length)}`,
    // Another kind of key (X25519, multicodec 0xec), and one that is too short.
    'did:key:z6LSeu9HkTHSfLLeUs2nnzUSNedgDUevfNQgQjQC23ZCit6F',
    'did:key:z6Mk',
    `did:key:z${'1'.repeat(48)}`,
    `did:key:z${'z'.repeat(100_000)}`,
  ]
  for (const text of strange) expect(parseDidKey(text), text.slice(0, 60)).toBeUndefined()
  expect(formatDidKey(new Uint8Array(31))).toBeUndefined()
})
