import { expect, it } from 'vitest'
import { readEnd, writeDescription } from '../../../range/client/peer/description.ts'
import {
  formatSignal,
  isLocal,
  parseSignal,
  type Signal,
} from '../../../range/client/peer/signal.ts'
import { sha256 } from '../../../range/ledger/sha256.ts'
import { logKey } from './witness-rig.ts'

const END = {
  ufrag: 'pB4x',
  password: 'Wk0vqL1uZ5m9Y7cT3aD8eF2g',
  fingerprint: `${'q'.repeat(42)}o=`,
  hosts: [
    { address: '0d1b7a44-5f0f-4a4b-9d6c-7b1a8c1f2e3d.local', port: 50_123 },
    { address: '192.168.1.20', port: 50_124 },
  ],
}
const OFFER: Signal = {
  kind: 'offer',
  exercise: 'a1b2-c3',
  vkey: logKey().vkey,
  checkpointKey: `${'A'.repeat(43)}=`,
  end: END,
}
const ANSWER: Signal = { kind: 'answer', end: END }
const text = formatSignal(OFFER, sha256)
const check = (pasted: string) => parseSignal(pasted, sha256)
const refused = (pasted: string) => {
  const parsed = check(pasted)
  return parsed.ok ? undefined : parsed.code
}

it('[L60] [L61] offer and answer survive being carried as text, however it is broken', () => {
  expect(text.length).toBeLessThan(500)
  for (const signal of [OFFER, ANSWER]) {
    const carried = formatSignal(signal, sha256)
    expect(check(carried)).toEqual({ ok: true, signal })
    expect(check(`\n> ${carried}`.replace('> ', '').replaceAll(' ', '\r\n  '))).toEqual({
      ok: true,
      signal,
    })
  }
})

it('[L61] every lost or changed letter is noticed', () => {
  for (let i = 0; i < text.length; i++) {
    if (text[i] === ' ') continue
    const lost = text.slice(0, i) + text.slice(i + 1)
    const changed = text.slice(0, i) + (text[i] === 'x' ? 'y' : 'x') + text.slice(i + 1)
    expect(refused(lost), `without letter ${i}`).toMatch(/damaged|not-a-signal/)
    expect(refused(changed), `letter ${i} changed`).toMatch(/damaged|not-a-signal/)
  }
})

it('[L61] what is no signal, or too much of one, is refused by name', () => {
  const withEnd = (end: Partial<typeof END>) =>
    formatSignal({ ...OFFER, end: { ...END, ...end } }, sha256)
  expect(refused('')).toBe('not-a-signal')
  expect(refused('hello')).toBe('not-a-signal')
  expect(refused('x'.repeat(100_000))).toBe('not-a-signal')
  expect(refused(withEnd({ hosts: [] }))).toBe('not-a-signal')
  expect(refused(withEnd({ ufrag: 'a\u0000bc' }))).toBe('not-a-signal')
  expect(refused(withEnd({ fingerprint: 'short' }))).toBe('not-a-signal')
  expect(refused(formatSignal({ ...OFFER, exercise: '../x' }, sha256))).toBe('not-a-signal')
})

it('[L60] an address outside the local network is refused', () => {
  const at = (address: string) =>
    refused(formatSignal({ ...ANSWER, end: { ...END, hosts: [{ address, port: 9 }] } }, sha256))
  for (const address of [
    '8.8.8.8',
    '172.32.0.1',
    '2001:db8::1',
    'example.org',
    'a.b.local',
    '256.1.1.1',
  ])
    expect(at(address), address).toBe('not-local')
  for (const address of [
    '10.1.2.3',
    '172.31.0.1',
    '169.254.9.9',
    '127.0.0.1',
    'fd00::7',
    'fe80::1',
    '::1',
  ])
    expect(isLocal(address), address).toBe(true)
})

it('[L61] a session description holds what was checked and not one line more', () => {
  const sdp = writeDescription('offer', END)
  expect(readEnd(sdp)).toEqual(END)
  expect(sdp.match(/^m=/gm)).toEqual(['m='])
  expect(sdp).toContain('a=setup:actpass\r\n')
  expect(writeDescription('answer', END)).toContain('a=setup:active\r\n')
  const strange = `${sdp}m=audio 9 RTP/AVP 0\r\na=candidate:9 1 udp 1 8.8.8.8 53 typ host\r\n`
  expect(readEnd(strange)?.hosts).toEqual(END.hosts)
  expect(readEnd('v=0\r\n')).toBeUndefined()
})
