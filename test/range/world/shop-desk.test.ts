import { describe, expect, test } from 'vitest'
import type { Order } from '../../../range/world/types-shop.ts'
import { configOf, edit, PLAIN, refusals, shopRig, type ShopRig } from './shop-rig.ts'

const desk = (over = {}): ShopRig => shopRig(configOf(9, over, PLAIN)).to(90)
/** A paid order of at least `minor` without a refund, and the card that paid it. */
function paid(run: ShopRig, minor: number): { readonly order: Order; readonly card: number } {
  const { shop } = run.world()
  const order = shop.orders.find(
    (one) =>
      one.status === 'paid' &&
      one.totalMinor >= minor &&
      !shop.refunds.some((refund) => refund.order === one.id),
  )!
  return { order, card: shop.transactions[order.transaction!]!.card }
}
const ask = (
  run: ShopRig,
  amountMinor: number,
  over: { staff?: number; ask?: boolean; destination?: number } = {},
) => {
  const { order, card } = paid(run, amountMinor)
  return run.give({
    kind: 'RequestRefund',
    order: order.id,
    staff: 0,
    amountMinor,
    destination: card,
    reason: 'wrong-size',
    ...over,
  })
}
const kinds = (list: ReturnType<typeof ask>): readonly string[] =>
  list.map(({ event }) => event.kind)

describe('refunds', () => {
  test('[W10] up to the limit one pair of eyes is enough, unless a colleague is asked', () => {
    expect(kinds(ask(desk(), 5_000))).toEqual([
      'RefundRequested',
      'PaymentCaptured',
      'RefundExecuted',
    ])
    expect(kinds(ask(desk(), 5_001))).toEqual(['RefundRequested'])
    expect(kinds(ask(desk(), 2_000, { ask: true }))).toEqual(['RefundRequested'])
  })

  test('[W10] above it somebody else approves while the control is on', () => {
    for (const fourEyes of [true, false]) {
      const run = desk({ fourEyes })
      ask(run, 6_000)
      const refund = run.world().shop.refunds.length - 1
      const own = run.give({ kind: 'ApproveRefund', refund, staff: 0 })
      expect(refusals(own)).toEqual(fourEyes ? ['four-eyes'] : [])
      if (fourEyes)
        expect(kinds(run.give({ kind: 'ApproveRefund', refund, staff: 1 }))).toContain(
          'RefundExecuted',
        )
      expect(run.world().shop.refunds[refund]!.status).toBe('executed')
    }
  })

  test('[W10] a colleague approves within nine minutes, and refuses a stranger’s card nearly always', () => {
    const own = desk()
    ask(own, 6_000)
    expect(
      own
        .to(100)
        .events('RefundApproved')
        .map(({ staff }) => staff),
    ).not.toContain(0)
    expect(own.world().shop.refunds.at(-1)!.status).toBe('executed')
    let refused = 0
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const run = shopRig(configOf(seed, {}, PLAIN)).to(120)
      ask(run, 5_100, { destination: run.world().shop.cards.length - 1 })
      run.to(130)
      refused += run
        .world()
        .shop.refunds.some(
          (one) =>
            one.destination === run.world().shop.cards.length - 1 && one.status === 'refused',
        )
        ? 1
        : 0
    }
    expect(refused).toBeGreaterThanOrEqual(4)
  })

  test('[W10] what is refused says why', () => {
    const run = desk()
    const { order, card } = paid(run, 6_000)
    const most = order.totalMinor
    const request = (over: object) =>
      refusals(
        run.give({
          kind: 'RequestRefund',
          order: order.id,
          staff: 0,
          amountMinor: 100,
          destination: card,
          reason: 'x',
          ...over,
        }),
      )
    expect(request({ amountMinor: most + 1 })).toEqual(['more-than-paid'])
    expect(request({ amountMinor: 0 })).toEqual(['more-than-paid'])
    expect(request({ staff: 10 })).toEqual(['not-their-job'])
    expect(request({ order: 99_999 })).toEqual(['no-such-order'])
    expect(request({ amountMinor: 100 })).toEqual([])
    expect(request({ amountMinor: most })).toEqual(['more-than-paid'])
    run.give({ kind: 'FreezeRefunds' })
    expect(request({})).toEqual(['refunds-frozen'])
    run.give({ kind: 'ThawRefunds' })
    run.give({ kind: 'SuspendAccount', account: run.world().shop.staff[0]!.account })
    expect(request({})).toEqual(['account-suspended'])
    expect(refusals(run.give({ kind: 'ExecuteRefund', refund: 99 }))).toEqual([
      'refund-not-waiting',
    ])
  })

  test('[W10] claims wait while refunds are frozen and are settled afterwards', () => {
    const run = shopRig(configOf(9, {}, PLAIN)).to(60)
    run.give({ kind: 'FreezeRefunds' })
    const before = run.events('RefundExecuted').length
    run.to(130)
    expect(run.events('RefundExecuted').length).toBe(before)
    const waiting = run.world().shop.claims.filter((one) => !one.handled).length
    expect(waiting).toBeGreaterThan(0)
    run.give({ kind: 'ThawRefunds' })
    run.to(200)
    expect(run.events('RefundExecuted').length).toBeGreaterThan(before)
  })
})

