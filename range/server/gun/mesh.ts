import { Worker } from 'node:worker_threads'
import { gunPut } from '../../ledger/gun-message.ts'
import type { Space } from '../../ledger/replica.ts'
import type { FromWorker, ToWorker } from './worker-protocol.ts'

/** Bytes handed to the worker and not worked off; above that news is shed, and peers ask again. */
export const OUTSTANDING_BYTES_MAX = 4 * 1024 * 1024
const HEAP_MB_MAX = 128
const BACKOFF_MS = 100
const BACKOFF_MS_MAX = 5000

export interface MeshPut {
  readonly id: string
  readonly ack: string | undefined
  readonly space: Space
  readonly key: string
  readonly value: string
}

/**
 * Gun's worker as the main thread sees it. It may die of anything: sockets stay open, news in
 * flight is lost, and a new one starts after a pause that doubles up to 5 s until one has lived
 * through a put.
 */
export class Mesh {
  /** How often a worker was started. */
  starts = 0
  readonly #deliver: (peer: string, raw: string) => void
  readonly #peers = new Set<string>()
  #worker: Worker | undefined
  #outstanding = 0
  #backoff = BACKOFF_MS
  #timer: NodeJS.Timeout | undefined
  #closed = false
  #ready = Promise.withResolvers<void>()

  constructor(deliver: (peer: string, raw: string) => void) {
    this.#deliver = deliver
    this.#start()
  }

  /** Resolves when a worker is up; after a crash, when the next one is. */
  ready(): Promise<void> {
    return this.#ready.promise
  }

  join(peer: string): void {
    this.#peers.add(peer)
    this.#send({ kind: 'join', peer })
  }

  leave(peer: string): void {
    this.#peers.delete(peer)
    this.#send({ kind: 'leave', peer })
  }

  /** Hands a checked put to Gun; returns false where it is shed. */
  put(peer: string, put: MeshPut): boolean {
    if (this.#outstanding > OUTSTANDING_BYTES_MAX || this.#worker === undefined) return false
    const bytes = put.value.length + 128
    this.#outstanding += bytes
    const soul = `${put.space}#`
    this.#send({ kind: 'put', peer, soul, key: put.key, bytes, message: gunPut(put) })
    return true
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#worker?.terminate()
  }

  /** Kills the worker as a crash would; for tests of the way back. */
  async crash(): Promise<void> {
    await this.#worker?.terminate()
  }

  #start(): void {
    this.starts += 1
    this.#outstanding = 0
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MAX },
      env: {},
      stdout: true,
    })
    // Gun greets on standard output, which belongs to our own commands. NOTICE gives it its credit.
    worker.stdout.resume()
    this.#worker = worker
    worker.unref()
    worker.on('message', (message: FromWorker) => this.#hear(message))
    worker.on('error', () => undefined)
    worker.on('exit', () => this.#restart())
    for (const peer of this.#peers) this.#send({ kind: 'join', peer })
  }

  #hear(message: FromWorker): void {
    if (message.kind === 'ready') this.#ready.resolve()
    if (message.kind === 'out') this.#deliver(message.peer, message.raw)
    if (message.kind !== 'done') return
    this.#outstanding -= message.bytes
    this.#backoff = BACKOFF_MS
  }

  #restart(): void {
    this.#worker = undefined
    this.#ready = Promise.withResolvers()
    if (this.#closed) return
    this.#timer = setTimeout(() => this.#start(), this.#backoff)
    this.#backoff = Math.min(this.#backoff * 2, BACKOFF_MS_MAX)
  }

  #send(message: ToWorker): void {
    this.#worker?.postMessage(message)
  }
}
