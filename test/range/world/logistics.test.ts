import { describe, expect, test } from 'vitest'
import { worldDigest } from '../../../range/world/kernel.ts'
import { parcelTemperatureAt } from '../../../range/world/cold.ts'
import { odometerAt, positionAt } from '../../../range/world/fleet-motion.ts'
import type { LogisticsState } from '../../../range/world/types-logistics.ts'
import { CALM, rig, START, MINUTE, takeIn, type Rig } from './rig.ts'

const SEEDS = [1, 2, 3, 4, 5, 6]

/** Holder of each parcel as the places themselves tell it; more than one is a lie. */
function holders(state: LogisticsState): Map<number, string[]> {
  const found = new Map(state.parcels.map((p) => [p.id, [] as string[]]))
  for (const van of state.vans) for (const id of van.cargo) found.get(id)!.push(`van:${van.id}`)
  for (const locker of state.lockers) {
    for (const box of locker.boxes)
      if (box.parcel !== null) found.get(box.parcel)!.push(`locker:L${locker.id + 1}`)
  }
  for (const list of [state.warehouse.pick, state.warehouse.pack, state.warehouse.dock]) {
    for (const id of list) found.get(id)!.push('place:depot')
  }
  return found
}
function checkCustody(state: LogisticsState): void {
  for (const [id, where] of holders(state)) {
    const parcel = state.parcels[id]!
    const gone = ['delivered', 'collected', 'stolen'].includes(parcel.status)
    expect(where, `parcel ${id} ${parcel.status}`).toEqual(gone ? [] : [parcel.holder])
  }
}
const stolen = (run: Rig): number =>
  run.world().logistics.parcels.filter((p) => p.status === 'stolen').length

/** A van is led away from its tour and the crew waits for it. */
function diverted(seed: number): Rig {
  const run = rig(seed, CALM).until(
    ({ logistics: { vans } }) => vans[1]!.leg !== null && vans[1]!.cargo.length > 3,
  )
  run.give({ kind: 'DivertVan', van: 1, to: 'place:old-quay', run: 0 }, { kind: 'attack', run: 0 })
  return run
}

