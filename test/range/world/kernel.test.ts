import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { advance, apply, fork, worldDigest } from '../../../range/world/kernel.ts'
import { compareScheduled, popUntil, push, type Queue } from '../../../range/world/queue.ts'
import type { Command, Scheduled } from '../../../range/world/types.ts'
import { configOf, MINUTE, shopRig, START } from './shop-rig.ts'

const commands: readonly Command[] = [
  { kind: 'FreezeRefunds' },
  { kind: 'ThawRefunds' },
  { kind: 'InspectPages', round: 0 },
]
const scheduled = fc.record({
  at: fc.integer({ min: 0, max: 5 }),
  entity: fc.integer({ min: 0, max: 3 }),
  ordinal: fc.integer({ min: 0, max: 3 }),
  command: fc.constantFrom(...commands),
  cause: fc.constant({ kind: 'town' } as const),
})
const key = (one: Scheduled): string => `${one.at} ${one.command.kind} ${one.entity} ${one.ordinal}`

describe('kernel', () => {
  test('[W1] the queue gives back what a sort by (time, kind, entity, ordinal) would', () => {
    fc.assert(
      fc.property(fc.array(scheduled, { maxLength: 60 }), (items) => {
        const queue: Queue = { heap: [] }
        items.forEach((item) => push(queue, item))
        const out: string[] = []
        for (let item = popUntil(queue, 5); item; item = popUntil(queue, 5)) out.push(key(item))
        expect(out).toEqual([...items].sort(compareScheduled).map(key))
      }),
    )
  })

  test('[W1] advance stops after its end, includes it, and time never goes back', () => {
    const run = shopRig(configOf(3)).to(10)
    expect(run.world().now).toBe(START + 10 * MINUTE)
    expect(run.log.every(({ at }) => at <= run.world().now)).toBe(true)
    expect(run.log.map(({ at }) => at)).toEqual(run.log.map(({ at }) => at).sort((a, b) => a - b))
    expect(run.sim.queue.heap.every(({ at }) => at > run.world().now)).toBe(true)
    expect(() => run.to(5)).toThrow(/cannot go back/)
  })

  test('[W1] steps of any size make the same history', () => {
    const once = shopRig(configOf(4)).to(40)
    const often = shopRig(configOf(4))
    for (let second = 1; second <= 2400; second += 1) often.to(second / 60)
    expect(often.log).toEqual(once.log)
    expect(worldDigest(often.sim)).toBe(worldDigest(once.sim))
  })

  test('[W1] a player acts at once, and an unknown command is refused in words', () => {
    const run = shopRig(configOf(3)).to(1)
    expect(run.give({ kind: 'FreezeRefunds' })).toEqual([
      {
        at: run.world().now,
        cause: { kind: 'player', seat: 'c1' },
        event: { kind: 'RefundsFrozen' },
      },
    ])
    expect(run.world().shop.refundsFrozen).toBe(true)
    expect(run.give({ kind: 'RecallVan', van: 0 })[0]!.event).toEqual({
      kind: 'CommandRefused',
      command: 'RecallVan',
      reason: 'not-in-this-town',
    })
  })

  test('[W2] a fork and its original go their own ways', () => {
    const run = shopRig(configOf(5)).to(30)
    const before = worldDigest(run.sim)
    const other = fork(run.sim)
    advance(other, START + 60 * MINUTE, () => {})
    apply(other, { kind: 'FreezeRefunds' }, { kind: 'town' }, () => {})
    expect(worldDigest(run.sim)).toBe(before)
    expect(worldDigest(other)).not.toBe(before)
    const again = fork(run.sim)
    advance(again, START + 60 * MINUTE, () => {})
    apply(again, { kind: 'FreezeRefunds' }, { kind: 'town' }, () => {})
    expect(worldDigest(again)).toBe(worldDigest(other))
  })

  test('[W2] the same configuration gives the same bytes, another seed others', () => {
    const digest = (seed: number): string => worldDigest(shopRig(configOf(seed), true).to(45).sim)
    expect(digest(11)).toBe(digest(11))
    expect(digest(11)).not.toBe(digest(12))
  })

  test('[W2] nothing ever changes a row in place', () => {
    const run = shopRig(configOf(6))
    const freeze = (value: unknown): void => {
      if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return
      if (value instanceof Map) return
      Object.freeze(value)
      Object.values(value).forEach(freeze)
    }
    for (let minute = 1; minute <= 30; minute++) {
      run.to(minute)
      freeze(run.world().shop)
    }
    expect(run.events('OrderPlaced').length).toBeGreaterThan(0)
  })
})
