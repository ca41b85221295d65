import { equalBytes, type Sha256 } from './bytes.ts'

/** Reads the hash of the complete subtree over leaves [index·2^level, (index+1)·2^level). */
export type ReadNode = (level: number, index: number) => Uint8Array

/** One step from a leaf to the root: the sibling, the side it stands on, and what comes out. */
export interface HashStep {
  readonly side: 'left' | 'right'
  readonly sibling: Uint8Array
  readonly result: Uint8Array
}

export const HASH_BYTES = 32

/** What a node's hash is taken over: 0x01, left, right. A hash is taken at once, so one will do. */
const pair = new Uint8Array(1 + 2 * HASH_BYTES)
pair[0] = 1

/** The same for a leaf: 0x00, leaf. Most leaves are of one length. */
let single = new Uint8Array(0)

/** SHA-256(0x00 ‖ leaf). Source: RFC 6962, section 2.1. */
export function hashLeaf(leaf: Uint8Array, sha256: Sha256): Uint8Array {
  if (single.length !== 1 + leaf.length) single = new Uint8Array(1 + leaf.length)
  single.set(leaf, 1)
  return sha256(single)
}

/** SHA-256(0x01 ‖ left ‖ right). Source: RFC 6962, section 2.1. */
export function hashNode(left: Uint8Array, right: Uint8Array, sha256: Sha256): Uint8Array {
  pair.set(left, 1)
  pair.set(right, 1 + HASH_BYTES)
  return sha256(pair)
}

/** The root over the first `size` leaves; SHA-256 of nothing for size 0. */
export function rootAt(size: number, read: ReadNode, sha256: Sha256): Uint8Array {
  return size === 0 ? sha256(new Uint8Array(0)) : subtree(0, size, read, sha256)
}

/**
 * The audit path of leaf `index` in a tree of `size` leaves, leaf side first; at most 53 hashes.
 * `index < size`. Source: RFC 9162, section 2.1.3.1.
 */
export function inclusionPath(
  index: number,
  size: number,
  read: ReadNode,
  sha256: Sha256,
): Uint8Array[] {
  const path: Uint8Array[] = []
  let from = 0
  let to = size
  while (to - from > 1) {
    const middle = from + largestPowerBelow(to - from)
    if (index < middle) {
      path.push(subtree(middle, to, read, sha256))
      to = middle
    } else {
      path.push(subtree(from, middle, read, sha256))
      from = middle
    }
  }
  return path.reverse()
}

/**
 * The hashes which show that the tree of `newSize` leaves continues the one of `oldSize`.
 * `1 <= oldSize <= newSize`; empty where they are equal. Source: RFC 9162, section 2.1.4.1.
 */
export function consistencyPath(
  oldSize: number,
  newSize: number,
  read: ReadNode,
  sha256: Sha256,
): Uint8Array[] {
  const path: Uint8Array[] = []
  let from = 0
  let to = newSize
  while (oldSize !== to) {
    const middle = from + largestPowerBelow(to - from)
    if (oldSize <= middle) {
      path.push(subtree(middle, to, read, sha256))
      to = middle
    } else {
      path.push(subtree(from, middle, read, sha256))
      from = middle
    }
  }
  if (from > 0) path.push(subtree(from, to, read, sha256))
  return path.reverse()
}

/**
 * The steps from `leafHash` to the root that `path` leads to, or undefined where the path is too
 * short or too long for `index` and `size`. Source: RFC 9162, section 2.1.3.2.
 */
export function climb(
  index: number,
  size: number,
  leafHash: Uint8Array,
  path: readonly Uint8Array[],
  sha256: Sha256,
): HashStep[] | undefined {
  if (index >= size) return undefined
  const steps: HashStep[] = []
  let node = index
  let last = size - 1
  let hash = leafHash
  for (const sibling of path) {
    if (last === 0) return undefined
    const onLeft = node % 2 === 1 || node === last
    hash = onLeft ? hashNode(sibling, hash, sha256) : hashNode(hash, sibling, sha256)
    steps.push({ side: onLeft ? 'left' : 'right', sibling, result: hash })
    if (onLeft) while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)]
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 ? steps : undefined
}

/** Whether `path` proves that the newer tree only appends. Source: RFC 9162, section 2.1.4.2. */
export function provesConsistency(
  older: { readonly size: number; readonly root: Uint8Array },
  newer: { readonly size: number; readonly root: Uint8Array },
  path: readonly Uint8Array[],
  sha256: Sha256,
): boolean {
  if (older.size > newer.size || older.size < 1) return false
  if (older.size === newer.size) return path.length === 0 && equalBytes(older.root, newer.root)
  const hashes = isPowerOfTwo(older.size) ? [older.root, ...path] : path
  const roots = prefixRoots(older.size, newer.size, hashes, sha256)
  if (roots === undefined) return false
  return equalBytes(roots.older, older.root) && equalBytes(roots.newer, newer.root)
}

/**
 * `consistencyPath` with the hash it leaves out where `oldSize` is a power of two, so that the path
 * leads to both roots by itself. `1 <= oldSize < newSize`; at most 54 hashes.
 */
export function prefixPath(
  oldSize: number,
  newSize: number,
  read: ReadNode,
  sha256: Sha256,
): Uint8Array[] {
  const path = consistencyPath(oldSize, newSize, read, sha256)
  return isPowerOfTwo(oldSize) ? [subtree(0, oldSize, read, sha256), ...path] : path
}

/**
 * The two roots a `prefixPath` leads to, or undefined where it is too short or too long. Whoever
 * finds `newer` to be a signed root knows `older` to be the root over its first `oldSize` leaves.
 */
