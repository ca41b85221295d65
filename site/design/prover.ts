import type { Proof, Question, Told } from './prove.ts'

export interface Found {
  readonly proof: Proof
  readonly seconds: number
}

/**
 * Asks the worker. A newer question puts an end to the one before: its worker is stopped in the
 * middle, and nothing more is heard of it. What was found once is not searched again.
 */
export class Prover {
  #worker: Worker | null = null
  #busy = false
  readonly #known = new Map<string, Found>()

  ask(
    question: Question,
    heard: { readonly states: (states: number) => void; readonly found: (found: Found) => void },
  ): void {
    const name = [...question.without].sort().join(',')
    if (this.#busy) this.close()
    const known = this.#known.get(name)
    if (known !== undefined) {
      heard.found(known)
      return
    }
    const worker = this.#worker ?? this.#open()
    this.#busy = true
    worker.onmessage = ({ data }: MessageEvent<Told>) => {
      if (data.kind === 'states') {
        heard.states(data.states)
        return
      }
      this.#busy = false
      this.#known.set(name, data)
      heard.found(data)
    }
    worker.onerror = () => {
      this.close()
      heard.found({ proof: { kind: 'refused', reason: 'worker' }, seconds: 0 })
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
