import { logitOf } from './request-scorer.ts'
import { COLUMNS } from './request-features.ts'
import type { SparseRow } from './request-features.ts'

/**
 * One value to learn from: its windows; an attack needs one of them to look like one, an ordinary
 * value none.
 */
export interface Example {
  readonly rows: readonly SparseRow[]
  readonly attack: boolean
  readonly weight: number
}

export interface TrainOptions {
  readonly epochs: number
  readonly rate: number
  /** Pull of each weight to zero, per step. */
  readonly decay: number
  /** Uniform in [0, 1) for a counter. */
  readonly draw: (index: number) => number
  readonly progress: (epoch: number, loss: number) => void
}

/**
 * Logistic regression over sparse rows by AdaGrad, examples in an order drawn anew each epoch. Same
 * examples and options, same weights.
 */
export function trainWeights(
  examples: readonly Example[],
  options: TrainOptions,
): { readonly weights: Float32Array; readonly bias: number } {
  const weights = new Float32Array(COLUMNS)
  const squares = new Float32Array(COLUMNS).fill(1e-2)
  const state = { weights, model: { bias: 0 } }
  let [biasSquare, drawn] = [1e-2, 0]
  const order = examples.map((_, i) => i)
  for (let epoch = 0; epoch < options.epochs; epoch += 1) {
    for (let i = order.length - 1; i > 0; i -= 1) {
      const j = Math.floor(options.draw(drawn++) * (i + 1))
      ;[order[i], order[j]] = [order[j] as number, order[i] as number]
    }
    let loss = 0
    for (const at of order) {
      const example = examples[at] as Example
      const { row, logit } = strongest(example.rows, state)
      const chance = 1 / (1 + Math.exp(-logit))
      const gradient = (chance - (example.attack ? 1 : 0)) * example.weight
      loss -= example.weight * Math.log(Math.max(1e-9, example.attack ? chance : 1 - chance))
      for (let i = 0; i < row.columns.length; i += 1) {
        const column = row.columns[i] as number
        const slope =
          gradient * (row.values[i] as number) + options.decay * (weights[column] as number)
        squares[column] = (squares[column] as number) + slope * slope
        weights[column] =
          (weights[column] as number) -
          (options.rate * slope) / Math.sqrt(squares[column] as number)
      }
      biasSquare += gradient * gradient
      state.model.bias -= (options.rate * gradient) / Math.sqrt(biasSquare)
    }
    options.progress(epoch + 1, loss / examples.length)
  }
  return { weights, bias: state.model.bias }
}

/** The window that looks most like an attack. */
export function strongest(
  rows: readonly SparseRow[],
  state: Parameters<typeof logitOf>[0],
): { readonly row: SparseRow; readonly logit: number } {
  let [row, logit] = [rows[0] as SparseRow, Number.NEGATIVE_INFINITY]
  for (const each of rows) {
    const now = logitOf(state, each)
    if (now > logit) [row, logit] = [each, now]
  }
  return { row, logit }
}

/**
 * The score that at most `budget` of fresh scores like `quiet` exceed: split conformal prediction.
 */
export function conformalCut(quiet: readonly number[], budget: number): number {
  const sorted = [...quiet].sort((a, b) => a - b)
  const rank = Math.ceil((sorted.length + 1) * (1 - budget))
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] ?? Number.POSITIVE_INFINITY
}
