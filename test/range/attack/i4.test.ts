import { describe, expect, test } from 'vitest'
import { agreesWithWitnesses } from '../../../range/world/book-response.ts'
import { entryText } from '../../../range/world/book-tree.ts'
import type { BookChange, BookEntry } from '../../../range/world/types-book.ts'
import { includes } from '../../../engine/integrity/merkle.ts'
import { bookRig, CALM, MINUTE, START, type BookRig } from '../world/book-rig.ts'
import { configOf, shopRig } from '../world/shop-rig.ts'

const FROM = 150
const attacked = (way: string, stealth = 0, seed = 5): BookRig =>
  bookRig(FROM, seed).launch({ way, stealth })
const changes = (rig: BookRig) =>
  rig.log.filter(({ event }) => event.kind === 'BookChanged').map(({ at }) => at)
/** The newest witnessed payment since the last settlement, made smaller by hand. */
function tamper(rig: BookRig, way: 'edit' | 'drop' | 'fork' = 'edit'): BookEntry {
  const { entries, head } = rig.book()
  const index = entries.slice(0, head!.size).findLastIndex((one) => one.kind === 'paid')
  const was = entries[index]!
  const entry = { ...was, amountMinor: 1 }
  const change: BookChange =
    way === 'drop'
      ? { way, index }
      : way === 'edit'
        ? { way, index, entry }
        : { way, audience: ['bank'], index, entry }
  rig.give({ kind: 'ChangeBook', change })
  return was
}
const refusal = (rig: BookRig, kind: 'FreezeBook' | 'RebuildBook' | 'ProveChange' | 'ThawBook') => {
  const [first] = rig.give({ kind })
  return first?.event.kind === 'CommandRefused' ? first.event.reason : null
}

