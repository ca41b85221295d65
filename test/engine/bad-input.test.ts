import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { monitorCommand } from '../../range/server/cli/monitor.ts'
import { sigmaCommand } from '../../range/server/cli/sigma.ts'
import { verifyCommand } from '../../range/server/cli/verify.ts'

/** Mistaken and hostile files, by the commands that people run: what is said, and the exit code. */
const folder = mkdtempSync(join(tmpdir(), 'doorstep-bad-'))
afterAll(() => rmSync(folder, { recursive: true }))
mkdirSync(join(folder, 'folder'))

let out = ''
let err = ''
beforeEach(() => {
  out = err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text, done?: unknown) => {
    out += String(text)
    if (typeof done === 'function') (done as () => void)()
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text).replaceAll(`${folder}/`, '')
    return true
  })
})
afterEach(() => vi.restoreAllMocks())

/** A file's name, or what to write into one of that name. */
function file(name: string, content: string | Buffer | null): string {
  const path = join(folder, name)
  if (content !== null) writeFileSync(path, content)
  return path
}

const BINARY = Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 0, 0xff, 0xfe, 0x40, 0x0a, 0x80])
const BOM = '\ufeff'
const SIG = 'p(x:int) q(x:int) n(s:string) e()\n'
const LOG = '@1 q(1)\n@2 p(1)\n'
const FORMULA = 'p(x) AND ONCE[0,10] q(x)'

type Content = string | Buffer | null
interface Files {
  readonly sig?: Content
  readonly formula?: Content
  readonly log?: Content
  readonly strict?: boolean
}

async function monitor(files: Files): Promise<number> {
  const { sig = SIG, formula = FORMULA, log = LOG } = files
  return monitorCommand({
    sig: file(sig === null ? 'nowhere.sig' : 'a.sig', sig),
    formula: file(formula === null ? 'nowhere.mfotl' : 'a.mfotl', formula),
    log: file(log === null ? 'nowhere.log' : 'a.log', log),
    strict: files.strict === true,
  })
}

const doubled = Array.from({ length: 40 }, (_, i) => `LET a${i + 1}(x) = a${i}(x) AND a${i}(x) IN`)

describe('[F4] [F7] formulas and signatures', () => {
  test.each<[string, Files, string]>([
    [
      'a huge interval',
      { formula: 'ONCE[0,99999999999999999999] p(x)' },
      '1:8: 99999999999999999999',
    ],
    ['a negative interval', { formula: 'ONCE[-5,3] p(x)' }, '1:6: an interval has no negative'],
    ['brackets, 100,000 deep', { formula: `${'('.repeat(1e5)}p(x)${')'.repeat(1e5)}` }, '1:201: '],
    ['NOT, 60,000 deep', { formula: `${'NOT '.repeat(6e4)}e()` }, '1:801: the formula is nested'],
    ['five megabytes', { formula: 'p(x) AND '.repeat(6e5) }, '1:1: a formula has at most'],
    ['an endless name', { formula: `p(${'x'.repeat(2e5)})` }, '1:3: a name has at most 255'],
    [
      'LET that doubles',
      { formula: `LET a0(x) = p(x) IN ${doubled.join(' ')} a40(x)` },
      '2000 parts',
    ],
    ['a NUL byte', { formula: 'p(x)\0' }, '1:5: unexpected character'],
    ['nothing', { formula: '' }, '1:1: expected a formula'],
    [
      'bytes that are no text',
      { formula: BINARY },
      'a.mfotl: no text, for its bytes are not UTF-8',
    ],
    ['no file', { formula: null }, 'nowhere.mfotl: no such file'],
    ['2^53 + 1', { formula: 'p(x) AND x = 9007199254740993' }, '1:14: 9007199254740993 is beyond'],
    ['a predicate twice', { sig: 'p(x:int)\np(x:int) q(x:int)' }, '2:1: predicate `p` exists'],
    ['a type of its own', { sig: 'p(x:number) q(x:int)' }, '1:3: unknown type `number`'],
    ['an empty signature', { sig: '' }, '1:1: the signature has no predicate `p`'],
    ['a signature of bytes', { sig: BINARY }, 'a.sig: no text'],
    ['a huge signature', { sig: 'p(x:int) '.repeat(2e5) }, '1:1: a signature has at most'],
  ])('%s', async (_, files, said) => {
    expect([await monitor(files), out]).toEqual([2, ''])
    expect(err).toContain(said)
    expect(err.length).toBeLessThan(20_000)
  })
  test('a folder', async () => {
    const log = file('a.log', LOG)
    const args = { sig: file('a.sig', SIG), formula: join(folder, 'folder'), log }
    expect(await monitorCommand(args)).toBe(2)
    expect(err).toBe('folder: a folder, where a file is needed\n')
  })
  test('a long signature is read in a moment', async () => {
    const many = Array.from({ length: 4e4 }, (_, i) => `a${i}(x:int)`).join(' ')
    expect([await monitor({ sig: `${SIG} ${many}` }), out]).toEqual([0, '@2 (time point 1): (1)\n'])
  })
})

