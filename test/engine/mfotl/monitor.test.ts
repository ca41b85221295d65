import { describe, expect, test } from 'vitest'
import { formatFloat } from '../../../engine/mfotl/log.ts'
import { compile, createMonitor } from '../../../engine/mfotl/monitor.ts'
import { MonitorError } from '../../../engine/mfotl/monitor-error.ts'
import { compileRegexp } from '../../../engine/mfotl/regexp.ts'
import { run as runOver, type Run } from './log-lines.ts'

const SIGNATURE = 'p(x:int) q(x:int) r(x:int,y:int) n(s:string) f(v:float) t(g:string,v:float) e()'

const run = (
  formula: string,
  log: string,
  options: { end?: boolean; negate?: boolean } = {},
): Run => runOver(SIGNATURE, formula, log, options)

describe('operators, by small logs', () => {
  test.each<[string, string, string[]]>([
    [
      'p(x)',
      '@1 p(3)(1)\n@2 q(1)\n@3 p(2)',
      ['@1 (time point 0): (1) (3)', '@3 (time point 2): (2)'],
    ],
    ['q(y) AND r(x,y)', '@1 q(2) r(1,2)', ['@1 (time point 0): (2,1)']],
    ['e()', '@1 e()\n@2\n@3 e', ['@1 (time point 0): true', '@3 (time point 2): true']],
    ['PREVIOUS[2,3] p(x)', '@1 p(1)\n@2 p(2)\n@4 e()\n@9 e()', ['@4 (time point 2): (2)']],
    ['p(x) AND NEXT[0,1] q(x)', '@1 p(1)\n@2 q(1) p(2)\n@9 q(2)', ['@1 (time point 0): (1)']],
    [
      'q(x) AND ONCE[1,2] p(x)',
      '@1 p(1) q(1)\n@2 q(1)\n@3 q(1)\n@4 q(1)',
      ['@2 (time point 1): (1)', '@3 (time point 2): (1)'],
    ],
    [
      '(NOT q(x)) SINCE[0,9] p(x)',
      '@1 p(1)(2)\n@2 q(1)\n@3 q(9)',
      ['@1 (time point 0): (1) (2)', '@2 (time point 1): (2)', '@3 (time point 2): (2)'],
    ],
    ['p(x) AND NOT EVENTUALLY[0,3] q(x)', '@1 p(1) p(2)\n@4 q(1)', ['@1 (time point 0): (2)']],
    [
      '(NOT e()) UNTIL[0,5] q(x)',
      '@1 p(1)\n@2 q(7)\n@3 e()\n@4 q(8)',
      ['@1 (time point 0): (7)', '@2 (time point 1): (7)', '@4 (time point 3): (8)'],
    ],
    [
      'p(x) AND FORALL y. (r(x,y) IMPLIES q(y))',
      '@1 p(1) p(2) r(1,5) r(2,6) q(5)',
      ['@1 (time point 0): (1)'],
    ],
    [
      'LET a(x,y) = r(x,y) AND NOT q(x) IN ONCE a(z,3)',
      '@1 r(1,3) r(2,3) q(2)\n@2 e()',
      ['@1 (time point 0): (1)', '@2 (time point 1): (1)'],
    ],
    [
      '(s <- SUM v; g (ONCE[0,9] t(g,v)))',
      '@1 t(a,1.5)(b,2)\n@2 t(a,2.25)',
      ['@1 (time point 0): (1.5,"a") (2,"b")', '@2 (time point 1): (2,"b") (3.75,"a")'],
    ],
    [
      '(m <- MED x (ONCE p(x)))',
      '@1 p(1)\n@2 p(4)\n@3 p(5)',
      ['@1 (time point 0): (1)', '@2 (time point 1): (2.5)', '@3 (time point 2): (4)'],
    ],
    ['(m <- AVG x (p(x)))', '@1 p(1) p(2)', ['@1 (time point 0): (1.5)']],
    [
      'n(x) AND x MATCHES r"a\\(b\\|c\\)+$"',
      '@1 n(xab) n(abd) n(acb)',
      ['@1 (time point 0): ("acb") ("xab")'],
    ],
    [
      'n(x) AND "lo w" SUBSTRING x',
      '@1 n("hello world") n(hello)',
      ['@1 (time point 0): ("hello world")'],
    ],
    ['f(v) AND f2i(v) = 2 AND v > 2.25', '@1 f(2.5) f(2) f(3.1)', ['@1 (time point 0): (2.5)']],
    ['p(x) AND y = x / 2 AND z = -x MOD 3', '@1 p(7)', ['@1 (time point 0): (7,3,-1)']],
  ])('%s', (formula, log, expected) => {
    expect(run(formula, log).lines).toEqual(expected)
  })
})

test('[F11] an atom that divides by zero is false', () => {
  expect(run('p(x) AND NOT (1 / x = 1)', '@1 p(0) p(1) p(2)').lines).toEqual([
    '@1 (time point 0): (0) (2)',
  ])
})

