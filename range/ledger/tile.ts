import { concat, parseDecimal } from './bytes.ts'
import { HASH_BYTES, type ReadNode } from './tree.ts'

/** Hashes in a full tile and entries in a full bundle; a tile spans eight levels of the tree. */
export const TILE_WIDTH = 256
export const TILE_HEIGHT = 8
const LEVEL_MAX = 5

/** A tile or an entry bundle. `width` is 1..256; below 256 it is the partial right edge. */
export interface TileId {
  readonly level: number | 'entries'
  readonly index: number
  readonly width: number
}

/**
 * `tile/<level>/<index>[.p/<width>]`, the index in groups of three digits, all but the last with
 * `x`. Source: C2SP tlog-tiles.
 */
export function tilePath({ level, index, width }: TileId): string {
  let rest = Math.floor(index / 1000)
  let path = String(index % 1000).padStart(3, '0')
  for (; rest > 0; rest = Math.floor(rest / 1000)) {
    path = `x${String(rest % 1000).padStart(3, '0')}/${path}`
  }
  return `tile/${level}/${path}${width === TILE_WIDTH ? '' : `.p/${width}`}`
}

/** The tile a path names, or undefined: only the one canonical spelling passes. */
export function parseTilePath(path: string): TileId | undefined {
  const match =
    /^tile\/(entries|[0-9]{1,2})\/((?:x[0-9]{3}\/){0,4}[0-9]{3})(?:\.p\/([0-9]{1,3}))?$/.exec(path)
  if (match === null) return undefined
  const [, levelText = '', digits = '', widthText] = match
  const level = levelText === 'entries' ? 'entries' : parseDecimal(levelText)
  const width = widthText === undefined ? TILE_WIDTH : parseDecimal(widthText)
  if (level === undefined || width === undefined || width < 1 || width > TILE_WIDTH)
    return undefined
  if (level !== 'entries' && level > LEVEL_MAX) return undefined
  const id: TileId = { level, index: Number(digits.replace(/[x/]/g, '')), width }
  return Number.isSafeInteger(id.index) && tilePath(id) === path ? id : undefined
}

/**
 * Every tile of a tree of `size` leaves which starts within it, lowest level first, each with the
 * width it has at that size. Bundles are not listed: they mirror level 0.
 */
export function tilesAt(size: number): TileId[] {
  return tilesGrown(0, size)
}

/** The tiles of a tree of `newSize` that one of `oldSize` lacks or has in another width. */
export function tilesGrown(oldSize: number, newSize: number): TileId[] {
  const tiles: TileId[] = []
  for (let level = 0, [old, now] = [oldSize, newSize]; now > old; level++) {
    for (let index = Math.floor(old / TILE_WIDTH); index * TILE_WIDTH < now; index++) {
      tiles.push({ level, index, width: Math.min(TILE_WIDTH, now - index * TILE_WIDTH) })
    }
    ;[old, now] = [Math.floor(old / TILE_WIDTH), Math.floor(now / TILE_WIDTH)]
  }
  return tiles
}

/** Width of a tile at tree `size`: 0 where it does not start yet. */
export function tileWidthAt(level: number, index: number, size: number): number {
  const count = Math.floor(size / TILE_WIDTH ** level)
  return Math.max(0, Math.min(TILE_WIDTH, count - index * TILE_WIDTH))
}

/** The bytes of a hash tile: `width` hashes in a row. */
export function tileBytes(tile: TileId & { readonly level: number }, read: ReadNode): Uint8Array {
  const bytes = new Uint8Array(tile.width * HASH_BYTES)
  for (let i = 0; i < tile.width; i++) {
    const node = read(tile.level * TILE_HEIGHT, tile.index * TILE_WIDTH + i)
    bytes.set(node, i * HASH_BYTES)
  }
  return bytes
}

/** An entry bundle: each entry after its length as a big-endian uint16. */
export function bundleBytes(entries: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (const entry of entries) {
    parts.push(Uint8Array.of(entry.length >> 8, entry.length & 0xff), entry)
  }
  return concat(...parts)
}

/** The entries of a bundle, or undefined where lengths and bytes disagree; at most 256. */
export function parseBundle(bytes: Uint8Array): Uint8Array[] | undefined {
  const entries: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const [high, low] = [bytes[at], bytes[at + 1]]
    if (high === undefined || low === undefined || entries.length === TILE_WIDTH) return undefined
    const end = at + 2 + high * 256 + low
    if (end > bytes.length) return undefined
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  return entries
}

/** The tile and the place in it from which the node (level, index) can be computed. */
export function tileOfNode(level: number, index: number): { level: number; index: number } {
  const tileLevel = Math.floor(level / TILE_HEIGHT)
  const across = 2 ** (TILE_HEIGHT - (level % TILE_HEIGHT))
  return { level: tileLevel, index: Math.floor(index / across) }
}
