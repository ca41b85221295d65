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
/** The root asked for last, which four witnesses ask for after the keeper. */
const lastRoots = new WeakMap<Tree, Sized>()

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

/**
 * `entries` and `rows` after them. The new list takes the tree over, where no other list has grown
 * from the same one: roots are always asked for by size, so that the shorter list keeps its own.
 */
export function appended(
  entries: readonly BookEntry[],
  rows: readonly BookEntry[],
): readonly BookEntry[] {
  const longer = [...entries, ...rows]
  const tree = treeOf(entries)
  if (tree.size !== entries.length) return longer
  for (const entry of rows) tree.push(leafOf(entry))
  trees.set(longer, tree)
  return longer
}
/** The first `size` rows, which share the tree of them all. */
export function firstRows(entries: readonly BookEntry[], size: number): readonly BookEntry[] {
  const rows = entries.slice(0, size)
  trees.set(rows, treeOf(entries))
  return rows
}

/** RFC 6962 root over the first `size` rows, in hex. `size` is at most their number. */
export function rootOf(entries: readonly BookEntry[], size: number = entries.length): string {
  const tree = treeOf(entries)
  const last = lastRoots.get(tree)
  if (last?.size === size) return last.root
  const root = bytesToHex(tree.root(size))
  lastRoots.set(tree, { size, root })
  return root
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
