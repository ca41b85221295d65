import { describe, expect, test } from 'vitest'
import { remaining } from '../../../range/world/shop-money.ts'
import type { Happened, World } from '../../../range/world/types.ts'
import { configOf, MINUTE, shopRig, START, type ShopRig } from './shop-rig.ts'

const day = shopRig(configOf(21), true).to(480)

/** Money that left the cards against money that payments still hold. */
function ledger(
  world: World,
  before: World,
): { readonly left: number; readonly held: number; readonly captured: number } {
  const sum = (of: World): number =>
    of.shop.cards.reduce((total, card) => total + card.balanceMinor, 0)
  const { transactions } = world.shop
  const total = (states: readonly string[]): number =>
    transactions
      .filter((one) => states.includes(one.status))
      .reduce((all, one) => all + remaining(world.shop, one), 0)
  return {
    left: sum(before) - sum(world),
    held: total(['authorised', 'captured', 'refunded']),
    captured: total(['captured', 'refunded']),
  }
}

describe('a day in the shop', () => {
  test('[W8] money is conserved: cards, payments, refunds, chargebacks, revenue', () => {
    const fresh = shopRig(configOf(21), true).world()
    for (const technique of [null, 'P2', 'I1', 'W1']) {
      const run =
        technique === null ? day : shopRig(configOf(21), true).to(60).launch(technique).to(360)
      const { left, held, captured } = ledger(run.world(), fresh)
      expect(left).toBe(held)
      expect(run.world().meters.revenueMinor).toBe(captured)
      expect(run.world().shop.cards.every((card) => card.balanceMinor >= 0)).toBe(true)
    }
  })

  test('[W17] a usual day: orders, visits, refunds and twins in believable numbers', () => {
    const { shop } = day.world()
    const ships = shop.orders.filter((order) => order.status !== 'failed' && order.parcel !== null)
    expect(ships.length).toBeGreaterThan(55)
    expect(ships.length).toBeLessThan(130)
    const payers = new Set(day.events('OrderPaid').map(({ order }) => shop.orders[order]!.session))
      .size
    expect(payers / shop.sessions.length).toBeGreaterThan(0.09)
    expect(payers / shop.sessions.length).toBeLessThan(0.16)
    expect(day.events('GiftCardIssued').length).toBeGreaterThan(4)
    expect(day.events('DownloadGranted').length).toBeGreaterThan(0)
    expect(day.events('RefundExecuted').length).toBeGreaterThan(5)
    expect(day.events('SaleStarted')).toHaveLength(1)
    expect(day.events('ShopReleased')).toHaveLength(1)
    expect(day.events('SignedIn').filter(({ ok, staff }) => !ok && !staff).length).toBeGreaterThan(
      10,
    )
    expect(day.events('PagesInspected').length).toBeGreaterThan(85)
    expect(day.events('CommandRefused').length).toBeLessThan(10)
  })

  test('[W17] whatever is published on a quiet day is signed within two minutes', () => {
    const published = day.log.filter(({ event }) => event.kind === 'PagePublished')
    expect(published.length).toBeGreaterThan(7)
    for (const { at, event } of published) {
      if (event.kind !== 'PagePublished') continue
      const signed = day.log.find(
        (one) =>
          one.event.kind === 'PageSigned' &&
          one.event.page === event.page &&
          one.event.revision === event.revision.number,
      )
      expect(signed === undefined ? Infinity : signed.at - at).toBeLessThanOrEqual(2 * MINUTE)
    }
  })

  test('[W17] some customers share an address with others, and one of many is not all of one', () => {
    const counts = Map.groupBy(day.world().shop.customers, (one) => one.ip)
    const sizes = [...counts.values()].map((list) => list.length).sort((a, b) => b - a)
    expect(sizes[0]).toBeGreaterThan(5)
    expect(sizes[0]).toBeLessThan(40)
    expect(sizes.filter((size) => size === 1).length).toBeGreaterThan(60)
  })

  test('[W9] goods are captured when they are loaded, digital ones at once', () => {
    const at = (match: (event: Happened['event']) => boolean): number =>
      day.log.find(({ event }) => match(event))?.at ?? -1
    let goods = 0
    for (const { event, at: capturedAt } of day.log) {
      if (event.kind !== 'PaymentCaptured') continue
      const { shop } = day.world()
      const order = shop.orders[shop.transactions[event.transaction]!.order]!
      const refunded = shop.refunds.some((one) => one.order === order.id)
      if (refunded) continue
      const moment =
        order.parcel === null
          ? at((one) => one.kind === 'OrderPaid' && one.order === order.id)
          : at((one) => one.kind === 'ParcelLoaded' && one.parcel === order.parcel)
      expect(capturedAt).toBe(moment)
      goods += order.parcel === null ? 0 : 1
    }
    expect(goods).toBeGreaterThan(30)
  })

  test('[W5] no event of the day holds a card number', () => {
    const numbers = new Set(day.world().shop.cards.map((card) => card.number))
    const text = JSON.stringify(day.log)
    for (const digits of text.match(/\d{16}/g) ?? []) expect(numbers.has(digits)).toBe(false)
  })

  test('[W6] session keys, order numbers and references name one thing each', () => {
    const { shop } = day.world()
    for (const names of [
      shop.sessions.map((one) => one.key),
      shop.orders.map((one) => one.number),
      shop.refunds.map((one) => one.reference),
    ]) {
      expect(new Set(names).size).toBe(names.length)
    }
    expect(new Set(shop.sessions.map((one) => one.key.length))).toEqual(new Set([16]))
  })
})

/** A customer's requests as they left the browser, with the time of each. */
function requestsOf(run: ShopRig, own: ReadonlySet<string>): readonly string[] {
  return run.log.flatMap(({ at, event }) =>
    event.kind === 'HttpServed' && own.has(event.request.session)
      ? [JSON.stringify([at, event.request])]
      : [],
  )
}

describe('independence', () => {
  test('[W3] without a run of P2 every customer asks the same, at the same time, and every van reads the same', () => {
    const config = configOf(33)
    const without = shopRig(config, true).to(150)
    const withRun = shopRig(config, true).to(30).launch('P2', { stealth: 0.4 }).to(150)
    const own = new Set(without.world().shop.sessions.map((one) => one.key))
    expect(withRun.events('PaymentTried', 'attack').length).toBeGreaterThan(100)
    expect(requestsOf(withRun, own)).toEqual(requestsOf(without, own))
    const readings = (run: ShopRig): readonly string[] =>
      run.log.flatMap(({ at, event }) =>
        event.kind === 'SensorsRead' || event.kind.startsWith('Van')
          ? [JSON.stringify([at, event])]
          : [],
      )
    expect(readings(withRun)).toEqual(readings(without))
    expect(START).toBe(config.start)
  })
})
