/**
 * Event time that never goes back. A late event counts as happening at the watermark, so that
 * every window sees non-decreasing times; how many came late, and by how much at most, is kept
 * for the reader.
 */
export class Watermark {
  #time = Number.NEGATIVE_INFINITY
  #late = 0
  #lateByMax = 0

  get time(): number {
    return this.#time
  }

  get late(): number {
    return this.#late
  }

  get lateByMaxMs(): number {
    return this.#lateByMax
  }

  /**
   * The time at which an event of `time` milliseconds counts. Throws where `time` is not finite.
   */
  advance(time: number): number {
    if (!Number.isFinite(time)) throw new RangeError('an event needs a finite time in milliseconds')
    if (time < this.#time) {
      this.#late += 1
      this.#lateByMax = Math.max(this.#lateByMax, this.#time - time)
    } else {
      this.#time = time
    }
    return this.#time
  }

  save(): SavedWatermark {
    const time = Number.isFinite(this.#time) ? this.#time : null
    return { time, late: this.#late, lateByMaxMs: this.#lateByMax }
  }

  restore(saved: SavedWatermark): void {
    this.#time = saved.time ?? Number.NEGATIVE_INFINITY
    this.#late = saved.late
    this.#lateByMax = saved.lateByMaxMs
  }
}

export interface SavedWatermark {
  readonly time: number | null
  readonly late: number
  readonly lateByMaxMs: number
}
