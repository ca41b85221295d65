import Database from 'better-sqlite3'
import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fromBase64, toBase64 } from '../../ledger/bytes.ts'
import { parseVkey, type Signer } from '../../ledger/checkpoint.ts'
import { makeWitnessVkey } from '../../ledger/cosignature.ts'
import type { WitnessState } from '../../ledger/witness.ts'
import { nativeSha256 } from './native.ts'
import { signerFromSeed } from './signer.ts'

/** Why a witness's file cannot be used; one line. */
export class WitnessFileError extends Error {}

/**
 * A witness's secret key and what it knows of one log, in one file: neither can be lost or restored
 * without the other. One process has it at a time.
 */
export class WitnessFile {
  readonly signer: Signer
  readonly #path: string
  readonly #seed: Uint8Array
  readonly #name: string
  readonly #lock: Database.Database
  #state: WitnessState | undefined

  private constructor(path: string, lock: Database.Database, kept: Kept) {
    this.#path = path
    this.#lock = lock
    this.#name = kept.name
    this.#seed = kept.seed
    this.#state = kept.state
    const { vkey, sign } = signerFromSeed(kept.name, kept.seed)
    const { publicKey } = parseVkey(vkey, nativeSha256)!
    this.signer = { vkey: makeWitnessVkey(kept.name, publicKey, nativeSha256), sign }
  }

  /**
   * Opens or creates `path`; `name` is for a new one. Rejects with a `WitnessFileError` where
   * another process has it or it is no witness's file.
   */
  static async open(path: string, name?: string): Promise<WitnessFile> {
    const lock = takeLock(path)
    try {
      const kept = existsSync(path) ? parseKept(readFileSync(path, 'utf8')) : freshKept(name)
      if (kept === undefined) {
        throw new WitnessFileError(`${path} is not the file of a witness; it was left as it is`)
      }
      const file = new WitnessFile(path, lock, kept)
      // The key is durable before anybody is told of it.
      if (!existsSync(path)) await file.#write(kept.state)
      return file
    } catch (error) {
      lock.close()
      throw error
    }
  }

  get state(): WitnessState | undefined {
    return this.#state
  }

  /** Durable when it resolves, and never half: a new file takes the old one's place. */
  async save(state: WitnessState): Promise<void> {
    await this.#write(state)
    this.#state = state
  }

  close(): void {
    this.#lock.close()
  }

  async #write(state: WitnessState | undefined): Promise<void> {
    const key = { name: this.#name, seed: toBase64(this.#seed) }
    const text = JSON.stringify({ kind: 'doorstep-witness', version: 1, key, state }, null, 1)
    const file = await open(`${this.#path}.new`, 'w', 0o600)
    try {
      await file.writeFile(`${text}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(`${this.#path}.new`, this.#path)
    if (process.platform === 'win32') return
    const folder = await open(dirname(this.#path), 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  }
}

interface Kept {
  readonly name: string
  readonly seed: Uint8Array
  readonly state: WitnessState | undefined
}

/** The system holds it (an open transaction), so it is gone with the process however that ends. */
function takeLock(path: string): Database.Database {
  let lock: Database.Database
  try {
    lock = new Database(`${path}.lock`, { timeout: 0 })
  } catch (error) {
    throw new WitnessFileError(`${path} cannot be used: ${(error as Error).message}`)
  }
  try {
    lock.exec('begin exclusive')
    return lock
  } catch (error) {
    lock.close()
    const busy = (error as { code?: unknown }).code === 'SQLITE_BUSY'
    throw new WitnessFileError(
      busy
        ? `${path} is in use by another witness; two with one file could contradict each other`
        : `${path}.lock cannot be used: ${(error as Error).message}`,
    )
  }
}

function freshKept(name?: string): Kept {
  const seed = randomBytes(32)
  return {
    name: name ?? `doorstep.witness/${randomBytes(4).toString('hex')}`,
    seed,
    state: undefined,
  }
}

function parseKept(text: string): Kept | undefined {
  try {
    const row = JSON.parse(text) as Record<string, unknown>
    const { name, seed } = row['key'] as Record<string, unknown>
    const bytes = typeof seed === 'string' ? fromBase64(seed) : undefined
    if (row['kind'] !== 'doorstep-witness' || row['version'] !== 1) return undefined
    if (typeof name !== 'string' || bytes?.length !== 32) return undefined
    const state = row['state'] === undefined ? undefined : parseState(row['state'])
    return state === null ? undefined : { name, seed: bytes, state }
  } catch {
    return undefined
  }
}

function parseState(value: unknown): WitnessState | null {
  const { vkey, note, time, fork } = value as Record<string, unknown>
  if (typeof vkey !== 'string' || typeof note !== 'string' || typeof time !== 'number') return null
  if (fork !== undefined && typeof fork !== 'string') return null
  return { vkey, note, time, ...(fork === undefined ? {} : { fork }) }
}
