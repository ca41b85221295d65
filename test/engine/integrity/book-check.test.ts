import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { describe, expect, test } from 'vitest'
import { createBookCheck } from '../../../engine/integrity/book-check.ts'
import { appends, includes } from '../../../engine/integrity/merkle.ts'
import type { BookActivity, Telemetry } from '../../../engine/event/telemetry.ts'
import { hashLeaf, Tree } from '../../../range/ledger/tree.ts'

type Head = { readonly at: number; readonly size: number; readonly root: string }
class Rows {
  readonly #tree = new Tree(sha256)
  readonly rows: readonly string[]
  constructor(rows: readonly string[]) {
    this.rows = rows
    for (const row of rows) this.#tree.push(hashLeaf(utf8ToBytes(row), sha256))
  }
  head(size = this.rows.length): Head {
    return { at: size, size, root: bytesToHex(this.#tree.root(size)) }
  }
  path(from: number, to = this.rows.length): string[] {
    return this.#tree.consistency(from, to).map(bytesToHex)
  }
  way(index: number, size = this.rows.length): string[] {
    return this.#tree.inclusion(index, size).map(bytesToHex)
  }
}
const row = (n: number, amount = 100): string =>
  JSON.stringify([n, 'paid', `ORDER${n}`, '', amount, ''])
const upTo = (n: number): Rows => new Rows(Array.from({ length: n }, (_, i) => row(i)))
const bent = (n: number, at: number): Rows =>
  new Rows(Array.from({ length: n }, (_, i) => row(i, i === at ? 1 : 100)))

let clock = 0
const event = (who: string, book: BookActivity['book']): Telemetry => {
  const uid = `event:book-${clock++}`
  const time = clock * 1_000
  const metadata = { uid, version: '1.8.0', product: { name: 'book' }, log_name: 'book' }
  return {
    time,
    uid,
    body: {
      class_uid: 99902,
      category_uid: 99,
      activity_id: 1,
      severity_id: 1,
      time,
      metadata,
      actor: { user: { uid: `witness:${who}` } },
      book,
    },
  }
}
type Look = Extract<BookActivity['book'], { operation: 'look' }>
const look = (who: string, rows: Rows, kept: Head | null, over: Partial<Look> = {}): Telemetry =>
  event(who, {
    operation: 'look',
    kept,
    shown: rows.head(),
    path: kept === null || kept.size > rows.rows.length ? [] : rows.path(kept.size),
    accepted: true,
    differs: null,
    ...over,
  })
const said = (events: readonly Telemetry[]): string[] => {
  const check = createBookCheck()
  return events.flatMap((one) => check.see(one)).map((one) => one.title)
}

describe('book check', () => {
  test('[I12] paths are judged as the ledger’s own code makes them, and no other', () => {
    for (let size = 1; size <= 33; size++) {
      const rows = upTo(size)
      for (let from = 1; from <= size; from++) {
        const path = rows.path(from)
        expect(appends(rows.head(from), rows.head(), path)).toBe(true)
        expect(appends(bent(size, 0).head(from), rows.head(), path)).toBe(false)
        expect(appends(rows.head(from), rows.head(), [...path, '00'.repeat(32)])).toBe(false)
      }
      for (let i = 0; i < size; i++) {
        expect(includes(rows.head(), i, row(i), rows.way(i))).toBe(true)
        expect(includes(rows.head(), i, row(i, 1), rows.way(i))).toBe(false)
      }
    }
    expect(appends(upTo(3).head(), upTo(4).head(), ['not hex'])).toBe(false)
  })

  test('[I12] a book that only grows, a silent witness, a late head: nothing', () => {
    const [a, b, c] = [upTo(5), upTo(9), upTo(14)]
    expect(
      said([
        look('bank', a, null),
        look('carrier', a, null),
        look('carrier', b, a.head()),
        look('carrier', b, b.head()),
        look('carrier', c, b.head()),
        look('bank', c, a.head()),
      ]),
    ).toEqual([])
  })

  test('[I12] an entry changed, named where the witness proves what it kept', () => {
    const [a, b] = [upTo(5), bent(9, 2)]
    const differs = { index: 2, kept: row(2), shown: row(2, 1), path: a.way(2) }
    const changed = look('bank', b, a.head(), { accepted: false, differs })
    expect(said([look('bank', a, null), changed])).toEqual([
      'Entry 2 of the book is not what bank kept',
    ])
    const lie = { ...differs, kept: row(2, 7) }
    expect(
      said([look('bank', a, null), look('bank', b, a.head(), { accepted: false, differs: lie })]),
    ).toEqual(['The book no longer leads on from what bank kept'])
    const finding = createBookCheck().see(changed)[0]!
    expect(finding).toMatchObject({
      lead: ['device:book'],
      family: 'insider',
      kind: 'I',
      attack: 'I4',
    })
    expect(finding.entities).toEqual(['device:book', 'witness:bank', 'order:ORDER2'])
    expect(finding.explanation!.timeline.map((one) => one.text).join(' ')).toContain(row(2, 1))
  })

  test('[I12] a shorter book, and one that says “accepted” against its own path', () => {
    const [a, b] = [upTo(9), upTo(5)]
    expect(said([look('bank', a, null), look('bank', b, a.head(), { accepted: false })])).toEqual([
      'The book was shorter than what bank had kept of it',
    ])
    expect(said([look('bank', b, null), look('bank', bent(9, 1), b.head())])).toEqual([
      'The book no longer leads on from what bank kept',
    ])
  })

  test('[I12] a new entry that is older than the head above it', () => {
    const [a, rows] = [upTo(5), new Rows([...upTo(5).rows, row(5), row(2), row(6)])]
    const differs = { index: 6, kept: null, shown: row(2), path: rows.way(6) }
    const late = look('bank', rows, a.head(), { accepted: false, differs })
    expect(said([look('bank', a, null), late])).toEqual([
      'Entry 6 of the book was put in and dated back, says bank',
    ])
    const honest = { ...differs, index: 7, shown: row(6), path: rows.way(7) }
    const accused = look('bank', rows, a.head(), { accepted: false, differs: honest })
    expect(said([look('bank', a, null), accused])).toEqual([
      'The rows of the book do not give its own head, says bank',
    ])
  })

  test('[I12] two stories at one size', () => {
    const titles = said([look('carrier', upTo(9), null), look('bank', bent(9, 8), null)])
    expect(titles).toEqual([
      'The book tells two stories: bank and carrier were shown different ones',
    ])
  })

  test('[I12] what it remembers is kept over save and restore', () => {
    const first = createBookCheck()
    first.see(look('carrier', upTo(9), null))
    const second = createBookCheck()
    second.restore(first.save())
    expect(second.see(look('bank', bent(9, 8), null))).toHaveLength(1)
  })

  test('[I13] put back on a witnessed head it is quiet again, elsewhere it is an alert', () => {
    const [a, b] = [upTo(9), bent(9, 8)]
    const rebuilt = (head: Head): Telemetry =>
      event('keeper', { operation: 'rebuild', head, agreed: ['witness:carrier'] })
    const looks = [look('carrier', a, null), look('bank', b, null)]
    expect(said([...looks, rebuilt(a.head()), look('bank', upTo(12), a.head())])).toHaveLength(1)
    expect(said([...looks, rebuilt(bent(9, 3).head())])).toHaveLength(2)
  })
})
