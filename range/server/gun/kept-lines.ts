import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, readSync } from 'node:fs'
import { writeSync } from 'node:fs'
import { valueKey, VALUE_BYTES_MAX } from '../../ledger/replica.ts'
import { nativeSha256 } from '../ledger/native.ts'
import { KeyIndex } from './key-index.ts'

/** Lines begin at multiples of it, so that four bytes name one in a file of 256 GiB. */
const ALIGN = 64
const READ_BYTES = 2048
const NEWLINE = 0x0a

/**
 * Values of one line each in a file, found by key. What an earlier run left in it is found again;
 * a line is only good while it hashes to its key, so that nothing else need be known about it.
 * Nothing is synced.
 */
export class KeptLines {
  readonly #fd: number
  readonly #at = new KeyIndex()
  #end: number

  /** Throws where the file cannot be opened. */
  constructor(path: string) {
    const old = existsSync(path) ? readFileSync(path) : Buffer.alloc(0)
    this.#fd = openSync(path, existsSync(path) ? 'r+' : 'w+')
    let at = 0
    for (let end = old.indexOf(NEWLINE); end >= 0; end = old.indexOf(NEWLINE, at)) {
      this.#at.set(valueKey(old.toString('utf8', at, end), nativeSha256), at / ALIGN)
      at = aligned(end + 1)
    }
    this.#end = at
    // A torn line goes.
    ftruncateSync(this.#fd, at)
  }

  /** Adds a value without newlines; false where the disk does not take it. */
  add(value: string): boolean {
    const key = valueKey(value, nativeSha256)
    if (this.has(key)) return true
    const bytes = Buffer.from(`${value}\n`)
    const line = Buffer.alloc(aligned(bytes.length))
    line.set(bytes)
    try {
      for (let done = 0; done < line.length;) {
        done += writeSync(this.#fd, line, done, line.length - done, this.#end + done)
      }
    } catch {
      return false
    }
    this.#at.set(key, this.#end / ALIGN)
    this.#end += line.length
    return true
  }

  has(key: string): boolean {
    return this.#at.get(key) !== undefined
  }

  /** The value; undefined where there is none, or what stands there is not what was written. */
  get(key: string): string | undefined {
    const place = this.#at.get(key)
    if (place === undefined) return undefined
    for (let length = READ_BYTES; length <= 32 * VALUE_BYTES_MAX; length *= 8) {
      const bytes = Buffer.allocUnsafe(length)
      const got = readSync(this.#fd, bytes, 0, length, place * ALIGN)
      const end = bytes.subarray(0, got).indexOf(NEWLINE)
      const value = bytes.toString('utf8', 0, Math.max(0, end))
      if (end >= 0) return valueKey(value, nativeSha256) === key ? value : undefined
      if (got < length) return undefined
    }
    return undefined
  }

  close(): void {
    closeSync(this.#fd)
  }
}

function aligned(at: number): number {
  return Math.ceil(at / ALIGN) * ALIGN
}
