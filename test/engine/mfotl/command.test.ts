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
