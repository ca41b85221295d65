import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'

/** A tree head of RFC 6962: how many leaves, and the root over them in hex. */
export interface Head {
  readonly size: number
  readonly root: string
}
/** Hashes of a path that are looked at: enough for any tree. */
const PATH_MAX = 64
const HASH = /^[0-9a-f]{64}$/

/** Whether `path` leads from the row `text` at `index` to the root of `head`. RFC 9162, 2.1.3.2. */
export function includes(
  head: Head,
  index: number,
  text: string,
  path: readonly string[],
): boolean {
  if (!wellFormed(path) || !(index >= 0 && index < head.size)) return false
  let [node, last] = [index, head.size - 1]
  let hash = sha256(concatBytes(Uint8Array.of(0), utf8ToBytes(text)))
  for (const sibling of path.map(hexToBytes)) {
    if (last === 0) return false
    const onLeft = node % 2 === 1 || node === last
    hash = onLeft ? join(sibling, hash) : join(hash, sibling)
    if (onLeft) while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)]
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 && bytesToHex(hash) === head.root
}

/** Whether `path` shows that `newer` only appends to `older`. RFC 9162, section 2.1.4.2. */
export function appends(older: Head, newer: Head, path: readonly string[]): boolean {
  if (older.size > newer.size || !wellFormed(path)) return false
  if (older.size === 0) return true
  if (older.size === newer.size) return path.length === 0 && older.root === newer.root
  const hashes = isPowerOfTwo(older.size) ? [older.root, ...path] : path
  const first = hashes[0]
  if (first === undefined || !HASH.test(first)) return false
  let [node, last] = [older.size - 1, newer.size - 1]
  while (node % 2 === 1) [node, last] = [half(node), half(last)]
  let [before, after] = [hexToBytes(first), hexToBytes(first)]
  for (const sibling of hashes.slice(1).map(hexToBytes)) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      before = join(sibling, before)
      after = join(sibling, after)
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)]
    } else after = join(after, sibling)
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 && bytesToHex(before) === older.root && bytesToHex(after) === newer.root
}

function wellFormed(path: readonly string[]): boolean {
  return path.length <= PATH_MAX && path.every((hash) => HASH.test(hash))
}
function join(left: Uint8Array, right: Uint8Array): ReturnType<typeof sha256> {
  return sha256(concatBytes(Uint8Array.of(1), left, right))
}
function isPowerOfTwo(n: number): boolean {
  let power = 1
  while (power < n) power *= 2
  return power === n
}
function half(n: number): number {
  return Math.floor(n / 2)
}
