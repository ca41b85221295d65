import { LEAF_BYTES, LEAF_VERSION } from '../../ledger/leaf.ts'

/** Bytes of the secret that marks are made with. */
export const MARKS_KEY_BYTES = 68

const WORDS = 16
const CHUNK = 65_536

/**
 * Two bytes for each leaf that tell it from another but for one case in 65,536, whoever chose the
 * other: they depend on a secret that never leaves this process. A tile's own check says that one
 * of its leaves was changed; marks say which, where every copy on the disk was changed alike.
 * Source: Dietzfelbinger, "Universal hashing and k-wise independent random variables via integer
 * arithmetic without primes", STACS 1996 (multiply, add and shift: 16 words of 16 bits by 32).
 */
export class Marks {
  readonly #key: Uint32Array
  /** Chunks of one length, so that nothing is copied when they grow. */
  readonly #chunks: Uint16Array[] = []
  #count = 0

  /** `key` has `MARKS_KEY_BYTES` bytes that nobody can guess. */
  constructor(key: Buffer) {
    this.#key = Uint32Array.from({ length: WORDS + 1 }, (_, i) => key.readUInt32LE(4 * i))
  }

  /** Marks the next `count` leaves, which lie in a row. */
  add(leaves: Uint8Array, count: number): void {
    for (let i = 0; i < count; i++, this.#count++) {
      const chunk = (this.#chunks[Math.floor(this.#count / CHUNK)] ??= new Uint16Array(CHUNK))
      chunk[this.#count % CHUNK] = this.#markOf(leaves, i * LEAF_BYTES)
    }
  }

  /** Whether `leaf` may be the one at `index`; another passes once in 65,536. */
  matches(index: number, leaf: Uint8Array): boolean {
    if (leaf.length !== LEAF_BYTES || leaf[0] !== LEAF_VERSION || index >= this.#count) return false
    return this.#chunks[Math.floor(index / CHUNK)]![index % CHUNK] === this.#markOf(leaf, 0)
  }

  #markOf(leaves: Uint8Array, at: number): number {
    let sum = this.#key[WORDS]!
    for (let i = 0, byte = at + 1; i < WORDS; i++, byte += 2) {
      sum = (sum + Math.imul(this.#key[i]!, leaves[byte]! | (leaves[byte + 1]! << 8))) | 0
    }
    return sum >>> 16
  }
}
