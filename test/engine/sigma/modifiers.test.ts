import { describe, expect, it } from 'vitest'
import { matches } from './detect.ts'

type Row = readonly [rule: string, search: string, value: unknown, expected: boolean]

/**
 * Each row: the search over the field `f`, the event's value of `f` (undefined: none), whether it
 * matches.
 */
const ROWS: readonly Row[] = [
  ['S1', '{f: abc}', 'ABC', true],
  ['S1', '{f: ABC}', 'abc', true],
  ['S1', '{f: abc}', 'abcd', false],
  ['S1', '{f|cased: abc}', 'ABC', false],
  ['S1', '{f|cased: abc}', 'abc', true],
  ['S1', '{f|contains|cased: Bc}', 'aBcd', true],
  ['S1', '{f: straße}', 'STRAßE', true],

  ['S2', '{f: "a*c"}', 'abbbc', true],
  ['S2', '{f: "a*c"}', 'ac', true],
  ['S2', '{f: "a*c"}', 'acb', false],
  ['S2', '{f: "a?c"}', 'abc', true],
  ['S2', '{f: "a?c"}', 'ac', false],
  ['S2', '{f: "a?c"}', 'a😀c', true],
  ['S2', '{f: "*a*b*c*"}', 'xxaxxbxxcxx', true],
  ['S2', '{f: "*a*b*c*"}', 'xxbxxaxxcxx', false],
  ['S2', '{f: "a*ab"}', 'aab', true],
  ['S2', '{f: "a*ab"}', 'ab', false],
  ['S2', '{f: "?*?"}', 'a', false],
  ['S2', '{f: "?*?"}', 'ab', true],
  ['S2', '{f: "*"}', '', true],
  ['S2', '{f: "*"}', undefined, false],
  ['S2', String.raw`{f: 'a\*c'}`, 'a*c', true],
  ['S2', String.raw`{f: 'a\*c'}`, 'abc', false],
  ['S2', String.raw`{f: 'a\?'}`, 'a?', true],
  ['S2', String.raw`{f: 'a\\*'}`, 'a\\bcd', true],
  ['S2', String.raw`{f: 'a\\*'}`, 'a*', false],
  ['S2', String.raw`{f: 'a\\\*'}`, 'a\\*', true],
  ['S2', String.raw`{f: 'C:\Windows\x'}`, 'c:\\windows\\x', true],
  ['S2', String.raw`{f: 'a\\b'}`, 'a\\b', true],
  ['S2', String.raw`{f: 'a\\\\b'}`, 'a\\\\b', true],

  ['S3', '{f: 7}', 7, true],
  ['S3', '{f: 7}', '7', true],
  ['S3', '{f: 7}', 70, false],
  ['S3', "{f: '7'}", 7, true],
  ['S3', '{f: true}', true, true],
  ['S3', '{f: true}', 'True', true],
  ['S3', '{f: true}', false, false],
  ['S3', '{f: 1.0}', 1, true],

  ['S4', '{f: null}', undefined, true],
  ['S4', '{f: null}', null, true],
  ['S4', '{f: null}', '', false],
  ['S4', "{f: ''}", '', true],
  ['S4', "{f: ''}", undefined, false],
  ['S4', "{f: ''}", null, false],

  ['S5', '{f: [a, b]}', 'b', true],
  ['S5', '{f|contains: [a, b]}', 'xbx', true],
  ['S5', '{f|contains|all: [a, b]}', 'xbx', false],
  ['S5', '{f|contains|all: [a, b]}', 'xbax', true],
  ['S5', '{f|all|contains: [a, b]}', 'xbax', true],
  ['S5', '{f|neq: a}', 'b', true],
  ['S5', '{f|neq: a}', 'A', false],
  ['S5', '{f|neq: [a, b]}', 'b', false],
  ['S5', '{f|neq: a}', undefined, true],
  ['S5', '{f|contains|neq: a}', 'xax', false],

  ['S6', '{f|exists: true}', null, true],
  ['S6', '{f|exists: true}', '', true],
  ['S6', '{f|exists: true}', undefined, false],
  ['S6', '{f|exists: false}', undefined, true],
  ['S6', '{f|exists: false}', 0, false],

  ['S9', '{f|startswith: ab}', 'ABc', true],
  ['S9', '{f|startswith: ab}', 'xab', false],
  ['S9', '{f|endswith: ab}', 'xAB', true],
  ['S9', '{f|endswith: ab}', 'abx', false],
  ['S9', '{f|contains: ab}', 'xABx', true],
  ['S9', '{f|contains: "a*b"}', 'xaxxbx', true],
  ['S9', '{f|startswith: "a?c"}', 'abcd', true],
  ['S9', '{f|endswith: "a?c"}', 'xabc', true],
  ['S9', '{f|contains: 12}', 9123, true],
  ['S9', "{f|contains: ''}", 'anything', true],

  ['S10', '{f|re: "b+c"}', 'abbcd', true],
  ['S10', '{f|re: "B+C"}', 'abbcd', false],
  ['S10', '{f|re|i: "B+C"}', 'abbcd', true],
  ['S10', '{f|re: "(?i)B+C"}', 'abbcd', true],
  ['S10', '{f|re: "^b$"}', 'a\nb', false],
  ['S10', '{f|re|m: "^b$"}', 'a\nb', true],
  ['S10', '{f|re: "a.b"}', 'a\nb', false],
  ['S10', '{f|re|s: "a.b"}', 'a\nb', true],
  ['S10', String.raw`{f|re: '^\d{3}\*$'}`, '123*', true],
  ['S10', '{f|re: "^4"}', 404, true],

  ['S11', '{f|base64: foo}', 'Zm9v', true],
  ['S11', '{f|base64|contains: foo}', 'xxZm9vxx', true],
  ['S11', '{f|base64offset|contains: hello}', Buffer.from('say hello!').toString('base64'), true],
  ['S11', '{f|base64offset|contains: hello}', Buffer.from('I say hello!').toString('base64'), true],
  ['S11', '{f|base64offset|contains: hello}', Buffer.from('so, hello!').toString('base64'), true],
  ['S11', '{f|base64offset|contains: hello}', Buffer.from('so, hallo!').toString('base64'), false],
  ['S11', '{f|wide: ab}', 'a\0b\0', true],
  ['S11', '{f|utf16le: ab}', 'a\0b\0', true],
  ['S11', '{f|utf16be: ab}', '\0a\0b', true],
  ['S11', '{f|utf16: a}', '\xff\xfea\0', true],
  ['S11', '{f|wide|base64: ab}', Buffer.from('ab', 'utf16le').toString('base64'), true],
  ['S11', '{f|utf16|base64|cased: a}', '//5hAA==', true],
  [
    'S11',
    '{f|wide|base64offset|contains: ping}',
    Buffer.from(' ping ', 'utf16le').toString('base64'),
    true,
  ],
  ['S11', '{f|base64: é}', 'w6k=', true],
  ['S11', '{f|windash|contains: " -x"}', 'cmd /x', true],
  ['S11', '{f|windash|contains: " /x"}', 'cmd \u2013x', true],
  ['S11', '{f|windash|contains: " -a-b"}', 'cmd /a-b', true],
  ['S11', '{f|windash|contains: " -a-b"}', 'cmd /a/b', false],

  ['S12', '{f|lt: 5}', 4, true],
  ['S12', '{f|lt: 5}', 5, false],
  ['S12', '{f|lte: 5}', 5, true],
  ['S12', '{f|gt: 5}', '5.5', true],
  ['S12', '{f|gte: 5}', 4.9, false],
  ['S12', '{f|gt: 5}', 'many', false],
  ['S12', '{f|lt: 5}', undefined, false],
  ['S12', '{f|lt: 5}', '', false],
  ['S12', '{f|gt: -2}', -1, true],

  ['S13', '{f|hour: 22}', '2026-11-24T22:15:00Z', true],
  ['S13', '{f|hour|gte: 22}', '2026-11-24 23:15:00', true],
  ['S13', '{f|minute: 15}', '2026-11-24T22:15:00+02:00', true],
  ['S13', '{f|day: 24}', Date.UTC(2026, 10, 24, 22), true],
  ['S13', '{f|month: 2}', Date.UTC(2024, 1, 29), true],
  ['S13', '{f|week: 53}', '2026-12-31', true],
  ['S13', '{f|week: 1}', '2024-12-30', true],
  ['S13', '{f|year: 2026}', '2026-12-31', true],
  ['S13', '{f|year|lt: 2026}', 'yesterday', false],

  ['S14', '{f|cidr: 10.0.0.0/8}', '10.200.3.4', true],
  ['S14', '{f|cidr: 10.0.0.0/8}', '11.0.0.1', false],
  ['S14', '{f|cidr: 192.168.4.0/22}', '192.168.7.255', true],
  ['S14', '{f|cidr: 192.168.4.0/22}', '192.168.8.0', false],
  ['S14', '{f|cidr: "2001:db8::/33"}', '2001:db8:7fff::1', true],
  ['S14', '{f|cidr: "2001:db8::/33"}', '2001:db8:8000::1', false],
  ['S14', '{f|cidr: 10.0.0.0/8}', '::ffff:10.1.2.3', true],
  ['S14', '{f|cidr: 0.0.0.0/0}', '2001:db8::1', false],
  ['S14', '{f|cidr: [10.0.0.0/8, "::1/128"]}', '::1', true],
  ['S14', '{f|cidr: 10.0.0.0/8}', '10.1.2', false],
  ['S14', '{f|cidr: 10.0.0.0/8}', '010.1.2.3', false],

  ['S15', '{f|fieldref: other}', 'same', true],
  ['S15', '{f|fieldref: other}', 'SAME', true],
  ['S15', '{f|fieldref|cased: other}', 'SAME', false],
  ['S15', '{f|fieldref: other}', 'different', false],
  ['S15', '{f|fieldref|neq: other}', 'different', true],
  ['S15', '{f|fieldref|startswith: other}', 'Same thing', true],
  ['S15', '{f|fieldref|contains: other}', 'the same thing', true],
  ['S15', '{f|fieldref: missing}', 'same', false],
]

