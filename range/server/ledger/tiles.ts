import { LEAF_BYTES } from '../../ledger/leaf.ts'
import { bundleBytes, tileBytes, tilePath, tilesGrown } from '../../ledger/tile.ts'
import { tileWidthAt, TILE_WIDTH, type TileId } from '../../ledger/tile.ts'
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
  const { oldSize, newSize } = sizes
  for (const tile of withBundles(tilesGrown(oldSize, newSize))) {
    const file = `${folder}/${tilePath(tile)}`
    if (disk.length(file) !== tile.width * bytesEach(tile))
      disk.write(file, renderTile(tile, source))
  }
  for (const tile of withBundles(tilesGrown(oldSize, newSize))) {
    const level = tile.level === 'entries' ? 0 : tile.level
    const width = tileWidthAt(level, tile.index, oldSize)
    if (width > 0) disk.remove(`${folder}/${tilePath({ ...tile, width })}`)
  }
}

/** A tile as its derived file has it, unchecked; undefined where it has another length. */
export function readTile(
  disk: Pick<Disk, 'readPart'>,
  folder: string,
  tile: TileId,
): Buffer | undefined {
  const length = tile.width * bytesEach(tile)
  const bytes = disk.readPart(`${folder}/${tilePath(tile)}`, 0, length + 1)
  return bytes.length === length ? bytes : undefined
}

function bytesEach({ level }: TileId): number {
  return level === 'entries' ? LEAF_BYTES + 2 : HASH_BYTES
}

/** Each tile of level 0 followed by its bundle. */
export function withBundles(tiles: readonly TileId[]): TileId[] {
  return tiles.flatMap((tile) =>
    tile.level === 0 ? [tile, { ...tile, level: 'entries' as const }] : [tile],
  )
}
