import { bundleBytes, parseTilePath, tileWidthAt } from '../../ledger/tile.ts'
import { equalBytes, utf8 } from '../../ledger/bytes.ts'
import { verifyEd25519 } from '../../ledger/ed25519.ts'
import { formatForkProof, verifyForkProof } from '../../ledger/fork-proof.ts'
import { parseBundleValue, parseTileValue } from '../../ledger/replica.ts'
import { sha256 } from '../../ledger/sha256.ts'
import { nodesFromTiles, tilesForPrefix } from '../../ledger/tile-reader.ts'
import { prefixPath } from '../../ledger/tree.ts'
import type { FetchValue, RecordCopy } from './copy.ts'

/**
 * Reads a held copy as the server's read interface is read: `…/checkpoint`, tiles and bundles by
 * their paths, undefined for what the copy does not have at its size. Source: C2SP tlog-tiles.
 */
export function readHeld(
  copy: RecordCopy,
  fetchValue: FetchValue,
): (path: string) => Promise<Uint8Array | undefined> {
  return async (path) => {
    if (path.endsWith('/checkpoint')) return utf8(copy.note)
    const tile = parseTilePath(path.slice(Math.max(0, path.indexOf('/tile/') + 1)))
    if (tile === undefined) return undefined
    const level = tile.level === 'entries' ? 0 : tile.level
    if (tile.width !== tileWidthAt(level, tile.index, copy.size)) return undefined
    const value = await valueAt(copy, `${tile.level}/${tile.index}`, fetchValue)
    if (value === undefined) return undefined
    if (tile.level !== 'entries') return parseTileValue(value)?.hashes
    const leaves = parseBundleValue(value)
    return leaves && bundleBytes(leaves)
  }
}

/**
 * Whether two verified copies of one log contradict each other: then a fork proof that holds under
 * `vkey`, which both were verified with, for anybody to check. The values of the larger one must be
 * at hand. Undefined where the smaller is the beginning of the larger.
 */
export async function findFork(
  one: RecordCopy,
  other: RecordCopy,
  vkey: string,
  fetchValue: FetchValue,
): Promise<string | undefined> {
  const [older, newer] = one.size <= other.size ? [one, other] : [other, one]
  if (older.size === newer.size && equalBytes(older.root, newer.root)) return undefined
  const path = older.size === newer.size || older.size === 0 ? [] : await prefixOf(older, newer)
  const proof = formatForkProof({ vkey, older: older.note, newer: newer.note, path })
  const judged = verifyForkProof(proof, vkey, { sha256, verify: verifyEd25519 })
  return judged.ok ? proof : undefined

  async function prefixOf(from: RecordCopy, to: RecordCopy): Promise<Uint8Array[]> {
    const tiles = new Map<string, Uint8Array>()
    for (const { level, index } of tilesForPrefix(from.size, to.size)) {
      const value = await valueAt(to, `${level}/${index}`, fetchValue)
      const hashes = value === undefined ? undefined : parseTileValue(value)?.hashes
      if (hashes !== undefined) tiles.set(`${level}/${index}`, hashes)
    }
    const read = nodesFromTiles((level, index) => tiles.get(`${level}/${index}`), sha256)
    return prefixPath(from.size, to.size, read, sha256)
  }
}

async function valueAt(
  copy: RecordCopy,
  at: string,
  fetchValue: FetchValue,
): Promise<string | undefined> {
  const place = copy.places.get(at)
  return place && fetchValue(place.space, place.key)
}
