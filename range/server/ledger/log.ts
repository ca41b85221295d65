import { formatCheckpoint, signNote, type Signer } from '../../ledger/checkpoint.ts'
import { canonicalEntry, LEAF_BYTES, PADDING, sealLeaf } from '../../ledger/leaf.ts'
import type { Entry, Opening } from '../../ledger/leaf.ts'
import { formatProof } from '../../ledger/proof.ts'
import { hashLeaf, type Tree } from '../../ledger/tree.ts'
import { tileWidthAt, type TileId } from '../../ledger/tile.ts'
import { auditStored, type AuditResult } from './audit.ts'
import { fileMatches, RunningDigest } from './digest.ts'
import type { Disk, DiskFile } from './disk.ts'
import { LedgerError } from './error.ts'
import { BATCH_MAX, encodeFrame } from './frame.ts'
import { nativeSha256 } from './native.ts'
import { erasedLine, formatOpeningLine, parseOpeningLine } from './openings.ts'
import { leafAt, type Paths, type Recovered } from './recover.ts'
import type { Secrets } from './secrets.ts'
import { renderTile, writeTiles } from './tiles.ts'

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
  readonly logFile: DiskFile
  readonly openingsFile: DiskFile
  readonly fenceFile: DiskFile | undefined
  readonly recovered: Recovered
  readonly sealed: boolean
}

/** Entries acknowledged and not published yet; a further append is refused. */
export const BACKLOG_MAX = 262_144

/**
 * One append-only log. `append` is its only write: what it returned is durable and keeps its index for
 * good. Appends that come while a sync is under way share the next one. After any failure of the disk
 * the log takes nothing more (`disk-failed`); opening it again recovers what is durable.
 */
export class Log {
  readonly origin: string
  readonly vkey: string
  /** Token of this opening; a later opening of the same folder makes it stale. */
  readonly fence: number
  readonly #parts: LogParts
  readonly #tree: Tree
  #leaves: Uint8Array
  #size: number
  #durable: number
  #published: number
  #note: string | undefined
  #check: Uint8Array
  /** Where each opening line begins, and at the end where the next one will. */
  readonly #lineAt: number[]
  readonly #erased = new Set<number>()
  readonly #logDigest = new RunningDigest()
  /** Undefined once an opening was erased: then every line is looked at. */
  #openingsDigest: RunningDigest | undefined = new RunningDigest()
  #staged: Staged = emptyStage()
  #flushing = false
  #scheduled = false
  #stopped: LedgerError | undefined
  #sealed: boolean
  #publishing: Promise<unknown> = Promise.resolve()
  #auditing: Promise<AuditResult> | undefined

  constructor(parts: LogParts) {
    const { recovered } = parts
    this.#parts = parts
    this.origin = parts.origin
    this.vkey = parts.signer.vkey
    this.fence = parts.fence
    this.#tree = recovered.tree
    this.#leaves = Uint8Array.from(recovered.leaves)
    this.#size = this.#durable = recovered.count
    this.#published = recovered.checkpoint?.size ?? 0
    this.#note = recovered.note
    this.#check = recovered.check
    this.#lineAt = [...recovered.lines.map((line) => line.offset), recovered.openingsEnd]
    for (const line of recovered.lines) if (line.erased) this.#erased.add(line.index)
    this.#sealed = parts.sealed
    this.#logDigest.update(parts.logFile.read(0, parts.logFile.size()))
    this.#openingsDigest?.update(parts.openingsFile.read(0, parts.openingsFile.size()))
    if (this.#published > 0) this.#writeTiles(0)
  }

  /** Entries that are durable, padding included. */
  get size(): number {
    return this.#durable
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
   * Adds a batch in order, all or nothing, and resolves once it is durable. At most `BATCH_MAX` entries
   * of `ENTRY_BYTES_MAX` each. Rejects with a `LedgerError`: `fenced` where somebody opened the log
   * later, `not-json`, `batch-refused`, `backlog-full`, `sealed`, `closed`, `disk-failed`.
   */
  append(batch: readonly Entry[], fence: number = this.fence): Promise<Appended> {
    const texts = batch.map(canonicalEntry)
    const refusal = this.#refusal(batch, texts, fence)
    if (refusal !== undefined) return Promise.reject(refusal)
    return this.#stage(texts as string[])
  }

  /**
   * Ends a tick: publishes the next `leavesPerTick` leaves under a signed checkpoint, filled up with
   * padding where fewer wait; a surplus waits for the next tick. The checkpoint is durable before it is
   * returned. Calls are served one after the other. Rejects as `append` does.
   */
  publish(tick: number): Promise<Published> {
    return this.#serially(() => {
      const { leavesPerTick } = this.#parts
      return this.#publishTo(tick, leavesPerTick === 0 ? this.#size : this.#published + leavesPerTick)
    })
  }

