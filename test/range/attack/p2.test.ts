import { describe, expect, test } from 'vitest'
import type { AttackParams } from '../../../range/world/types-attack.ts'
import { configOf, PLAIN, shopRig, type ShopRig } from '../world/shop-rig.ts'

const attacked = (params: AttackParams = {}, seed = 5): ShopRig =>
  shopRig(configOf(seed, {}, PLAIN))
    .to(30)
    .launch('P2', params)
const tried = (run: ShopRig) => run.events('PaymentTried', 'attack')
const live = (run: ShopRig): number => run.events('OrderPaid', 'attack').length

describe('P2', () => {
  test('[K20] ordinary requests, small amounts, many declines, nothing that ships', () => {
    const run = attacked().to(75)
    expect(tried(run).length).toBeGreaterThan(200)
    expect(tried(run).every(({ amountMinor }) => amountMinor <= 3_000)).toBe(true)
    const answers = run.events('PaymentAnswered', 'attack').map(({ response }) => response)
    expect(answers.filter((one) => one === '00').length / answers.length).toBeLessThan(0.4)
    expect(answers).not.toContain('1A')
    const { shop } = run.world()
    const orders = run.events('OrderPaid', 'attack').map(({ order }) => shop.orders[order]!)
    expect(orders.every((one) => one.customer === null)).toBe(true)
    expect(
      orders.every((one) =>
        one.lines.every((line) =>
          ['giftcard', 'download'].includes(shop.products[line.product]!.kind),
        ),
      ),
    ).toBe(true)
    expect(run.world().attacks.runs[0]!.status).toBe('done')
  })

  test('[K21] a blocked network is answered 403; without another one the run ends', () => {
    const run = attacked({ stealth: 0 }).to(40)
    run.give({ kind: 'BlockSource', ip: tried(run)[0]!.ip })
    const before = tried(run).length
    run.to(60)
    expect(tried(run).length).toBe(before)
    expect(run.world().attacks.runs[0]!.status).toBe('blocked')
    expect(run.events('HttpServed', 'attack').some(({ response }) => response.code === 403)).toBe(
      true,
    )
  })

  test('[K21] with stealth it has more networks and goes on from another', () => {
    const run = attacked({ stealth: 0.4 }).to(40)
    const ips = new Set(tried(run).map(({ ip }) => ip))
    expect(ips.size).toBeGreaterThan(3)
    run.give({ kind: 'BlockSource', ip: [...ips][0]! })
    const before = tried(run).length
    run.to(60)
    expect(tried(run).length).toBeGreaterThan(before + 30)
    expect(
      new Set(
        run
          .events('PaymentTried', 'attack')
          .slice(before)
          .map(({ ip }) => ip),
      ),
    ).not.toContain([...ips][0])
  })

  test('[K21] the velocity rule slows and ends a bold run', () => {
    const run = attacked({ stealth: 0, rate: 20 }).to(33)
    run.give({ kind: 'SetVelocityRule', perMinute: 3 })
    run.to(70)
    expect(run.world().attacks.runs[0]!.status).toBe('blocked')
    const free = attacked({ stealth: 0, rate: 20 }).to(70)
    expect(tried(run).length).toBeLessThan(tried(free).length / 3)
  })

  test('[K32] from stealth 0 to 0.8 it still learns at least half of the live cards', () => {
    const count = (stealth: number): number =>
      [1, 2, 3, 4].reduce((sum, seed) => sum + live(attacked({ stealth }, seed).to(80)), 0)
    expect(count(0.8)).toBeGreaterThanOrEqual(count(0) / 2)
  })

  test('[K32] one fixed threshold on tries by address loses recall as stealth grows', () => {
    const peak = (stealth: number, seed: number): number => {
      const run = attacked({ stealth }, seed).to(80)
      const byIp = new Map<string, number[]>()
      for (const { at, event } of run.log)
        if (event.kind === 'PaymentTried') byIp.set(event.ip, [...(byIp.get(event.ip) ?? []), at])
      return Math.max(
        ...[...byIp.values()].map((times) =>
          Math.max(
            ...times.map((from) => times.filter((at) => at >= from && at < from + 600_000).length),
          ),
        ),
      )
    }
    for (const seed of [1, 2, 3]) {
      expect(peak(0, seed)).toBeGreaterThan(60)
      expect(peak(0.8, seed)).toBeLessThan(30)
    }
  })

  test('[K2] its networks and browsers are those that customers could have', () => {
    const run = attacked({ stealth: 0.8 }).to(80)
    const agents = new Set(run.world().shop.customers.map((one) => one.agent))
    const known = run
      .events('HttpServed', 'attack')
      .filter(({ request }) => agents.has(request.agent)).length
    expect(known / run.events('HttpServed', 'attack').length).toBeGreaterThan(0.9)
    for (const { ip } of tried(run)) expect(ip).toMatch(/^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./)
  })
})
