import { describe, expect, test } from 'vitest'
import { appended, entryText, firstRows, rootOf } from '../../../range/world/book-tree.ts'
import { WITNESSES } from '../../../range/world/book-witness.ts'
import type { BookEntry } from '../../../range/world/types-book.ts'
import { bookRig, MINUTE } from './book-rig.ts'

const FROM = 150

describe('the book', () => {
  test('[B2] every payment, refund, hand-over and delivery is a row, in its order', () => {
    const rig = bookRig(FROM)
    const { entries } = rig.book()
    const count = (kind: BookEntry['kind']): number =>
      entries.filter((one) => one.kind === kind).length
    expect(count('paid')).toBe(rig.events('OrderPaid').length)
    expect(count('refund')).toBe(rig.events('RefundExecuted').length)
    const booked = (parcel: number): boolean =>
      rig.world().logistics.parcels[parcel]!.order !== null
    const delivered = rig.events('ParcelDelivered').filter((one) => booked(one.parcel))
    expect(count('delivered')).toBe(delivered.length)
    expect(count('handed-over')).toBeGreaterThan(10)
    expect(entries.every((one, i) => i === 0 || entries[i - 1]!.at <= one.at)).toBe(true)
    expect(new Set(entries.map(entryText)).size).toBe(entries.length)
  })

  test('[B2] a head each minute, four looks at it, all good; copies give the root', () => {
    const rig = bookRig(FROM)
    expect(rig.events('HeadPublished').length).toBe(FROM)
    const looks = rig.events('BookWitnessed')
    expect(looks.length).toBe((FROM - 1) * WITNESSES.length)
    expect(looks.every((one) => one.accepted)).toBe(true)
    for (const { kept, copy } of rig.book().witnesses) expect(rootOf(copy)).toBe(kept!.root)
  })

  test('[B3] honest settlements leave nothing', () => {
    const rig = bookRig(FROM)
    const settled = rig.events('BookSettled')
    expect(settled.length).toBe(14)
    expect(settled.every((one) => one.restMinor === 0)).toBe(true)
    expect(settled.reduce((sum, one) => sum + one.bookedMinor, 0)).toBeGreaterThan(0)
  })

  test('[B4] witnesses away, late heads and corrections at six times their rate: silence', () => {
    const twins = { 'witness-away': 6_000, 'late-head': 6_000, 'book-correction': 6_000 }
    const rig = bookRig(FROM, 6, twins)
    expect(rig.events('EntryCorrected').length).toBeGreaterThan(3)
    expect(rig.events('BookWitnessed').length).toBeLessThan((FROM - 1) * WITNESSES.length - 20)
    const heads = rig.events('HeadPublished').map((one) => one.head.at)
    const late = heads.filter((at, i) => i > 0 && at - heads[i - 1]! > MINUTE + 15_000)
    expect(late.length).toBeGreaterThan(5)
    expect(rig.events('BookSettled').every((one) => one.restMinor === 0)).toBe(true)
    expect(rig.findings()).toEqual([])
  })
})

describe('lists of rows that share a tree', () => {
  const row = (n: number): BookEntry => ({
    at: n,
    kind: 'paid',
    order: `ORDER${n}`,
    parcel: '',
    amountMinor: n,
    place: '',
  })
  const fresh = (rows: readonly BookEntry[]): string => rootOf([...rows])

  test('[B2] grown, cut short, and grown twice from one list, each keeps a root of its own', () => {
    const two = appended([row(1)], [row(2)])
    const before = rootOf(two)
    const five = appended(two, [row(3), row(4), row(5)])
    const other = appended(two, [row(6)])
    const cut = firstRows(five, 3)
    const bent = appended(cut, [row(7)])
    for (const rows of [two, five, other, cut, bent]) expect(rootOf(rows)).toBe(fresh(rows))
    expect(rootOf(two)).toBe(before)
    expect(rootOf(appended(five, [row(8)]), 5)).toBe(fresh(five))
  })
})