  /** Ends the log: publishes all that waits, and makes the openings public. Nothing is taken after. */
  seal(tick: number): Promise<Published> {
    return this.#serially(async () => {
      const step = Math.max(1, this.#parts.leavesPerTick)
      const goal = Math.ceil(Math.max(this.#size, this.#published) / step) * step
      const published = await this.#publishTo(tick, goal)
      await this.#parts.disk.replace(this.#parts.paths.sealed, `${goal}\n`, this.#parts.durable)
      this.#sealed = true
      return published
    })
  }

  /** The opening of a durable entry; undefined where it was erased or is not there. */
  opening(index: number): Opening | undefined {
    const [from, to] = [this.#lineAt[index], this.#lineAt[index + 1]]
    if (from === undefined || to === undefined || index >= this.#durable) return undefined
    return parseOpeningLine(this.#parts.openingsFile.read(from, to - from - 1).toString('utf8'))
  }

  /** All durable entries but padding and erased ones, in order, from `from` on. */
  *entries(from = 0): Generator<{ readonly index: number; readonly entry: Entry }> {
    for (let index = from; index < this.#durable; index++) {
      const opening = this.opening(index)
      if (opening === undefined || opening.entry.kind === PADDING.kind) continue
      yield { index, entry: opening.entry }
    }
  }

  /** A proof file for a published entry; undefined where it is unpublished or erased. */
  prove(index: number): string | undefined {
    const opening = index < this.#published ? this.opening(index) : undefined
    if (opening === undefined || this.#note === undefined) return undefined
    const path = this.#tree.inclusion(index, this.#published)
    return formatProof({ opening, index, path, checkpoint: this.#note })
  }

  /** Hashes showing that the published tree continues the one of `oldSize`. */
  consistency(oldSize: number): Uint8Array[] {
    return this.#tree.consistency(oldSize, this.#published)
  }

  /** Published leaf; unpublished ones are not shown. */
  leaf(index: number): Uint8Array | undefined {
    return index < this.#published ? leafAt(this.#leaves, index) : undefined
  }

  /** A tile or bundle of the published tree, of any width it has had; otherwise undefined. */
  tile(id: TileId): Uint8Array | undefined {
    const level = id.level === 'entries' ? 0 : id.level
    if (id.width > tileWidthAt(level, id.index, this.#published)) return undefined
    return renderTile(id, this.#source())
  }

  /** All openings as they are stored, once the log is sealed; before that undefined. */
  publicOpenings(): Buffer | undefined {
    return this.#sealed ? this.#parts.disk.read(this.#parts.paths.openings) : undefined
  }

  /**
   * Erases salt and entry of `index` on disk (GDPR, Art. 17) and resolves when that is durable. The leaf
   * stays, so every proof of other entries holds.
   */
  async erase(index: number): Promise<void> {
    const [from, to] = [this.#lineAt[index], this.#lineAt[index + 1]]
    if (from === undefined || to === undefined || index >= this.#durable) return
    this.#erased.add(index)
    this.#openingsDigest = undefined
    this.#parts.openingsFile.overwrite(Buffer.from(erasedLine(index, to - from)), from)
    await this.#parts.openingsFile.sync()
  }

  /**
   * Reads the stored files anew and hashes them against what this log has written and signed. One audit
   * runs at a time; a call during one gets its result. About a millisecond for a megabyte.
   */
  audit(): Promise<AuditResult> {
    this.#auditing ??= this.#audit().finally(() => (this.#auditing = undefined))
    return this.#auditing
  }

  /** Makes durable what was handed in, then closes the files. Further appends are refused. */
  async close(): Promise<void> {
    await this.#publishing.catch(() => undefined)
    if (this.#stopped === undefined) await this.#drain()
    this.#stopped ??= new LedgerError('closed', 'the log is closed')
    this.#parts.logFile.close()
    this.#parts.openingsFile.close()
    this.#parts.fenceFile?.close()
  }

  async #audit(): Promise<AuditResult> {
    const { disk, paths, origin } = this.#parts
    const expected = {
      origin,
      count: this.#durable,
      leaf: (index: number) => leafAt(this.#leaves, index),
      erased: (index: number) => this.#erased.has(index),
    }
    const [log, openings] = [this.#logDigest.now(), this.#openingsDigest?.now()]
    const same =
      openings !== undefined &&
      (await fileMatches(paths.log, log)) &&
      (await fileMatches(paths.openings, openings))
    return same ? { ok: true, count: expected.count } : auditStored(disk, paths, expected)
  }

  #refusal(batch: readonly Entry[], texts: readonly unknown[], fence: number) {
    if (this.#stopped !== undefined) return this.#stopped
    if (this.#sealed) return new LedgerError('sealed', 'the log has ended')
    if (fence !== this.fence) return new LedgerError('fenced', 'the fence is stale')
    if (batch.length === 0 || batch.length > BATCH_MAX) {
      return new LedgerError('batch-refused', `a batch has 1 to ${BATCH_MAX} entries`)
    }
    if (this.#size + batch.length - this.#published > BACKLOG_MAX) {
      return new LedgerError('backlog-full', `${BACKLOG_MAX} entries wait to be published`)
    }
    const bad = texts.indexOf(undefined)
    return bad < 0 ? undefined : new LedgerError('not-json', `entry ${bad} is no bounded JSON`, bad)
  }

  #stage(texts: readonly string[]): Promise<Appended> {
    const first = this.#size
    this.#reserve(texts.length)
    for (const text of texts) {
      const salt = this.#parts.secrets.salt(this.#size)
      const leaf = sealLeaf(salt, text, nativeSha256)
      this.#leaves.set(leaf, this.#size * LEAF_BYTES)
      this.#tree.push(hashLeaf(leaf, nativeSha256))
      const line = Buffer.from(formatOpeningLine(this.#size, salt.toString('base64'), text))
      this.#staged.lines.push(line)
      this.#lineAt.push(this.#lineAt.at(-1)! + line.length)
      this.#size += 1
    }
    const leaves = this.#leaves.subarray(first * LEAF_BYTES, this.#size * LEAF_BYTES)
    const frame = encodeFrame(this.#check, first, leaves)
    this.#check = frame.check
    this.#staged.frames.push(frame.bytes)
    const done = new Promise<void>((resolve, reject) => this.#staged.waiters.push({ resolve, reject }))
    this.#schedule()
    return done.then(() => ({ first, count: texts.length }))
  }

  #schedule(): void {
    if (this.#scheduled || this.#flushing) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    const stage = this.#staged
    if (stage.frames.length === 0 || this.#stopped !== undefined) return
    this.#staged = emptyStage()
    this.#flushing = true
    const goal = this.#size
    try {
      this.#checkFence()
      this.#write(stage)
      if (this.#parts.durable) {
        await Promise.all([this.#parts.openingsFile.sync(), this.#parts.logFile.sync()])
      }
      this.#durable = goal
      for (const waiter of stage.waiters) waiter.resolve()
    } catch (error) {
      this.#stop(error, stage)
    } finally {
      this.#flushing = false
    }
    if (this.#staged.frames.length > 0) this.#schedule()
  }

  #write(stage: Staged): void {
    const [lines, frames] = [Buffer.concat(stage.lines), Buffer.concat(stage.frames)]
    this.#parts.openingsFile.append(lines)
    this.#parts.logFile.append(frames)
    this.#openingsDigest?.update(lines)
    this.#logDigest.update(frames)
  }

  #stop(error: unknown, stage: Staged): void {
    const message = error instanceof Error ? error.message : String(error)
    this.#stopped = error instanceof LedgerError ? error : new LedgerError('disk-failed', message)
    const later = this.#staged
    this.#staged = emptyStage()
    for (const waiter of [...stage.waiters, ...later.waiters]) waiter.reject(this.#stopped)
  }

  #checkFence(): void {
    const file = this.#parts.fenceFile
    if (file === undefined || Number(file.read(0, 16).toString('latin1')) === this.fence) return
    throw new LedgerError('fenced', 'the log was opened by somebody else')
  }

  /** Resolves when all that is staged now is durable. */
  async #drain(): Promise<void> {
    const goal = this.#size
    while (this.#durable < goal) {
      if (this.#stopped !== undefined) throw this.#stopped
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  #serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#publishing.then(work, work)
    this.#publishing = result.catch(() => undefined)
    return result
  }

  async #publishTo(tick: number, goal: number): Promise<Published> {
    if (this.#stopped !== undefined) throw this.#stopped
    if (this.#sealed) throw new LedgerError('sealed', 'the log has ended')
    const missing = goal - this.#size
    const text = canonicalEntry(PADDING)!
    if (missing > 0) await this.#stage(Array.from({ length: missing }, () => text))
    else await this.#drain()
    const { origin, signer, secrets, disk, paths, durable } = this.#parts
    const body = { origin, size: goal, root: this.#tree.root(goal), time: secrets.time(tick) }
    const note = signNote(formatCheckpoint(body), signer, nativeSha256)
    try {
      await disk.replace(paths.checkpoint, note, durable)
    } catch (error) {
      this.#stop(error, emptyStage())
      throw this.#stopped!
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
    return { node: this.#tree.node, leaf: (index: number) => leafAt(this.#leaves, index) }
  }

  #reserve(count: number): void {
    const needed = (this.#size + count) * LEAF_BYTES
    if (needed <= this.#leaves.length) return
    const wider = new Uint8Array(Math.max(needed, this.#leaves.length * 2))
    wider.set(this.#leaves)
    this.#leaves = wider
  }
}

interface Staged {
  readonly frames: Buffer[]
  readonly lines: Buffer[]
  readonly waiters: { resolve: () => void; reject: (error: LedgerError) => void }[]
}

function emptyStage(): Staged {
  return { frames: [], lines: [], waiters: [] }
}
