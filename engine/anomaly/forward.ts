import { scorerOf } from './model.ts'
import type { DenseModel } from './model.ts'
import type { Scorer } from './scorer.ts'

/**
 * The same model by plain float64 arithmetic, without TensorFlow.js: the oracle of its tests.
 * `Math.tanh` may differ by a last bit between machines, so an exercise never records scores of
 * this one.
 */
export function createForwardScorer(text: string): Scorer {
  return scorerOf(text, (model) => (scaled, count) => {
    const width = model.features.length
    const output = new Float32Array(count * model.reconstructs.length)
    for (let row = 0; row < count; row += 1) {
      const input = scaled.subarray(row * width, (row + 1) * width)
      output.set(forward(model, input), row * model.reconstructs.length)
    }
    return output
  })
}

/** The network's output for one scaled row, in float64. */
function forward(model: DenseModel, input: ArrayLike<number>): number[] {
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
