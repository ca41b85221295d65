import { expect, it } from 'vitest'
import {
  PEER_ASKS_MAX,
  PEER_MESSAGE_CHARS_MAX,
  PEER_TOKENS_MAX,
  PEER_TOKENS_PER_SECOND,
  PeerGuard,
} from '../../../range/client/peer/guard.ts'
import { KEPT_CHARS_MAX, KeptValues } from '../../../range/client/peer/kept.ts'
import { gunGet, gunPut } from '../../../range/ledger/gun-message.ts'
import { valueKey, type Space } from '../../../range/ledger/replica.ts'
import { nativeSha256 } from '../../../range/server/ledger/native.ts'

const NOW = 1_790_000_000_000
const keyOf = (value: string) => valueKey(value, nativeSha256)
const put = (space: Space, value: string, ack?: string) =>
  JSON.stringify(gunPut({ id: 'p1', space, key: keyOf(value), value, ack }))
const get = JSON.stringify(gunGet('g1', 'tile', keyOf('')))
const guard = () => new PeerGuard(0, nativeSha256)
const drop = (data: unknown, judge = guard()) => {
  const said = judge.admit(data, 0, NOW)
  return said.ok ? undefined : said.drop
}

it('[L63] what was asked for passes once, as what was asked for', () => {
  const judge = guard()
  expect(judge.ask('q1', 'entry', keyOf('leaf'))).toBe(true)
  const words = [{ kind: 'answer', id: 'q1', value: 'leaf' }]
  expect(judge.admit(put('entry', 'leaf', 'q1'), 0, NOW)).toEqual({ ok: true, words })
  expect(drop(put('entry', 'leaf', 'q1'), judge)).toBe('unasked')

  for (const [space, value] of [
    ['tile', 'leaf'],
    ['entry', 'other'],
  ] as const) {
    const other = guard()
    other.ask('q1', 'entry', keyOf('leaf'))
    expect(drop(put(space, value, 'q1'), other)).toBe('unasked')
  }
})

it('[L63] each fault has its name', () => {
  const lie = JSON.stringify(gunPut({ id: 'p1', space: 'cp', key: keyOf('truth'), value: 'lie' }))
  const rows: readonly (readonly [string, unknown, string])[] = [
    ['no text', new ArrayBuffer(8), 'malformed'],
    ['no JSON', '[[[[', 'malformed'],
    ['a prototype as soul', '{"#":"a","get":{"#":"__proto__",".":"x"}}', 'malformed'],
    ['a command', '{"dam":"mob","#":"a"}', 'malformed'],
    ['a key without a value', '{"#":"a","put":{"cp#":{"_":{"#":"cp#",">":{}}}}}', 'malformed'],
    ['another value than the key says', lie, 'wrong-hash'],
    ['too many letters', 'x'.repeat(PEER_MESSAGE_CHARS_MAX + 1), 'too-large'],
    ['a tile nobody wanted', put('tile', 'x'), 'unasked'],
    ['an entry nobody wanted', put('entry', 'x'), 'unasked'],
    ['an answer to nothing', '{"#":"a","@":"q9"}', 'unasked'],
  ]
  for (const [name, data, fault] of rows) expect(drop(data), name).toBe(fault)
})

it('[L63] questions and news have a rate, and an open question pays for no more than its answer', () => {
  const asking = guard()
  for (let i = 0; i < PEER_TOKENS_MAX; i += 2) expect(drop(get, asking)).toBeUndefined()
  expect(drop(get, asking)).toBe('flood')
  expect(asking.admit(get, 1000, NOW).ok).toBe(true)

  const telling = guard()
  const news = Array.from({ length: 60 }, (_, i) => drop(put('cp', `news ${i}`), telling))
  expect(news.indexOf('flood')).toBeGreaterThan(30)
  expect(news.indexOf('flood')).toBeLessThan(PEER_TOKENS_MAX / 50)

  // Under cover of a question, or of an answer in the same message.
  const covered = guard()
  covered.ask('q1', 'entry', keyOf('leaf'))
  const batch = `[${[put('entry', 'leaf', 'q1'), ...Array<string>(100).fill(get)].join()}]`
  expect(drop(batch, covered)).toBeUndefined()
  covered.ask('q2', 'entry', keyOf('leaf'))
  const more = Array.from({ length: PEER_TOKENS_MAX }, () => drop(get, covered))
  expect(more).toContain('flood')
  expect(PEER_TOKENS_PER_SECOND).toBeLessThan(PEER_TOKENS_MAX)
})

it('[L63] questions and kept values are bounded', () => {
  const judge = guard()
  for (let i = 0; i < PEER_ASKS_MAX; i++) judge.ask(`q${i}`, 'tile', keyOf(''))
  expect(judge.ask('more', 'tile', keyOf(''))).toBe(false)

  const kept = new KeptValues()
  const large = 'x'.repeat(65_536)
  for (let i = 0; i <= KEPT_CHARS_MAX / large.length; i++) kept.keep('tile', `k${i}`, large)
  expect(kept.get('tile', `k${KEPT_CHARS_MAX / large.length - 1}`)).toBe(large)
  expect(kept.get('tile', `k${KEPT_CHARS_MAX / large.length}`)).toBeUndefined()
  kept.keepOnly(new Set(['tile#k3']))
  expect([kept.get('tile', 'k3'), kept.get('tile', 'k4')]).toEqual([large, undefined])
  kept.keep('tile', 'fresh', large)
  expect(kept.get('tile', 'fresh')).toBe(large)
})
