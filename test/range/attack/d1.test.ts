import { describe, expect, test } from 'vitest'
import type { Telemetry } from '../../../engine/event/telemetry.ts'
import { d1 } from '../../../range/attack/d1.ts'
import type { AttackParams } from '../../../range/world/types-attack.ts'
import type { Happened } from '../../../range/world/types.ts'
import { rig, START, MINUTE, type Rig } from '../world/rig.ts'
import { watch } from '../telemetry/rig.ts'

const launch = (run: Rig, params: AttackParams = {}, delayMinutes = 20): readonly Happened[] =>
  run.give(
    { kind: 'LaunchAttack', run: 0, technique: 'D1', params, delayMs: delayMinutes * MINUTE },
    { kind: 'attack', run: 0 },
  )
const attacked = (seed: number, params: AttackParams = {}): Rig => {
  const run = rig(seed)
  launch(run, params)
  return run.to(120)
}
const loot = (run: Rig): number => run.world().meters.lostMinor

describe('D1', () => {
  test('[K40] the crew follows a van on its tour, leads it away and takes what is dearest', () => {
    for (const seed of [1, 2, 3, 4]) {
      const run = attacked(seed)
      const kinds = run.log
        .filter(({ cause }) => cause.kind === 'attack')
        .map(({ event }) => event.kind)
      for (const kind of ['AttackLaunched', 'GpsSpoofed', 'VanDiverted', 'ParcelStolen'] as const)
        expect(kinds).toContain(kind)
      expect(
        run
          .world()
          .logistics.vans.every(({ spoof, diversion }) => spoof === null && diversion === null),
      ).toBe(true)
      expect(loot(run)).toBeGreaterThan(5_000)
      expect(run.world().attacks.runs[0]!.status).toBe('done')
    }
  })
  test('[K41] stealth costs the crew nothing: the damage at 0.8 is at least half of that at 0', () => {
    let [crude, subtle] = [0, 0]
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      crude += loot(attacked(seed, { stealth: 0 }))
      subtle += loot(attacked(seed, { stealth: 0.8 }))
    }
    expect(subtle).toBeGreaterThan(crude / 2)
  })
  test('[K42] it waits for the van that was chosen, and goes where it was told', () => {
    const run = attacked(3, { van: 'van:2', place: 'place:net-loft', leave: 'second-stop' })
    const diverted = run.log.find(({ event }) => event.kind === 'VanDiverted')
    expect(diverted?.event).toMatchObject({ van: 2, to: 'place:net-loft', run: 0 })
    const stolen = run.log.filter(({ event }) => event.kind === 'ParcelStolen')
    expect(
      stolen.every(
        ({ event }) =>
          event.kind === 'ParcelStolen' && event.place === 'place:net-loft' && event.van === 2,
      ),
    ).toBe(true)
  })
  test('[K43] recalled before the crew meets the van nothing is taken, and the crew gives up', () => {
    const run = rig(1)
    launch(run)
    run.until(({ logistics: { vans } }) => vans.some((van) => van.diversion !== null))
    const van = run.world().logistics.vans.find((one) => one.diversion !== null)!
    run.give({ kind: 'RecallVan', van: van.id }, { kind: 'player', seat: 's' })
    run.to(120)
    expect(loot(run)).toBe(0)
    expect(run.world().attacks.runs[0]!.status).toBe('blocked')
  })
  test('[K44] truth names the van from the diversion on; before it there is no effect', () => {
    const run = attacked(2)
    const row = run.world().attacks.runs[0]!
    const seen = run.log
      .map((happened) => ({ at: happened.at, ...d1.witness(run.world(), row, happened) }))
      .filter(({ effect }) => effect)
    const diverted = run.log.find(({ event }) => event.kind === 'VanDiverted')!
    expect(seen[0]!.at).toBe(diverted.at)
    expect(new Set(seen.flatMap(({ targets }) => targets)).size).toBe(1)
    expect(seen[0]!.targets[0]).toMatch(/^van:[0-2]$/)
    expect(d1.witness(run.world(), { ...row, run: 5 }, diverted).effect).toBe(false)
  })
  test('[K45] without the attack, what it cannot touch is identical byte for byte', () => {
    const others = (telemetry: readonly Telemetry[], van: number): string =>
      telemetry
        .filter(({ uid }) => /^event:van-\d/.test(uid) && !uid.startsWith(`event:van-${van}-`))
        .map((one) => JSON.stringify(one))
        .join('\n')
    const quiet = watch(5, 90)
    const hit = watch(5, 90, (run, second) => {
      if (second === 1) launch(run, { van: 'van:1' })
    })
    expect(others(hit, 1)).toBe(others(quiet, 1))
    expect(others(hit, 0)).not.toBe(others(quiet, 0))
  })
  test('[K46] a van that never leaves the yard blocks the crew at the end of its time', () => {
    const run = rig(1)
    for (const parcel of run.world().logistics.parcels)
      run.give({ kind: 'HoldParcel', parcel: parcel.id })
    launch(run, { duration: 30 }, 1)
    run.to(60)
    expect(run.world().attacks.runs[0]).toMatchObject({ status: 'blocked' })
    expect(run.log.some(({ event }) => event.kind === 'GpsSpoofed')).toBe(false)
    expect(START).toBeLessThan(run.world().now)
  })
})
