import { draw, type StreamId } from './draw.ts'

/**
 * FNV-1a over UTF-16 units: an unsigned 32-bit number for use as `entity` of a draw. Not for
 * secrets.
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

/** 16 lower-case hex digits from one draw. */
export function hex16(seed: number, stream: StreamId, entity: number, index: number): string {
  const [hi, lo] = draw(seed, stream, entity, index)
  return hi.toString(16).padStart(8, '0') + lo.toString(16).padStart(8, '0')
}

const LETTERS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
/** `size` letters and digits that cannot be misread, from one draw; at most 12. */
export function code(
  size: number,
  seed: number,
  stream: StreamId,
  entity: number,
  index: number,
): string {
  const [hi, lo] = draw(seed, stream, entity, index)
  let text = ''
  let rest = [hi, lo]
  for (let i = 0; i < size; i++) {
    const word = rest[i & 1]!
    text += LETTERS[word % LETTERS.length]!
    rest =
      i & 1
        ? [rest[0]!, Math.floor(word / LETTERS.length)]
        : [Math.floor(word / LETTERS.length), rest[1]!]
  }
  return text
}

/** Index by integer weights: `value` is a uniform whole number, taken modulo their sum. */
export function pick(weights: readonly number[], value: number): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  let left = value % total
  for (let i = 0; i < weights.length; i++) {
    left -= weights[i]!
    if (left < 0) return i
  }
  return weights.length - 1
}
