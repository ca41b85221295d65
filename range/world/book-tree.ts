import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js'
import { hashLeaf, provesConsistency, Tree } from '../ledger/tree.ts'
import type { BookEntry } from './types-book.ts'

interface Sized {
  readonly size: number
  readonly root: string
}

/** The text of a row that its leaf is the hash of: a JSON list, one spelling. */
export function entryText(entry: BookEntry): string {
  const { at, kind, order, parcel, amountMinor, place } = entry
  return JSON.stringify([at, kind, order, parcel, amountMinor, place])
}

// Rows and lists of rows never change, so what was hashed once need not be hashed again.
const leaves = new WeakMap<BookEntry, Uint8Array>()
const trees = new WeakMap<readonly BookEntry[], Tree>()

function leafOf(entry: BookEntry): Uint8Array {
  const known = leaves.get(entry)
  if (known) return known
  const made = hashLeaf(utf8ToBytes(entryText(entry)), sha256)
  leaves.set(entry, made)
  return made
}
function treeOf(entries: readonly BookEntry[]): Tree {
  const known = trees.get(entries)
  if (known) return known
  const tree = new Tree(sha256)
  for (const entry of entries) tree.push(leafOf(entry))
  trees.set(entries, tree)
  return tree
}

/** RFC 6962 root over the first `size` rows, in hex. `size` is at most their number. */
export function rootOf(entries: readonly BookEntry[], size: number = entries.length): string {
  return bytesToHex(treeOf(entries).root(size))
}

/** Consistency path between two sizes, in hex; empty where the rows are fewer than `to`. */
export function consistencyOf(
  entries: readonly BookEntry[],
  from: number,
  to: number,
): readonly string[] {
  if (from < 1 || from > to || to > entries.length) return []
  return treeOf(entries).consistency(from, to).map(bytesToHex)
}

/** Audit path of row `index` to the root over the first `size` rows, in hex. */
export function inclusionOf(
  entries: readonly BookEntry[],
  index: number,
  size: number,
): readonly string[] {
  return treeOf(entries).inclusion(index, size).map(bytesToHex)
}

/** Whether `path` shows that `newer` only appends to `older`; anything continues an empty book. */
export function continues(older: Sized, newer: Sized, path: readonly string[]): boolean {
  if (older.size === 0) return true
  const bytes = (sized: Sized): { size: number; root: Uint8Array } => ({
    size: sized.size,
    root: hexToBytes(sized.root),
  })
  return provesConsistency(bytes(older), bytes(newer), path.map(hexToBytes), sha256)
}
