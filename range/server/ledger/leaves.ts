import { hash } from 'node:crypto'
import { LEAF_BYTES } from '../../ledger/leaf.ts'
import { TILE_WIDTH } from '../../ledger/tile.ts'
import type { Disk } from './disk.ts'
import { LedgerError } from './error.ts'
import { readFramedLeaves, type Frame } from './frame.ts'
import type { Marks } from './marks.ts'
import { readTile } from './tiles.ts'

/** Full tiles read or written last whose leaves stay in memory, 9.5 kB each. */
export const TILES_CACHED = 32

/** What is left after a stop, as `recover` found it. */
export interface StoredLeaves {
  readonly count: number
  /** `LEAF_BYTES` each. */
  readonly leaves: Uint8Array
  /** Frames that hold them, in order. */
  readonly frames: readonly Frame[]
  /** Where each opening line begins, and at the end where the next one will. */
  readonly lineAt: readonly number[]
}

export interface LeafFiles {
  readonly disk: Pick<Disk, 'readPart'>
  readonly paths: { readonly log: string; readonly folder: string }
  /** Reads the openings. */
  readonly readOpenings: (at: number, length: number) => Buffer
}

/** Where an opening line lies, its newline included. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What is in memory of one tile; of a settled one either may be unknown until asked for. */
interface Page {
  leaves?: Buffer
  /** Where each line begins, and the last one ends, counted from the first. */
  lines?: Uint32Array
}

/** A page that is written to. */
type OpenPage = Required<Page>

const PAGE_BYTES = TILE_WIDTH * LEAF_BYTES
const CHECK_BYTES = 16

/**
 * The leaves of a log and the places of their opening lines, in little more memory for a million
 * than for ten thousand. Leaves of the last, open tile and those not written yet are held. Of a
 * full tile are held: a check over its leaves, the place of its frame, the place of its lines, and
 * the two bytes a leaf of `Marks`. Its leaves are read from the log when asked for, and compared
 * with the check every time: what the disk says is never believed. The last `TILES_CACHED` stay.
 */
export class Leaves {
  readonly #files: LeafFiles
  readonly #marks: Marks | undefined
  /** Pages that are not settled, by tile. */
  readonly #open = new Map<number, OpenPage>()
  /** Pages of settled tiles, the longest unused first. */
  readonly #cached = new Map<number, Page>()
  /** Of each tile: its check, where the frame with its first leaf begins, and its first line. */
  #checks = Buffer.alloc(64 * CHECK_BYTES)
  readonly #frameAt: number[] = []
  readonly #linesAt: number[] = []
  #settled = 0
  #size: number
  /** The page the last leaf was put into. */
  #last: OpenPage | undefined
  #linesEnd = 0

  constructor(stored: StoredLeaves, files: LeafFiles, marks?: Marks) {
    this.#files = files
    this.#marks = marks
    this.#size = stored.count
    this.#linesEnd = stored.lineAt[stored.count] ?? 0
    for (const { first, count, offset } of stored.frames) this.framed(first, first + count, offset)
    for (let first = 0; first < stored.count; first += TILE_WIDTH) this.#takeTile(stored, first)
  }

  get size(): number {
    return this.#size
  }

  /** Full tiles whose leaves are not held; all leaves after them are. */
  get settled(): number {
    return this.#settled
  }

