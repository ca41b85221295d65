const KEY_BYTES = 8
const SLOT_WORDS = 3
const SLOTS_MIN = 64

/**
 * Numbers by value key, 12 bytes a slot, two thirds of the slots taken at most. It keeps the first
 * eight bytes of a key, so that another key may lead to a number as well: whoever uses the number
 * must hash what it leads to.
 */
export class KeyIndex {
  #slots = new Uint32Array(SLOTS_MIN * SLOT_WORDS)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** `number` is an integer from 0 up to 2^32 - 2. */
  set(key: string, number: number): void {
    const [high, low] = wordsOf(key)
    if ((this.#size + 1) * 3 > (this.#slots.length / SLOT_WORDS) * 2) this.#widen()
    if (put(this.#slots, high, low, number + 1)) this.#size += 1
  }

  get(key: string): number | undefined {
    const [high, low] = wordsOf(key)
    const found = this.#slots[find(this.#slots, high, low) + 2]!
    return found === 0 ? undefined : found - 1
  }

  #widen(): void {
    const wider = new Uint32Array(this.#slots.length * 2)
    for (let at = 0; at < this.#slots.length; at += SLOT_WORDS) {
      const number = this.#slots[at + 2]!
      if (number > 0) put(wider, this.#slots[at]!, this.#slots[at + 1]!, number)
    }
    this.#slots = wider
  }
}

function wordsOf(key: string): [high: number, low: number] {
  const bytes = Buffer.from(key.slice(0, 12), 'base64')
  return bytes.length < KEY_BYTES ? [0, 0] : [bytes.readUInt32LE(0), bytes.readUInt32LE(4)]
}

/** Where the slot of a key begins, or the empty one it would go to. A key is a hash already. */
function find(slots: Uint32Array, high: number, low: number): number {
  let at = (high % (slots.length / SLOT_WORDS)) * SLOT_WORDS
  while (slots[at + 2] !== 0 && (slots[at] !== high || slots[at + 1] !== low)) {
    at = (at + SLOT_WORDS) % slots.length
  }
  return at
}

/** Whether the key is new; `number` is above 0. */
function put(slots: Uint32Array, high: number, low: number, number: number): boolean {
  const at = find(slots, high, low)
  const fresh = slots[at + 2] === 0
  slots[at] = high
  slots[at + 1] = low
  slots[at + 2] = number
  return fresh
}