describe('logistics', () => {
  test('[W23] at every minute of a day each parcel is at exactly one holder', () => {
    for (const seed of SEEDS) {
      const run = rig(seed)
      run.give(takeIn(0, 'door:A3'))
      run.give(takeIn(1, 'locker:L2', { cold: true }))
      for (let minute = 1; minute <= 480; minute += 3)
        checkCustody(run.to(minute).world().logistics)
    }
  })
  test('[W23] the chain of custody of every parcel is unbroken: depot, van, door or locker', () => {
    for (const seed of SEEDS) {
      const at = new Map<number, string>()
      for (const { event } of rig(seed).to(480).log) {
        if (event.kind === 'ParcelLoaded') {
          expect(at.get(event.parcel) ?? 'depot').toBe('depot')
          at.set(event.parcel, `van:${event.van}`)
        }
        if (event.kind === 'ParcelDelivered') {
          expect(at.get(event.parcel)).toBe(`van:${event.van}`)
          at.set(event.parcel, event.place)
        }
        if (event.kind === 'ParcelPutInLocker') {
          expect(at.get(event.parcel)).toMatch(/^van:/)
          at.set(event.parcel, 'locker')
        }
        if (event.kind === 'ParcelBackInCustody') {
          expect(at.get(event.parcel)).toMatch(/^van:/)
          at.set(event.parcel, 'depot')
        }
        if (event.kind === 'ParcelCollected') {
          expect(at.get(event.parcel)).toBe('locker')
          at.set(event.parcel, 'customer')
        }
      }
      expect(at.size).toBeGreaterThan(40)
    }
  })
  test('[W24] the same seed gives the same day, another seed another', () => {
    const digest = (seed: number): string => worldDigest(rig(seed).to(180).sim)
    expect(digest(3)).toBe(digest(3))
    expect(digest(3)).not.toBe(digest(4))
  })
  test('[W25] a van moves continuously, and its odometer counts what it drives', () => {
    const run = rig(5)
    let before = run.world().logistics.vans.map((van) => ({
      ...positionAt(van, START),
      odometer: odometerAt(van, START),
    }))
    for (let minute = 0.1; minute < 120; minute += 0.1) {
      const now = START + Math.round(minute * MINUTE)
      const { vans } = run.to((now - START) / MINUTE).world().logistics
      before = vans.map((van, i) => {
        const here = { ...positionAt(van, now), odometer: odometerAt(van, now) }
        const driven = here.odometer - before[i]!.odometer
        const moved = Math.hypot(here.x - before[i]!.x, here.y - before[i]!.y)
        expect(driven).toBeGreaterThanOrEqual(0)
        expect(driven).toBeLessThan(6.1 * 14_000)
        expect(moved).toBeLessThanOrEqual(driven + 2)
        return here
      })
    }
  })
  test('[W26] all that waited at nine is delivered by evening, nearly all in time', () => {
    for (const seed of SEEDS) {
      const {
        meters,
        logistics: { parcels },
      } = rig(seed, CALM).to(480).world()
      expect(
        parcels.filter((p) => ['delivered', 'in-locker', 'collected'].includes(p.status)).length,
      ).toBe(parcels.length)
      expect(meters.parcelsLate).toBeLessThan(8)
      expect(meters.parcelsSpoiled).toBe(0)
    }
  })
  test('[W26] an order is picked, packed, docked, carried and delivered', () => {
    const run = rig(9, CALM)
    run.give(takeIn(0, 'door:C5'))
    const parcel = run.world().logistics.parcels.at(-1)!
    run.to(300)
    const steps = run.log
      .map(({ event }) => event)
      .filter((event) => 'parcel' in event && event.parcel === parcel.id)
      .map((event) => event.kind)
    expect(steps).toEqual([
      'StationWorked',
      'StationWorked',
      'StationWorked',
      'ParcelLoaded',
      'ParcelDelivered',
    ])
  })
  test('[W27] held in the depot a parcel is not loaded, and released it goes with a later tour', () => {
    const run = rig(2, CALM)
    run.give({ kind: 'HoldParcel', parcel: 0 })
    run.to(240)
    expect(run.world().logistics.parcels[0]!.status).toBe('docked')
    run.give({ kind: 'ReleaseParcel', parcel: 0 })
    run.to(420)
    expect(['delivered', 'in-locker', 'collected']).toContain(
      run.world().logistics.parcels[0]!.status,
    )
  })
  test('[W27] held in a van a parcel is not handed over and comes back', () => {
    const run = rig(2, CALM).until(
      ({ logistics: { vans } }) => vans[0]!.leg !== null && vans[0]!.cargo.length > 2,
    )
    const parcel = run.world().logistics.vans[0]!.cargo.at(-1)!
    run.give({ kind: 'HoldParcel', parcel })
    run.to(200)
    expect(run.world().logistics.parcels[parcel]).toMatchObject({
      status: 'docked',
      holder: 'place:depot',
      held: true,
    })
    expect(
      run.log.some(({ event }) => event.kind === 'ParcelBackInCustody' && event.parcel === parcel),
    ).toBe(true)
  })
  test('[W28] left alone, a diverted van loses its dearest parcels and then goes on with its tour', () => {
    const run = diverted(1)
    const aboard = run
      .world()
      .logistics.vans[1]!.cargo.map((id) => run.world().logistics.parcels[id]!)
    run.to(240)
    const lost = run.world().logistics.parcels.filter((p) => p.status === 'stolen')
    const dearest = [...aboard].sort((a, b) => b.valueMinor - a.valueMinor).slice(0, lost.length)
    expect(lost.length).toBe(Math.min(5, aboard.length))
    expect(new Set(lost.map((p) => p.id))).toEqual(new Set(dearest.map((p) => p.id)))
    expect(run.world().meters).toMatchObject({
      parcelsLost: lost.length,
      lostMinor: lost.reduce((sum, p) => sum + p.valueMinor, 0),
    })
    expect(run.world().logistics.vans[1]!.diversion).toBeNull()
    checkCustody(run.world().logistics)
  })
  test('[W27] to hold a stolen parcel is answered like any other, and changes nothing', () => {
    const run = diverted(1)
    run.until(({ logistics: { parcels } }) => parcels.some((p) => p.status === 'stolen'))
    const lost = run.world().logistics.parcels.find((p) => p.status === 'stolen')!
    const aboard = run.world().logistics.vans[0]!.cargo[0]!
    const kinds = (parcel: number): string[] =>
      run.give({ kind: 'HoldParcel', parcel }).map(({ event }) => event.kind)
    expect(kinds(lost.id)).toEqual(kinds(aboard))
    expect(run.world().logistics.parcels[lost.id]!.status).toBe('stolen')
  })
  test('[W28] recalled in time the van turns back, and every parcel is in custody again', () => {
    const run = diverted(1)
    run.to((run.world().now - START) / MINUTE + 1)
    const aboard = run.world().logistics.vans[1]!.cargo
    run.give({ kind: 'RecallVan', van: 1 })
    run.until(({ logistics: { vans } }) => vans[1]!.status === 'depot')
    expect(stolen(run)).toBe(0)
    for (const id of aboard) expect(run.world().logistics.parcels[id]!.holder).toBe('place:depot')
    expect(run.world().meters.vainMm).toBeGreaterThan(0)
  })
  test('[W28] a locked cargo room gives the crew nothing; held parcels stay in their bays', () => {
    const locked = diverted(3)
    locked.give({ kind: 'LockCargo', van: 1, locked: true })
    locked.to(120)
    expect(stolen(locked)).toBe(0)
    expect(
      locked.log.some(
        ({ event }) => event.kind === 'CommandRefused' && event.reason === 'cargo-locked',
      ),
    ).toBe(true)
    const held = diverted(3)
    const safe = held.world().logistics.vans[1]!.cargo.slice(0, 2)
    for (const parcel of safe) held.give({ kind: 'HoldParcel', parcel })
    held.to(120)
    for (const id of safe) expect(held.world().logistics.parcels[id]!.status).not.toBe('stolen')
  })
  test('[W29] the benign twins happen, and a driver never stops for good', () => {
    const twins = {
      flatTyre: 6_000,
      detour: 2_000,
      trafficJam: 5_000,
      lateVan: 3_000,
      doorForgotten: 9_000,
      lockerFault: 4_000,
    }
    const seen = new Set<string>()
    for (const seed of SEEDS) {
      const run = rig(seed, twins).to(480)
      for (const { event } of run.log) seen.add(event.kind)
      const parcels = run.world().logistics.parcels.filter((p) => p.status === 'loaded')
      expect(parcels.length, `seed ${seed}`).toBe(0)
    }
    for (const kind of ['TyreFlat', 'DetourTaken', 'LockerFailed'] as const)
      expect(seen).toContain(kind)
  })
  test('[W30] cold goods stay cold in the cold room and the van, and warm where they stand', () => {
    const run = rig(4, CALM)
    run.give(takeIn(0, 'door:A3', { cold: true }))
    const id = run.world().logistics.parcels.at(-1)!.id
    const {
      logistics: { parcels, vans },
      now,
    } = run.world()
    expect(parcelTemperatureAt(parcels[id]!, vans, now)).toBe(3_500)
    const standing = parcelTemperatureAt(parcels[id]!, vans, now + 90 * MINUTE)
    expect(standing).toBeGreaterThan(8_000)
    run.to(60)
    const later = run.world()
    expect(
      parcelTemperatureAt(later.logistics.parcels[id]!, later.logistics.vans, later.now),
    ).toBeLessThan(6_500)
  })
})