  /** The buffer into which the next leaf belongs, at `nextAt`; then `took` must be called. */
  get next(): Buffer {
    if (this.#size % TILE_WIDTH === 0 || this.#last === undefined) this.#last = this.#openPage()
    return this.#last.leaves
  }

  get nextAt(): number {
    return (this.#size % TILE_WIDTH) * LEAF_BYTES
  }

  /** The next leaf has been written; its line has `lineBytes` bytes, newline included. */
  took(lineBytes: number): void {
    const { lines } = this.#last!
    const place = this.#size % TILE_WIDTH
    lines[place + 1] = lines[place]! + lineBytes
    this.#linesEnd += lineBytes
    this.#size += 1
  }

  /** A copy of held leaves, in a row. */
  row(from: number, to: number): Buffer {
    const out = Buffer.allocUnsafe((to - from) * LEAF_BYTES)
    for (let at = from; at < to;) {
      const end = Math.min(to, at - (at % TILE_WIDTH) + TILE_WIDTH)
      const start = (at % TILE_WIDTH) * LEAF_BYTES
      const leaves = this.#leavesOf(Math.floor(at / TILE_WIDTH))
      leaves.copy(out, (at - from) * LEAF_BYTES, start, start + (end - at) * LEAF_BYTES)
      at = end
    }
    return out
  }

  /** The leaves [first, end) were written as one frame that begins at byte `offset` of the log. */
  framed(first: number, end: number, offset: number): void {
    for (let tile = this.#frameAt.length; tile * TILE_WIDTH < end; tile++) {
      if (tile * TILE_WIDTH >= first) this.#frameAt.push(offset)
    }
  }

  /** The first `count` leaves stand in the log: those of full tiles need not be held any more. */
  settle(count: number): void {
    for (; (this.#settled + 1) * TILE_WIDTH <= count; this.#settled++) {
      const page = this.#open.get(this.#settled)!
      this.#open.delete(this.#settled)
      this.#note(page.leaves)
      this.#cache(this.#settled, page)
    }
  }

  /** The leaf at `index`, below `size`. Throws `tile-changed` where no stored copy is right. */
  leaf(index: number): Uint8Array {
    const leaves = this.#leavesOf(Math.floor(index / TILE_WIDTH))
    const at = (index % TILE_WIDTH) * LEAF_BYTES
    return leaves.subarray(at, at + LEAF_BYTES)
  }

  /** Whether `leaves` are those of a settled tile. */
  isTile(tile: number, leaves: Uint8Array): boolean {
    if (leaves.length !== PAGE_BYTES) return false
    const at = tile * CHECK_BYTES
    return checkOf(leaves).equals(this.#checks.subarray(at, at + CHECK_BYTES))
  }

  /** Whether `leaf` may be the one at `index` of a settled tile, as `Marks` tell. */
  mayBe(index: number, leaf: Uint8Array): boolean {
    return this.#marks !== undefined && this.#marks.matches(index, leaf)
  }

  /**
   * Where the line of `index` lies; undefined where the lines of its tile were changed so that
   * none can be told from the other.
   */
  line(index: number): Span | undefined {
    const tile = Math.floor(index / TILE_WIDTH)
    const lines = this.#linesOf(tile)
    const [first, place] = [this.#linesAt[tile]!, index % TILE_WIDTH]
    return lines && { from: first + lines[place]!, to: first + lines[place + 1]! }
  }

  /** Where the lines of the entries of one tile from its first up to `end` lie. */
  lines(tile: number, end: number): Span {
    const from = this.#linesAt[tile]!
    const next = this.#linesAt[tile + 1]
    if (end === (tile + 1) * TILE_WIDTH && next !== undefined) return { from, to: next }
    return { from, to: this.line(end - 1)?.to ?? from }
  }

  #takeTile({ leaves, lineAt, count }: StoredLeaves, first: number): void {
    const end = Math.min(count, first + TILE_WIDTH)
    const stored = Buffer.from(leaves.buffer, leaves.byteOffset, leaves.byteLength)
    const part = stored.subarray(first * LEAF_BYTES, end * LEAF_BYTES)
    this.#linesAt.push(lineAt[first]!)
    if (end - first === TILE_WIDTH) {
      this.#note(part)
      this.#settled += 1
      return
    }
    const lines = new Uint32Array(TILE_WIDTH + 1)
    for (let i = first; i <= end; i++) lines[i - first] = lineAt[i]! - lineAt[first]!
    const page = { leaves: Buffer.alloc(PAGE_BYTES), lines }
    part.copy(page.leaves)
    this.#open.set(first / TILE_WIDTH, page)
  }

  /** The page the next leaf belongs to. */
  #openPage(): OpenPage {
    const tile = Math.floor(this.#size / TILE_WIDTH)
    let page = this.#open.get(tile)
    if (page === undefined) {
      page = { leaves: Buffer.alloc(PAGE_BYTES), lines: new Uint32Array(TILE_WIDTH + 1) }
      this.#open.set(tile, page)
      this.#linesAt[tile] = this.#linesEnd
    }
    return page
  }

  #leavesOf(tile: number): Buffer {
    const page: Page = this.#open.get(tile) ?? this.#cached.get(tile) ?? {}
    const leaves = (page.leaves ??= this.#readLeaves(tile))
    if (tile < this.#settled) this.#cache(tile, page)
    return leaves
  }

  #linesOf(tile: number): Uint32Array | undefined {
    const page: Page = this.#open.get(tile) ?? this.#cached.get(tile) ?? {}
    const lines = page.lines ?? this.#readLines(tile)
    if (lines === undefined) return undefined
    page.lines = lines
    if (tile < this.#settled) this.#cache(tile, page)
    return lines
  }

  /** Keeps what later reads of the tile to be settled now are compared with. */
  #note(leaves: Uint8Array): void {
    const at = this.#settled * CHECK_BYTES
    if (at === this.#checks.length) {
      const wider = Buffer.alloc(this.#checks.length * 2)
      this.#checks.copy(wider)
      this.#checks = wider
    }
    checkOf(leaves).copy(this.#checks, at)
    this.#marks?.add(leaves, TILE_WIDTH)
  }

  #cache(tile: number, page: Page): void {
    this.#cached.delete(tile)
    this.#cached.set(tile, page)
    if (this.#cached.size > TILES_CACHED) this.#cached.delete(this.#cached.keys().next().value!)
  }

  /** From the log, else from the bundle derived from it. */
  #readLeaves(tile: number): Buffer {
    const { disk, paths } = this.#files
    const read = (at: number, length: number) => disk.readPart(paths.log, at, length)
    const inLog = readFramedLeaves(read, this.#frameAt[tile] ?? 0, tile * TILE_WIDTH, TILE_WIDTH)
    if (inLog !== undefined && this.isTile(tile, inLog)) return inLog
    const inBundle = readBundle(disk, paths.folder, tile)
    if (inBundle !== undefined && this.isTile(tile, inBundle)) return inBundle
    const first = tile * TILE_WIDTH
    const message = `entries ${first} to ${first + TILE_WIDTH - 1} are not what was written`
    throw new LedgerError('tile-changed', message, first)
  }

  #readLines(tile: number): Uint32Array | undefined {
    const from = this.#linesAt[tile]!
    const bytes = this.#files.readOpenings(from, (this.#linesAt[tile + 1] ?? this.#linesEnd) - from)
    const lines = new Uint32Array(TILE_WIDTH + 1)
    for (let i = 1; i <= TILE_WIDTH; i++) {
      const newline = bytes.indexOf(0x0a, lines[i - 1])
      if (newline < 0) return undefined
      lines[i] = newline + 1
    }
    return lines[TILE_WIDTH] === bytes.length ? lines : undefined
  }
}

/** The leaves in a stored full bundle; undefined where it has another length or is not there. */
export function readBundle(
  disk: Pick<Disk, 'readPart'>,
  folder: string,
  tile: number,
): Buffer | undefined {
  const bytes = readTile(disk, folder, { level: 'entries', index: tile, width: TILE_WIDTH })
  if (bytes === undefined) return undefined
  const each = LEAF_BYTES + 2
  const leaves = Buffer.allocUnsafe(PAGE_BYTES)
  for (let i = 0; i < TILE_WIDTH; i++) {
    bytes.copy(leaves, i * LEAF_BYTES, i * each + 2, (i + 1) * each)
  }
  return leaves
}

function checkOf(leaves: Uint8Array): Buffer {
  return Buffer.from(hash('sha256', leaves, 'binary'), 'latin1').subarray(0, CHECK_BYTES)
}
