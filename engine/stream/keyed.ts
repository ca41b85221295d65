/** State of one key: how much it holds, in entries, and how it is written down as JSON. */
export interface KeyState {
  readonly size: number
  save(): unknown
}

export interface KeyedBounds {
  /** Most keys held at once; beyond it the key that was quiet longest is forgotten whole. */
  readonly keysMax: number
  /** Most entries held over all keys; beyond it quiet keys are forgotten, never the one in use. */
  readonly entriesMax: number
}

interface Held<T> {
  readonly state: T
  time: number
  size: number
}

export type SavedKeys = readonly (readonly [key: string, time: number, state: unknown])[]

/**
 * States by key, in the order of their last use in event time, within stated bounds. Times given
 * must never decrease (see Watermark), which is what makes forgetting quiet keys cost nothing
 * but the keys forgotten.
 */
export class KeyedStore<T extends KeyState> {
  readonly #bounds: KeyedBounds
  readonly #create: () => T
  readonly #held = new Map<string, Held<T>>()
  #entries = 0
  #forgotten = 0

  constructor(bounds: KeyedBounds, create: () => T) {
    this.#bounds = bounds
    this.#create = create
  }

  get keys(): number {
    return this.#held.size
  }

  get entries(): number {
    return this.#entries
  }

  /** Keys forgotten because of the bounds, not because they had gone quiet. */
  get forgotten(): number {
    return this.#forgotten
  }

  /** Runs `change` on the state of `key`, made new if need be, and returns its answer. */
  update<R>(key: string, time: number, change: (state: T) => R): R {
    const held = this.#held.get(key) ?? { state: this.#create(), time, size: 0 }
    this.#held.delete(key)
    this.#held.set(key, held)
    held.time = time
    const answer = change(held.state)
    this.#entries += held.state.size - held.size
    held.size = held.state.size
    while (this.#held.size > 1 && this.#over()) {
      this.#forgetOldest()
      this.#forgotten += 1
    }
    return answer
  }

  /** Forgets keys last used before `time`. */
  expire(time: number): void {
    for (const held of this.#held.values()) {
      if (held.time >= time) return
      this.#forgetOldest()
    }
  }

  save(): SavedKeys {
    return [...this.#held].map(([key, held]) => [key, held.time, held.state.save()] as const)
  }

  /** Puts back what `save` gave; `read` makes a state of what was written. */
  restore(saved: SavedKeys, read: (state: unknown) => T): void {
    this.#held.clear()
    this.#entries = 0
    for (const [key, time, written] of saved) {
      const state = read(written)
      this.#held.set(key, { state, time, size: state.size })
      this.#entries += state.size
    }
  }

  #over(): boolean {
    return this.#held.size > this.#bounds.keysMax || this.#entries > this.#bounds.entriesMax
  }

  #forgetOldest(): void {
    for (const [key, held] of this.#held) {
      this.#held.delete(key)
      this.#entries -= held.size
      return
    }
  }
}
