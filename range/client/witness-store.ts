import { ed25519 } from '@noble/curves/ed25519.js'
import type { WitnessState } from '../ledger/witness.ts'
import { oneTable } from './one-table.ts'

/** A witness of one log: its key and what it knows, never one without the other. */
export interface WitnessRecord {
  readonly name: string
  readonly publicKey: Uint8Array
  /** A key that cannot be taken out of this browser, or 32 secret bytes where it has none. */
  readonly secret: CryptoKey | Uint8Array
  /** Counts the writes: a write on top of another than was read is refused. */
  readonly version: number
  readonly state?: WitnessState
}

/** Somebody else wrote in between, or the store was wiped: nothing was stored. */
export class StoreChanged extends Error {}

export interface WitnessStore {
  /** Runs `work` while no other tab does so for the same log. */
  alone<T>(work: () => Promise<T>): Promise<T>
  read(): Promise<WitnessRecord | undefined>
  /**
   * Stores durably and in one step, but only on top of version `over` (undefined: nothing there).
   * Rejects with `StoreChanged` otherwise.
   */
  write(record: WitnessRecord, over: number | undefined): Promise<void>
}

/** For the length of a page's life: where nothing may be kept, and for tests. */
export function memoryStore(): WitnessStore {
  let kept: WitnessRecord | undefined
  let line: Promise<unknown> = Promise.resolve()
  return {
    alone(work) {
      const result = line.then(work, work)
      line = result.catch(() => undefined)
      return result
    },
    read: () => Promise.resolve(kept),
    write(record, over) {
      if (kept?.version !== over) return Promise.reject(new StoreChanged())
      kept = record
      return Promise.resolve()
    },
  }
}

const DATABASE = 'doorstep-witness'
const logs = oneTable(DATABASE, 'logs')

/**
 * The store in this browser for the log `ledger`: IndexedDB under a Web Lock. Undefined where one
 * of them is missing, as it is outside secure contexts.
 */
export function browserStore(ledger: string): WitnessStore | undefined {
  if (!isSecureContext || !('locks' in navigator) || typeof indexedDB === 'undefined') {
    return undefined
  }
  return {
    alone: (work) =>
      navigator.locks.request(`${DATABASE}.${ledger}`, work) as ReturnType<typeof work>,
    async read() {
      return logs.within('readonly', (table) => table.get(ledger) as IDBRequest<WitnessRecord>)
    },
    async write(record, over) {
      let changed = false
      await logs
        .within('readwrite', (table, transaction) => {
          const known = table.get(ledger) as IDBRequest<WitnessRecord | undefined>
          known.onsuccess = () => {
            changed = known.result?.version !== over
            if (changed) transaction.abort()
            else table.put(record, ledger)
          }
          return known
        })
        .catch((error: unknown) => {
          throw changed ? new StoreChanged() : error
        })
    },
  }
}

/** A fresh key: WebCrypto's, not to be taken out, where it knows Ed25519; else plain bytes. */
export async function freshRecord(name: string): Promise<WitnessRecord> {
  try {
    const pair = await crypto.subtle.generateKey('Ed25519', false, ['sign', 'verify'])
    const raw = await crypto.subtle.exportKey('raw', pair.publicKey)
    return { name, publicKey: new Uint8Array(raw), secret: pair.privateKey, version: 0 }
  } catch {
    const { secretKey, publicKey } = ed25519.keygen()
    return { name, publicKey, secret: secretKey, version: 0 }
  }
}

export async function signAs(record: WitnessRecord, message: Uint8Array): Promise<Uint8Array> {
  const { secret } = record
  if (secret instanceof Uint8Array) return ed25519.sign(message, secret)
  return new Uint8Array(await crypto.subtle.sign('Ed25519', secret, message as BufferSource))
}
