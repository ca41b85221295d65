import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { gunPut, parseGunFrame } from '../../../range/ledger/gun-message.ts'
import { valueKey } from '../../../range/ledger/replica.ts'
import { sha256 } from '../../../range/ledger/sha256.ts'
import { BAD_FRAMES_MAX, SocketFilter, TOKENS_MAX } from '../../../range/server/gun/filter.ts'
import { ValueStore, GUEST_BYTES_MAX, GUEST_VALUES_MAX } from '../../../range/server/gun/store.ts'

const NOW = 1_800_000_000_000
const key = valueKey('hello', sha256)
const parse = (frame: unknown) =>
  parseGunFrame(typeof frame === 'string' ? frame : JSON.stringify(frame), NOW, sha256)
const put = (change: object = {}) => ({
  '#': 'abc',
  put: { 'tile#': { _: { '#': 'tile#', '>': { [key]: 1 } }, [key]: 'hello' } },
  ...change,
})

interface Hostile {
  readonly name: string
  readonly frame: unknown
  readonly code: string
}
const file = new URL('../../vectors/gun-hostile.json', import.meta.url)
const hostile: readonly Hostile[] = JSON.parse(readFileSync(file, 'utf8'))

describe('the Gun filter', () => {
  it('[L18] passes a get and a put of a single key, rebuilt', () => {
    const get = { '#': 'g1', get: { '#': 'cp#', '.': key } }
    expect(parse([get, put()])).toEqual({
      ok: true,
      messages: [
        { kind: 'get', id: 'g1', space: 'cp', key },
        { kind: 'put', id: 'abc', ack: undefined, space: 'tile', key, value: 'hello' },
      ],
    })
  })

  it('[L18] drops what it does not know and sets every state to 1', () => {
    const noisy = put({
      ok: { '/': 1 },
      err: 'x',
      '><': 'a,b',
      DBG: {},
      _: {},
      '%': 5,
      opt: { peers: 1 },
    })
    const parsed = parse(noisy)
    expect(parsed).toEqual(parse(put()))
    const [message] = parsed.ok ? parsed.messages : []
    expect(message?.kind === 'put' && JSON.stringify(gunPut(message))).toBe(
      `{"#":"abc","put":{"tile#":{"_":{"#":"tile#","__":0},"k":0}}}`
        .replace('"__":0', `">":{"${key}":1}`)
        .replace('"k":0', `"${key}":"hello"`),
    )
  })

  it('[L18] swallows greetings, heartbeats and acknowledgements', () => {
    const idle = { ok: true, messages: [{ kind: 'idle' }] }
    expect(parse({ dam: 'hi', '#': 'x' })).toEqual(idle)
    expect(parse({ dam: '?', pid: 'x' })).toEqual(idle)
    expect(parse([])).toEqual({ ok: true, messages: [] })
    expect(parse({ '#': 'a', '@': 'b' })).toEqual({
      ok: true,
      messages: [{ kind: 'none', ack: 'b' }],
    })
  })

  it.each(hostile)('[L19] refuses $name', ({ frame, code }) => {
    expect(parse(frame)).toEqual({ ok: false, code })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  it('[L19] refuses a lone surrogate, which would hash like another text', () => {
    const bent = '\ud800'
    const alias = valueKey('\ufffd', sha256)
    const frame = JSON.stringify(
      put({ put: { 'cp#': { _: { '#': 'cp#', '>': { [alias]: 1 } }, [alias]: bent } } }),
    )
    expect(parse(frame)).toEqual({ ok: false, code: 'bad-value' })
  })

  it('[L19] refuses a frame with one bad message among good ones, whole', () => {
    expect(parse([put(), { dam: 'mob' }])).toEqual({ ok: false, code: 'forbidden-command' })
    expect(parse(Array(129).fill(put()))).toEqual({ ok: false, code: 'too-many' })
    expect(parse('['.repeat(65_000))).toEqual({ ok: false, code: 'not-json' })
    expect(parse('x'.repeat(200_000))).toEqual({ ok: false, code: 'too-large' })
  })

  it('[L19] never throws and never lets a value pass under another key, whatever comes', () => {
    const json = fc.json({ maxDepth: 5 })
    const nearly = fc.record(
      {
        '#': fc.oneof(fc.string(), fc.constantFrom('abc', 'constructor', '__proto__')),
        '@': fc.oneof(fc.string(), fc.constant('abc')),
        '##': fc.anything(),
        get: fc.anything(),
        put: fc.oneof(
          fc.anything(),
          fc.dictionary(fc.constantFrom('tile#', '__proto__'), fc.anything()),
        ),
        dam: fc.constantFrom('hi', 'mob', 'opt', undefined),
      },
      { requiredKeys: [] },
    )
    const frames = fc.oneof(
      json,
      nearly.map((value) => JSON.stringify(value) ?? ''),
    )
    fc.assert(
      fc.property(frames, (frame) => {
        const parsed = parse(frame)
        for (const message of parsed.ok ? parsed.messages : []) {
          if (message.kind === 'put') expect(valueKey(message.value, sha256)).toBe(message.key)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('the bounds of a socket', () => {
  const frame = Buffer.from(JSON.stringify(put()))

  it('[L20] are paid by bytes before parsing, and refill with time', () => {
    const filter = new SocketFilter(0)
    for (let i = 0; i < TOKENS_MAX; i++) expect(filter.admit(frame, 0, NOW).kind).toBe('pass')
    expect(filter.admit(frame, 0, NOW).kind).toBe('shed')
    expect(filter.admit(frame, 5, NOW).kind).toBe('pass')
    expect(filter.admit(frame, 6, NOW).kind).toBe('shed')
    const big = Buffer.alloc(65_536, '[')
    expect(filter.admit(big, 600, NOW).kind).toBe('shed')
  })

  it('[L20] end with the fifth bad frame', () => {
    const filter = new SocketFilter(0)
    const bad = Buffer.from('{"dam":"mob"}')
    const closes = Array.from({ length: BAD_FRAMES_MAX }, () => {
      const outcome = filter.admit(bad, 0, NOW)
      return outcome.kind === 'refused' && outcome.close
    })
    expect(closes).toEqual([false, false, false, false, true])
  })

  it('[L20] hold guests by number and bytes; our own values stay', () => {
    const store = new ValueStore()
    const own = store.keep('cp', 'ours')
    for (let i = 0; i < GUEST_VALUES_MAX + 50; i++) store.admit('entry', `k${i}`, 'small')
    expect(store.guests().values).toBe(GUEST_VALUES_MAX)
    const big = 'x'.repeat(65_536)
    for (let i = 0; i < 400; i++) store.admit('entry', `b${i}`, big)
    expect(store.guests().bytes).toBeLessThanOrEqual(GUEST_BYTES_MAX)
    expect(store.get('cp', own)).toBe('ours')
    expect(store.get('entry', 'b399')).toBe(big)
    expect(() => store.keep('cp', `${big}x`)).toThrow(RangeError)
  })
})
