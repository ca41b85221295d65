import { formatCheckpoint, signNote, type Signer } from '../../ledger/checkpoint.ts'
import {
  canonicalEntry,
  formatOpening,
  PADDING,
  type Entry,
  type Opening,
} from '../../ledger/leaf.ts'
import { formatProof } from '../../ledger/proof.ts'
import { MERGE_LEAVES, signReceipt, withinFor } from '../../ledger/receipt.ts'
import { signSlip, type SlipKind } from '../../ledger/slip.ts'
import { tileWidthAt, TILE_WIDTH, type TileId } from '../../ledger/tile.ts'
import { ActorChains } from './actor-chains.ts'
import { auditRunning } from './audit-running.ts'
import type { AuditResult } from './audit.ts'
import { fileMatches } from './digest.ts'
import type { Disk } from './disk.ts'
import { LedgerError } from './error.ts'
import { BATCH_MAX } from './frame.ts'
import { nativeSha256 } from './native.ts'
import type { Span } from './leaves.ts'
import { erasedLine, parseOpeningLine, standsAt } from './openings.ts'
import type { Paths, Recovered } from './recover.ts'
import type { Secrets } from './secrets.ts'
import { readTile, renderTile, writeTiles } from './tiles.ts'
import { Writer, type WriterFiles } from './writer.ts'

export interface Appended {
  readonly first: number
  readonly count: number
}

/** One published tree head. */
export interface Published {
  readonly tick: number
  readonly size: number
  readonly note: string
}

/** What a log stands on; `open.ts` puts it together. */
export interface LogParts {
  readonly disk: Disk
  readonly paths: Paths
  readonly origin: string
  readonly signer: Signer
  readonly secrets: Secrets
  readonly fence: number
  /** Leaves published at each tick end; 0 publishes whatever there is, unpadded. */
  readonly leavesPerTick: number
  /** Whether acknowledged means durable. False only for a simulated log. */
  readonly durable: boolean
  readonly files: WriterFiles
  readonly recovered: Recovered
  readonly sealed: boolean
}

/** Entries acknowledged and not published yet; a further append is refused. */
export const BACKLOG_MAX = 262_144

/**
 * One append-only log. `append` is its only write: what it returned is durable and keeps its index
 * for good. Appends that come while a sync is under way share the next one. After any failure of
 * the disk the log takes nothing more (`disk-failed`); opening it again recovers what is durable.
 */
export class Log {
  readonly origin: string
  readonly vkey: string
  /** Token of this opening; a later opening of the same folder makes it stale. */
  readonly fence: number
  /** Without what was recovered, which nothing may hold on to: it is as large as the log. */
  readonly #parts: Omit<LogParts, 'recovered'>
  readonly #writer: Writer
  #published: number
  #note: string | undefined
  readonly #erased = new Set<number>()
  #sealed: boolean
  /** Made when an actor's first entry comes; a recovered log is read for it then. */
  #chains: ActorChains | undefined
  #publishing: Promise<unknown> = Promise.resolve()
  #auditing: Promise<AuditResult> | undefined

  constructor(parts: LogParts) {
    const { recovered, ...rest } = parts
    this.#parts = rest
    this.origin = parts.origin
    this.vkey = parts.signer.vkey
    this.fence = parts.fence
    this.#published = recovered.checkpoint?.size ?? 0
    this.#note = recovered.note
    this.#writer = new Writer(recovered, parts.files, rest)
    for (const index of recovered.erased) this.#erased.add(index)
    this.#sealed = parts.sealed
    this.#writeTiles(0)
  }

  /** Entries that are durable, padding included. */
  get size(): number {
    return this.#writer.durable
  }

  /** Leaves under the newest checkpoint. */
  get publishedSize(): number {
    return this.#published
  }

  /** The newest signed checkpoint, or undefined before the first. */
  get checkpoint(): string | undefined {
    return this.#note
  }

