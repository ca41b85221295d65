import { createHmac, randomFillSync } from 'node:crypto'
import { SALT_BYTES } from '../../ledger/leaf.ts'
import { MARKS_KEY_BYTES } from './marks.ts'

/** Where key, salts and times of a log come from: entropy when live, the seed when simulated. */
export interface Secrets {
  readonly keySeed: () => Buffer
  /** The salt of leaf `index`; asked once for each. */
  readonly salt: (index: number) => Buffer
  /** What `Marks` are made with: `MARKS_KEY_BYTES` that are never written anywhere. */
  readonly marksKey: () => Buffer
  /** Unix milliseconds a checkpoint of `tick` claims. */
  readonly time: (tick: number) => number
}

const POOL_BYTES = 8192
const SIMULATED_EPOCH = 1_767_225_600_000 // 2026-01-01T00:00:00Z
const YEAR_SECONDS = 31_536_000

/** Entropy and the wall clock. */
export function liveSecrets(now: () => number): Secrets {
  let pool = Buffer.alloc(0)
  let used = 0
  return {
    keySeed: () => randomFillSync(Buffer.alloc(32)),
    salt: () => {
      if (used === pool.length) {
        pool = randomFillSync(Buffer.allocUnsafeSlow(POOL_BYTES))
        used = 0
      }
      used += SALT_BYTES
      return pool.subarray(used - SALT_BYTES, used)
    },
    marksKey: () => randomFillSync(Buffer.alloc(MARKS_KEY_BYTES)),
    time: now,
  }
}

/**
 * The same bytes for the same seed and origin. Such a log proves nothing, and its origin says so.
 */
export function simulatedSecrets(seed: string, origin: string): Secrets {
  const derive = (use: string) =>
    createHmac('sha256', `doorstep simulated ${seed}`).update(`${origin}\n${use}`).digest()
  const start = SIMULATED_EPOCH + (derive('time').readUInt32LE(0) % YEAR_SECONDS) * 1000
  return {
    keySeed: () => derive('key'),
    salt: (index) => derive(`salt ${index}`),
    marksKey: () =>
      Buffer.concat(
        ['a', 'b', 'c'].map((part) => derive(`marks ${part}`)),
        MARKS_KEY_BYTES,
      ),
    time: (tick) => start + tick * 1000,
  }
}