test('[F11] whole numbers beyond 2^53 - 1 are refused, never rounded', () => {
  expect(run('p(x)', '@1 p(9007199254740993) p(9007199254740991)')).toMatchObject({
    lines: ['@1 (time point 0): (9007199254740991)'],
    problems: ['1: `p`: field 1, `9007199254740993`, is no int'],
  })
  expect(() => run('p(x) AND x + 1 > 0', '@1 p(9007199254740991)')).toThrow(MonitorError)
  expect(() => run('(s <- SUM x (ONCE p(x)))', '@1 p(9007199254740991) p(1)')).toThrow(/2\^53/)
})

test('[F12] aggregations of nothing', () => {
  expect(run('(c <- CNT x (p(x))) AND (s <- SUM y (ONCE q(y)))', '@1 e()').lines).toEqual([
    '@1 (time point 0): (0,0)',
  ])
  expect(run('(c <- MIN x (f(x)))', '@1 e()').lines).toEqual(['@1 (time point 0): (inf)'])
  expect(run('(c <- CNT x; y (r(x,y)))', '@1 e()').lines).toEqual([])
})

test('[F13] index and timestamp can be asked for', () => {
  expect(run('p(x) AND tp(i) AND ts(t)', '@5 e()\n@7 p(1)').lines).toEqual([
    '@7 (time point 1): (1,1,7)',
  ])
  expect(run('p(x) AND tpts(i,t)', '@5 e()\n@7 p(1)').lines).toEqual(['@7 (time point 1): (1,1,7)'])
})

test('[F14] out-of-order time-points are dropped and have no index', () => {
  expect(run('p(x)', '@5 p(1)\n@3 p(2)\n@5 p(3)')).toMatchObject({
    lines: ['@5 (time point 0): (1)', '@5 (time point 1): (3)'],
    dropped: 1,
  })
})

test('[F15] [F16] a verdict about the future waits until it is certain', () => {
  const formula = 'p(x) AND NOT EVENTUALLY[0,3] q(x)'
  expect(run(formula, '@1 p(1)\n@4 e()', { end: false }).lines).toEqual([])
  expect(run(formula, '@1 p(1)\n@5 e()', { end: false }).lines).toEqual(['@1 (time point 0): (1)'])
  expect(run(formula, '@1 p(1)').lines).toEqual(['@1 (time point 0): (1)'])
  expect(run('NOT e()', '@1 p(1)').lines).toEqual(['@1 (time point 0): true'])
})

test('the violations of a closed formula can be asked for', () => {
  const formula = 'FORALL x. (p(x) IMPLIES ONCE q(x))'
  expect(run(formula, '@1 p(1)\n@2 q(1)\n@3 p(1)', { negate: true }).lines).toEqual([
    '@1 (time point 0): true',
  ])
})

test('[F17] broken parts are named and left out', () => {
  const log =
    '# header\n@0 p(1)(x) q(1,2)\n  p(2)\n@x p(3)\n@1 p(4 q\n@2 zz(1) p(5);\n@3 p (6) zz(2)'
  expect(run('p(x)', log)).toMatchObject({
    lines: ['@0 (time point 0): (1) (2)', '@2 (time point 2): (5)', '@3 (time point 3): (6)'],
    problems: [
      '2: `p`: field 1, `x`, is no int',
      '2: `q` takes 1 fields, not 2',
      '4: `@x` is no timestamp: whole seconds up to 2^53 - 1',
      '5: cannot read `p(4 q`',
      '6: the signature has no predicate `zz`; its events are left out',
    ],
  })
})

test('[F18] floats have six significant digits', () => {
  expect([0, 1.5, 100000, 1234567, 0.00001234, -2.5e-10, 1 / 3, Infinity].map(formatFloat)).toEqual(
    ['0', '1.5', '100000', '1.23457e+06', '1.234e-05', '-2.5e-10', '0.333333', 'inf'],
  )
})

test('[F6] a hostile pattern takes linear time', () => {
  const matches = compileRegexp('\\(a*\\)*\\(a*\\)*b')
  expect(matches('a'.repeat(20_000))).toBe(false)
})

test('[F19] a window forgets what is too old', () => {
  const compiled = compile('q(x) AND ONCE[0,10] p(x)', SIGNATURE)
  if (!compiled.ok) throw new Error('broken')
  const monitor = createMonitor(compiled.value)
  for (let i = 0; i < 5000; i++) monitor.step(i, [{ name: 'p', args: [i] }])
  expect(JSON.stringify(monitor.save()).length).toBeLessThan(20_000)
})

test('a state of another formula is refused', () => {
  const [a, b] = ['ONCE p(x)', 'ONCE q(x)'].map((f) => compile(f, SIGNATURE))
  if (!a?.ok || !b?.ok) throw new Error('broken')
  expect(() => createMonitor(b.value).restore(createMonitor(a.value).save())).toThrow(
    /another formula/,
  )
})

test('[F21] infinite floats survive a save', () => {
  const compiled = compile('ONCE[1,9] (m <- MIN v (f(v)))', SIGNATURE)
  if (!compiled.ok) throw new Error('broken')
  const first = createMonitor(compiled.value)
  first.step(1, [])
  const second = createMonitor(compiled.value)
  second.restore(JSON.parse(JSON.stringify(first.save())))
  expect(second.step(2, [])).toMatchObject([{ tuples: [[Infinity]] }])
})
