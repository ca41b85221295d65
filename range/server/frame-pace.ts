import { performance } from 'node:perf_hooks'

/** Frames that moves cause are at least this far apart, in milliseconds, while there is room. */
export const APART_MS = 16
/** And so far at most, however much there is to do. */
const APART_MS_MAX = 250
const SAMPLE_MS = 250
/** Shares of the time in which the event loop is busy: above, frames are spread; below, not. */
const BUSY = 0.6
const FREE = 0.45

/**
 * How far apart the frames of a room are that moves cause, for all rooms of a server: further where
 * its event loop is busy, so that what nobody waits for makes room for what somebody does.
 */
export class FramePace {
  readonly #busy: () => number
  #apart = APART_MS
  #sampled = 0

  /** `busy` answers the share of the time since it was last asked in which there was work. */
  constructor(busy: () => number = loopBusy()) {
    this.#busy = busy
  }

  /** Milliseconds, at the time `now` in milliseconds. */
  apart(now: number): number {
    if (Math.abs(now - this.#sampled) < SAMPLE_MS) return this.#apart
    this.#sampled = now
    const busy = this.#busy()
    if (busy > BUSY) this.#apart = Math.min(APART_MS_MAX, this.#apart * 1.5)
    else if (busy < FREE) this.#apart = Math.max(APART_MS, this.#apart / 1.25)
    return this.#apart
  }
}

function loopBusy(): () => number {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization
  }
}