describe('modifiers and values', () => {
  it.each(ROWS)('[%s] %s on %j: %s', (_rule, search, value, expected) => {
    const event: Record<string, unknown> = { other: 'same' }
    if (value !== undefined) event['f'] = value
    expect(matches(search, event)).toBe(expected)
  })

  it('[S16] expand takes values, with wildcards, from the pipeline', () => {
    const pipeline = { placeholders: { Servers: ['srv*', 'db1'], n: ['1', '2'] } }
    expect(matches("{f|expand: '%Servers%'}", { f: 'SRV-9' }, { pipeline })).toBe(true)
    expect(matches("{f|expand: '%Servers%'}", { f: 'db2' }, { pipeline })).toBe(false)
    expect(matches("{f|expand|contains: 'a%n%b'}", { f: 'xa2bx' }, { pipeline })).toBe(true)
    expect(matches(String.raw`{f|expand: '\%n%n%'}`, { f: '%n1' }, { pipeline })).toBe(true)
    expect(matches("{f: '%Servers%'}", { f: '%servers%' })).toBe(true)
  })
})

describe('fields', () => {
  const rows: readonly (readonly [string, string, Record<string, unknown>, boolean])[] = [
    ['S7', '{a.b.c: x}', { a: { b: { c: 'x' } } }, true],
    ['S7', '{a.b.c: x}', { 'a.b.c': 'x' }, true],
    ['S7', '{a.b.c: x}', { 'a.b.c': 'y', a: { b: { c: 'x' } } }, false],
    ['S7', '{a.b: x}', { a: [{ b: 'y' }, { b: 'x' }] }, true],
    ['S7', '{a.b: x}', { a: [{ b: ['y', 'x'] }] }, true],
    ['S7', '{a.1.b: x}', { a: [{ b: 'y' }, { b: 'x' }] }, true],
    ['S7', '{a.0.b: x}', { a: [{ b: 'y' }, { b: 'x' }] }, false],
    ['S7', '{a: x}', { a: ['z', 'x'] }, true],
    ['S7', '{a|contains|all: [x, z]}', { a: ['z', 'x'] }, true],
    ['S7', '{a.b|gt: 3}', { a: [{ b: 1 }, { b: 4 }] }, true],
    ['S7', '{constructor|exists: true}', {}, false],
    ['S7', '{a.constructor|exists: true}', { a: {} }, false],
    ['S7', '{__proto__|exists: true}', {}, false],
    ['S8', '[evil, "b*d"]', { deep: { er: ['so EVIL this'] } }, true],
    ['S8', '[evil, "b*d"]', { x: 'a bold one' }, true],
    ['S8', '[evil, "b*d"]', { evil: 'only a key' }, false],
    ['S8', '["404"]', { code: 404 }, true],
    ['S8', "{'|all': [one, two]}", { a: 'one', b: ['two'] }, true],
    ['S8', "{'|all': [one, two]}", { a: 'one' }, false],
    ['S8', "{'|re': '^o.e$'}", { a: { b: 'one' } }, true],
    ['S8', '[{a: 1}, {b: 2}]', { b: 2 }, true],
    ['S8', '{a: 1, b: 2}', { b: 2 }, false],
    ['S8', '[{a: 1}, word]', { c: 'a word' }, true],
  ]
  it.each(rows)('[%s] %s on %j: %s', (_rule, search, event, expected) => {
    expect(matches(search, event)).toBe(expected)
  })
})
