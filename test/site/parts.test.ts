import { describe, expect, it } from 'vitest'
import type { MessageItem } from '../../site/content-schema.ts'
import { cutAtCue, judge, summary } from '../../site/games/real-or-scam.ts'
import { readCode } from '../../site/join-code.ts'
import { castDrawing } from '../../site/parts/cast-drawing.ts'
import { code128 } from '../../site/parts/code-128.ts'
import { box, specks, waxBlob } from '../../site/parts/draw.ts'
import { keepSeat, readSeat } from '../../site/seat.ts'

describe('join code', () => {
  const check = (typed: string, expected: unknown): void =>
    expect(readCode(typed)).toEqual(expected)
  it('reads it as people type it', () => {
    check('k7m 4qx', { kind: 'code', code: 'K7M4QX' })
    check(' K7M-4QX ', { kind: 'code', code: 'K7M4QX' })
  })
  it('says which letter looks like another', () => {
    check('k704qx', { kind: 'look-alike', found: '0', maybe: ['Q', 'D'] })
    check('k7o4qx', { kind: 'look-alike', found: 'O', maybe: ['Q', 'D'] })
    check('k1m4qx', { kind: 'look-alike', found: '1', maybe: ['L', '7'] })
    check('kim4qx', { kind: 'look-alike', found: 'I', maybe: ['L', 'J'] })
  })
  it('refuses what is in no code, and counts', () => {
    check('k7m4q?', { kind: 'foreign', found: '?' })
    check('k7m', { kind: 'length', count: 3 })
    check('k7m4qx2', { kind: 'length', count: 7 })
    check('  ', { kind: 'empty' })
  })
})

describe('seat', () => {
  it('takes only what has an exercise and a token', () => {
    expect(readSeat({ exercise: 'e1', token: 't1' })).toEqual({ exercise: 'e1', token: 't1' })
    expect(readSeat({ exercise: 'e1' })).toBeUndefined()
    expect(readSeat('nonsense')).toBeUndefined()
  })
  it('never follows an address to another server', () => {
    expect(readSeat({ exercise: 'e', token: 't', href: '//evil.test' })).toEqual({
      exercise: 'e',
      token: 't',
    })
    expect(readSeat({ exercise: 'e', token: 't', href: 'https://evil.test' })).toEqual({
      exercise: 'e',
      token: 't',
    })
    expect(keepSeat({ exercise: 'a b', token: 't' })).toBe('/exercise/a%20b')
  })
})

describe('barcode', () => {
  /** Bars and gaps back to modules, as a scanner sees them. */
  function modules(text: string): string {
    const { path, width } = code128(text, 1)
    const bits = Array.from({ length: width }, () => '0')
    for (const [, x, w] of path.matchAll(/M(\d+) 0h(\d+)/g))
      bits.fill('1', Number(x), Number(x) + Number(w))
    return bits.join('')
  }
  it('begins with start B, ends with stop, and has eleven modules a symbol', () => {
    const bits = modules('DS-S1-02')
    expect(bits.startsWith('11010010000')).toBe(true)
    expect(bits.endsWith('1100011101011')).toBe(true)
    expect(bits.length).toBe(11 * (1 + 8 + 1) + 13)
  })
  it('carries the check symbol of PJJ123C: published as 54 after start A, so 55 after start B', () => {
    const bits = modules('PJJ123C')
    expect(bits.slice(-24, -13)).toBe('11101000110')
  })
})

describe('drawings', () => {
  it('are the same for the same numbers', () => {
    expect(castDrawing('mo', 'calm')).toEqual(castDrawing('mo', 'calm'))
    expect(specks(7)).toEqual(specks(7))
    expect(waxBlob(9)).toBe(waxBlob(9))
  })
  it('stand at two to one', () => {
    expect(box(1, 1, 1, { tape: false }).faces[0]?.points).toBe('0,-2 2,-1 0,0 -2,-1')
  })
})

describe('real or scam', () => {
  const item = (truth: 'scam' | 'real'): MessageItem =>
    ({
      truth,
      feedback: {
        hit: 'hit',
        miss: 'miss',
        check: 'check',
        correctRejection: 'cr',
        falseAlarm: 'fa',
      },
    }) as unknown as MessageItem
  it('never calls checking wrong', () => {
    expect(judge(item('scam'), 'check')).toBe('careful')
    expect(judge(item('real'), 'shred')).toBe('wrong')
    expect(judge(item('scam'), 'shred')).toBe('right')
  })
  it('counts plainly', () => {
    const log = [
      { item: item('scam'), said: 'shred' as const },
      { item: item('scam'), said: 'deliver' as const },
      { item: item('real'), said: 'shred' as const },
      { item: item('real'), said: 'check' as const },
    ]
    expect(summary(log)).toEqual({ words: 'check', scams: 2, caught: 1, honest: 2, alarms: 1 })
  })
  it('cuts a text at its cue', () => {
    expect(cutAtCue('a.b/c', 'b')).toEqual([
      { text: 'a.', cue: false },
      { text: 'b', cue: true },
      { text: '/c', cue: false },
    ])
    expect(cutAtCue('abc', undefined)).toEqual([{ text: 'abc', cue: false }])
  })
})
