import { valueKey, VALUE_BYTES_MAX, type Space } from '../../ledger/replica.ts'
import { nativeSha256 } from '../ledger/native.ts'

/**
 * Bytes and values that peers' puts may take; the oldest go first. Our own are not counted here.
 */
export const GUEST_BYTES_MAX = 16 * 1024 * 1024
export const GUEST_VALUES_MAX = 20_000

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
 * The values this server answers gets from. Our own stay until forgotten; those of peers are
 * bounded, and whoever brought most loses the oldest first. A key can never change its value: it is
 * the hash of it.
 */
export class ValueStore {
  readonly #own = new Map<string, string>()
  readonly #guests = new Map<string, Guest>()
  readonly #owners = new Map<string, Owner>()
  #guestBytes = 0

  get(space: Space, key: string): string | undefined {
    const name = `${space}#${key}`
    return this.#own.get(name) ?? this.#guests.get(name)?.value
  }

  has(space: Space, key: string): boolean {
    return this.get(space, key) !== undefined
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

  /** Values and characters held for peers. */
  guests(): { readonly values: number; readonly bytes: number } {
    return { values: this.#guests.size, bytes: this.#guestBytes }
  }
}
