import { errorsOf, parseModel, rowSums, scaleRows } from './model.ts'
import type { DenseModel } from './model.ts'
import type { Scorer } from './scorer.ts'

/**
 * The same model by plain float64 arithmetic, without TensorFlow.js: the oracle of its tests.
 * `Math.tanh` may differ by a last bit between machines, so an exercise never records scores of
 * this one.
 */
export function createForwardScorer(text: string): Scorer {
  const { model, digest } = parseModel(text)
  const contributions = (rows: Float32Array, count: number): Float32Array => {
    const scaled = scaleRows(model, rows, count)
    const output = new Float32Array(count * model.reconstructs.length)
    for (let row = 0; row < count; row += 1) {
      const input = scaled.subarray(row * model.features.length, (row + 1) * model.features.length)
      output.set(forward(model, input), row * model.reconstructs.length)
    }
    return errorsOf(model, scaled, output, count)
  }
  return {
    name: model.name,
    digest,
    features: model.features,
    quiet: model.quiet,
    contributions,
    score: (rows, count) => rowSums(contributions(rows, count), count),
  }
}

/** The network's output for one scaled row, in float64. */
export function forward(model: DenseModel, input: ArrayLike<number>): number[] {
  let values = Array.from(input)
  for (const layer of model.layers) {
    const next: number[] = []
    for (let out = 0; out < layer.outputs; out += 1) {
      let sum = layer.bias[out] as number
      for (let i = 0; i < layer.inputs; i += 1) {
        sum += (values[i] as number) * (layer.weights[i * layer.outputs + out] as number)
      }
      next.push(layer.activation === 'tanh' ? Math.tanh(sum) : sum)
    }
    values = next
  }
  return values
}