describe('[F14] [F17] logs', () => {
  const FOUND = '@2 (time point 1): (1)\n'
  test.each<[string, Files, string, string]>([
    ['line ends of Windows', { log: '@1 q(1)\r\n@2 p(1)\r\n' }, FOUND, ''],
    ['a byte order mark', { log: BOM + LOG, formula: BOM + FORMULA, sig: BOM + SIG }, FOUND, ''],
    ['nothing', { log: '' }, '', ''],
    ['a NUL byte', { log: '@1 q(1)\0\n@2 p(1)\n' }, FOUND, 'a.log:1: '],
    [
      'a name of a million letters',
      { log: `${'x'.repeat(1e6)}\n${LOG}` },
      FOUND,
      'xxx…`; its events',
    ],
    ['2^53 + 1', { log: '@0 q(9007199254740993)\n@2 p(1)' }, '', 'a.log:1: `q`: field 1'],
    ['a time beyond 2^53', { log: '@99999999999999999 p(1)' }, '', 'a.log:1: `@9999'],
    ['time before zero', { log: '@-5 q(1)\n@2 p(1)' }, FOUND, ''],
    [
      'out of order',
      { log: '@5 q(1)\n@3 q(1)\n@6 p(1)' },
      '@6 (time point 1): (1)\n',
      '1 time-points',
    ],
    ['bytes', { log: BINARY }, '', 'a.log:1: '],
  ])('%s', async (_, files, found, said) => {
    expect([await monitor(files), out]).toEqual([0, found])
    if (said === '') expect(err).toBe('')
    else expect(err).toContain(said)
    expect(err.length).toBeLessThan(2_000)
  })
  test('no file', async () => {
    expect([await monitor({ log: null }), err]).toEqual([2, 'nowhere.log: no such file\n'])
  })
  test.each([
    ['a broken part', '@1 q(1)\n@2 p(1) p(x)\n@3 p(1)', 'a.log:2: '],
    [
      'a point out of order',
      '@1 q(1)\n@2 p(1)\n@1 e()\n@3 p(1)',
      'a.log:3: a time-point out of order',
    ],
  ])('by option, %s stops the run', async (_, log, said) => {
    expect(await monitor({ log, strict: true })).toBe(2)
    expect(err).toContain(said)
    expect(out).not.toContain('@3')
  })
  test('a thousand unknown names are told, not a million', async () => {
    const log = Array.from({ length: 5_000 }, (_, i) => `@${i} z${i}(1)`).join('\n')
    expect(await monitor({ log })).toBe(0)
    expect(err).toContain('951 more such parts')
  })
})

const rule = (search: string, condition = 's'): string =>
  `title: T\nid: t\nlogsource: {category: x}\ndetection:\n  s: ${search}\n  condition: ${condition}\n`
const GENERATE =
  'title: C\ncorrelation: {type: event_count, rules: t, timespan: 5m, generate: maybe, condition: {gte: 2}}\n'
const bomb = Array.from(
  { length: 9 },
  (_, i) => `k${i}: &k${i} [${`*k${i - 1},`.repeat(9).slice(0, -1)}]`,
)

