import { valueKey, VALUE_BYTES_MAX, type Space } from '../../ledger/replica.ts'
import { nativeSha256 } from '../ledger/native.ts'

/**
 * Bytes and values that peers' puts may take; the oldest go first. Our own are not counted here.
 */
export const GUEST_BYTES_MAX = 16 * 1024 * 1024
export const GUEST_VALUES_MAX = 20_000

/** Characters of values that were made again for a get and may be asked for once more. */
export const MADE_AGAIN_MAX = 2 * 1024 * 1024

/** Values of our own that are not kept here, but can be made again or read from a file. */
export interface ValueSource {
  /** Whether it may have a value; cheap. */
  has(space: Space, key: string): boolean
  /** A value that hashes to its key, or none. */
  read(space: Space, key: string): string | undefined
}

interface Guest {
  readonly value: string
  readonly owner: Owner
}

/** What one address brought, oldest first. */
interface Owner {
  readonly names: Set<string>
  bytes: number
}

/**
 * The values this server answers gets from. Our own stay until forgotten, or are had from a source
 * that was attached; those of peers are bounded, and whoever brought most loses the oldest first. A
 * key can never change its value: it is the hash of it.
 */
export class ValueStore {
  readonly #own = new Map<string, string>()
  readonly #sources = new Set<ValueSource>()
  /** From sources, the longest unused first. */
  readonly #again = new Map<string, string>()
  #againLength = 0
  readonly #guests = new Map<string, Guest>()
  readonly #owners = new Map<string, Owner>()
  #guestBytes = 0

  get(space: Space, key: string): string | undefined {
    const name = `${space}#${key}`
    return this.#own.get(name) ?? this.#guests.get(name)?.value ?? this.#madeAgain(space, key, name)
  }

  /** Whether there is a value; of a source, whether there may be one. */
  has(space: Space, key: string): boolean {
    const name = `${space}#${key}`
    if (this.#own.has(name) || this.#guests.has(name)) return true
    for (const source of this.#sources) if (source.has(space, key)) return true
    return false
  }

  /** Asks `source` for what is not kept here, until it is detached. */
  attach(source: ValueSource): void {
    this.#sources.add(source)
  }

  detach(source: ValueSource): void {
    this.#sources.delete(source)
    this.#again.clear()
    this.#againLength = 0
  }

  /** Keeps a value of our own and returns its key. Throws where it exceeds `VALUE_BYTES_MAX`. */
  keep(space: Space, value: string): string {
    if (Buffer.byteLength(value) > VALUE_BYTES_MAX) throw new RangeError('the value is too large')
    const key = valueKey(value, nativeSha256)
    this.#own.set(`${space}#${key}`, value)
    return key
  }

  forget(space: Space, key: string): void {
    this.#own.delete(`${space}#${key}`)
  }

  /**
   * Takes a peer's value, already hashed against `key`; returns whether it was new. `address` says
   * who brought it.
   */
  admit(space: Space, key: string, value: string, address = ''): boolean {
    if (this.has(space, key)) return false
    const owner = this.#owners.get(address) ?? { names: new Set<string>(), bytes: 0 }
    this.#owners.set(address, owner)
    const name = `${space}#${key}`
    this.#guests.set(name, { value, owner })
    owner.names.add(name)
    owner.bytes += value.length
    this.#guestBytes += value.length
    while (this.#guestBytes > GUEST_BYTES_MAX || this.#guests.size > GUEST_VALUES_MAX) {
      this.#evict(this.#guestBytes > GUEST_BYTES_MAX ? 'bytes' : 'names')
    }
    return true
  }

  /** Reads a value from a source, once for some time. */
  #madeAgain(space: Space, key: string, name: string): string | undefined {
    let value = this.#again.get(name)
    if (value !== undefined) {
      this.#again.delete(name)
      this.#again.set(name, value)
      return value
    }
    for (const source of this.#sources) {
      value = source.has(space, key) ? source.read(space, key) : undefined
      if (value === undefined) continue
      this.#again.set(name, value)
      this.#againLength += value.length
      for (const [old, { length }] of this.#again) {
        if (this.#againLength <= MADE_AGAIN_MAX) break
        this.#again.delete(old)
        this.#againLength -= length
      }
      return value
    }
    return undefined
  }

  /** Drops the oldest value of whoever takes most of what is short. */
  #evict(short: 'bytes' | 'names'): void {
    const share = (owner: Owner) => (short === 'bytes' ? owner.bytes : owner.names.size)
    let [most, at]: [Owner | undefined, string] = [undefined, '']
    for (const [address, owner] of this.#owners) {
      if (most === undefined || share(owner) > share(most)) [most, at] = [owner, address]
    }
    const oldest = most?.names.values().next().value
    if (most === undefined || oldest === undefined) return
    const { length } = this.#guests.get(oldest)!.value
    this.#guests.delete(oldest)
    most.names.delete(oldest)
    most.bytes -= length
    this.#guestBytes -= length
    if (most.names.size === 0) this.#owners.delete(at)
  }

  /** Values of our own that are held in memory. */
  get ownValues(): number {
    return this.#own.size
  }

  /** Values and characters held for peers. */
  guests(): { readonly values: number; readonly bytes: number } {
    return { values: this.#guests.size, bytes: this.#guestBytes }
  }
}
