/** Up to so many states room grows by fours, then by twos. */
const QUICK_MAX = 500_000

/**
 * States in the order in which they were found, each once: packed words and whence it came, with a
 * hash table whose rows hold the words too, so that a known state costs one look. Grows up to
 * `most` states.
 */
export class StateSet {
  count = 0
  readonly words: number
  data: Int32Array
  /** Index of the state before, and of the step between. */
  parent: Int32Array
  step: Int32Array
  readonly #most: number
  /** Rows of 1 + the state's index (0: empty) and its words; at most half of them are in use. */
  #table: Int32Array
  #mask: number

  constructor(words: number, most: number) {
    this.words = words
    this.#most = most
    const room = 1 << 14
    this.data = new Int32Array(room * words)
    this.parent = new Int32Array(room)
    this.step = new Int32Array(room)
    this.#table = new Int32Array(room * 2 * (words + 1))
    this.#mask = room * 2 - 1
  }

  /** Adds a state: 1 where it is new, 0 where it was known, -1 where no more may be held. */
  add(key: Int32Array, parent: number, step: number): 1 | 0 | -1 {
    const { words } = this
    const table = this.#table
    const mask = this.#mask
    const width = words + 1
    let row = (hash(key, words) & mask) * width
    while ((table[row] as number) !== 0) {
      let i = 0
      while (i < words && table[row + 1 + i] === key[i]) i++
      if (i === words) return 0
      row += width
      if (row === table.length) row = 0
    }
    const index = this.count
    if (index >= this.#most) return -1
    this.count = index + 1
    table[row] = this.count
    const at = index * words
    for (let i = 0; i < words; i++) {
      table[row + 1 + i] = key[i] as number
      this.data[at + i] = key[i] as number
    }
    this.parent[index] = parent
    this.step[index] = step
    if (this.count === this.parent.length) this.#grow()
    return 1
  }

  #grow(): void {
    const { words } = this
    const room = this.parent.length * (this.count < QUICK_MAX ? 4 : 2)
    this.data = longer(this.data, room * words)
    this.parent = longer(this.parent, room)
    this.step = longer(this.step, room)
    const width = words + 1
    const table = new Int32Array(room * 2 * width)
    const mask = room * 2 - 1
    const key = new Int32Array(words)
    for (let index = 0; index < this.count; index++) {
      for (let i = 0; i < words; i++) key[i] = this.data[index * words + i] as number
      let row = (hash(key, words) & mask) * width
      while ((table[row] as number) !== 0) {
        row += width
        if (row === table.length) row = 0
      }
      table[row] = index + 1
      for (let i = 0; i < words; i++) table[row + 1 + i] = key[i] as number
    }
    this.#table = table
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
