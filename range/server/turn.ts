/** Work that takes a whole exercise played again is done one after the other. */
export class Turn {
  #last: Promise<unknown> = Promise.resolve()
  #waiting = 0
  readonly #max: number

  /** At most `max` wait at a time. */
  constructor(max: number) {
    this.#max = max
  }

  /** The work's answer when its turn has come; `busy` when too many wait. */
  async take<T>(work: () => Promise<T>): Promise<T | { readonly error: 'busy' }> {
    if (this.#waiting >= this.#max) return { error: 'busy' }
    this.#waiting += 1
    const answer = this.#last.then(work)
    this.#last = answer.catch(() => undefined)
    try {
      return await answer
    } finally {
      this.#waiting -= 1
    }
  }
}

/** Lets running exercises and other requests go on. */
export function othersFirst(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
