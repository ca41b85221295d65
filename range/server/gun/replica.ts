import { toBase64 } from '../../ledger/bytes.ts'
import { formatCheckpointValue, formatTileValue, valueKey } from '../../ledger/replica.ts'
import type { Space } from '../../ledger/replica.ts'
import { TILE_WIDTH, type TileId } from '../../ledger/tile.ts'
import { LedgerError } from '../ledger/error.ts'
import { nativeSha256 } from '../ledger/native.ts'
import type { PublishedLog } from '../ledger/published.ts'
import { KeptLines } from './kept-lines.ts'
import { KeyIndex } from './key-index.ts'
import type { ValueSource } from './store.ts'

/** Partial tiles of this many checkpoints before the newest can still be fetched. */
export const PARTIALS_KEPT = 64

export interface PublishOptions {
  /** Whether everybody is told. */
  readonly announce?: boolean
  /** Whether a source that was attached has the value, so that it need not be kept. */
  readonly sourced?: boolean
}

/** Where values go; a `GunHub` is one. One that takes no sources keeps every value. */
export interface ValueSink {
  publish(space: Space, value: string, options?: PublishOptions): string
  forget(space: Space, key: string): void
  attach?(source: ValueSource): void
  detach?(source: ValueSource): void
}

interface Name {
  readonly space: Space
  readonly key: string
}

type HashTile = TileId & { readonly level: number }
type ReadTile = (tile: TileId) => Uint8Array | undefined

/** A tile by one number: five bits for its level, the rest for its index. */
const LEVEL_STEP = 2 ** 27

/**
 * Puts one log into the replica. Tiles carry the keys of what lies below, and the checkpoint's
 * value the keys of the partial tiles, so that one hash leads to all. Full tiles and checkpoints
 * stay; the partial ones of old checkpoints are forgotten. What stays is not kept in memory where
 * the sink takes sources: full tiles are made again from the log's files, and checkpoints are lines
 * of `checkpointsPath`. Both are hashed again before they are told.
 */
export class Replica implements ValueSource {
  readonly #log: PublishedLog
  readonly #sink: ValueSink
  readonly #checkpoints: KeptLines | undefined
  /** Keys of the full tiles of each level. */
  readonly #full: string[][] = []
  readonly #fullTiles = new KeyIndex()
  readonly #fullBundles = new KeyIndex()
  readonly #partials: Name[][] = []
  #newest: { readonly note: string; readonly key: string } | undefined

  constructor(log: PublishedLog, sink: ValueSink, checkpointsPath?: string) {
    this.#log = log
    this.#sink = sink
    this.#checkpoints = checkpointsPath === undefined ? undefined : opened(checkpointsPath)
    sink.attach?.(this)
  }

  /**
   * Key of the newest checkpoint's value in the space `cp`; it belongs into the room's greeting.
   */
  get newest(): string | undefined {
    return this.#newest?.key
  }