describe('I4', () => {
  test.each(['edit', 'drop', 'backdate', 'rollback', 'fork'])(
    '[B5] %s: noticed within one checkpoint of the first change',
    (way) => {
      const rig = attacked(way).to(FROM + 25)
      const [first] = changes(rig)
      const [found] = rig.findings()
      expect(first).toBeDefined()
      expect(found!.lead).toEqual(['device:book'])
      expect(found!.time - first!).toBeGreaterThan(0)
      // The next head is out within a minute, its witnesses look within nine seconds of it.
      expect(found!.time - first!).toBeLessThanOrEqual(MINUTE + 9_000)
    },
  )

  test('[B5] [B8] put in after the last head, but dated before it: missed, and taken out again', () => {
    const rig = bookRig(FROM).to(FROM + 0.5)
    const honest = rig.book().entries
    const entry = { ...honest.at(-1)!, at: rig.book().head!.at - 60_000, amountMinor: 1 }
    rig.give({ kind: 'ChangeBook', change: { way: 'insert', index: honest.length, entry } })
    rig.to(FROM + 2)
    expect(rig.findings()[0]!.title).toMatch(/was put in and dated back/)
    expect(agreesWithWitnesses(rig.book())).toBe(false)
    expect(refusal(rig, 'ProveChange')).toBeNull()
    const proof = rig.book().proof!
    expect(proof.kept).toBeNull()
    expect(includes(proof, proof.index, entryText(entry), proof.path)).toBe(true)
    expect(refusal(rig, 'RebuildBook')).toBeNull()
    const rows = rig.book().entries.map(entryText)
    expect(rows).not.toContain(entryText(entry))
    expect(rows.slice(0, honest.length)).toEqual(honest.map(entryText))
    const said = rig.findings().length
    rig.to(FROM + 5)
    expect(rig.findings().length).toBe(said)
    expect(agreesWithWitnesses(rig.book())).toBe(true)
  })

  test('[B3] what settlement leaves over is taken, and counted as lost', () => {
    const rig = attacked('edit').to(FROM + 25)
    const rest = rig.events('BookSettled').reduce((sum, one) => sum + one.restMinor, 0)
    expect(rest).toBeGreaterThan(1_000)
    expect(rig.book().restMinor).toBe(rest)
    expect(rig.world().meters.lostMinor).toBeGreaterThanOrEqual(rest)
  })

  test('[B3] a delivery that never was: the customer asks, and is not believed', () => {
    const rig = attacked('backdate').to(FROM + 40)
    const [refused] = rig.events('BookClaimRefused')
    expect(refused).toBeDefined()
    const { customer, number } = rig.world().shop.orders[refused!.order]!
    expect(rig.book().entries.some((one) => one.kind === 'delivered' && one.order === number)).toBe(
      true,
    )
    expect(
      rig
        .events('TrustChanged')
        .some((one) => one.customer === customer && one.reason === 'not-believed'),
    ).toBe(true)
  })

  test('[B6] the quiet hand prefers rows that nobody has witnessed; those leave no trace', () => {
    const young = (stealth: number): number => {
      let count = 0
      for (const seed of [5, 6]) {
        const rig = attacked('edit', stealth, seed).to(FROM + 40)
        for (const { at, event } of rig.log) {
          if (event.kind !== 'BookChanged' || event.change.way !== 'edit') continue
          const head = rig.events('HeadPublished').findLast((one) => one.head.at <= at)!
          if (event.change.index >= head.head.size) count++
        }
      }
      return count
    }
    expect(young(0)).toBe(0)
    expect(young(1)).toBeGreaterThan(1)
    const rig = bookRig(FROM)
    const paid = rig.book().entries.findLastIndex((one) => one.kind === 'paid')
    for (let ms = START + FROM * MINUTE; ; ms += 1_000) {
      rig.to((ms - START) / MINUTE)
      const last = rig.book().entries.findLastIndex((one) => one.kind === 'paid')
      if (last === paid || last < rig.book().head!.size) continue
      const entry = { ...rig.book().entries[last]!, amountMinor: 1 }
      rig.give({ kind: 'ChangeBook', change: { way: 'edit', index: last, entry } })
      break
    }
    rig.to(FROM + 40)
    expect(rig.findings()).toEqual([])
  })

  test('[B7] frozen, the hand is refused and gives up; corrections and settlement wait', () => {
    const rig = bookRig(FROM, 5, { ...CALM, 'book-correction': 60_000 })
    rig.launch({ way: 'edit', stealth: 0 }).to(FROM + 6)
    const before = changes(rig).length
    expect(refusal(rig, 'FreezeBook')).toBeNull()
    expect(refusal(rig, 'FreezeBook')).toBe('book-frozen-already')
    const rest = rig.book().restMinor
    rig.to(FROM + 39)
    expect(changes(rig).length).toBe(before)
    expect(rig.world().attacks.runs[0]!.status).toBe('blocked')
    expect(rig.events('SettlementHeld').length).toBeGreaterThan(2)
    expect(rig.events('CorrectionWaits').length).toBeGreaterThan(0)
    expect(rig.book().restMinor).toBe(rest)
    const entries = rig.book().entries.length
    rig.to(FROM + 45)
    expect(rig.book().entries.length).toBeGreaterThan(entries)
  })

  test.each(['edit', 'drop', 'fork'] as const)(
    '[B8] after %s, rebuilding restores exactly what was witnessed, and keeps what came later',
    (way) => {
      const rig = bookRig(FROM)
      const honest = rig.book().witnesses[0]!.copy.map(entryText)
      tamper(rig, way)
      rig.to(FROM + 8)
      expect(rig.findings().length).toBeGreaterThan(0)
      expect(agreesWithWitnesses(rig.book())).toBe(false)
      const later = rig.book().entries.slice(way === 'drop' ? honest.length - 1 : honest.length)
      expect(later.length).toBeGreaterThan(0)
      expect(refusal(rig, 'RebuildBook')).toBeNull()
      const rows = rig.book().entries.map(entryText)
      expect(rows.slice(0, honest.length)).toEqual(honest)
      expect(rows.slice(honest.length)).toEqual(later.map(entryText))
      expect(rig.book().aside).toBeNull()
      const said = rig.findings().length
      rig.to(FROM + 14)
      expect(rig.findings().length).toBe(said)
      expect(rig.book().witnesses.every((one) => one.verdict === 'good')).toBe(true)
      expect(agreesWithWitnesses(rig.book())).toBe(true)
      expect(refusal(rig, 'RebuildBook')).toBe('book-agrees-already')
    },
  )

  test('[B8] rebuilt before the settlement, not a cent is left over', () => {
    const rig = bookRig(FROM).to(FROM + 1.5)
    tamper(rig)
    rig.to(FROM + 4)
    rig.give({ kind: 'RebuildBook' })
    rig.to(FROM + 30)
    expect(rig.book().restMinor).toBe(0)
  })

  test('[B8] with fewer than three witnesses in reach it fails, and says so', () => {
    const rig = bookRig(60, 5, { ...CALM, 'witness-away': 8_000 })
    const away = (minute: number): number =>
      new Set(
        rig.log
          .filter(({ at }) => at > START + (minute - 1.2) * MINUTE)
          .flatMap(({ event }) => (event.kind === 'BookWitnessed' ? [event.witness] : [])),
      ).size
    let minute = 61
    for (rig.to(minute); away(minute) > 2; minute++) rig.to(minute + 1)
    tamper(rig)
    expect(refusal(rig, 'RebuildBook')).toBe('too-few-witnesses')
  })

  test('[B9] the proof stands by itself: the row leads to a head that a witness keeps', () => {
    const rig = bookRig(FROM)
    expect(refusal(rig, 'ProveChange')).toBe('nothing-to-prove')
    const was = tamper(rig)
    rig.to(FROM + 2)
    expect(refusal(rig, 'ProveChange')).toBeNull()
    const proof = rig.book().proof!
    expect(proof.kept).toBe(entryText(was))
    expect(proof.shown).toBe(entryText({ ...was, amountMinor: 1 }))
    expect(includes(proof, proof.index, proof.kept!, proof.path)).toBe(true)
    expect(includes(proof, proof.index, proof.shown!, proof.path)).toBe(false)
    expect(rig.book().witnesses.filter((one) => one.kept!.root === proof.root).length).toBe(4)
  })

  test('[B1] without a book in the scenario there is none, and nobody can bend it', () => {
    const rig = shopRig(configOf(1), true).to(1)
    expect(rig.world()).not.toHaveProperty('book')
    const [answer] = rig.launch('I4').log.slice(-1)
    expect(answer!.event).toMatchObject({ kind: 'CommandRefused', reason: 'no-book' })
  })
})
