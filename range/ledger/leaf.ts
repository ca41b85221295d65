import canonicalize from 'canonicalize'
import { concat, equalBytes, fromBase64, toBase64, utf8, type Sha256 } from './bytes.ts'

/** What is logged: any JSON object with a kind. Input, digest of outputs, parent, padding, … */
export interface Entry {
  readonly kind: string
}

/** What a leaf commits to. `salt` is base64 of 32 bytes. Handed out apart from the leaf. */
export interface Opening {
  readonly salt: string
  readonly entry: Entry
}

/** Version byte and commitment. Fixed, below the 128 bytes that let 256 leaves fit one message. */
export const LEAF_BYTES = 33
export const SALT_BYTES = 32

/** Bytes of canonical JSON an entry may have. */
export const ENTRY_BYTES_MAX = 65_536

/**
 * Fills a tick up to its fixed number of leaves; sealed, it cannot be told from any other entry.
 */
export const PADDING: Entry = { kind: 'padding' }

export const LEAF_VERSION = 1

/**
 * Canonical JSON of `entry` (RFC 8785), or undefined where it is no JSON, holds a lone surrogate
 * or a number JSON cannot carry, or exceeds `ENTRY_BYTES_MAX`.
 */
export function canonicalEntry(entry: Entry): string | undefined {
  try {
    const text = canonicalize(entry)
    if (text === undefined || text.length > ENTRY_BYTES_MAX) return undefined
    return text.length * 3 > ENTRY_BYTES_MAX && utf8(text).length > ENTRY_BYTES_MAX
      ? undefined
      : text
  } catch {
    return undefined
  }
}

/**
 * The leaf of a canonical entry: version byte, then SHA-256(salt ‖ entry). Without the salt nobody
 * can test a guess at the entry; kind, actor and length do not show. `salt` has `SALT_BYTES`
 * bytes.
 */
export function sealLeaf(salt: Uint8Array, canonical: string, sha256: Sha256): Uint8Array {
  const leaf = new Uint8Array(LEAF_BYTES)
  leaf[0] = LEAF_VERSION
  leaf.set(sha256(concat(salt, utf8(canonical))), 1)
  return leaf
}

/** The leaf an opening leads to, or undefined where salt or entry is malformed. */
export function leafOf(opening: Opening, sha256: Sha256): Uint8Array | undefined {
  const salt = fromBase64(opening.salt)
  const canonical = canonicalEntry(opening.entry)
  if (salt?.length !== SALT_BYTES || canonical === undefined) return undefined
  return sealLeaf(salt, canonical, sha256)
}

/** Whether `opening` opens `leaf`. */
export function opens(opening: Opening, leaf: Uint8Array, sha256: Sha256): boolean {
  const expected = leafOf(opening, sha256)
  return expected !== undefined && equalBytes(expected, leaf)
}

/**
 * One line of JSON for an opening: `{"entry":…,"salt":…}` in canonical form; undefined if
 * malformed.
 */
export function formatOpening(opening: Opening): string | undefined {
  const canonical = canonicalEntry(opening.entry)
  return canonical === undefined ? undefined : `{"entry":${canonical},"salt":"${opening.salt}"}`
}

/** Parses what `formatOpening` writes (any key order); undefined for anything else. */
export function parseOpening(text: string): Opening | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { salt, entry } = value as { salt?: unknown; entry?: unknown }
  if (typeof salt !== 'string' || !isEntry(entry)) return undefined
  if (fromBase64(salt)?.length !== SALT_BYTES) return undefined
  return { salt, entry }
}

/** Whether a parsed JSON value is an entry. */
export function isEntry(value: unknown): value is Entry {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    typeof (value as { kind?: unknown }).kind === 'string'
  )
}

/** A fresh opening of `entry` under `salt`. */
export function openingOf(salt: Uint8Array, entry: Entry): Opening {
  return { salt: toBase64(salt), entry }
}
