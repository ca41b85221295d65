import { describe, expect, it } from 'vitest'
import type { Finding } from '../../../engine/alert/finding.ts'
import type { Telemetry } from '../../../engine/event/telemetry.ts'
import { createMotionCheck } from '../../../engine/twin/motion.ts'
import { delivery, door, ROAD, routePlan, tracker } from '../made-telemetry.ts'

/** Where a van truly is after `mm` on the road of ROAD, and what its tracker says of it. */
interface Moment {
  readonly at: number
  readonly claimed?: number
  readonly ppm?: number
  readonly noise?: (axis: number) => number
  readonly fix?: boolean
}

function place(mm: number): { x: number; y: number } {
  return mm <= 6_000_000 ? { x: mm, y: 0 } : { x: 6_000_000, y: mm - 6_000_000 }
}
function mastAt(mm: number): string {
  const here = place(mm)
  const by = ROAD.masts.map((mast) => ({
    id: mast.id,
    d: (mast.x - here.x) ** 2 + (mast.y - here.y) ** 2,
  }))
  return by.reduce((best, each) => (each.d < best.d ? each : best)).id
}

/** A report each ten seconds. */
function drive(moments: readonly Moment[], van = 0): Telemetry[] {
  return moments.map((moment, i) => {
    const said = place(moment.claimed ?? moment.at)
    const noise = moment.noise ?? (() => 0)
    const odometer =
      Math.floor((100_000_000 + moment.at * (1 + (moment.ppm ?? 0) / 1_000_000)) / 1_000) * 1_000
    const fix =
      moment.fix === false
        ? {}
        : { x: Math.round(said.x + noise(0) + (i % 2)), y: Math.round(said.y + noise(1)) }
    return tracker(i * 10_000, van, { ...fix, odometer, cell: mastAt(moment.at) })
  })
}
const steps = (n: number): number[] => Array.from({ length: n }, (_, i) => i)
/** Noise of a poor fix between walls: three times the type plate, from a small generator. */
function walls(): (axis: number) => number {
  let x = 7
  return () => {
    x = (Math.imul(x, 1_103_515_245) + 12_345) >>> 0
    return ((x >>> 8) / 2 ** 24 - 0.5) * 60_000
  }
}

function run(events: readonly Telemetry[]): Finding[] {
  const check = createMotionCheck(ROAD)
  return events.flatMap((event) => check.see(event))
}
function features(events: readonly Telemetry[]): string[] {
  return [
    ...new Set(
      run(events).flatMap((each) => each.contributions?.map(({ feature }) => feature) ?? []),
    ),
  ].sort()
}

describe('a van that is not where its tracker says', () => {
  it('[P1] a track that goes on while the wheels stand', () => {
    const events = drive(
      steps(60).map((i) => ({ at: Math.min(i, 10) * 80_000, claimed: i * 80_000 })),
    )
    expect(run(events)[0]).toMatchObject({
      kind: 'P',
      family: 'delivery',
      lead: ['van:0'],
      attack: 'D1',
    })
    expect(features(events)).toContain('further-than-driven')
  })
  it('[P2] wheels that turn while the track stands', () => {
    const events = drive(
      steps(60).map((i) => ({ at: i * 80_000, claimed: Math.min(i, 10) * 80_000, noise: walls() })),
    )
    expect(features(events)).toContain('driven-while-standing')
  })
  it('[P3] a mast at the other end of the road, at equal speed', () => {
    const events = drive(
      steps(80).map((i) => ({ at: 4_000_000 + i * 60_000, claimed: 4_000_000 - i * 50_000 })),
    )
    expect(features(events)).toContain('wrong-mast')
    expect(run(events)[0]?.severity).toBeGreaterThanOrEqual(4)
  })
  it('[P4] off every road, and a door and a scan away from what is reported', () => {
    const still = drive(
      steps(30).map(() => ({
        at: 1_000_000,
        claimed: 1_000_000,
        noise: (axis) => (axis === 1 ? 700_000 : 0),
      })),
    )
    expect(features(still)).toEqual(['off-road'])
    const there = [routePlan(0, 0, ['door:A2']), ...drive(steps(6).map(() => ({ at: 3_000_000 })))]
    const both = [
      ...there,
      door(60_000, 0, true),
      delivery(61_000, 0, 'P-1', 'place:quay'),
      delivery(62_000, 0, 'P-2', 'place:quay'),
    ]
    expect(features(both)).toEqual(['door-away-from-stop', 'scan-elsewhere'])
    expect(run([...there, door(60_000, 0, true)])).toEqual([])
  })
  it('[P5] tells the right van, and again each minute while it stands', () => {
    const spoofed = drive(
      steps(60).map((i) => ({ at: 0, claimed: i * 80_000 })),
      1,
    )
    const honest = drive(
      steps(60).map((i) => ({ at: i * 80_000 })),
      0,
    )
    const found = run([...spoofed, ...honest].sort((a, b) => a.time - b.time))
    expect(new Set(found.flatMap(({ lead }) => lead))).toEqual(new Set(['van:1']))
    expect(found.length).toBeGreaterThan(3)
    expect(found.length).toBeLessThanOrEqual(10)
  })
})

