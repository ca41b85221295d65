import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { z } from 'zod'
import type { Scorer } from './scorer.ts'

const numbers = z.array(z.number())
const layerSchema = z.strictObject({
  /** Row-major, `inputs` by `outputs`. */
  weights: numbers,
  bias: numbers,
  inputs: z.number().int().min(1).max(512),
  outputs: z.number().int().min(1).max(512),
  activation: z.enum(['tanh', 'linear']),
})
const modelSchema = z.strictObject({
  format: z.literal('doorstep-dense-1'),
  name: z.string().min(1).max(60),
  /** How it was made, so that it can be made again: data, seeds, steps. */
  origin: z.record(z.string(), z.union([z.string(), z.number()])),
  features: z.array(z.string().min(1)).min(1).max(512),
  /** A column enters as (x - mean) / scale, cut at ±clip. */
  mean: numbers,
  scale: z.array(z.number().positive()),
  clip: z.number().positive(),
  /**
   * The columns that the last layer reconstructs: all of them, by position. Others only condition.
   */
  reconstructs: z.array(z.number().int().min(0)).min(1),
  layers: z.array(layerSchema).min(1).max(8),
  quiet: z.record(z.string(), z.strictObject({ scores: numbers, perDay: z.number().positive() })),
})

/**
 * A small dense network with its scaling and its quiet scores, as `engine/models/<name>/model.json`
 * holds it.
 */
export type DenseModel = z.infer<typeof modelSchema>

/** Refuses by throwing, naming the model and what does not fit. */
export function parseModel(text: string): { readonly model: DenseModel; readonly digest: string } {
  const read = modelSchema.safeParse(JSON.parse(text))
  if (!read.success) throw new Error(`not a model: ${z.prettifyError(read.error)}`)
  const model = read.data
  const width = model.features.length
  const fits = (ok: boolean, what: string): void => {
    if (!ok) throw new Error(`model ${model.name}: ${what}`)
  }
  fits(
    model.mean.length === width && model.scale.length === width,
    'mean and scale need one number a feature',
  )
  fits(
    model.reconstructs.every((column) => column < width),
    'reconstructs names a column that is not there',
  )
  let before = width
  for (const [index, layer] of model.layers.entries()) {
    fits(
      layer.inputs === before,
      `layer ${index} takes ${layer.inputs} values and is given ${before}`,
    )
    fits(
      layer.weights.length === layer.inputs * layer.outputs,
      `layer ${index} has the wrong number of weights`,
    )
    fits(layer.bias.length === layer.outputs, `layer ${index} has the wrong number of biases`)
    before = layer.outputs
  }
  fits(before === model.reconstructs.length, 'the last layer must give what is reconstructed')
  return { model, digest: bytesToHex(sha256(utf8ToBytes(text))) }
}

/** Rows scaled as the network wants them; float32, like the network's own numbers. */
export function scaleRows(model: DenseModel, rows: Float32Array, count: number): Float32Array {
  const width = model.features.length
  const scaled = new Float32Array(count * width)
  for (let i = 0; i < scaled.length; i += 1) {
    const column = i % width
    const x =
      ((rows[i] as number) - (model.mean[column] as number)) / (model.scale[column] as number)
    scaled[i] = Math.min(model.clip, Math.max(-model.clip, x))
  }
  return scaled
}

/**
 * Squared errors of the reconstructed columns divided by their number, by row and feature; other
 * columns are 0.
 */
function errorsOf(
  model: DenseModel,
  scaled: Float32Array,
  output: Float32Array,
  count: number,
): Float32Array {
  const [width, outputs] = [model.features.length, model.reconstructs.length]
  const errors = new Float32Array(count * width)
  for (let row = 0; row < count; row += 1) {
    for (const [k, column] of model.reconstructs.entries()) {
      const error = (output[row * outputs + k] as number) - (scaled[row * width + column] as number)
      errors[row * width + column] = (error * error) / outputs
    }
  }
  return errors
}

/**
 * The scorer of the model in `text`. `networkOf` makes the model's network: from `count` scaled
 * rows to as many rows of reconstructed columns. Refuses as `parseModel` does.
 */
export function scorerOf(
  text: string,
  networkOf: (model: DenseModel) => (scaled: Float32Array, count: number) => Float32Array,
): Scorer {
  const { model, digest } = parseModel(text)
  const run = networkOf(model)
  const contributions = (rows: Float32Array, count: number): Float32Array => {
    if (count === 0) return new Float32Array(0)
    const scaled = scaleRows(model, rows, count)
    return errorsOf(model, scaled, run(scaled, count), count)
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

/** Sums of the rows of `errorsOf`. */
function rowSums(errors: Float32Array, count: number): Float32Array {
  const width = count === 0 ? 0 : errors.length / count
  const sums = new Float32Array(count)
  for (let row = 0; row < count; row += 1) {
    let sum = 0
    for (let column = 0; column < width; column += 1) sum += errors[row * width + column] as number
    sums[row] = sum
  }
  return sums
}