describe('page desk', () => {
  test('[W11] restoring serves the newest signed revision and refuses when it is live', () => {
    const run = shopRig(configOf(9, {}, PLAIN))
    const page = () => run.world().shop.pages.find((one) => one.slug === 'checkout')!
    expect(refusals(run.give({ kind: 'RestorePage', page: 'checkout' }))).toEqual([
      'page-is-baseline',
    ])
    const baseline = page().revisions[0]!
    run.give(edit({ page: 'checkout' }))
    expect(page().revisions[page().live]!.scripts).toEqual([])
    run.give({ kind: 'RestorePage', page: 'checkout' })
    expect(page().revisions[page().live]).toEqual(baseline)
    expect(page().revisions).toHaveLength(2)
  })

  test('[W11] a signed page in doubt goes back to the last build, and what came after it counts no more', () => {
    const run = shopRig(configOf(9, {}, PLAIN))
    const page = () => run.world().shop.pages.find((one) => one.slug === 'checkout')!
    const built = page().revisions[0]!.number
    run.give(edit({ page: 'checkout' }))
    run.give({ kind: 'SignPage', page: 'checkout' })
    run.give({ kind: 'RestorePage', page: 'checkout' })
    expect(page().revisions[page().live]!.number).toBe(built)
    expect(page().revisions.map((one) => one.signed)).toEqual([true, false])
    expect(refusals(run.give({ kind: 'RestorePage', page: 'checkout' }))).toEqual([
      'page-is-baseline',
    ])
  })

  test('[W11] a signature is for the revision that was looked at', () => {
    const run = shopRig(configOf(9, {}, PLAIN))
    run.give(edit())
    run.give(edit())
    expect(refusals(run.give({ kind: 'SignPage', page: 'home', revision: 102 }))).toEqual([
      'another-revision',
    ])
    expect(refusals(run.give({ kind: 'SignPage', page: 'home', revision: 103 }))).toEqual([])
    expect(refusals(run.give({ kind: 'SignPage', page: 'home' }))).toEqual(['signed-already'])
  })

  test('[W18] a page too large, or from a suspended author, is refused', () => {
    const run = shopRig(configOf(9, {}, PLAIN))
    const publish = (over: Parameters<typeof edit>[0]) => refusals(run.give(edit(over)))
    expect(publish({ scripts: [{ src: 'inline:0', text: 'x'.repeat(20_001) }] })).toEqual([
      'page-too-large',
    ])
    expect(
      publish({
        scripts: Array.from({ length: 13 }, (_, i) => ({ src: `inline:${i}`, text: '' })),
      }),
    ).toEqual(['page-too-large'])
    const { account } = run.world().shop.staff.find((one) => one.role === 'editor')!
    run.give({ kind: 'SuspendAccount', account })
    expect(publish({ author: account })).toEqual(['account-suspended'])
  })
})

test('[W18] forty hosts can be rented, and not one more', () => {
  const run = shopRig(configOf(9, {}, PLAIN))
  const rent = (n: number): readonly string[] =>
    refusals(run.give({ kind: 'OpenDrop', host: `drop-${n}.example` }))
  for (let n = 0; n < 40; n++) expect(rent(n)).toEqual([])
  expect(rent(40)).toEqual(['no-more-hosts'])
})
