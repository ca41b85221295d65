import type { StringPart } from './rule.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const DASHES = ['-', '/', '\u2013', '\u2014', '\u2015'] as const
/** At most this many spellings come out of one value with `windash`: four dashes. */
export const WINDASH_MAX = 625

export type Utf16 = 'utf16le' | 'utf16be' | 'utf16'

/**
 * Bytes as a string of characters 0 to 255, which is how encoded values are kept between
 * modifiers.
 */
export function utf8Bytes(text: string): string {
  let bytes = ''
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte)
  return bytes
}

/** UTF-16 bytes of a text; `utf16` is little-endian after a byte order mark. */
export function utf16Bytes(text: string, encoding: Utf16): string {
  let bytes = ''
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    const low = String.fromCharCode(unit & 0xff)
    const high = String.fromCharCode(unit >> 8)
    bytes += encoding === 'utf16be' ? high + low : low + high
  }
  return encoding === 'utf16' ? `\xff\xfe${bytes}` : bytes
}

/** Base64 with padding, of a byte string. Source: RFC 4648 section 4. */
export function base64(bytes: string): string {
  let out = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const group =
      (bytes.charCodeAt(i) << 16) |
      (left > 1 ? bytes.charCodeAt(i + 1) << 8 : 0) |
      (left > 2 ? bytes.charCodeAt(i + 2) : 0)
    out += ALPHABET.charAt(group >> 18) + ALPHABET.charAt((group >> 12) & 63)
    out += left > 1 ? ALPHABET.charAt((group >> 6) & 63) : '='
    out += left > 2 ? ALPHABET.charAt(group & 63) : '='
  }
  return out
}

/**
 * The characters of a Base64 text that do not depend on what stands around `bytes`, for shifts
 * 0, 1, 2.
 */
export function base64Offsets(bytes: string): string[] {
  return [0, 1, 2].map((shift) => {
    const start = shift === 0 ? 0 : shift + 1
    const rest = (bytes.length + shift) % 3
    const encoded = base64(' '.repeat(shift) + bytes)
    const cut = rest === 0 ? 0 : rest === 1 ? 3 : 2
    return encoded.slice(start, encoded.length - cut)
  })
}

/**
 * Every spelling of the dashes that begin a word; null where there would be more than
 * WINDASH_MAX.
 */
export function windash(parts: readonly StringPart[]): StringPart[][] | null {
  let spellings: StringPart[][] = [[]]
  for (const part of parts) {
    const options: StringPart[] =
      part.kind === 'text' ? dashed(part.text).map((text) => ({ kind: 'text', text })) : [part]
    if (options.length * spellings.length > WINDASH_MAX || options.length === 0) return null
    spellings = spellings.flatMap((before) => options.map((option) => [...before, option]))
  }
  return spellings
}

function dashed(text: string): string[] {
  let spellings = ['']
  for (let i = 0; i < text.length; i += 1) {
    const c = text[i] as string
    const begins =
      (DASHES as readonly string[]).includes(c) && isWord(text[i + 1]) && !isWord(text[i - 1])
    const options = begins ? DASHES : [c]
    if (spellings.length * options.length > WINDASH_MAX) return []
    spellings = spellings.flatMap((before) => options.map((option) => before + option))
  }
  return spellings
}

function isWord(c: string | undefined): boolean {
  return c !== undefined && /[\p{L}\p{N}_]/u.test(c)
}