  /** Whether the exercise is over and its openings are public. */
  get sealed(): boolean {
    return this.#sealed
  }

  /**
   * Adds a batch in order, all or nothing, and resolves once it is durable. At most `BATCH_MAX`
   * entries of `ENTRY_BYTES_MAX` each. Rejects with a `LedgerError`: `fenced` where somebody
   * opened the log later, `not-json`, `batch-refused`, `backlog-full`, `sealed`, `closed`,
   * `disk-failed`.
   */
  async append(batch: readonly Entry[], fence: number = this.fence): Promise<Appended> {
    const acted = batch.some((entry) => 'by' in entry)
    const linked = acted ? this.#actors().extend(batch, this.#writer.size) : undefined
    const texts = linked?.texts ?? batch.map(canonicalEntry)
    const refusal = this.#refusal(batch, texts, fence)
    if (refusal !== undefined) throw refusal
    linked?.commit()
    const first = await this.#writer.add(texts as string[])
    return { first, count: texts.length }
  }

  /**
   * The signed promise that a durable entry will be in the record, and its opening as a line of
   * JSON: for whoever handed it in. Undefined where there is no such entry any more.
   */
  receipt(index: number): { readonly receipt: string; readonly opening: string } | undefined {
    const opening = this.opening(index)
    const line = opening && formatOpening(opening)
    if (line === undefined) return undefined
    const from = this.#published
    const within = withinFor(index, from)
    const body = { origin: this.origin, from, within, leaf: this.#writer.leaf(index) }
    return { receipt: signReceipt(body, this.#parts.signer, nativeSha256), opening: line }
  }

  /**
   * The code of a customer's receipt for a durable entry, erased or not; undefined where there is
   * none. Like `receipt` it names no index while the entry is unpublished.
   */
  slip(asked: {
    readonly order: string
    readonly kind: SlipKind
    readonly index: number
  }): string | undefined {
    const { index } = asked
    if (!Number.isInteger(index) || index < 0 || index >= this.#writer.durable) return undefined
    const published = this.#published
    const from = index < published ? index - (index % MERGE_LEAVES) : published
    const within = index < published ? MERGE_LEAVES : withinFor(index, from)
    const leaf = this.#writer.leaf(index)
    const body = { ...asked, origin: this.origin, leaf, from, within }
    return signSlip(body, this.#parts.signer, nativeSha256)
  }

  /**
   * Ends a tick: publishes the next `leavesPerTick` leaves under a signed checkpoint, filled up
   * with padding where fewer wait; a surplus waits for the next tick. The checkpoint is durable
   * before it is returned. `ticks` ends several at once, with their number of leaves. Calls are
   * served one after the other. Rejects as `append` does.
   */
  publish(tick: number, ticks = 1): Promise<Published> {
    return this.#serially(async () => {
      if (this.#sealed) throw new LedgerError('sealed', 'the log has ended')
      const { leavesPerTick } = this.#parts
      const due = ticks * leavesPerTick
      const goal = leavesPerTick === 0 ? this.#writer.size : this.#published + due
      return this.#publishTo(tick, goal)
    })
  }

  /**
   * Ends the log: publishes all that waits, and makes the openings public. Nothing is taken after.
   */
  seal(tick: number): Promise<Published> {
    return this.#serially(async () => {
      const step = Math.max(1, this.#parts.leavesPerTick)
      const goal = Math.ceil(this.#writer.size / step) * step
      this.#sealed = true
      const published = await this.#publishTo(tick, goal)
      await this.#parts.disk.replace(this.#parts.paths.sealed, `${goal}\n`, this.#parts.durable)
      return published
    })
  }

  /** The opening of a durable entry; undefined where it was erased or is not there. */
  opening(index: number): Opening | undefined {
    const there = Number.isInteger(index) && index >= 0 && index < this.#writer.durable
    const line = there ? this.#writer.leaves.line(index) : undefined
    return line === undefined ? undefined : this.#openings(line)[0]
  }

  /** Indexes of the entries whose openings were erased, in order. */
  erasedEntries(): readonly number[] {
    return [...this.#erased].sort((a, b) => a - b)
  }

  /** All durable entries but padding and erased ones, in order, from `from` on. */
  *entries(from = 0): Generator<{ readonly index: number; readonly entry: Entry }> {
    for (let tile = Math.floor(from / TILE_WIDTH); ; tile++) {
      const end = Math.min((tile + 1) * TILE_WIDTH, this.#writer.durable)
      if (end <= tile * TILE_WIDTH) return
      let index = tile * TILE_WIDTH
      for (const opening of this.#openings(this.#writer.leaves.lines(tile, end))) {
        const told = index >= from && opening !== undefined
        if (told && opening.entry.kind !== PADDING.kind) yield { index, entry: opening.entry }
        index += 1
      }
    }
  }

  /** A proof file for a published entry; undefined where it is unpublished or erased. */
  prove(index: number): string | undefined {
    const opening = index < this.#published ? this.opening(index) : undefined
    if (opening === undefined || this.#note === undefined) return undefined
    const path = this.#writer.tree.inclusion(index, this.#published)
    return formatProof({ opening, index, path, checkpoint: this.#note })
  }

  /**
   * Size and root over the first `size` entries, by default all durable ones: what a rewind names
   * as its parent, and what an entry may embed to show when it was made. `root` is base64.
   */
  head(size: number = this.size): { origin: string; size: number; root: string } {
    const root = Buffer.from(this.#writer.tree.root(size)).toString('base64')
    return { origin: this.origin, size, root }
  }

  /** Hashes showing that the published tree continues the one of `oldSize`. */
  consistency(oldSize: number): Uint8Array[] {
    return this.#writer.tree.consistency(oldSize, this.#published)
  }

  /** Root over the first `size` entries. */
  root(size: number): Uint8Array {
    return this.#writer.tree.root(size)
  }

  /** Published leaf; unpublished ones are not shown. */
  leaf(index: number): Uint8Array | undefined {
    return index < this.#published ? this.#writer.leaf(index) : undefined
  }

  /** A tile or bundle of the published tree, of any width it has had; otherwise undefined. */
  tile(id: TileId): Uint8Array | undefined {
    const level = id.level === 'entries' ? 0 : id.level
    if (id.width > tileWidthAt(level, id.index, this.#published)) return undefined
    return renderTile(id, this.#source())
  }

  /** A tile as its derived file has it, unchecked. */
  storedTile(id: TileId): Uint8Array | undefined {
    return readTile(this.#parts.disk, this.#parts.paths.folder, id)
  }

  /** All openings as they are stored, once the log is sealed; before that undefined. */
  publicOpenings(): Buffer | undefined {
    return this.#sealed ? this.#parts.disk.read(this.#parts.paths.openings) : undefined
  }

  /**
   * Erases salt and entry of `index` on disk (GDPR, Art. 17) and resolves when that is durable.
   * The leaf stays, so every proof of other entries holds. Rejects with `opening-changed` where
   * another line stands in its place.
   */
  async erase(index: number): Promise<void> {
    if (!Number.isInteger(index) || index < 0 || index >= this.#writer.durable) return
    const { openings } = this.#parts.files
    const line = this.#writer.leaves.line(index)
    if (line === undefined || !standsAt(index, openings.read(line.from, 32))) {
      throw new LedgerError('opening-changed', `entry ${index} does not stand in its place`, index)
    }
    this.#erased.add(index)
    openings.overwrite(Buffer.from(erasedLine(index, line.to - line.from)), line.from)
    await openings.sync()
  }

  /**
   * Reads the stored files anew and hashes them against what this log has written and signed. One
   * audit runs at a time; a call during one gets its result. About a millisecond for a megabyte.
   */
  audit(): Promise<AuditResult> {
    this.#auditing ??= this.#audit().finally(() => (this.#auditing = undefined))
    return this.#auditing
  }

  /** Makes durable what was handed in, then closes the files. Further appends are refused. */
  async close(): Promise<void> {
    await this.#publishing.catch(() => undefined)
    if (this.#writer.stopped === undefined) await this.#writer.drain()
    this.#writer.close()
  }

  #actors(): ActorChains {
    if (this.#chains !== undefined) return this.#chains
    const chains = new ActorChains((index, text) => this.#writer.leafAhead(index, text))
    for (const { index, entry } of this.entries()) chains.known(entry, this.#writer.leaf(index))
    return (this.#chains = chains)
  }

  async #audit(): Promise<AuditResult> {
    const { disk, paths, origin } = this.#parts
    const { leaves, durable: count } = this.#writer
    const known = { origin, count, leaves, erased: (index: number) => this.#erased.has(index) }
    const { log, openings } = this.#writer.digests()
    const same =
      this.#erased.size === 0 &&
      (await fileMatches(paths.log, log)) &&
      (await fileMatches(paths.openings, openings))
    return same ? { ok: true, count } : auditRunning(disk, paths, known)
  }

  /** The openings on lines in a row, read in one go; undefined where erased. */
  #openings({ from, to }: Span): (Opening | undefined)[] {
    const text = this.#parts.files.openings.read(from, to - from - 1).toString('utf8')
    return text.split('\n').map(parseOpeningLine)
  }

  #refusal(batch: readonly Entry[], texts: readonly unknown[], fence: number) {
    if (this.#writer.stopped !== undefined) return this.#writer.stopped
    if (this.#sealed) return new LedgerError('sealed', 'the log has ended')
    if (fence !== this.fence) return new LedgerError('fenced', 'the fence is stale')
    if (batch.length === 0 || batch.length > BATCH_MAX) {
      return new LedgerError('batch-refused', `a batch has 1 to ${BATCH_MAX} entries`)
    }
    if (this.#writer.size + batch.length - this.#published > BACKLOG_MAX) {
      return new LedgerError('backlog-full', `${BACKLOG_MAX} entries wait to be published`)
    }
    const bad = texts.indexOf(undefined)
    return bad < 0 ? undefined : new LedgerError('not-json', `entry ${bad} is no bounded JSON`, bad)
  }

  #serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#publishing.then(work, work)
    this.#publishing = result.catch(() => undefined)
    return result
  }

  async #publishTo(tick: number, goal: number): Promise<Published> {
    if (this.#writer.stopped !== undefined) throw this.#writer.stopped
    if (goal === this.#published && this.#note !== undefined)
      return { tick, size: goal, note: this.#note }
    const missing = goal - this.#writer.size
    const text = canonicalEntry(PADDING)!
    if (missing > 0) await this.#writer.add(Array.from({ length: missing }, () => text))
    await this.#writer.drain()
    const { origin, signer, secrets, disk, paths, durable } = this.#parts
    const body = {
      origin,
      size: goal,
      root: this.#writer.tree.root(goal),
      time: secrets.time(tick),
    }
    const note = signNote(formatCheckpoint(body), signer, nativeSha256)
    try {
      await disk.replace(paths.checkpoint, note, durable)
    } catch (error) {
      throw this.#writer.stop(error)
    }
    const oldSize = this.#published
    this.#published = goal
    this.#note = note
    this.#writeTiles(oldSize)
    return { tick, size: goal, note }
  }

  /** Derived files: a failure here loses nothing, they are made again at the next opening. */
  #writeTiles(oldSize: number): void {
    const { disk, paths } = this.#parts
    try {
      writeTiles(disk, paths.folder, { oldSize, newSize: this.#published }, this.#source())
    } catch {
      return
    }
  }

  #source() {
    return { node: this.#writer.tree.node, leaf: (index: number) => this.#writer.leaf(index) }
  }
}
