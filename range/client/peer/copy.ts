import { equalBytes, type Sha256 } from '../../ledger/bytes.ts'
import { verifyCheckpoint, type CheckpointError } from '../../ledger/checkpoint.ts'
import { verifyEd25519 } from '../../ledger/ed25519.ts'
import {
  parseBundleValue,
  parseCheckpointValue,
  parseTileValue,
  type Space,
} from '../../ledger/replica.ts'
import { sha256 } from '../../ledger/sha256.ts'
import { tileOfNode, tileWidthAt, TILE_HEIGHT, TILE_WIDTH } from '../../ledger/tile.ts'
import { HASH_BYTES, hashLeaf, hashNode, rootAt } from '../../ledger/tree.ts'

/** Entries a copy may have: what `KEPT_CHARS_MAX` holds with room for what changes. */
export const COPY_ENTRIES_MAX = 500_000
/** Values asked for at one time. */
const AT_ONCE = 64

export type CopyError =
  | CheckpointError
  /** A value did not come: nobody has it, or nobody answers. */
  | 'missing'
  /** A tile or a bundle is not what its place in the tree wants. */
  | 'malformed'
  /** The entries do not lead to the signed root. */
  | 'root-differs'
  | 'too-large'

/** A whole record, every entry of which was led to the signed root in this browser. */
export interface RecordCopy {
  readonly checkpointKey: string
  /** The signed note. */
  readonly note: string
  readonly size: number
  readonly origin: string
  /** When the checkpoint was signed, by the log's word, in Unix milliseconds. */
  readonly time: number | undefined
  readonly root: Uint8Array
  /** All it is made of, as `space#key`. */
  readonly names: ReadonlySet<string>
  /** Where its tiles and bundles are to be had: by `level/index` or `entries/index`. */
  readonly places: ReadonlyMap<string, Place>
  /** Full tiles that were checked, by key: a later copy need not check them again. */
  readonly checked: ReadonlyMap<string, CheckedTile>
}

export interface Place {
  readonly space: Space
  readonly key: string
}

export interface CheckedTile {
  readonly root: Uint8Array
  /** Of the tile and all below it. */
  readonly places: readonly (readonly [string, Place])[]
}

export type CopyResult =
  | { readonly ok: true; readonly copy: RecordCopy }
  | { readonly ok: false; readonly code: CopyError }

export interface CopyClaim {
  readonly vkey: string
  readonly checkpointKey: string
  /** A copy of the same log: what it has checked is not fetched nor checked again. */
  readonly before?: RecordCopy | undefined
}

export type FetchValue = (space: Space, key: string) => Promise<string>

/**
 * Fetches all that the checkpoint stands for, hashes every entry, and leads all of them to the root
 * that the log signed. Never rejects. `told` hears how many entries are checked of how many. Of the
 * source nothing is believed; a first value that is not what it should be ends it.
 * Source: RFC 6962, section 2.1; C2SP tlog-tiles.
 */
export async function takeCopy(
  fetchValue: FetchValue,
  claim: CopyClaim,
  told: (checked: number, size: number) => void = () => undefined,
): Promise<CopyResult> {
  try {
    return { ok: true, copy: await new Copying(fetchValue, claim, told).all() }
  } catch (error) {
    return { ok: false, code: error instanceof Refused ? error.code : 'missing' }
  }
}

/** Thrown inside, told outside. */
class Refused extends Error {
  readonly code: CopyError
  constructor(code: CopyError) {
    super(code)
    this.code = code
  }
}

class Copying {
  readonly #fetch: FetchValue
  readonly #claim: CopyClaim
  readonly #told: (checked: number, size: number) => void
  readonly #places = new Map<string, Place>()
  readonly #checked = new Map<string, CheckedTile>()
  /** Hashes of the tiles on the right edge, by level: the root is made of those. */
  readonly #edge = new Map<number, Uint8Array>()
  #entries = 0
  #size = 0
  #running = 0
  readonly #queue: (() => void)[] = []

  constructor(
    fetchValue: FetchValue,
    claim: CopyClaim,
    told: (checked: number, size: number) => void,
  ) {
    this.#fetch = fetchValue
    this.#claim = claim
    this.#told = told
  }

