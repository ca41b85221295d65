import { describe, expect, it } from 'vitest'
import { widestGap } from '../../../range/exercise/gap.ts'
import { optionsOf, Play } from './rig.ts'

/** Of an honest fix in a narrow street: three times four metres, five sigmas on each axis. */
const HONEST_MM = 90_000

function widest(play: Play, from: number, to: number): number {
  let most = 0
  for (let minute = from; minute <= to; minute += 1 / 6) {
    play.until(minute)
    most = Math.max(most, widestGap(play.run.state))
  }
  return most
}

describe('the gap between trackers and vans', () => {
  it('[X13] is no more than the noise of a fix while all trackers are honest', () => {
    for (const seed of [6, 7]) {
      const play = new Play(optionsOf('quiet-day', seed))
      play.start()
      const most = widest(play, 0, 120)
      expect(most).toBeGreaterThan(1_000)
      expect(most).toBeLessThan(HONEST_MM)
    }
  }, 60_000)

  it('[X13] is kilometres while a spoofed tracker leads a van away', () => {
    const play = new Play(optionsOf('d1', 1))
    play.seat('magpie', 'attacker')
    play.start()
    play.until(30)
    const launch = { kind: 'Launch', technique: 'D1', params: {}, startInMinutes: 0 } as const
    expect(play.move('magpie', launch).ok).toBe(true)
    expect(widest(play, 30, 90)).toBeGreaterThan(5 * HONEST_MM)
  }, 60_000)
})
