import { LEAF_BYTES } from '../../ledger/leaf.ts'
import { bundleBytes, tileBytes, tilePath, tilesAt, TILE_WIDTH } from '../../ledger/tile.ts'
import type { TileId } from '../../ledger/tile.ts'
import { HASH_BYTES, type ReadNode } from '../../ledger/tree.ts'
import type { Disk } from './disk.ts'

export interface TileSource {
  readonly node: ReadNode
  readonly leaf: (index: number) => Uint8Array
}

/**
 * Bytes of a hash tile or an entry bundle. The caller has made sure that it is complete so far.
 */
export function renderTile(tile: TileId, source: TileSource): Uint8Array {
  const { level, index, width } = tile
  if (level !== 'entries') return tileBytes({ level, index, width }, source.node)
  const first = index * TILE_WIDTH
  return bundleBytes(Array.from({ length: width }, (_, i) => source.leaf(first + i)))
}

/**
 * Writes the tiles and bundles which a growth from `oldSize` to `newSize` changed, and removes
 * partial ones they replace. They are derived: neither synced nor missed after a crash. What is
 * there already in its right length stays as it is, so that a changed one remains to be found.
 */
export function writeTiles(
  disk: Disk,
  folder: string,
  sizes: { readonly oldSize: number; readonly newSize: number },
  source: TileSource,
): void {
  const before = new Set(withBundles(sizes.oldSize).map(tilePath))
  for (const tile of withBundles(sizes.newSize)) {
    const path = tilePath(tile)
    if (before.delete(path)) continue
    const file = `${folder}/${path}`
    const bytesEach = tile.level === 'entries' ? LEAF_BYTES + 2 : HASH_BYTES
    if (disk.length(file) !== tile.width * bytesEach) disk.write(file, renderTile(tile, source))
  }
  for (const path of before) disk.remove(`${folder}/${path}`)
}

/** The tiles of a tree of `size`, each tile of level 0 followed by its bundle. */
export function withBundles(size: number): TileId[] {
  return tilesAt(size).flatMap((tile) =>
    tile.level === 0 ? [tile, { ...tile, level: 'entries' as const }] : [tile],
  )
}
