import { describe, expect, test } from 'vitest'
import { techniqueOf } from '../../../range/attack/catalogue.ts'
import type { AttackParams } from '../../../range/world/types-attack.ts'
import { configOf, PLAIN, shopRig, type ShopRig } from '../world/shop-rig.ts'

const attacked = (params: AttackParams = {}, over = {}, seed = 5): ShopRig =>
  shopRig(configOf(seed, over, PLAIN))
    .to(60)
    .launch('I1', params)
const own = (run: ShopRig) =>
  run.world().shop.refunds.filter((one) => run.world().shop.cards[one.destination]!.holder === null)
const money = (run: ShopRig): number =>
  own(run)
    .filter((one) => one.status === 'executed')
    .reduce((sum, one) => sum + one.amountMinor, 0)

describe('I1', () => {
  test('[K30] with four eyes on, amounts below the limit go to the agent’s own card', () => {
    const run = attacked({ stealth: 0 }).to(155)
    expect(own(run).length).toBeGreaterThan(10)
    expect(
      own(run).every(
        (one) => one.amountMinor <= 5_000 && one.status === 'executed' && one.approvedBy === null,
      ),
    ).toBe(true)
    expect(new Set(own(run).map((one) => one.requestedBy)).size).toBe(1)
    expect(new Set(own(run).map((one) => one.destination)).size).toBe(1)
    expect(run.world().meters.lostMinor).toBeGreaterThanOrEqual(money(run))
  })

  test('[K30] with the control off, large ones approved by the same hand', () => {
    const run = attacked({ stealth: 0 }, { fourEyes: false }).to(155)
    const large = own(run).filter((one) => one.amountMinor > 5_000)
    expect(large.length).toBeGreaterThan(3)
    expect(
      large
        .filter((one) => one.status === 'executed')
        .every((one) => one.approvedBy === one.requestedBy),
    ).toBe(true)
  })

  test('[K31] a suspended agent gets nothing more and gives up', () => {
    const run = attacked().to(90)
    run.give({
      kind: 'SuspendAccount',
      account: String(run.world().attacks.runs[0]!.params['staff']),
    })
    const before = own(run).length
    run.to(160)
    expect(own(run).length).toBe(before)
    expect(run.world().attacks.runs[0]!.status).toBe('blocked')
    expect(
      run.log.some(
        ({ cause, event }) =>
          cause.kind === 'attack' &&
          event.kind === 'CommandRefused' &&
          event.reason === 'account-suspended',
      ),
    ).toBe(true)
  })

  test('[K31] frozen refunds stop it as long as they are frozen', () => {
    const run = attacked().to(90)
    run.give({ kind: 'FreezeRefunds' })
    const before = own(run).length
    run.to(101)
    expect(own(run).length).toBe(before)
    run.give({ kind: 'ThawRefunds' })
    run.to(150)
    expect(own(run).length).toBeGreaterThan(before)
  })

  test('[K30] stealth spreads orders, amounts and cards', () => {
    const run = attacked({ stealth: 0.8 }).to(155)
    expect(new Set(own(run).map((one) => one.order)).size).toBe(own(run).length)
    expect(new Set(own(run).map((one) => one.destination)).size).toBe(2)
    const amounts = own(run).map((one) => one.amountMinor)
    expect(Math.max(...amounts) - Math.min(...amounts)).toBeGreaterThan(800)
  })

  test('[K32] from stealth 0 to 0.8 at least half of the money is taken', () => {
    const taken = (stealth: number): number =>
      [1, 2, 3, 4].reduce((sum, seed) => sum + money(attacked({ stealth }, {}, seed).to(155)), 0)
    expect(taken(0.8)).toBeGreaterThanOrEqual(taken(0) / 2)
  })

  test('[K30] the truth names the agent and the card', () => {
    const run = attacked().to(120)
    const { account } = run.world().shop.staff[own(run)[0]!.requestedBy]!
    const seen = run.log
      .map((happened) =>
        techniqueOf('I1').witness(run.world(), run.world().attacks.runs[0]!, happened),
      )
      .filter((one) => one.effect)
    expect(seen.length).toBeGreaterThan(4)
    expect(
      seen.every(
        (one) => one.actors.includes(`staff:${account}`) && one.actors[1]!.startsWith('card:tok_'),
      ),
    ).toBe(true)
  })
})
