import { valueKey, VALUE_BYTES_MAX, type Space } from '../../ledger/replica.ts'
import { nativeSha256 } from '../ledger/native.ts'

/**
 * Bytes and values that peers' puts may take; the oldest go first. Our own are not counted here.
 */
export const GUEST_BYTES_MAX = 16 * 1024 * 1024
export const GUEST_VALUES_MAX = 20_000

/**
 * The values this server answers gets from. Our own stay until forgotten; those of peers are
 * bounded, and the oldest make room. A key can never change its value: it is the hash of it.
 */
export class ValueStore {
  readonly #own = new Map<string, string>()
  readonly #guests = new Map<string, string>()
  #guestBytes = 0

  get(space: Space, key: string): string | undefined {
    const name = `${space}#${key}`
    return this.#own.get(name) ?? this.#guests.get(name)
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

  /** Takes a peer's value, already hashed against `key`; returns whether it was new. */
  admit(space: Space, key: string, value: string): boolean {
    if (this.has(space, key)) return false
    this.#guests.set(`${space}#${key}`, value)
    this.#guestBytes += value.length
    for (const [name, old] of this.#guests) {
      if (this.#guestBytes <= GUEST_BYTES_MAX && this.#guests.size <= GUEST_VALUES_MAX) break
      this.#guests.delete(name)
      this.#guestBytes -= old.length
    }
    return true
  }

  /** Values and characters held for peers. */
  guests(): { readonly values: number; readonly bytes: number } {
    return { values: this.#guests.size, bytes: this.#guestBytes }
  }
}
