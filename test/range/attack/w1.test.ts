import { describe, expect, test } from 'vitest'
import type { AttackParams } from '../../../range/world/types-attack.ts'
import { techniqueOf } from '../../../range/attack/catalogue.ts'
import { configOf, PLAIN, shopRig, START, MINUTE, type ShopRig } from '../world/shop-rig.ts'

const attacked = (params: AttackParams = {}, seed = 5): ShopRig =>
  shopRig(configOf(seed, {}, PLAIN))
    .to(30)
    .launch('W1', { duration: 240, ...params })
const drop = (run: ShopRig) => run.world().shop.hosts.find((one) => one.owner === 'drop')!
const leakedAfter = (run: ShopRig, minute: number): number =>
  drop(run).collected.filter((one) => one.at > START + minute * MINUTE).length
const payments = (run: ShopRig, from: number): number =>
  run.log.filter(({ at, event }) => event.kind === 'PaymentTried' && at > START + from * MINUTE)
    .length

const signedOf = (run: ShopRig): readonly number[] =>
  run
    .events('PageSigned')
    .filter((one) => one.page === 'checkout')
    .map((one) => one.revision)

describe('W1', () => {
  test('[K10] cards flow because of the served program, in each of the three ways', () => {
    for (const way of ['editor', 'tag-manager', 'dependency']) {
      const run = attacked({ way, stealth: 0 }).to(150)
      const tried = payments(run, 31)
      expect(tried).toBeGreaterThan(8)
      expect(leakedAfter(run, 0)).toBeGreaterThan(tried * 0.8)
      const own = run.log
        .filter(({ cause }) => cause.kind === 'attack')
        .map(({ event }) => event.kind)
      expect(new Set(own)).toEqual(
        new Set(['AttackLaunched', 'AttackStepped', 'DropOpened', 'PagePublished']),
      )
    }
  })

  test('[K10] restoring the page stops the leak and nothing else; the crew sees it', () => {
    const run = attacked().to(90)
    expect(leakedAfter(run, 0)).toBeGreaterThan(2)
    run.give({ kind: 'RestorePage', page: 'checkout' })
    const page = run.world().shop.pages.find((one) => one.slug === 'checkout')!
    expect(page.revisions[page.live]!.signed).toBe(true)
    run.to(200)
    expect(leakedAfter(run, 93)).toBe(0)
    expect(payments(run, 93)).toBeGreaterThan(8)
    expect(run.world().shop.csp.enforce).toBe(false)
    expect(run.world().attacks.runs[0]!.status).toBe('blocked')
  })

  test('[K10] a blocked source, a locked editor or frozen refunds stop nothing', () => {
    const run = attacked().to(60)
    for (const { account } of run.world().shop.staff.filter((one) => one.role === 'editor'))
      run.give({ kind: 'SuspendAccount', account })
    run.give({ kind: 'FreezeRefunds' })
    run.give({ kind: 'SetVelocityRule', perMinute: 60 })
    run.to(200)
    expect(leakedAfter(run, 61)).toBeGreaterThan(4)
  })

  test('[W13] an enforced policy without the host stops the calls, and browsers tell', () => {
    for (const stealth of [0, 0.8]) {
      const run = attacked({ stealth }).to(60)
      run.give({ kind: 'BlockHost', host: drop(run).host })
      run.to(200)
      expect(leakedAfter(run, 61)).toBe(0)
      const told = run.events('BrowserReported').filter(({ enforce }) => enforce)
      expect(told.length).toBeGreaterThan(3)
    }
  })

  test('[K11] from an unlike host to one that the policy allows: browsers report the first two, not the last', () => {
    const rows = [0, 0.4, 0.8].map((stealth) => {
      const run = attacked({ stealth }).to(150)
      const { host } = drop(run)
      return {
        host,
        reports: run.events('BrowserReported').filter((one) => one.host === host).length,
      }
    })
    expect(rows[0]!.reports).toBeGreaterThan(5)
    expect(rows[1]!.reports).toBeGreaterThan(3)
    expect(rows[2]!.reports).toBe(0)
    expect(rows[2]!.host).toMatch(/\.visitlog\.example$/)
  })

  test('[K11] a release takes the script out without knowing it', () => {
    const run = attacked().to(60)
    run.give({ kind: 'ReleaseShop', release: 9 })
    run.to(120)
    expect(leakedAfter(run, 63)).toBe(0)
    expect(run.world().attacks.runs[0]!.status).toBe('blocked')
  })

  test('[K12] what nobody approved, its supposed author disowns, and it stays unsigned', () => {
    for (const way of ['editor', 'tag-manager', 'dependency']) {
      const run = attacked({ way }).to(60)
      const { revision } = run.events('PagePublished', 'attack')[0]!
      expect(revision).toMatchObject({ approvedBy: null, signed: false })
      expect(signedOf(run)).not.toContain(revision.number)
    }
  })

  test('[K12] approved by a bought account, it is signed where the colleague does not read it', () => {
    const runs = Array.from({ length: 24 }, (_, i) => attacked({ stealth: 0.8 }, 40 + i).to(60))
    const fates = runs.map((run) => {
      const { revision } = run.events('PagePublished', 'attack')[0]!
      const approved = revision.approvedBy !== null
      return `${approved ? 'approved' : 'alone'} ${signedOf(run).includes(revision.number) ? 'signed' : 'left'}`
    })
    expect(new Set(fates)).toEqual(new Set(['approved signed', 'approved left', 'alone left']))
  })

  test('[W31] the monitor types a number into the checkout and sees where it goes, but not from a wary program', () => {
    const runs = Array.from({ length: 8 }, (_, i) => attacked({ stealth: 0.8 }, 60 + i).to(60))
    const seen = runs.map((run) => {
      const { host } = drop(run)
      const calls = run.events('PagesInspected').flatMap((one) => one.calls ?? [])
      const text = run
        .events('PagePublished', 'attack')[0]!
        .revision.scripts.map((script) => script.text)
      const wary = text.some((one) => one.includes('navigator.webdriver'))
      return { wary, found: calls.some((one) => one.host === host && one.canary) }
    })
    expect(seen.filter((one) => one.wary && one.found)).toEqual([])
    expect(seen.filter((one) => !one.wary && !one.found).length).toBeLessThan(2)
    expect(seen.filter((one) => one.wary).length).toBeGreaterThan(0)
    const quiet = shopRig(configOf(5, {}, PLAIN)).to(60)
    const calls = quiet.events('PagesInspected').flatMap((one) => one.calls ?? [])
    expect(calls.length).toBeGreaterThan(5)
    expect(calls.filter((one) => one.canary)).toEqual([])
  })

  test('[W19] told card holders are spared: their cards are blocked before they are used', () => {
    const run = attacked().to(90)
    const cards = new Set(drop(run).collected.map((one) => one.card))
    run.give({ kind: 'NotifyCardHolders', host: drop(run).host })
    run.give({ kind: 'RestorePage', page: 'checkout' })
    expect(run.events('CardHoldersNotified')[0]!.count).toBe(
      new Set(drop(run).collected.map((one) => one.customer)).size,
    )
    run.to(400)
    expect(run.events('ChargebackOpened')).toHaveLength(0)
    expect(
      run
        .world()
        .shop.cards.filter((card) => cards.has(card.id))
        .every((card) => card.state !== 'good'),
    ).toBe(true)
    const untold = attacked().to(400)
    expect(untold.events('ChargebackOpened').length).toBeGreaterThan(0)
    expect(untold.world().meters.trustMilli).toBeLessThan(run.world().meters.trustMilli)
  })

  test('[K32] from stealth 0 to 0.8 at least half of the cards still leak', () => {
    const cards = (stealth: number): number =>
      [1, 2, 3].reduce(
        (sum, seed) => sum + drop(attacked({ stealth }, seed).to(210)).collected.length,
        0,
      )
    expect(cards(0.8)).toBeGreaterThanOrEqual(cards(0) / 2)
  })

  test('[K10] the truth names page and host, from the publication on', () => {
    const run = attacked().to(90)
    const seen = run.log
      .map((happened) =>
        techniqueOf('W1').witness(run.world(), run.world().attacks.runs[0]!, happened),
      )
      .filter((one) => one.effect)
    expect(seen.length).toBeGreaterThan(2)
    expect(
      seen.every(
        (one) =>
          one.targets.includes('page:checkout') && one.actors[0] === `host:${drop(run).host}`,
      ),
    ).toBe(true)
  })
})
