import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { monitorCommand, monitorTest } from '../../../range/server/cli/monitor.ts'

let folder = ''
let out = ''
let err = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'doorstep-monitor-'))
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text, done?: unknown) => {
    out += String(text)
    if (typeof done === 'function') (done as () => void)()
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text).replaceAll(folder, '')
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const SIG = 'refund(order:string, staff:string, amount:int)\napprove(order:string, by:string)\n'

test('[F18] files of the reference go in, its verdict lines come out', async () => {
  const code = await monitorCommand({
    sig: file('a.sig', SIG),
    formula: file(
      'a.mfotl',
      'refund(o,s,a) AND a > 100 AND NOT EXISTS b. (ONCE[0,1h] approve(o,b)) AND NOT b = s',
    ),
    log: file(
      'a.log',
      '@10 approve("1",ann) approve("2",bob)\n@20 refund("1",ann,500) refund("2",ann,500)\n@30 refund("3",ann,50)\n',
    ),
  })
  expect([code, out, err]).toEqual([0, '@20 (time point 1): ("1","ann",500)\n', ''])
})

test('[F16] [F17] the last maximal timestamp can be left out; what is wrong in the log is named', async () => {
  const args = {
    sig: file('a.sig', SIG),
    formula: file('a.mfotl', 'refund(o,s,a) AND NOT EVENTUALLY[0,1h] EXISTS b. approve(o,b)'),
    log: file('a.log', '@10 refund(1,ann,5)\nrubbish (\n@5 refund(2,ann,5)\n'),
  }
  expect(await monitorCommand(args)).toBe(0)
  expect(out).toBe('@10 (time point 0): ("1","ann",5)\n')
  expect(err).toContain('/a.log:2: ')
  expect(err).toContain('1 time-points out of order were left out')
  out = ''
  expect(await monitorCommand({ ...args, noLastTimestamp: true })).toBe(0)
  expect(out).toBe('')
})

test('negated and as JSON', async () => {
  const code = await monitorCommand({
    sig: file('a.sig', SIG),
    formula: file('a.mfotl', 'FORALL o,s,a. (refund(o,s,a) IMPLIES a < 100)'),
    log: file('a.log', '@1 refund(1,ann,5)\n@2 refund(1,ann,500)'),
    negate: true,
    json: true,
  })
  expect([code, out]).toEqual([0, '{"timePoint":1,"timestamp":2,"tuples":[[]]}\n'])
})

test('[F4] mistakes of a formula, and a missing file, give exit code 2', async () => {
  const sig = file('a.sig', SIG)
  const log = file('a.log', '')
  expect(
    await monitorCommand({
      sig,
      log,
      formula: file('a.mfotl', 'refund(o,s,a) AND\nNOT aprove(o,x)'),
    }),
  ).toBe(2)
  expect(err).toBe('/a.mfotl:2:5: the signature has no predicate `aprove` (write: approve)\n')
  expect(await monitorCommand({ sig, log, formula: join(folder, 'none') })).toBe(2)
  expect(
    await monitorCommand({
      sig,
      formula: file('b.mfotl', 'approve(o,b)'),
      log: join(folder, 'none'),
    }),
  ).toBe(2)
})

test('[F22] the cases of the formulas that ship hold from the command line', async () => {
  expect(
    await monitorTest([new URL('../../../engine/formulas', import.meta.url).pathname], {}),
  ).toBe(0)
  expect(out.split('\n').every((line) => line === '' || line.startsWith('ok '))).toBe(true)
  expect(await monitorTest([folder], {})).toBe(2)
})

const FOUR_EYES =
  'refund(o,s,a) AND a > 100 AND NOT EXISTS b. (ONCE[0,1h] approve(o,b)) AND NOT b = s'

test('[F25] --explain says below each verdict what made it true, and what is missing', async () => {
  const args = {
    sig: file('a.sig', SIG),
    formula: file('a.mfotl', FOUR_EYES),
    log: file('a.log', '@10 approve(1,ann)\n@7200 refund(1,ann,500)(2,bob,700)\n'),
    explain: true,
  }
  expect([await monitorCommand(args), err]).toEqual([0, ''])
  expect(out.split('\n')).toEqual([
    '@7200 (time point 1): ("1","ann",500) ("2","bob",700)',
    '    ("1","ann",500): Refund (order 1, staff ann, amount 500) (at that moment); ' +
      'no approve (order 1, by other than ann) (in the 1 hour before).',
    '      @7200 (time point 1) refund (order 1, staff ann, amount 500); without it there is no verdict',
    '      @3600 to @7200 no approve (order 1, by other than ann); ' +
      'with approve("1","somebody") at time point 1 there is no verdict',
    '    ("2","bob",700): Refund (order 2, staff bob, amount 700) (at that moment); ' +
      'no approve (order 2, by other than bob) (in the 1 hour before).',
    '      @7200 (time point 1) refund (order 2, staff bob, amount 700); without it there is no verdict',
    '      @3600 to @7200 no approve (order 2, by other than bob); ' +
      'with approve("2","somebody") at time point 1 there is no verdict',
    '',
  ])
  out = ''
  await monitorCommand({ ...args, json: true })
  expect(JSON.parse(out)).toMatchObject({
    tuples: [
      ['1', 'ann', 500],
      ['2', 'bob', 700],
    ],
    explanations: [{ timeline: [{ kind: 'happened' }, { kind: 'missing', decisive: true }] }, {}],
  })
})

test('[F25] a formula document brings its own words', async () => {
  const folderOf = new URL('../../../engine/formulas/', import.meta.url).pathname
  const code = await monitorCommand({
    sig: `${folderOf}telemetry.sig`,
    formula: `${folderOf}refund-without-four-eyes.yml`,
    log: file(
      'a.log',
      '@0 limit(42,5000)\n@60 approve(42,ann,ann)\n@120 refund(42,ann,18900,tok)\n',
    ),
    explain: true,
  })
  expect([code, err]).toEqual([0, ''])
  expect(out).toContain(
    'ann had 18900 cents of order 42 sent to card tok (at that moment); ' +
      'nobody but ann approved it (in the 1 day before).',
  )
})

test('[F19] [F28] --stats says what was kept and what bounds it; beyond the limit the command stops', async () => {
  const lines = Array.from({ length: 50 }, (_, n) => `@${n} approve(${n},bob)`).join('\n')
  const args = {
    sig: file('a.sig', SIG),
    formula: file('a.mfotl', FOUR_EYES),
    log: file('a.log', lines),
    stats: true,
  }
  expect(await monitorCommand(args)).toBe(0)
  expect(err).toMatch(
    /^\/a\.mfotl: 50 time-points; at most \d+ kept, \d+ at the end, of 5000000 allowed$/m,
  )
  expect(err).toContain('/a.mfotl:1:46: ONCE keeps the answers of the last 1 hour')
  err = ''
  expect(await monitorCommand({ ...args, keptMax: 20 })).toBe(2)
  expect(err).toContain('the formula keeps more than 20 tuples and events')
})
