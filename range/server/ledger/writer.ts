import { hashLeaf, type Tree } from '../../ledger/tree.ts'
import { RunningDigest } from './digest.ts'
import type { Disk, DiskFile } from './disk.ts'
import { LedgerError } from './error.ts'
import { encodeFrame, FRAME_LEAVES_MAX } from './frame.ts'
import { Leaves } from './leaves.ts'
import { Marks } from './marks.ts'
import { nativeSha256 } from './native.ts'
import { OpeningLines, sealedLeaf } from './openings.ts'
import type { Paths, Recovered } from './recover.ts'
import type { Secrets } from './secrets.ts'

/** The files a writer owns until it is closed. */
export interface WriterFiles {
  readonly log: DiskFile
  readonly openings: DiskFile
  readonly fence: DiskFile | undefined
}

/** Batches a log that need not be durable gathers before it writes. */
const STAGE_BATCHES_MAX = 1024

export interface WriterOptions {
  readonly disk: Disk
  readonly paths: Paths
  readonly fence: number
  /**
   * Whether acknowledged means durable; otherwise batches are written when many, or on `drain`.
   */
  readonly durable: boolean
  readonly secrets: Secrets
}

/**
 * The write side of a log: seals entries, gathers what comes while a sync is under way, writes
 * frames and openings, and resolves when both files are durable. After any failure it stays
 * stopped.
 */
export class Writer {
  readonly tree: Tree
  readonly leaves: Leaves
  readonly #files: WriterFiles
  readonly #options: WriterOptions
  readonly #logDigest = new RunningDigest()
  readonly #openingsDigest = new RunningDigest()
  #durable: number
  /** Leaves that stand in frames. */
  #framed: number
  #check: Uint8Array
  #staged: Staged = { ends: [], done: undefined }
  /** The lines of what is staged. */
  readonly #lines = new OpeningLines()
  #flushing = false
  #scheduled = false
  #inFlight: Promise<void> = Promise.resolve()
  #stopped: LedgerError | undefined
  /** Salts drawn for entries that are not handed in yet, by index. */
  readonly #ahead = new Map<number, Buffer>()

