import { MonitorError } from './monitor-error.ts'
import { Prover, type Answer } from './proof.ts'
import type { Env } from './valuation.ts'
import { Unexplained, type LogWindow } from './window.ts'
import type { CompiledFormula } from './monitor.ts'

/** Whether the answer stands, asked of one log after another with one budget for all. */
export class Question {
  readonly compiled: CompiledFormula
  readonly index: number
  readonly #env: Env
  #work: number

  constructor(compiled: CompiledFormula, index: number, env: Env, work: number) {
    this.compiled = compiled
    this.index = index
    this.#env = env
    this.#work = work
  }

  answer(window: LogWindow): Answer | null {
    this.#work -= window.points.length
    const prover = new Prover(window, this.#work)
    const [first] = prover.solve(this.compiled.formula.core, this.index, this.#env, null)
    this.#work = prover.left
    return first ?? null
  }

  /** Like `answer`, but null also where the work is used up: nobody knows. */
  holds(window: LogWindow): boolean | null {
    try {
      return this.answer(window) !== null
    } catch (error) {
      if (error instanceof Unexplained || error instanceof MonitorError) return null
      throw error
    }
  }
}
