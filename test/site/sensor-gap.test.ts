import { describe, expect, it } from 'vitest'
import { gapOf, peakOf } from '../../site/exercise/defender/sensors.ts'
import { isLoopback } from '../../site/exercise/loopback.ts'

const none = { temperature: [], mast: [] }

describe('what the sensors of a van show', () => {
  it('gives the distance between track and wheels at each odometer reading', () => {
    const gps = [
      [10, 0],
      [20, 1],
      [30, 3],
    ] as const
    const odometer = [
      [5, 0],
      [20, 1],
      [29, 1.5],
      [40, 2],
    ] as const
    expect(gapOf({ ...none, gps, odometer })).toEqual([
      [20, 0],
      [29, 0.5],
      [40, 1],
    ])
  })
  it('finds the widest gap, and says nothing of an empty curve', () => {
    expect(peakOf([])).toEqual([0, 0])
    const curve = [
      [1, 0.2],
      [2, 0.9],
      [3, 0.9],
    ] as const
    expect(peakOf(curve)).toEqual([2, 0.9])
  })
})

describe('an address that phones cannot open', () => {
  it.each(['localhost', '127.0.0.1', '127.8.8.8', '[::1]'])('%s is this computer only', (host) => {
    expect(isLoopback(host)).toBe(true)
  })
  it.each(['192.168.1.20', 'class.example', '127.example', '10.0.0.1'])('%s is not', (host) => {
    expect(isLoopback(host)).toBe(false)
  })
})