export function prefixRoots(
  oldSize: number,
  newSize: number,
  path: readonly Uint8Array[],
  sha256: Sha256,
): { readonly older: Uint8Array; readonly newer: Uint8Array } | undefined {
  const first = path[0]
  if (oldSize < 1 || oldSize >= newSize || first === undefined) return undefined
  let [node, last] = [oldSize - 1, newSize - 1]
  while (node % 2 === 1) [node, last] = [half(node), half(last)]
  let [older, newer] = [first, first]
  for (const sibling of path.slice(1)) {
    if (last === 0) return undefined
    if (node % 2 === 1 || node === last) {
      older = hashNode(sibling, older, sha256)
      newer = hashNode(sibling, newer, sha256)
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)]
    } else {
      newer = hashNode(newer, sibling, sha256)
    }
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 ? { older, newer } : undefined
}

/** Reads the hash of a leaf that was pushed before. */
export type ReadLeafHash = (index: number) => Uint8Array

/** A row of nodes of one level; those before `first` are not held. */
interface Row {
  bytes: Uint8Array
  first: number
  count: number
}

/** Where a level is kept whole even if leaves can be read again: that of a full tile's root. */
const KEPT_LEVEL = 8

/**
 * A growing tree; root and paths of any earlier size can be asked for. Adding a leaf hash costs two
 * hashes at most in the mean. It keeps the hash of every complete subtree, 64 bytes a leaf; with
 * `leafHash`, of those within full tiles of 256 leaves none, which leaves a quarter of a byte, and
 * hashes such a tile again when asked for a part of it.
 */
export class Tree {
  readonly #sha256: Sha256
  readonly #levels: Row[] = []
  #leafHash: ReadLeafHash | undefined

  constructor(sha256: Sha256, leafHash?: ReadLeafHash) {
    this.#sha256 = sha256
    this.#leafHash = leafHash
  }

  get size(): number {
    const row = this.#levels[0]
    return row === undefined ? 0 : row.first + row.count
  }

  /** Reads leaves from somewhere else from now on; only for a tree made with `leafHash`. */
  readLeaves(leafHash: ReadLeafHash): void {
    if (this.#leafHash === undefined) throw new Error('this tree keeps every hash itself')
    this.#leafHash = leafHash
  }

  /** Adds the hash of the next leaf, and of each subtree it completes. */
  push(leafHash: Uint8Array): void {
    let hash = leafHash
    for (let level = 0; ; level++) {
      const row = (this.#levels[level] ??= freshRow())
      if ((row.count + 1) * HASH_BYTES > row.bytes.length) {
        const wider = new Uint8Array(row.bytes.length * 2)
        wider.set(row.bytes)
        row.bytes = wider
      }
      row.bytes.set(hash, row.count * HASH_BYTES)
      row.count += 1
      if (level === KEPT_LEVEL && this.#leafHash !== undefined) this.#forgetTile()
      if ((row.first + row.count) % 2 === 1) return
      const end = row.count * HASH_BYTES
      pair.set(row.bytes.subarray(end - 2 * HASH_BYTES, end), 1)
      hash = this.#sha256(pair)
    }
  }

  /** Hash of a complete subtree; throws a RangeError where it is not complete yet. */
  readonly node: ReadNode = (level, index) => {
    const row = this.#levels[level]
    if (row === undefined || index >= row.first + row.count) throw new RangeError('no such subtree')
    if (index >= row.first) {
      const from = (index - row.first) * HASH_BYTES
      // A row that is begun anew with each tile is written over.
      const anew = level < KEPT_LEVEL && this.#leafHash !== undefined
      return anew
        ? row.bytes.slice(from, from + HASH_BYTES)
        : row.bytes.subarray(from, from + HASH_BYTES)
    }
    if (level === 0) return this.#leafHash!(index)
    const [left, right] = [this.node(level - 1, 2 * index), this.node(level - 1, 2 * index + 1)]
    return hashNode(left, right, this.#sha256)
  }

  root(size: number = this.size): Uint8Array {
    return rootAt(size, this.node, this.#sha256)
  }

  inclusion(index: number, size: number = this.size): Uint8Array[] {
    return inclusionPath(index, size, this.node, this.#sha256)
  }

  consistency(oldSize: number, newSize: number = this.size): Uint8Array[] {
    return consistencyPath(oldSize, newSize, this.node, this.#sha256)
  }

  #forgetTile(): void {
    for (const row of this.#levels.slice(0, KEPT_LEVEL)) {
      row.first += row.count
      row.count = 0
    }
  }
}

function freshRow(): Row {
  return { bytes: new Uint8Array(HASH_BYTES * 64), first: 0, count: 0 }
}

/** Root over leaves [from, to); `from` is a multiple of the largest power of two within. */
function subtree(from: number, to: number, read: ReadNode, sha256: Sha256): Uint8Array {
  const width = to - from
  let level = 0
  let span = 1
  for (; span * 2 <= width; span *= 2) level += 1
  const left = read(level, from / span)
  return span === width ? left : hashNode(left, subtree(from + span, to, read, sha256), sha256)
}

/** The largest power of two smaller than `n`, which is at least 2; exact up to 2^53. */
function largestPowerBelow(n: number): number {
  let power = 1
  while (power * 2 < n) power *= 2
  return power
}

function isPowerOfTwo(n: number): boolean {
  return largestPowerBelow(n + 1) === n
}

function half(n: number): number {
  return Math.floor(n / 2)
}
