import type { PublishedLog } from './ledger/published.ts'

/**
 * One checkpoint is offered to all witnesses for at least this long: a little less than the second
 * between two of a running exercise, so that each of them has a round of its own.
 */
export const ROUND_MS = 800
/**
 * With many witnesses rounds are longer, all exercises of a server counted: what they ask for stays
 * the same, and players' moves go first.
 */
export const PER_WITNESS_MS = 25
/** A wait for the next one ends after this long, whatever happens. */
export const WAIT_MS = 20_000
const LOOK_MS = 50
const WAITING_MAX = 400

/**
 * Offers witnesses one checkpoint at a time, so that their cosignatures meet below the same one
 * while the log goes on. Whoever waits for the next is told when it is there.
 */
export class WitnessRounds {
  readonly #log: PublishedLog
  readonly #roundMs: () => number
  /** Who asked in this round, in the one before, and when somebody asked last. */
  #asked = 0
  #before = 0
  #askedAt = -Infinity
  #offered: string | undefined
  #since = -Infinity
  readonly #waiting = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined

  /** `roundMs` is asked again and again. */
  constructor(log: PublishedLog, roundMs: () => number) {
    this.#log = log
    this.#roundMs = roundMs
  }

  /** How many browsers take part just now, about. */
  get witnesses(): number {
    const here = performance.now() - this.#askedAt <= WAIT_MS
    return here ? Math.max(this.#asked, this.#before) : 0
  }

  /** The checkpoint of this round; undefined before the first. */
  note(): string | undefined {
    const { checkpoint } = this.#log
    const now = performance.now()
    if (checkpoint !== this.#offered && now - this.#since >= this.#roundMs()) {
      this.#offered = checkpoint
      this.#since = now
      this.#before = this.#asked
      this.#asked = 0
    }
    return this.#offered
  }

  /** Resolves when another checkpoint than the one of `size` is offered, or after `WAIT_MS`. */
  next(size: number): Promise<void> {
    this.#asked += 1
    this.#askedAt = performance.now()
    if (sizeOf(this.note()) !== size || this.#waiting.size >= WAITING_MAX) return Promise.resolve()
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(limit)
        this.#waiting.delete(done)
        if (this.#waiting.size === 0) clearInterval(this.#timer)
        resolve()
      }
      const limit = setTimeout(done, WAIT_MS)
      limit.unref()
      if (this.#waiting.size === 0) this.#watch(size)
      this.#waiting.add(done)
    })
  }

  #watch(size: number): void {
    let known = size
    this.#timer = setInterval(() => {
      const offered = sizeOf(this.note())
      if (offered === known) return
      known = offered
      for (const done of [...this.#waiting]) done()
    }, LOOK_MS)
    this.#timer.unref()
  }
}

function sizeOf(note: string | undefined): number {
  return Number(note?.split('\n', 2)[1] ?? 0)
}
