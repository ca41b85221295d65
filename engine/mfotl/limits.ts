import { MonitorError } from './monitor-error.ts'

/** What one monitor may cost. Beyond a limit it throws and must not be used again. */
export interface LimitOptions {
  /** Tuples, waiting records and waiting events kept from one time-point to the next. */
  readonly keptMax?: number
  /** Rows looked at for one time-point. */
  readonly workMax?: number
  /** Answers of one time-point, of the formula or of one of its aggregations. */
  readonly answersMax?: number
}

export const KEPT_MAX = 5_000_000
export const WORK_MAX = 100_000_000
export const ANSWERS_MAX = 1_000_000

/** The limits of one monitor, and what was used of them. */
export class Limits {
  readonly keptMax: number
  readonly #workMax: number
  readonly #answersMax: number
  #work = 0
  #before = 0
  kept = 0
  peak = 0

  constructor(options: LimitOptions) {
    this.keptMax = options.keptMax ?? KEPT_MAX
    this.#workMax = options.workMax ?? WORK_MAX
    this.#answersMax = options.answersMax ?? ANSWERS_MAX
  }

  /** A new time-point begins. */
  begin(): void {
    this.#before += this.#work
    this.#work = 0
  }

  /** Rows looked at since the beginning. */
  get rows(): number {
    return this.#before + this.#work
  }

  work(rows: number): void {
    this.#work += rows
    if (this.#work > this.#workMax) {
      const message = `one time-point asks for more than ${this.#workMax} rows to be looked at`
      throw new MonitorError('too-much-work', message)
    }
  }

  answers(count: number): void {
    if (count <= this.#answersMax) return
    const message = `one time-point has more than ${this.#answersMax} answers`
    throw new MonitorError('too-many-answers', message)
  }

  keep(count: number): void {
    this.kept = count
    if (count <= this.peak) return
    this.peak = count
    this.room(count)
  }

  /** Refuses where one part alone would hold too much. */
  room(count: number): void {
    if (count <= this.keptMax) return
    const message = `the formula keeps more than ${this.keptMax} tuples and events`
    throw new MonitorError('too-much-kept', message)
  }
}
