import type { Proof, Question, Told, Way } from './prove.ts'

export interface Found {
  readonly proof: Proof
  readonly seconds: number
  /** What else can be broken; null while that is still looked for. */
  readonly also: readonly Way[] | null
}
export interface Hearer {
  readonly states: (states: number) => void
  /** Called when an answer is there, and again when all that can be broken is known. */
  readonly found: (found: Found) => void
}

/**
 * Asks the worker. A newer question puts an end to the one before: its worker is stopped in the
 * middle, and nothing more is heard of it. What was found once is not searched again.
 */
export class Prover {
  #worker: Worker | null = null
  #busy = false
  readonly #known = new Map<string, Found>()

  ask(question: Question, hearer: Hearer): void {
    const name = [...question.without].sort().join(',')
    if (this.#busy) this.close()
    const known = this.#known.get(name)
    if (known !== undefined) {
      hearer.found(known)
      return
    }
    const worker = this.#worker ?? this.#open()
    this.#busy = true
    let found: Found | null = null
    worker.onmessage = ({ data }: MessageEvent<Told>) => {
      if (data.kind === 'states') {
        hearer.states(data.states)
        return
      }
      if (data.kind === 'found') found = { proof: data.proof, seconds: data.seconds, also: null }
      else if (found !== null) {
        found = { ...found, also: data.ways }
        this.#known.set(name, found)
        this.#busy = false
      }
      if (found !== null) hearer.found(found)
    }
    worker.onerror = () => {
      this.close()
      hearer.found({ proof: { kind: 'refused', reason: 'worker' }, seconds: 0, also: [] })
    }
    worker.postMessage(question)
  }

  close(): void {
    this.#worker?.terminate()
    this.#worker = null
    this.#busy = false
  }

  #open(): Worker {
    this.#worker = new Worker(new URL('./prove-worker.ts', import.meta.url), { type: 'module' })
    return this.#worker
  }
}