  /**
   * Brings the replica up to the newest checkpoint and returns the key of that; cheap when
   * unchanged. Where the log's files were changed so that a tile cannot be read, it stays where it
   * was.
   */
  update(): string | undefined {
    const { checkpoint } = this.#log
    if (checkpoint === undefined || checkpoint === this.#newest?.note) return this.#newest?.key
    const fresh: Name[] = []
    try {
      const value = formatCheckpointValue({ checkpoint, tiles: this.#publishTiles(fresh) })
      this.#newest = { note: checkpoint, key: this.#publishCheckpoint(value) }
    } catch (error) {
      if (!(error instanceof LedgerError)) throw error
    }
    this.#forgetOld(fresh)
    return this.#newest?.key
  }

  has(space: Space, key: string): boolean {
    return this.#numberOf(space, key) !== undefined || this.#hasCheckpoint(space, key)
  }

  /** A full tile, a full bundle or a checkpoint of this log, read from its files. */
  read(space: Space, key: string): string | undefined {
    if (this.#hasCheckpoint(space, key)) return this.#checkpoints?.get(key)
    const number = this.#numberOf(space, key)
    if (number === undefined) return undefined
    const [level, index] = [Math.floor(number / LEVEL_STEP), number % LEVEL_STEP]
    const tile = { level, index, width: TILE_WIDTH }
    for (const read of [this.#stored, this.#checked]) {
      const value = space === 'entry' ? bundleValue(tile, read) : this.#tileValue(tile, read)
      if (value !== undefined && valueKey(value, nativeSha256) === key) return value
    }
    return undefined
  }

  /** Ends answering for this log. */
  close(): void {
    this.#sink.detach?.(this)
    for (const { space, key } of this.#partials.flat()) this.#sink.forget(space, key)
    this.#checkpoints?.close()
  }

  /** A tile as its derived file has it: quick, and good only while it hashes to its key. */
  readonly #stored: ReadTile = (tile) => this.#log.storedTile?.(tile)

  /** A tile as the log knows it to be; undefined where its files were changed. */
  readonly #checked: ReadTile = (tile) => {
    try {
      return this.#log.tile(tile)
    } catch (error) {
      if (error instanceof LedgerError) return undefined
      throw error
    }
  }

  get #sourced(): boolean {
    return this.#sink.attach !== undefined
  }

  #numberOf(space: Space, key: string): number | undefined {
    if (space === 'tile') return this.#fullTiles.get(key)
    return space === 'entry' ? this.#fullBundles.get(key) : undefined
  }

  #hasCheckpoint(space: Space, key: string): boolean {
    return space === 'cp' && this.#checkpoints?.has(key) === true
  }

  #publishTiles(fresh: Name[]): string[] {
    const tiles: string[] = []
    for (let level = 0, count = this.#log.publishedSize; count > 0; level++) {
      const full = (this.#full[level] ??= [])
      for (let index = full.length; (index + 1) * TILE_WIDTH <= count; index++) {
        full.push(this.#publishTile({ level, index, width: TILE_WIDTH }))
      }
      const width = count % TILE_WIDTH
      const partial = { level, index: full.length, width }
      tiles.push(width === 0 ? '' : this.#publishTile(partial, fresh))
      count = full.length
    }
    return tiles
  }

  #publishTile(id: HashTile, fresh?: Name[]): string {
    const sourced = fresh === undefined && this.#sourced
    const read: ReadTile = (tile) => this.#log.tile(tile)
    if (id.level === 0) {
      const bundle = this.#sink.publish('entry', bundleValue(id, read)!, { sourced })
      if (sourced) this.#fullBundles.set(bundle, id.index)
      fresh?.push({ space: 'entry', key: bundle })
    }
    const key = this.#sink.publish('tile', this.#tileValue(id, read)!, { sourced })
    if (sourced) this.#fullTiles.set(key, id.level * LEVEL_STEP + id.index)
    fresh?.push({ space: 'tile', key })
    return key
  }

  #tileValue({ level, index, width }: HashTile, read: ReadTile): string | undefined {
    const first = index * TILE_WIDTH
    const hashes = read({ level, index, width })
    const bundle = level === 0 ? bundleValue({ level, index, width }, read) : ''
    if (hashes === undefined || bundle === undefined) return undefined
    const below =
      level === 0
        ? [valueKey(bundle, nativeSha256)]
        : this.#full[level - 1]!.slice(first, first + width)
    return formatTileValue({ level, index, hashes, below })
  }

  /** The newest one stays in memory where there is no file, or the disk does not take it. */
  #publishCheckpoint(value: string): string {
    const lines = this.#sourced ? this.#checkpoints : undefined
    const sourced = lines !== undefined && lines.add(value)
    return this.#sink.publish('cp', value, { announce: true, sourced })
  }

  #forgetOld(fresh: Name[]): void {
    this.#partials.push(fresh)
    const old = this.#partials.length > PARTIALS_KEPT ? this.#partials.shift()! : []
    const wanted = new Set(this.#partials.flat().map(({ key }) => key))
    for (const { space, key } of old) if (!wanted.has(key)) this.#sink.forget(space, key)
  }
}

/** The bundle below a tile of level 0, as `formatBundleValue` writes it. */
function bundleValue({ index, width }: HashTile, read: ReadTile): string | undefined {
  const bytes = read({ level: 'entries', index, width })
  return bytes && toBase64(bytes)
}

/** The file, or undefined where the disk does not give it: then checkpoints stay in memory. */
function opened(path: string): KeptLines | undefined {
  try {
    return new KeptLines(path)
  } catch {
    return undefined
  }
}
