import type { PublishedLog } from '../ledger/published.ts'
import { formatBundleValue, formatCheckpointValue, formatTileValue } from '../../ledger/replica.ts'
import type { Space } from '../../ledger/replica.ts'
import { TILE_WIDTH } from '../../ledger/tile.ts'

/** Partial tiles of this many checkpoints before the newest can still be fetched. */
export const PARTIALS_KEPT = 64

/** Where values go; a `GunHub` is one. */
export interface ValueSink {
  publish(space: Space, value: string, options?: { readonly announce?: boolean }): string
  forget(space: Space, key: string): void
}

/**
 * Puts one log into the replica. Tiles carry the keys of what lies below, and the checkpoint's
 * value the keys of the partial tiles, so that one hash leads to all. Full tiles and checkpoints
 * stay; the partial ones of old checkpoints are forgotten.
 */
export class Replica {
  readonly #log: PublishedLog
  readonly #sink: ValueSink
  /** Keys of the full tiles of each level. */
  readonly #full: string[][] = []
  readonly #partials: { readonly space: Space; readonly key: string }[][] = []
  #newest: { readonly note: string; readonly key: string } | undefined

  constructor(log: PublishedLog, sink: ValueSink) {
    this.#log = log
    this.#sink = sink
  }

  /**
   * Key of the newest checkpoint's value in the space `cp`; it belongs into the room's greeting.
   */
  get newest(): string | undefined {
    return this.#newest?.key
  }

  /**
   * Brings the replica up to the newest checkpoint and returns the key of that; cheap when
   * unchanged.
   */
  update(): string | undefined {
    const { checkpoint, publishedSize } = this.#log
    if (checkpoint === undefined || checkpoint === this.#newest?.note) return this.#newest?.key
    const fresh: { space: Space; key: string }[] = []
    const tiles: string[] = []
    for (let level = 0, count = publishedSize; count > 0; level++) {
      const full = (this.#full[level] ??= [])
      for (let index = full.length; (index + 1) * TILE_WIDTH <= count; index++) {
        full.push(this.#tile(level, index, TILE_WIDTH))
      }
      const width = count % TILE_WIDTH
      tiles.push(width === 0 ? '' : this.#tile(level, full.length, width, fresh))
      count = full.length
    }
    const value = formatCheckpointValue({ checkpoint, tiles })
    const key = this.#sink.publish('cp', value, { announce: true })
    this.#newest = { note: checkpoint, key }
    this.#forgetOld(fresh)
    return key
  }

  #tile(
    level: number,
    index: number,
    width: number,
    fresh: { space: Space; key: string }[] = [],
  ): string {
    const hashes = this.#log.tile({ level, index, width })!
    const first = index * TILE_WIDTH
    const below =
      level === 0
        ? [this.#bundle(first, width, fresh)]
        : this.#full[level - 1]!.slice(first, first + width)
    const key = this.#sink.publish('tile', formatTileValue({ level, index, hashes, below }))
    fresh.push({ space: 'tile', key })
    return key
  }

  #bundle(first: number, width: number, fresh: { space: Space; key: string }[]): string {
    const leaves = Array.from({ length: width }, (_, i) => this.#log.leaf(first + i)!)
    const key = this.#sink.publish('entry', formatBundleValue(leaves))
    fresh.push({ space: 'entry', key })
    return key
  }

  #forgetOld(fresh: { space: Space; key: string }[]): void {
    this.#partials.push(fresh)
    const old = this.#partials.length > PARTIALS_KEPT ? this.#partials.shift()! : []
    const wanted = new Set(this.#partials.flat().map(({ key }) => key))
    for (const { space, key } of old) if (!wanted.has(key)) this.#sink.forget(space, key)
  }
}
