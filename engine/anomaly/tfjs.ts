import { createRequire } from 'node:module'
import { dirname, sep } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { setThreadsCount, setWasmPaths, version_wasm } from '@tensorflow/tfjs-backend-wasm'
import type { DenseModel } from './model.ts'
import { scorerOf } from './model.ts'
import type { Scorer } from './scorer.ts'

/** Other versions may give other bits; recorded with an exercise. */
const PINNED_VERSION = '4.22.0'

let started: Promise<string> | null = null

/**
 * Starts TensorFlow.js on WebAssembly with SIMD and one thread, which gives the same bits for a row
 * alone or in any batch, in any process. Returns what to record with an exercise. Refuses by
 * throwing where SIMD or the backend is missing, or the version is another. Safe to call again.
 */
export function startTensorflow(): Promise<string> {
  started ??= start()
  return started
}

async function start(): Promise<string> {
  if (version_wasm !== PINNED_VERSION)
    throw new Error(`TensorFlow.js is ${version_wasm}, models need ${PINNED_VERSION}`)
  const entry = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm')
  setWasmPaths(dirname(entry) + sep)
  setThreadsCount(1)
  if ((await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')) !== true) {
    throw new Error(
      'this machine runs WebAssembly without SIMD: learned scores would differ from recorded ones',
    )
  }
  if (!(await tf.setBackend('wasm')) || tf.getBackend() !== 'wasm') {
    throw new Error('TensorFlow.js did not start its WebAssembly backend')
  }
  return `tfjs ${version_wasm} wasm simd 1-thread`
}

/**
 * Loads a model file and returns its scorer; needs no `startTensorflow` before. Refuses as that and
 * `parseModel` do.
 */
export async function loadScorer(text: string): Promise<Scorer> {
  await startTensorflow()
  return scorerOf(text, (model) => {
    const layers = model.layers.map((layer) => ({
      weights: tf.tensor2d(layer.weights, [layer.inputs, layer.outputs], 'float32'),
      bias: tf.tensor1d(layer.bias, 'float32'),
      tanh: layer.activation === 'tanh',
    }))
    return (scaled, count) =>
      tf.tidy(() => {
        let values: tf.Tensor2D = tf.tensor2d(scaled, [count, model.features.length], 'float32')
        for (const { weights, bias, tanh } of layers) {
          const sum = tf.add<tf.Tensor2D>(tf.matMul(values, weights), bias)
          values = tanh ? tf.tanh(sum) : sum
        }
        return values.dataSync<'float32'>()
      })
  })
}

export interface TrainOptions {
  readonly hidden: readonly number[]
  readonly steps: number
  readonly batch: number
  readonly rate: number
  /** Uniform in [0, 1), by a counter: training draws nothing from elsewhere. */
  readonly draw: (index: number) => number
  readonly progress?: (step: number, loss: number) => void
}

/**
 * Fits the layers of an autoencoder to scaled rows by Adam; the same rows and draws give the same
 * weights.
 */
export async function trainLayers(
  scaled: Float32Array,
  count: number,
  reconstructs: readonly number[],
  options: TrainOptions,
): Promise<DenseModel['layers']> {
  await startTensorflow()
  const width = scaled.length / count
  let drawn = 0
  const draw = (): number => options.draw(drawn++)
  const sizes = [width, ...options.hidden, reconstructs.length]
  const variables = sizes.slice(1).map((outputs, i) => {
    const inputs = sizes[i] as number
    const limit = Math.sqrt(6 / (inputs + outputs))
    const start = Float32Array.from({ length: inputs * outputs }, () => (2 * draw() - 1) * limit)
    return {
      weights: tf.variable(tf.tensor2d(start, [inputs, outputs])),
      bias: tf.variable(tf.zeros([outputs])),
    }
  })
  const adam = tf.train.adam(options.rate)
  for (let step = 0; step < options.steps; step += 1) {
    const [input, target] = batchOf(scaled, count, reconstructs, options.batch, draw)
    const loss = adam.minimize(
      () =>
        tf.tidy(() => {
          let values: tf.Tensor2D = input
          for (const [i, { weights, bias }] of variables.entries()) {
            const sum = tf.add<tf.Tensor2D>(tf.matMul(values, weights as tf.Tensor2D), bias)
            values = i < variables.length - 1 ? tf.tanh(sum) : sum
          }
          return tf.mean(tf.square(tf.sub(values, target))).asScalar()
        }),
      true,
    )
    if (step % 200 === 0 && loss !== null) options.progress?.(step, loss.dataSync()[0] as number)
    tf.dispose([input, target, ...(loss === null ? [] : [loss])])
  }
  return variables.map(({ weights, bias }, i) => ({
    weights: Array.from(weights.dataSync()),
    bias: Array.from(bias.dataSync()),
    inputs: sizes[i] as number,
    outputs: sizes[i + 1] as number,
    activation: i < variables.length - 1 ? 'tanh' : 'linear',
  }))
}

function batchOf(
  scaled: Float32Array,
  count: number,
  reconstructs: readonly number[],
  size: number,
  draw: () => number,
): [tf.Tensor2D, tf.Tensor2D] {
  const width = scaled.length / count
  const input = new Float32Array(size * width)
  const target = new Float32Array(size * reconstructs.length)
  for (let i = 0; i < size; i += 1) {
    const row = Math.min(count - 1, Math.floor(draw() * count))
    input.set(scaled.subarray(row * width, (row + 1) * width), i * width)
    for (const [k, column] of reconstructs.entries()) {
      target[i * reconstructs.length + k] = scaled[row * width + column] as number
    }
  }
  return [tf.tensor2d(input, [size, width]), tf.tensor2d(target, [size, reconstructs.length])]
}
