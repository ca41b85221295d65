import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { z } from 'zod'
import { COLUMNS } from './request-features.ts'
import { TABLE } from './request-likelihood.ts'

const cutSchema = z.strictObject({
  /** Log-odds from which on a part of this kind is flagged: the budget, turned into a threshold. */
  threshold: z.number(),
  /** Log-odds of calibration texts of this kind, ascending: what the budget was taken from. */
  quiet: z.array(z.number()).min(20),
})
const modelSchema = z.strictObject({
  format: z.literal('doorstep-request-1'),
  name: z.string().min(1).max(60),
  /** How it was made, so that it can be made again. */
  origin: z.record(z.string(), z.union([z.string(), z.number()])),
  /** Share of ordinary parts that may be flagged. */
  budget: z.number().positive().max(0.5),
  bias: z.number(),
  /** Log-odds that one step of a weight stands for. */
  step: z.number().positive(),
  /** COLUMNS signed bytes, base64. */
  weights: z.string(),
  /**
   * Trigrams of normal values with a count of at least one: position gaps and counts, base64 of
   * 16-bit numbers.
   */
  trigrams: z.string(),
  cuts: z.strictObject({ value: cutSchema, path: cutSchema, header: cutSchema }),
})

/** The learned request model as `engine/models/request/model.json` holds it. */
export type RequestModel = z.infer<typeof modelSchema>

export interface LoadedRequestModel {
  readonly model: RequestModel
  readonly weights: Float32Array
  readonly counts: Uint32Array
  readonly digest: string
}

/** Refuses by throwing, naming what does not fit. */
export function parseRequestModel(text: string): LoadedRequestModel {
  const read = modelSchema.safeParse(JSON.parse(text))
  if (!read.success) throw new Error(`not a request model: ${z.prettifyError(read.error)}`)
  const model = read.data
  const bytes = fromBase64(model.weights)
  if (bytes.length !== COLUMNS)
    throw new Error(`request model: ${bytes.length} weights, not ${COLUMNS}`)
  const weights = Float32Array.from(bytes, (byte) => (byte > 127 ? byte - 256 : byte) * model.step)
  const counts = unpackCounts(model.trigrams)
  return { model, weights, counts, digest: bytesToHex(sha256(utf8ToBytes(text))) }
}

/** Weights as signed bytes; the greatest becomes ±127. */
export function packWeights(weights: Float32Array): {
  readonly step: number
  readonly weights: string
} {
  const greatest = weights.reduce((most, each) => Math.max(most, Math.abs(each)), 1e-6)
  const step = greatest / 127
  return {
    step,
    weights: toBase64(Uint8Array.from(weights, (each) => Math.round(each / step) & 0xff)),
  }
}

const COUNT_MAX = 65_535

/**
 * Gap to the next position with a count, then the count; gaps beyond 16 bits go through counts of
 * 0.
 */
export function packCounts(counts: Uint32Array): string {
  const numbers: number[] = []
  let last = 0
  for (const [at, count] of counts.entries()) {
    if (count === 0) continue
    for (; at - last > COUNT_MAX; last += COUNT_MAX) numbers.push(COUNT_MAX, 0)
    numbers.push(at - last, Math.min(COUNT_MAX, count))
    last = at
  }
  const bytes = new Uint8Array(numbers.length * 2)
  for (const [i, each] of numbers.entries()) bytes.set([each & 0xff, each >> 8], i * 2)
  return toBase64(bytes)
}

function unpackCounts(text: string): Uint32Array {
  const bytes = fromBase64(text)
  const counts = new Uint32Array(TABLE)
  let at = 0
  for (let i = 0; i + 3 < bytes.length; i += 4) {
    at += (bytes[i] as number) | ((bytes[i + 1] as number) << 8)
    if (at >= counts.length) throw new Error('request model: a trigram beyond the table')
    counts[at] = (bytes[i + 2] as number) | ((bytes[i + 3] as number) << 8)
  }
  return counts
}

function toBase64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
}