describe('[S27] [S28] rules and events', () => {
  const sigma = (rules: Content, input: Content, strict = false): Promise<number> =>
    sigmaCommand({
      rules: [file(rules === null ? 'nowhere.yml' : 'a.yml', rules)],
      input: file(input === null ? 'nowhere.jsonl' : 'a.jsonl', input),
      strict,
    })
  test.each<[string, Content, string]>([
    [
      'aliases of aliases',
      `k: &k [x]\n${bomb.join('\n').replaceAll('*k-1', '*k')}`,
      'too many aliases',
    ],
    ['broken YAML', 'title: [a\nb: }', 'a.yml:2:'],
    ['tabs', 'title: T\n\tid: x\n', 'a.yml:2:1: error: Tabs'],
    ['an id twice', `${rule('{a: b}')}---\n${rule('{a: c}')}`, "'t' is taken by a.yml:1"],
    ['a key twice', rule('{a: b, a: c}'), 'Map keys must be unique'],
    ['nothing', '', 'there is no rule in a.yml'],
    ['bytes', BINARY, 'a.yml: no text'],
    ['no file', null, 'no such file or folder: nowhere.yml'],
    [
      'repeats of repeats',
      rule("{a|re: '((a{1,100}){1,100}){1,100}'}"),
      '5:13: error: not a regular',
    ],
    [
      'brackets, 100,000 deep',
      rule('{a: b}', `${'('.repeat(1e5)}s${')'.repeat(1e5)}`),
      '6:14: error',
    ],
    ['YAML, 20,000 deep', `title: ${'['.repeat(2e4)}${']'.repeat(2e4)}`, 'nested too deeply'],
    ['20,000 values', rule(`{a: [${'v,'.repeat(2e4)}v]}`), 'a list has at most 10000 values'],
    [
      'a generate of its own',
      `${rule('{a: b}')}---\n${GENERATE}`,
      "'generate' takes true or false",
    ],
  ])('%s', async (_, rules, said) => {
    expect(await sigma(rules, '{"a":"b"}\n')).toBe(2)
    expect(err).toContain(said)
    expect(err.length).toBeLessThan(20_000)
  })
  test('a hostile expression over a long text takes linear time', async () => {
    const long = JSON.stringify({ a: `${'a'.repeat(100_000)}b` })
    expect([await sigma(rule("{a|re: '^(a+)+$'}"), long), out]).toEqual([0, ''])
  })
  const EVENTS = `${BOM}{"a":"b"}\r\nnope\n[1]\n${'{"a":'.repeat(5e4)}1${'}'.repeat(5e4)}\n{"a":"b"}`
  test('broken lines are named and left out, or stop the run by option', async () => {
    expect(await sigma(rule('{a: b}'), EVENTS)).toBe(0)
    expect(out).toBe('{"index":0,"rule":"t"}\n{"index":4,"rule":"t"}\n')
    expect(err).toContain('a.jsonl:2: not JSON, left out\na.jsonl:3: not a JSON object, left out\n')
    out = err = ''
    expect(await sigma(rule('{a: b}'), EVENTS, true)).toBe(2)
    expect([out, err]).toEqual(['{"index":0,"rule":"t"}\n', 'a.jsonl:2: not JSON, stopped here\n'])
  })
})

describe('[V1] workflows', () => {
  const verify = (content: Content): Promise<number> =>
    verifyCommand({
      workflow: file(content === null ? 'nowhere.yml' : 'w.yml', content),
      without: [],
      backend: 'search',
      json: false,
    })
  test.each<[string, Content, string]>([
    ['nothing', '', 'w.yml:1:1: roles is missing'],
    ['a rule', rule('{a: b}'), 'w.yml:2:1: the document has no key `id`'],
    ['bytes', BINARY, 'w.yml: no text'],
    [
      'aliases of aliases',
      `k: &k [x]\n${bomb.join('\n').replaceAll('*k-1', '*k')}`,
      'too many aliases',
    ],
    ['YAML, 20,000 deep', `roles: ${'['.repeat(2e4)}`, 'w.yml:1:'],
    ['300 KiB', `about: ${'x'.repeat(3e5)}`, 'w.yml:1:1: longer than 256 KiB'],
    ['no file', null, 'no workflow'],
  ])('%s', async (_, content, said) => {
    expect([await verify(content), out]).toEqual([2, ''])
    expect(err).toContain(said)
  })
})
