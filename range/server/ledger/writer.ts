import { LEAF_BYTES, sealLeaf } from '../../ledger/leaf.ts'
import { hashLeaf, type Tree } from '../../ledger/tree.ts'
import { RunningDigest } from './digest.ts'
import type { DiskFile } from './disk.ts'
import { LedgerError } from './error.ts'
import { encodeFrame } from './frame.ts'
import { nativeSha256 } from './native.ts'
import { formatOpeningLine } from './openings.ts'
import { leafAt, type Recovered } from './recover.ts'
import type { Secrets } from './secrets.ts'

/** The files a writer owns until it is closed. */
export interface WriterFiles {
  readonly log: DiskFile
  readonly openings: DiskFile
  readonly fence: DiskFile | undefined
}

export interface WriterOptions {
  readonly fence: number
  /** Whether acknowledged means durable. */
  readonly durable: boolean
  readonly secrets: Secrets
}

/**
 * The write side of a log: seals entries, gathers what comes while a sync is under way, writes frames and
 * openings, and resolves when both files are durable. After any failure it stays stopped.
 */
export class Writer {
  readonly tree: Tree
  /** Where each opening line begins, and at the end where the next one will. */
  readonly lineAt: number[]
  readonly #files: WriterFiles
  readonly #options: WriterOptions
  readonly #logDigest = new RunningDigest()
  readonly #openingsDigest = new RunningDigest()
  #leaves: Uint8Array
  #size: number
  #durable: number
  #check: Uint8Array
  #staged: Staged = emptyStage()
  #flushing = false
  #scheduled = false
  #inFlight: Promise<void> = Promise.resolve()
  #stopped: LedgerError | undefined

  constructor(recovered: Recovered, files: WriterFiles, options: WriterOptions) {
    this.#files = files
    this.#options = options
    this.tree = recovered.tree
    this.lineAt = [...recovered.lines.map((line) => line.offset), recovered.openingsEnd]
    this.#leaves = Uint8Array.from(recovered.leaves)
    this.#size = this.#durable = recovered.count
    this.#check = recovered.check
    this.#logDigest.update(files.log.read(0, files.log.size()))
    this.#openingsDigest.update(files.openings.read(0, files.openings.size()))
  }

  /** Entries handed in, durable or not. */
  get size(): number {
    return this.#size
  }

  get durable(): number {
    return this.#durable
  }

  /** Why nothing is taken any more; undefined while all is well. */
  get stopped(): LedgerError | undefined {
    return this.#stopped
  }

  leaf(index: number): Uint8Array {
    return leafAt(this.#leaves, index)
  }

  /** What the two files should begin with. */
  digests() {
    return { log: this.#logDigest.now(), openings: this.#openingsDigest.now() }
  }

  /** Takes canonical entries as one batch; resolves with the index of the first, once durable. */
  async add(texts: readonly string[]): Promise<number> {
    const first = this.#size
    this.#reserve(texts.length)
    for (const text of texts) {
      const salt = this.#options.secrets.salt(this.#size)
      const leaf = sealLeaf(salt, text, nativeSha256)
      this.#leaves.set(leaf, this.#size * LEAF_BYTES)
      const line = Buffer.from(formatOpeningLine(this.#size, salt.toString('base64'), text))
      this.#staged.lines.push(line)
      this.lineAt.push(this.lineAt.at(-1)! + line.length)
      this.#size += 1
    }
    const leaves = this.#leaves.subarray(first * LEAF_BYTES, this.#size * LEAF_BYTES)
    const frame = encodeFrame(this.#check, first, leaves)
    this.#check = frame.check
    this.#staged.frames.push(frame.bytes)
    const done = new Promise<void>((resolve, reject) => this.#staged.waiters.push({ resolve, reject }))
    this.#schedule()
    await done
    return first
  }

  /** Resolves when all that is staged now is durable. */
  async drain(): Promise<void> {
    const goal = this.#size
    while (this.#durable < goal) {
      if (this.#stopped !== undefined) throw this.#stopped
      if (this.#staged.frames.length === 0) await this.#inFlight
      else await new Promise<void>((resolve, reject) => this.#staged.waiters.push({ resolve, reject }))
    }
  }

  /** Takes nothing from now on; all that wait are told why. */
  stop(error: unknown, stage: Staged = emptyStage()): LedgerError {
    const message = error instanceof Error ? error.message : String(error)
    this.#stopped ??= error instanceof LedgerError ? error : new LedgerError('disk-failed', message)
    const later = this.#staged
    this.#staged = emptyStage()
    for (const waiter of [...stage.waiters, ...later.waiters]) waiter.reject(this.#stopped)
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
    if (stage.frames.length === 0 || this.#stopped !== undefined) return
    this.#staged = emptyStage()
    this.#flushing = true
    const goal = this.#size
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
      for (const waiter of stage.waiters) waiter.resolve()
    } catch (error) {
      this.stop(error, stage)
    } finally {
      this.#flushing = false
    }
    if (this.#staged.frames.length > 0) this.#schedule()
  }

  #write(stage: Staged): void {
    const [lines, frames] = [Buffer.concat(stage.lines), Buffer.concat(stage.frames)]
    this.#files.openings.append(lines)
    this.#files.log.append(frames)
    this.#openingsDigest.update(lines)
    this.#logDigest.update(frames)
  }

  #growTree(size: number): void {
    for (let i = this.tree.size; i < size; i++) {
      this.tree.push(hashLeaf(leafAt(this.#leaves, i), nativeSha256))
    }
  }

  #checkFence(): void {
    const file = this.#files.fence
    if (file === undefined || Number(file.read(0, 16).toString('latin1')) === this.#options.fence) return
    throw new LedgerError('fenced', 'the log was opened by somebody else')
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
