import { equalBytes } from '../../ledger/bytes.ts'
import { LEAF_BYTES } from '../../ledger/leaf.ts'
import { TILE_WIDTH } from '../../ledger/tile.ts'
import { auditOpenings, howLeafDiffers, storedLeaves, type AuditResult } from './audit.ts'
import type { Disk } from './disk.ts'
import { readBundle, type Leaves } from './leaves.ts'
import { openedLeaves } from './openings.ts'
import { leafAt, type Paths } from './recover.ts'

/** What a running log knows to be true, apart from its files. */
export interface Known {
  readonly origin: string
  /** Entries to look at; of what was appended since, at most some in the last full tiles. */
  readonly count: number
  readonly leaves: Leaves
  readonly erased: (index: number) => boolean
}

/**
 * `auditStored` by a log that does not hold its older leaves. Each full tile is compared with the
 * check that memory keeps of it. In the first that differs, whatever copy still is right (the log,
 * the openings, the bundle, leaf by leaf) tells the entry; where all copies were changed alike, the
 * marks do, and are wrong once in 65,536. The openings are then compared with the leaves that stood
 * the test, up to there.
 */
export function auditRunning(disk: Disk, paths: Paths, known: Known): AuditResult {
  const stored = storedLeaves(disk.read(paths.log), known.origin)
  const openings = disk.read(paths.openings)
  const copies = new Copies(stored, (tile) => [
    openedLeaves(openings, tile * TILE_WIDTH, TILE_WIDTH),
    readBundle(disk, paths.folder, tile),
  ])
  const inLog = auditLeaves(stored, known, copies)
  const count = inLog.ok ? known.count : inLog.changed
  const leaf = (index: number) => leafAt(stored, index)
  const inOpenings = auditOpenings(openings, { count, leaf, erased: known.erased })
  return inOpenings.ok ? inLog : inOpenings
}

function auditLeaves(stored: Uint8Array, known: Known, copies: Copies): AuditResult {
  const { leaves, count } = known
  // A tile is settled after it stands in the file, though it may not be durable yet.
  const full = leaves.settled
  for (let tile = 0; tile < full; tile++) {
    if (!leaves.isTile(tile, tileOf(stored, tile))) return nameIn(tile, stored, known, copies)
  }
  for (let index = full * TILE_WIDTH; index < count; index++) {
    const own = leafAt(stored, index)
    if (own.length < LEAF_BYTES) return { ok: false, changed: index, what: 'missing' }
    if (equalBytes(own, leaves.leaf(index))) continue
    const next = index + 1 < count ? leaves.leaf(index + 1) : undefined
    const what = howLeafDiffers(stored, index, leaves.leaf(index), next)
    return { ok: false, changed: index, what }
  }
  return { ok: true, count }
}

/** The first entry of a changed tile that differs. */
function nameIn(tile: number, stored: Uint8Array, known: Known, copies: Copies): AuditResult {
  const { leaves } = known
  const truth = (index: number) => (index < leaves.size ? copies.truth(leaves, index) : undefined)
  const first = tile * TILE_WIDTH
  for (let index = first; index < first + TILE_WIDTH; index++) {
    const own = leafAt(stored, index)
    if (own.length < LEAF_BYTES) return { ok: false, changed: index, what: 'missing' }
    const leaf = truth(index)
    if (leaf === undefined ? leaves.mayBe(index, own) : equalBytes(own, leaf)) continue
    const what =
      leaf === undefined
        ? howMarksDiffer(stored, index, leaves)
        : howLeafDiffers(stored, index, leaf, truth(index + 1))
    return { ok: false, changed: index, what }
  }
  return { ok: false, changed: first, what: 'leaf' }
}

/** `howLeafDiffers` where no copy of the leaf is left: by two entries in a row, or a moved one. */
function howMarksDiffer(stored: Uint8Array, index: number, leaves: Leaves) {
  const count = stored.length / LEAF_BYTES
  const fits = (at: number, as: number): boolean => {
    if (at >= count || as >= leaves.size) return false
    const own = leafAt(stored, at)
    const settled = as < leaves.settled * TILE_WIDTH
    return settled ? leaves.mayBe(as, own) : equalBytes(own, leaves.leaf(as))
  }
  if (fits(index, index + 1) && fits(index + 1, index + 2)) return 'missing'
  if (fits(index + 1, index) && fits(index + 2, index + 1)) return 'reordered'
  for (let at = index + 1; at < count; at++) {
    if (fits(at, index) && !fits(at, at)) return 'reordered'
  }
  return 'leaf'
}

/** What the files say of the leaves of a tile, each for itself. */
class Copies {
  readonly #stored: Uint8Array
  readonly #others: (tile: number) => (Uint8Array | undefined)[]
  readonly #proven = new Map<number, Uint8Array | undefined>()

  constructor(stored: Uint8Array, others: (tile: number) => (Uint8Array | undefined)[]) {
    this.#stored = stored
    this.#others = others
  }

  /** The leaf at `index` where it is proven by its tile's check, or still held. */
  truth(leaves: Leaves, index: number): Uint8Array | undefined {
    const tile = Math.floor(index / TILE_WIDTH)
    if (tile >= leaves.settled) return leaves.leaf(index)
    if (!this.#proven.has(tile)) this.#proven.set(tile, this.#prove(leaves, tile))
    const proven = this.#proven.get(tile)
    return proven && leafAt(proven, index % TILE_WIDTH)
  }

  /** Puts the tile together out of the copies whose marks fit, and checks it. */
  #prove(leaves: Leaves, tile: number): Uint8Array | undefined {
    const copies = [tileOf(this.#stored, tile), ...this.#others(tile)]
    const whole = Buffer.alloc(TILE_WIDTH * LEAF_BYTES)
    for (let i = 0; i < TILE_WIDTH; i++) {
      const rows = copies.map((copy) => leafAt(copy ?? new Uint8Array(0), i))
      const good = rows.find((row) => leaves.mayBe(tile * TILE_WIDTH + i, row))
      if (good === undefined) return undefined
      whole.set(good, i * LEAF_BYTES)
    }
    return leaves.isTile(tile, whole) ? whole : undefined
  }
}

function tileOf(stored: Uint8Array, tile: number): Uint8Array {
  const bytes = TILE_WIDTH * LEAF_BYTES
  return stored.subarray(tile * bytes, (tile + 1) * bytes)
}
