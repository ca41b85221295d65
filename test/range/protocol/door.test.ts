import { expect, test } from 'vitest'
import {
  parseAct,
  parseCreate,
  parseHandshake,
  parseJoin,
  parseMoveMessage,
  parseQuery,
  parseQuestion,
  parseSetup,
} from '../../../range/protocol/door.ts'
import { ACTIONS_MAX } from '../../../range/protocol/limits.ts'
import { parseMove } from '../../../range/protocol/move.ts'

const token = 'a'.repeat(32)
const GOOD = [
  ['join', parseJoin, { code: 'k7q x2m', nickname: 'Zoë O’Neil', role: 'defender' }],
  ['handshake', parseHandshake, { exercise: 'x0123456789abcdef', token }],
  ['move', parseMoveMessage, { id: 'a1', move: { kind: 'StopAttack', run: 1 } }],
  ['query', parseQuery, { text: 'status:500', source: 'web', from: 0, to: 1000, limit: 100 }],
  ['back-test', parseQuestion, { kind: 'BackTest', text: 'title: Größe\r\n\tlevel: low\n' }],
  ['text asked for', parseQuestion, { kind: 'DetectionText', detection: 'own-12' }],
  ['switch on', parseMove, { kind: 'SwitchOnDetection', text: 'title: x' }],
  ['switch on again', parseMove, { kind: 'SwitchOnDetection', detection: 'own-1' }],
  ['switch off', parseMove, { kind: 'SwitchOffDetection', detection: 'own-1' }],
  ['act', parseAct, { kind: 'Say', to: ['defender'], text: 'Ten minutes left' }],
  ['create', parseCreate, { scenario: 'market-day', lengthMinutes: 45 }],
  ['setup', parseSetup, { token, name: 'Tess', password: 'long enough it is' }],
] as const
test.each(GOOD)('[N20] %s is taken', (_name, parse, value) => {
  expect(parse(value)).toMatchObject({ ok: true })
})

const BAD: readonly (readonly [string, (value: unknown) => { ok: boolean }, unknown])[] = [
  ['a code with a zero', parseJoin, { code: 'K7QX20', nickname: 'A' }],
  ['a code too short', parseJoin, { code: 'K7Q', nickname: 'A' }],
  ['a nickname of markup', parseJoin, { code: 'K7QX2M', nickname: '<img src=x>' }],
  ['a nickname too long', parseJoin, { code: 'K7QX2M', nickname: 'a'.repeat(25) }],
  ['an empty nickname', parseJoin, { code: 'K7QX2M', nickname: '   ' }],
  ['the trainer by code', parseJoin, { code: 'K7QX2M', nickname: 'A', role: 'trainer' }],
  ['more than was asked for', parseJoin, { code: 'K7QX2M', nickname: 'A', admin: true }],
  [
    'a token of other letters',
    parseHandshake,
    { exercise: 'x0123', token: '../../etc/passwd-and-more' },
  ],
  ['no handshake', parseHandshake, null],
  ['a move without id', parseMoveMessage, { move: {} }],
  ['an id of a prototype', parseMoveMessage, { id: '', move: {} }],
  ['a limit too large', parseQuery, { text: '', source: 'all', from: 0, to: 1, limit: 1e9 }],
  ['an unknown source', parseQuery, { text: '', source: 'truth', from: 0, to: 1, limit: 1 }],
  ['a speed not offered', parseAct, { kind: 'Speed', speed: 1e6 }],
  ['a speed that is no number', parseAct, { kind: 'Speed', speed: Number.NaN }],
  ['an unknown act', parseAct, { kind: 'RevealTruth' }],
  ['a message of half a character', parseAct, { kind: 'Note', text: '\ud800' }],
  ['a scenario by path', parseCreate, { scenario: '../../etc' }],
  ['a password too short', parseSetup, { token, name: 'Tess', password: 'short' }],
  [
    'a launch with a list as parameter',
    parseMove,
    { kind: 'Launch', technique: 'p2', params: { a: [] } },
  ],
  [
    'a launch in the past',
    parseMove,
    { kind: 'Launch', technique: 'p2', params: {}, startInMinutes: -1 },
  ],
  [
    'a response that does not exist',
    parseMove,
    { kind: 'Respond', incident: null, actions: [{ kind: 'Win' }] },
  ],
  ['a detection of nothing', parseMove, { kind: 'SwitchOnDetection' }],
  ['a detection by a strange name', parseMove, { kind: 'SwitchOffDetection', detection: 'i-1' }],
  ['a detection without words', parseQuestion, { kind: 'BackTest', text: ' \n\t' }],
  ['a detection of control characters', parseQuestion, { kind: 'BackTest', text: 'a: \u0007' }],
  ['a detection of half a character', parseQuestion, { kind: 'BackTest', text: 'a: \ud800' }],
  ['a detection too long', parseQuestion, { kind: 'BackTest', text: 'a'.repeat(12_289) }],
  ['a detection of too many bytes', parseQuestion, { kind: 'BackTest', text: '€'.repeat(4_097) }],
  ['a question about the truth', parseQuestion, { kind: 'Truth' }],
  [
    'an endless list of responses',
    parseMove,
    {
      kind: 'Respond',
      incident: null,
      actions: Array.from({ length: ACTIONS_MAX + 1 }, () => ({ kind: 'FreezeRefunds' })),
    },
  ],
]
test.each(BAD)('[N21] %s is refused with a reason', (_name, parse, value) => {
  const answer = parse(value) as { ok: boolean; reason?: string }
  expect(answer.ok).toBe(false)
  expect(answer.reason).toMatch(/\w/)
})
