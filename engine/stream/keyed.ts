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
  #newest: Held<T> | null = null
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

  /**
   * The state of `key`, made new if need be. Whoever changes it says so with `settle` before the
   * next `use`.
   */
  use(key: string, time: number): T {
    const known = this.#held.get(key)
    const held = known ?? { state: this.#create(), time, size: 0 }
    if (held !== this.#newest) {
      if (known !== undefined) this.#held.delete(key)
      this.#held.set(key, held)
      this.#newest = held
    }
    held.time = time
    return held.state
  }

  /** Counts what the state used last now holds, and forgets quiet keys where that is too much. */
  settle(): void {
    const held = this.#newest
    if (held === null) return
    this.#entries += held.state.size - held.size
    held.size = held.state.size
    while (this.#held.size > 1 && this.#over()) {
      this.#forgetOldest()
      this.#forgotten += 1
    }
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
    this.#newest = null
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
      if (held === this.#newest) this.#newest = null
      this.#entries -= held.size
      return
    }
  }
}