  constructor(recovered: Recovered, files: WriterFiles, options: WriterOptions) {
    this.#files = files
    this.#options = options
    this.tree = recovered.tree
    const readOpenings = (at: number, length: number) => files.openings.read(at, length)
    const places = { disk: options.disk, paths: options.paths, readOpenings }
    this.leaves = new Leaves(recovered, places, new Marks(options.secrets.marksKey()))
    this.tree.readLeaves((index) => this.#leafHash(index))
    this.#durable = this.#framed = recovered.count
    this.#check = recovered.check
    this.#logDigest.readAll(files.log)
    this.#openingsDigest.readAll(files.openings)
  }

  /** Entries handed in, durable or not. */
  get size(): number {
    return this.leaves.size
  }

  get durable(): number {
    return this.#durable
  }

  /** Why nothing is taken any more; undefined while all is well. */
  get stopped(): LedgerError | undefined {
    return this.#stopped
  }

  leaf(index: number): Uint8Array {
    return this.leaves.leaf(index)
  }

  /** The leaf that a canonical entry will be sealed as, if it is handed in at this index. */
  leafAhead(index: number, text: string): Uint8Array {
    const salt = this.#ahead.get(index) ?? this.#options.secrets.salt(index)
    this.#ahead.set(index, salt)
    return sealedLeaf(salt, Buffer.from(text))
  }

  /** What the two files should begin with. */
  digests() {
    return { log: this.#logDigest.now(), openings: this.#openingsDigest.now() }
  }

  /** Takes canonical entries as one batch; resolves with the index of the first, once durable. */
  async add(texts: readonly string[]): Promise<number> {
    const first = this.size
    for (const text of texts) this.#seal(text)
    this.#staged.ends.push(this.size)
    if (!this.#options.durable) {
      if (this.#staged.ends.length >= STAGE_BATCHES_MAX) await this.#flush()
      return first
    }
    this.#schedule()
    await this.#stageDone()
    return first
  }

  /** Resolves when all that is staged now is durable. */
  async drain(): Promise<void> {
    const goal = this.size
    while (this.#durable < goal) {
      if (this.#stopped !== undefined) throw this.#stopped
      if (!this.#options.durable) await this.#flush()
      else if (this.#staged.ends.length === 0) await this.#inFlight
      else await this.#stageDone()
    }
  }

  /** Takes nothing from now on; all that wait are told why. */
  stop(error: unknown, stage?: Staged): LedgerError {
    const message = error instanceof Error ? error.message : String(error)
    this.#stopped ??= error instanceof LedgerError ? error : new LedgerError('disk-failed', message)
    const later = this.#staged
    this.#staged = { ends: [], done: undefined }
    stage?.done?.reject(this.#stopped)
    later.done?.reject(this.#stopped)
    return this.#stopped
  }

  /** Closes the files; whatever was not drained is refused. */
  close(): void {
    this.stop(new LedgerError('closed', 'the log is closed'))
    this.#files.log.close()
    this.#files.openings.close()
    this.#files.fence?.close()
  }

  #schedule(): void {
    if (this.#scheduled || this.#flushing) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#inFlight = this.#flush()
    })
  }

  async #flush(): Promise<void> {
    const stage = this.#staged
    if (stage.ends.length === 0 || this.#stopped !== undefined) return
    this.#staged = { ends: [], done: undefined }
    this.#flushing = true
    const goal = this.size
    try {
      this.#checkFence()
      this.#write(stage)
      const syncs = this.#options.durable
        ? [this.#files.openings.sync(), this.#files.log.sync()]
        : []
      // The tree grows while the disk works.
      this.#growTree(goal)
      await Promise.all(syncs)
      this.#durable = goal
      stage.done?.resolve()
    } catch (error) {
      this.stop(error, stage)
    } finally {
      this.#flushing = false
    }
    if (this.#staged.ends.length > 0) this.#schedule()
  }

  /** Resolves when what is staged now is durable: one promise for all that share a sync. */
  #stageDone(): Promise<void> {
    if (this.#staged.done === undefined) {
      this.#staged.done = Promise.withResolvers()
      // Whoever waits is told; nobody need wait.
      this.#staged.done.promise.catch(() => undefined)
    }
    return this.#staged.done.promise
  }

  /** Puts one entry behind the others: salt, opening line, leaf. */
  #seal(text: string): void {
    const { leaves } = this
    const index = leaves.size
    let salt = this.#ahead.size === 0 ? undefined : this.#ahead.get(index)
    if (salt === undefined) salt = this.#options.secrets.salt(index)
    else this.#ahead.delete(index)
    leaves.took(this.#lines.add(index, salt, text, leaves.next, leaves.nextAt))
  }

  /**
   * Whole batches share a frame while it holds no more than `FRAME_LEAVES_MAX`: what shares a sync
   * is acknowledged, or lost, together.
   */
  #frames(ends: readonly number[]): Buffer {
    const frames: Buffer[] = []
    let [first, offset] = [this.#framed, this.#files.log.size()]
    ends.forEach((end, i) => {
      const next = ends[i + 1]
      if (next !== undefined && next - first <= FRAME_LEAVES_MAX) return
      const { bytes, check } = encodeFrame(this.#check, first, this.leaves.row(first, end))
      this.#check = check
      frames.push(bytes)
      this.leaves.framed(first, end, offset)
      offset += bytes.length
      first = end
    })
    this.#framed = first
    return Buffer.concat(frames)
  }

  #write(stage: Staged): void {
    const [lines, frames] = [this.#lines.take(), this.#frames(stage.ends)]
    this.#files.openings.append(lines)
    this.#files.log.append(frames)
    this.#openingsDigest.update(lines)
    this.#logDigest.update(frames)
  }

  /** Takes in what has been written; of full tiles no leaf need be held after that. */
  #growTree(size: number): void {
    for (let i = this.tree.size; i < size; i++) this.tree.push(this.#leafHash(i))
    this.leaves.settle(size)
  }

  #leafHash(index: number): Uint8Array {
    return hashLeaf(this.leaves.leaf(index), nativeSha256)
  }

  #checkFence(): void {
    const file = this.#files.fence
    if (file === undefined || Number(file.read(0, 16).toString('latin1')) === this.#options.fence)
      return
    throw new LedgerError('fenced', 'the log was opened by somebody else')
  }
}

interface Staged {
  /** Size of the log after each batch. */
  readonly ends: number[]
  /** Settled when all of it is durable or refused; made once somebody waits. */
  done: PromiseWithResolvers<void> | undefined
}