  async all(): Promise<RecordCopy> {
    const { checkpointKey, vkey } = this.#claim
    const value = parseCheckpointValue(await this.#get('cp', checkpointKey))
    if (value === undefined) throw new Refused('malformed')
    const head = verifyCheckpoint(value.checkpoint, vkey, { sha256, verify: verifyEd25519 })
    if (!head.ok) throw new Refused(head.code)
    const { size, root, origin, time } = head.checkpoint
    if (size > COPY_ENTRIES_MAX) throw new Refused('too-large')
    this.#size = size
    const edges: Promise<unknown>[] = []
    for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
      const index = Math.floor(count / TILE_WIDTH)
      if (count % TILE_WIDTH !== 0) edges.push(this.#tile(level, index, value.tiles[level] ?? ''))
    }
    await Promise.all(edges)
    if (!equalBytes(this.#root(), root)) throw new Refused('root-differs')
    const [places, checked] = [this.#places, this.#checked]
    const names = new Set([...places.values()].map((place) => `${place.space}#${place.key}`))
    names.add(`cp#${checkpointKey}`)
    const { checkpoint: note } = value
    return { checkpointKey, note, size, root, origin, time, names, places, checked }
  }

  /** Fetches a tile and all below it, checks that each of its hashes is that of what lies there. */
  async #tile(level: number, index: number, key: string): Promise<CheckedTile> {
    const width = tileWidthAt(level, index, this.#size)
    const before = width === TILE_WIDTH ? this.#claim.before?.checked.get(key) : undefined
    if (before !== undefined) return this.#again(level, key, before)
    const tile = parseTileValue(await this.#get('tile', key))
    const fits = tile?.level === level && tile.index === index
    if (!fits || tile.hashes.length !== width * HASH_BYTES) throw new Refused('malformed')
    const places: (readonly [string, Place])[] = [[`${level}/${index}`, { space: 'tile', key }]]
    if (level === 0) {
      const bundle = tile.below[0] ?? ''
      const leaves = parseBundleValue(await this.#get('entry', bundle))
      if (leaves?.length !== width) throw new Refused('malformed')
      places.push([`entries/${index}`, { space: 'entry', key: bundle }])
      for (let i = 0; i < width; i++) this.#same(tile.hashes, i, hashLeaf(leaves[i]!, sha256))
      this.#count(width)
    } else {
      if (tile.below.length !== width) throw new Refused('malformed')
      const below = tile.below.map((child, i) =>
        this.#tile(level - 1, index * TILE_WIDTH + i, child),
      )
      for (const [i, child] of (await Promise.all(below)).entries()) {
        this.#same(tile.hashes, i, child.root)
        places.push(...child.places)
      }
    }
    for (const [at, place] of places) this.#places.set(at, place)
    if (width < TILE_WIDTH) this.#edge.set(level, tile.hashes)
    const checked = { root: width === TILE_WIDTH ? climbTile(tile.hashes, sha256) : NONE, places }
    if (width === TILE_WIDTH) this.#checked.set(key, checked)
    return checked
  }

  /** A full tile that was checked for the copy before. */
  #again(level: number, key: string, before: CheckedTile): CheckedTile {
    for (const [at, place] of before.places) this.#places.set(at, place)
    this.#checked.set(key, before)
    this.#count(TILE_WIDTH ** (level + 1))
    return before
  }

  #same(hashes: Uint8Array, i: number, hash: Uint8Array): void {
    const at = i * HASH_BYTES
    if (!equalBytes(hashes.subarray(at, at + HASH_BYTES), hash)) throw new Refused('root-differs')
  }

  /** The root, out of the edges; what is full on the right of all stands in a tile above. */
  #root(): Uint8Array {
    const read = (level: number, index: number): Uint8Array => {
      const tile = tileOfNode(level, index)
      const hashes = this.#edge.get(tile.level)
      const inner = level % TILE_HEIGHT
      const first = (index * 2 ** inner) % TILE_WIDTH
      const span = hashes?.subarray(first * HASH_BYTES, (first + 2 ** inner) * HASH_BYTES)
      if (span?.length !== 2 ** inner * HASH_BYTES) throw new Refused('malformed')
      return climbTile(span, sha256)
    }
    return rootAt(this.#size, read, sha256)
  }

  #count(entries: number): void {
    this.#entries += entries
    this.#told(this.#entries, this.#size)
  }

  async #get(space: Space, key: string): Promise<string> {
    while (this.#running >= AT_ONCE) await new Promise<void>((go) => this.#queue.push(go))
    this.#running += 1
    try {
      return await this.#fetch(space, key)
    } finally {
      this.#running -= 1
      this.#queue.shift()?.()
    }
  }
}

/** Stands for the root of a tile that is not full: nobody asks for it. */
const NONE = new Uint8Array(0)

/** Joins a power of two of hashes in a row to one. */
function climbTile(hashes: Uint8Array, hash: Sha256): Uint8Array {
  let row = hashes
  while (row.length > HASH_BYTES) {
    const above = new Uint8Array(row.length / 2)
    for (let at = 0; at < above.length; at += HASH_BYTES) {
      const left = row.subarray(at * 2, at * 2 + HASH_BYTES)
      above.set(hashNode(left, row.subarray(at * 2 + HASH_BYTES, (at + HASH_BYTES) * 2), hash), at)
    }
    row = above
  }
  return row
}
