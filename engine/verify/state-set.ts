/**
 * States in the order in which they were found, each once: packed words, whence it came, and a
 * hash index over the words. Grows by doubling up to `most` states.
 */
export class StateSet {
  count = 0
  readonly words: number
  data: Int32Array
  /** Index of the state before, and of the step between. */
  parent: Int32Array
  step: Int32Array
  readonly #most: number
  #slots: Int32Array
  #mask: number

  constructor(words: number, most: number) {
    this.words = words
    this.#most = most
    const room = 1 << 12
    this.data = new Int32Array(room * words)
    this.parent = new Int32Array(room)
    this.step = new Int32Array(room)
    this.#slots = new Int32Array(room * 2).fill(-1)
    this.#mask = room * 2 - 1
  }

  /** Adds a state: 1 where it is new, 0 where it was known, -1 where no more may be held. */
  add(key: Int32Array, parent: number, step: number): 1 | 0 | -1 {
    const { words, data } = this
    const slots = this.#slots
    let slot = hash(key, words) & this.#mask
    for (;;) {
      const found = slots[slot] as number
      if (found < 0) break
      const at = found * words
      let i = 0
      while (i < words && data[at + i] === key[i]) i++
      if (i === words) return 0
      slot = (slot + 1) & this.#mask
    }
    const index = this.count
    if (index >= this.#most) return -1
    slots[slot] = index
    this.count = index + 1
    const at = index * words
    for (let i = 0; i < words; i++) data[at + i] = key[i] as number
    this.parent[index] = parent
    this.step[index] = step
    if (this.count === this.parent.length) this.#grow()
    return 1
  }

  #grow(): void {
    const room = this.parent.length * 2
    this.data = longer(this.data, room * this.words)
    this.parent = longer(this.parent, room)
    this.step = longer(this.step, room)
    const slots = new Int32Array(room * 2).fill(-1)
    const mask = room * 2 - 1
    const key = new Int32Array(this.words)
    for (let index = 0; index < this.count; index++) {
      for (let i = 0; i < this.words; i++) key[i] = this.data[index * this.words + i] as number
      let slot = hash(key, this.words) & mask
      while ((slots[slot] as number) >= 0) slot = (slot + 1) & mask
      slots[slot] = index
    }
    this.#slots = slots
    this.#mask = mask
  }
}

function longer(from: Int32Array, length: number): Int32Array {
  const to = new Int32Array(length)
  to.set(from)
  return to
}

function hash(key: Int32Array, words: number): number {
  let h = 0x9e3779b9
  for (let i = 0; i < words; i++) {
    h = Math.imul(h ^ (key[i] as number), 0x85ebca6b)
    h ^= h >>> 15
  }
  h = Math.imul(h, 0xc2b2ae35)
  return h ^ (h >>> 16)
}
