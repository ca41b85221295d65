import { concat, equalBytes } from './bytes.ts'

/** `did:key:z6Mk…`: a name that is an Ed25519 public key, and nothing but that key. */
export type DidKey = `did:key:z6Mk${string}`

/** Multicodec `ed25519-pub`, 0xed, as an unsigned varint. */
const ED25519_PUB = Uint8Array.of(0xed, 0x01)
const KEY_BYTES = 32
const PREFIX = 'did:key:z'
const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz'
/** Letters of 34 bytes in base 58. */
const LETTERS_MAX = 48

/**
 * The did:key of an Ed25519 public key of 32 bytes; undefined for another length.
 * Source: W3C CCG, "The did:key Method" (multibase base58-btc over multicodec 0xed01 and the key).
 */
export function formatDidKey(publicKey: Uint8Array): DidKey | undefined {
  if (publicKey.length !== KEY_BYTES) return undefined
  return `${PREFIX}${base58(concat(ED25519_PUB, publicKey))}` as DidKey
}

/**
 * The 32 bytes of the key a did:key names; undefined for anything but the one spelling of an
 * Ed25519 key: other methods, bases, key types and lengths, fragments and stray letters.
 */
export function parseDidKey(did: string): Uint8Array | undefined {
  if (!did.startsWith(PREFIX) || did.length > PREFIX.length + LETTERS_MAX) return undefined
  const bytes = fromBase58(did.slice(PREFIX.length))
  if (bytes?.length !== ED25519_PUB.length + KEY_BYTES) return undefined
  if (!equalBytes(bytes.subarray(0, ED25519_PUB.length), ED25519_PUB)) return undefined
  return bytes.slice(ED25519_PUB.length)
}

/** The verification method of a did:key document: the key names itself. */
export function verificationMethodOf(did: DidKey): string {
  return `${did}#${did.slice('did:key:'.length)}`
}

/** Base 58 as Bitcoin writes it; leading zero bytes are leading ones. */
function base58(bytes: Uint8Array): string {
  const digits: number[] = []
  for (const byte of bytes) {
    let carry = byte
    for (let i = 0; i < digits.length; i++) {
      carry += digits[i]! * 256
      digits[i] = carry % 58
      carry = Math.floor(carry / 58)
    }
    for (; carry > 0; carry = Math.floor(carry / 58)) digits.push(carry % 58)
  }
  const zeros = bytes.findIndex((byte) => byte !== 0)
  const lead = '1'.repeat(zeros < 0 ? bytes.length : zeros)
  return (
    lead +
    digits
      .map((digit) => BASE58[digit]!)
      .reverse()
      .join('')
  )
}

/** Each text stands for one array of bytes and each array has one text; undefined for others. */
function fromBase58(text: string): Uint8Array | undefined {
  const bytes: number[] = []
  for (const letter of text) {
    let carry = BASE58.indexOf(letter)
    if (carry < 0) return undefined
    for (let i = 0; i < bytes.length; i++) {
      carry += bytes[i]! * 58
      bytes[i] = carry % 256
      carry = Math.floor(carry / 256)
    }
    for (; carry > 0; carry = Math.floor(carry / 256)) bytes.push(carry % 256)
  }
  const ones = /^1*/.exec(text)![0].length
  return Uint8Array.from([...Array<number>(ones).fill(0), ...bytes.reverse()])
}
