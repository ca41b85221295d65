import { describe, expect, test } from 'vitest'
import { addressOf, town } from '../../../range/world/town.ts'
import { CALM, START, type Rig } from '../world/rig.ts'
import { epcisOf, streamOf, trackOf, watch, type Track } from './rig.ts'

const gap = (a: Track, b: Track): number => Math.hypot(a.x! - b.x!, a.y! - b.y!)
const spoofing =
  (stealth: number, minute = 25) =>
  (run: Rig, second: number): void => {
    if (second !== minute * 60) return
    run.give({
      kind: 'SpoofGps',
      van: 1,
      untilMs: START + (minute + 30) * 60_000,
      stealthPermille: stealth,
      periodMs: 10_000,
    })
    run.give({ kind: 'DivertVan', van: 1, to: 'place:old-quay', run: 0 })
  }
const during = (track: readonly Track[], from: number, to: number): Track[] =>
  track.filter(({ at }) => at > START + from * 60_000 && at <= START + to * 60_000)

describe('sensors', () => {
  test('[T10] in benign life GPS lies on the road within a few sigma, and the odometer never runs back', () => {
    for (const seed of [1, 2, 3]) {
      const telemetry = watch(seed, 120, () => {}, CALM)
      for (const van of [0, 1, 2]) {
        const track = trackOf(telemetry, van)
        expect(track.length).toBeGreaterThan(200)
        for (let i = 1; i < track.length; i++)
          expect(track[i]!.odometer).toBeGreaterThanOrEqual(track[i - 1]!.odometer)
        for (const fix of track.filter(({ x }) => x !== null))
          expect(offRoad(fix)).toBeLessThan(20_000)
      }
    }
  })
  test('[T11] what GPS drove between two fixes on the move is what the odometer counted, within the type plates', () => {
    for (const seed of [1, 2, 3]) {
      const telemetry = watch(seed, 120, () => {}, CALM)
      for (const van of [0, 1, 2]) {
        const track = trackOf(telemetry, van).filter(({ x }) => x !== null)
        for (let i = 1; i < track.length; i++) {
          const [before, now] = [track[i - 1]!, track[i]!]
          const driven = now.odometer - before.odometer
          // A straight line is never longer than the road, but for noise of both fixes and steps of
          // the odometer.
          expect(gap(before, now)).toBeLessThan(driven * 1.01 + 1_000 + 7 * 4_000)
        }
      }
    }
  })
  test('[T12] a spoofed tracker leaves odometer and mast true', () => {
    for (const stealth of [0, 400, 800]) {
      const plain = watch(2, 60, (run, second) => {
        if (second === 25 * 60)
          run.give({ kind: 'DivertVan', van: 1, to: 'place:old-quay', run: 0 })
      })
      const spoofed = watch(2, 60, spoofing(stealth))
      const truth = (telemetry: typeof plain): unknown =>
        trackOf(telemetry, 1).map(({ at, odometer, mast }) => [at, odometer, mast])
      expect(truth(spoofed)).toEqual(truth(plain))
      const false_ = during(trackOf(spoofed, 1), 27, 40)
      const true_ = during(trackOf(plain, 1), 27, 40)
      const apart = false_.map((fix, i) =>
        fix.x === null || true_[i]!.x === null ? 0 : gap(fix, true_[i]!),
      )
      expect(Math.max(...apart)).toBeGreaterThan(400_000)
    }
  })
  test('[T12] crude spoofing jumps and glides without noise; stealthy spoofing goes on from the last true fix', () => {
    const first = (stealth: number): number => {
      const track = trackOf(watch(2, 40, spoofing(stealth)), 1).filter(({ x }) => x !== null)
      const i = track.findIndex(({ at }) => at > START + 25 * 60_000)
      return gap(track[i - 1]!, track[i]!)
    }
    expect(first(0)).toBeGreaterThan(350_000)
    expect(first(800)).toBeLessThan(260_000)
    const steps = during(trackOf(watch(2, 45, spoofing(0)), 1), 26, 28.5)
    for (const fix of steps) expect(offRoad(fix)).toBeLessThan(2_000)
  })
  test('[T13] fewer false positions a minute are fewer fixes, not another truth', () => {
    const with_ = (periodMs: number): number =>
      during(
        trackOf(
          watch(2, 50, (run, second) => {
            if (second !== 1_500) return
            run.give({
              kind: 'SpoofGps',
              van: 1,
              untilMs: START + 3_000_000,
              stealthPermille: 500,
              periodMs,
            })
            run.give({ kind: 'DivertVan', van: 1, to: 'place:net-loft', run: 0 })
          }),
          1,
        ),
        25,
        50,
      ).filter(({ x }) => x !== null).length
    expect(with_(60_000)).toBeLessThan(with_(10_000) * 0.6)
  })
  test('[T14] messages are delayed and lost, dropouts happen, and a door tells both its changes', () => {
    const telemetry = watch(8, 200)
    const all = [0, 1, 2].flatMap((van) => trackOf(telemetry, van))
    const missing = all.filter(({ x }) => x === null).length / all.length
    expect(missing).toBeGreaterThan(0.002)
    expect(missing).toBeLessThan(0.12)
    const delays = epcisOf(streamOf(telemetry, 'van-0-tracker')).map(
      (event) =>
        Date.parse(event.eventTime) -
        Date.parse(event.sensorElementList!.at(-1)!.sensorMetadata.time!),
    )
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(250)
    expect(Math.max(...delays)).toBeGreaterThan(2_000)
    expect(Math.max(...delays)).toBeLessThan(31_000)
    const doors = epcisOf(streamOf(telemetry, 'van-0-door')).map(
      (event) => event.sensorElementList![0]!.sensorReport[0]!.booleanValue,
    )
    expect(doors.every((open, i) => open === (i % 2 === 0))).toBe(true)
  })
  test('[T15] the mast that serves a van at the harbour is not one of the hill', () => {
    const at = (minute: number): string[] =>
      during(trackOf(watch(2, 50, spoofing(400)), 1), minute, minute + 2).map(({ mast }) => mast)
    expect(at(31).every((mast) => ['mast:M8', 'mast:M7'].includes(mast))).toBe(true)
    expect(addressOf(1, 1)).toBe(addressOf(1, 1))
  })
})

/** Distance of a fix to the nearest road, millimetres. */
function offRoad(fix: Track): number {
  return Math.min(
    ...town.edges.map(({ a, b }) => {
      const [p, q] = [town.nodes[a]!, town.nodes[b]!]
      const [dx, dy] = [q.x - p.x, q.y - p.y]
      const t = Math.min(
        1,
        Math.max(0, ((fix.x! - p.x) * dx + (fix.y! - p.y) * dy) / (dx * dx + dy * dy)),
      )
      return Math.hypot(p.x + t * dx - fix.x!, p.y + t * dy - fix.y!)
    }),
  )
}
