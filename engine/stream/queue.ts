/**
 * First in, first out, without moving the rest at each removal: adding and taking cost constant
 * time in the mean, and what was taken is let go.
 */
export class Queue<T> {
  #items: T[]
  #head = 0

  constructor(items: readonly T[] = []) {
    this.#items = [...items]
  }

  get length(): number {
    return this.#items.length - this.#head
  }
  push(item: T): void {
    this.#items.push(item)
  }
  peek(): T | undefined {
    return this.#items[this.#head]
  }
  /** The item `offset` places behind the first. */
  at(offset: number): T | undefined {
    return this.#items[this.#head + offset]
  }
  last(): T | undefined {
    return this.length > 0 ? this.#items[this.#items.length - 1] : undefined
  }

  shift(): T | undefined {
    if (this.#head >= this.#items.length) return undefined
    const item = this.#items[this.#head]
    this.#items[this.#head] = undefined as T
    this.#head++
    if (this.#head > 64 && this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head)
      this.#head = 0
    }
    return item
  }
  toArray(): T[] {
    return this.#items.slice(this.#head)
  }
}