describe('[P6] innocent vans', () => {
  const rows: readonly (readonly [string, readonly Telemetry[]])[] = [
    ['an ordinary drive round a corner', drive(steps(110).map((i) => ({ at: i * 80_000 })))],
    [
      'a wrongly calibrated odometer',
      drive(steps(110).map((i) => ({ at: i * 80_000, ppm: 8_000 }))),
    ],
    [
      'one that is wrong the other way',
      drive(steps(110).map((i) => ({ at: i * 80_000, ppm: -8_000 }))),
    ],
    [
      'poor fixes between walls',
      drive(steps(110).map((i) => ({ at: i * 80_000, noise: walls() }))),
    ],
    [
      'a flat tyre: both stand',
      drive(steps(200).map((i) => ({ at: Math.min(i, 40) * 80_000, noise: walls() }))),
    ],
    [
      'no fix for four minutes',
      drive(steps(110).map((i) => ({ at: i * 80_000, fix: i < 30 || i > 54 }))),
    ],
    [
      'one wild fix',
      drive(
        steps(110).map((i) => ({ at: i * 80_000, ...(i === 50 ? { noise: () => 250_000 } : {}) })),
      ),
    ],
    [
      'door and scan at the planned stop',
      [
        routePlan(0, 0, ['door:A1']),
        ...drive(steps(38).map((i) => ({ at: i * 80_000 }))),
        door(381_000, 0, true),
        delivery(390_000, 0, 'P-1', 'door:A1'),
        door(400_000, 0, false),
      ],
    ],
  ]
  it.each(rows.filter(([name]) => name !== 'a detour: there and back'))(
    '[P6] %s',
    (_name, events) => {
      expect(run(events)).toEqual([])
    },
  )
  it('[P6] a detour: there and back, the odometer counting on', () => {
    const noise = walls()
    const events = steps(140).map((i) => {
      const at = place(i < 70 ? i * 80_000 : (140 - i) * 80_000)
      return tracker(i * 10_000, 0, {
        x: Math.round(at.x + noise(0)),
        y: Math.round(at.y + noise(1)),
        odometer: i * 80_000,
        cell: mastAt(i < 70 ? i * 80_000 : (140 - i) * 80_000),
      })
    })
    expect(run(events)).toEqual([])
  })
})

describe('state', () => {
  it('[E2] continues after save and restore as if nothing had been', () => {
    const events = [
      routePlan(0, 0, ['door:A2']),
      ...drive(steps(60).map((i) => ({ at: Math.min(i, 10) * 80_000, claimed: i * 80_000 }))),
    ]
    const [first, second] = [createMotionCheck(ROAD), createMotionCheck(ROAD)]
    for (const event of events.slice(0, 25)) first.see(event)
    second.restore(JSON.parse(JSON.stringify(first.save())))
    const rest = events.slice(25)
    expect(rest.flatMap((event) => second.see(event))).toEqual(
      rest.flatMap((event) => first.see(event)),
    )
  })
})
