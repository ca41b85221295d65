import { fromBase64, toBase64, utf8, type Sha256 } from './bytes.ts'
import { bundleBytes, parseBundle, TILE_WIDTH } from './tile.ts'
import { HASH_BYTES } from './tree.ts'

/** The four content-addressed spaces of the replica; `tile` stands for Gun's soul `tile#`. */
export type Space = 'entry' | 'tile' | 'cp' | 'cosig'

export const SPACES: readonly Space[] = ['entry', 'tile', 'cp', 'cosig']

/** Bytes of UTF-8 a replicated value may have. */
export const VALUE_BYTES_MAX = 65_536

/**
 * A tile that knows the keys of what lies below it: its bundle at level 0, else its child tiles.
 */
export interface TileValue {
  readonly level: number
  readonly index: number
  readonly hashes: Uint8Array
  readonly below: readonly string[]
}

/**
 * A signed checkpoint with the key of the partial tile of each level; '' where a level has none.
 */
export interface CheckpointValue {
  readonly checkpoint: string
  readonly tiles: readonly string[]
}

/** The key of a value: base64 of SHA-256 over its UTF-8. */
export function valueKey(value: string, sha256: Sha256): string {
  return toBase64(sha256(utf8(value)))
}

export function isValueKey(text: string): boolean {
  return /^[A-Za-z0-9+/]{43}=$/.test(text)
}

export function formatTileValue({ level, index, hashes, below }: TileValue): string {
  return JSON.stringify({ level, index, hashes: toBase64(hashes), below })
}

export function parseTileValue(text: string): TileValue | undefined {
  const value = parseObject(text)
  const hashes = typeof value?.['hashes'] === 'string' ? fromBase64(value['hashes']) : undefined
  const { level, index, below } = value ?? {}
  if (hashes === undefined || hashes.length === 0 || hashes.length % HASH_BYTES !== 0)
    return undefined
  if (hashes.length > TILE_WIDTH * HASH_BYTES || !isIndex(level) || !isIndex(index))
    return undefined
  if (!isKeyList(below, TILE_WIDTH)) return undefined
  return { level, index, hashes, below }
}

export function formatCheckpointValue({ checkpoint, tiles }: CheckpointValue): string {
  return JSON.stringify({ checkpoint, tiles })
}

export function parseCheckpointValue(text: string): CheckpointValue | undefined {
  const value = parseObject(text)
  const { checkpoint, tiles } = value ?? {}
  return typeof checkpoint === 'string' && isKeyList(tiles, 8) ? { checkpoint, tiles } : undefined
}

/** A bundle as text: base64 of the bytes C2SP serves. */
export function formatBundleValue(leaves: readonly Uint8Array[]): string {
  return toBase64(bundleBytes(leaves))
}

export function parseBundleValue(text: string): Uint8Array[] | undefined {
  const bytes = fromBase64(text)
  return bytes === undefined ? undefined : parseBundle(bytes)
}

function parseObject(text: string): { readonly [key: string]: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function isIndex(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}

function isKeyList(value: unknown, max: number): value is string[] {
  if (!Array.isArray(value) || value.length > max) return false
  return value.every((key) => key === '' || (typeof key === 'string' && isValueKey(key)))
}
