import type { Sha256 } from './bytes.ts'
import { TILE_HEIGHT, TILE_WIDTH, tileOfNode, tileWidthAt, type TileId } from './tile.ts'
import { HASH_BYTES, hashNode, inclusionPath, prefixPath, type ReadNode } from './tree.ts'

/** A hash tile that lies in reach; undefined where it is not there. */
export type ReadTile = (level: number, index: number) => Uint8Array | undefined

/**
 * Reads nodes out of tiles, hashing upwards inside a tile where needed. Throws a RangeError where
 * a tile is missing or too narrow. Nothing is checked here: the climb to the signed root does
 * that.
 */
export function nodesFromTiles(readTile: ReadTile, sha256: Sha256): ReadNode {
  return function read(level, index) {
    const tile = tileOfNode(level, index)
    const bytes = readTile(tile.level, tile.index)
    const inner = level % TILE_HEIGHT
    const span = 2 ** inner
    const start = (index * span) % TILE_WIDTH
    if (bytes === undefined || bytes.length < (start + span) * HASH_BYTES) {
      throw new RangeError(`tile ${tile.level}/${tile.index} is missing or too narrow`)
    }
    let row: Uint8Array[] = []
    for (let i = start; i < start + span; i++) {
      row.push(bytes.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES))
    }
    while (row.length > 1) row = pairUp(row, sha256)
    return row[0]!
  }
}

/**
 * The tiles from which the audit path of `index` at `size` can be computed; at most two a level.
 */
export function tilesForInclusion(index: number, size: number): (TileId & { level: number })[] {
  return tilesRead(size, (note) => {
    inclusionPath(index, size, note, () => new Uint8Array(HASH_BYTES))
    note(0, index)
  })
}

/**
 * The tiles of the tree of `newSize` from which the `prefixPath` from `oldSize` can be computed; at
 * most two a level. `1 <= oldSize < newSize`.
 */
export function tilesForPrefix(oldSize: number, newSize: number): (TileId & { level: number })[] {
  return tilesRead(newSize, (note) => {
    prefixPath(oldSize, newSize, note, () => new Uint8Array(HASH_BYTES))
  })
}

/** The tiles of a tree of `size` that `walk` reads nodes from, each once. */
function tilesRead(size: number, walk: (note: ReadNode) => void): (TileId & { level: number })[] {
  const wanted = new Map<string, TileId & { level: number }>()
  const blank = new Uint8Array(HASH_BYTES)
  walk((level, at) => {
    const tile = tileOfNode(level, at)
    const width = tileWidthAt(tile.level, tile.index, size)
    wanted.set(`${tile.level}/${tile.index}`, { ...tile, width })
    return blank
  })
  return [...wanted.values()]
}

function pairUp(row: readonly Uint8Array[], sha256: Sha256): Uint8Array[] {
  const out: Uint8Array[] = []
  for (let i = 0; i + 1 < row.length; i += 2) out.push(hashNode(row[i]!, row[i + 1]!, sha256))
  return out
}
