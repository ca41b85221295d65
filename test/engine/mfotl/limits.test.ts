import { describe, expect, test } from 'vitest'
import { createFormulaSet } from '../../../engine/mfotl/detector.ts'
import type { LimitOptions } from '../../../engine/mfotl/limits.ts'
import { compile, createMonitor, type Fact, type Monitor } from '../../../engine/mfotl/monitor.ts'

const SIGNATURE = 'p(x:int) q(x:int) r(x:int,y:int) n(s:string) e()'

function monitorOf(formula: string, limits: LimitOptions): Monitor {
  const compiled = compile(formula, SIGNATURE)
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
  return createMonitor(compiled.value, limits)
}

const many = (name: string, count: number, from = 0): Fact[] =>
  Array.from({ length: count }, (_, n) => ({ name, args: [from + n] }))

/** Feeds `points` time-points of `facts`; the code of the refusal, or how much was kept. */
function feed(monitor: Monitor, points: number, facts: (point: number) => Fact[]): string | number {
  for (let i = 0; i < points; i++) {
    try {
      monitor.step(i, facts(i))
    } catch (error) {
      return (error as { code: string }).code
    }
  }
  return monitor.keptPeak
}

describe('[F28] a hostile formula meets its bound', () => {
  const HUGE = '[0,999999999d]'
  test.each([
    ['a past interval of aeons', `q(x) AND ONCE${HUGE} p(x)`],
    ['a past without beginning', 'q(x) AND ONCE p(x)'],
    ['SINCE', `q(x) AND (NOT e()) SINCE${HUGE} p(x)`],
    ['what is too young yet', 'q(x) AND ONCE[9999d,*) p(x)'],
    ['a future interval of aeons', `q(x) AND NOT EVENTUALLY${HUGE} p(x)`],
    ['UNTIL', `q(x) AND NOT ((NOT e()) UNTIL${HUGE} p(x))`],
    ['time-points that wait', `q(x) AND NOT EVENTUALLY${HUGE} (p(x) AND q(x))`],
    ['an aggregation', `(c <- CNT x; x (ONCE${HUGE} p(x))) AND c > 1`],
  ])('%s', (_, formula) => {
    const points = (n: number): Fact[] => many('p', 10, n * 10)
    expect(feed(monitorOf(formula, { keptMax: 5000 }), 2000, points)).toBe('too-much-kept')
  })

  test('a product within one time-point, kept', () => {
    const monitor = monitorOf('e() AND ONCE[0,9d] (p(x) AND q(y))', { keptMax: 50_000 })
    expect(feed(monitor, 1, () => [...many('p', 1000), ...many('q', 1000)])).toBe('too-much-kept')
  })
  test('a product that is answered', () => {
    const facts = (): Fact[] => [...many('p', 1000), ...many('q', 1000)]
    const limits = { answersMax: 10_000 }
    expect(feed(monitorOf('p(x) AND q(y)', limits), 1, facts)).toBe('too-many-answers')
    const counted = monitorOf('(c <- CNT x (p(x) AND q(y))) AND c > 1', limits)
    expect(feed(counted, 1, facts)).toBe('too-many-answers')
  })
  test('a product that has no answer', () => {
    const monitor = monitorOf('p(x) AND q(y) AND p(z) AND q(w) AND x + y + z + w < 0', {
      workMax: 1_000_000,
    })
    expect(feed(monitor, 1, () => [...many('p', 100), ...many('q', 100)])).toBe('too-much-work')
    const kept = monitorOf(
      'e() AND (ONCE p(x)) AND (ONCE p(y)) AND (ONCE p(z)) AND x + y + z < 0',
      {
        workMax: 1_000_000,
      },
    )
    expect(feed(kept, 1, () => [...many('p', 200), { name: 'e', args: [] }])).toBe('too-much-work')
  })
  test('an interval beyond the exact whole numbers is refused', () => {
    const compiled = compile('p(x) AND ONCE[0,99999999999999999999d] q(x)', SIGNATURE)
    expect(compiled.ok ? [] : compiled.diagnostics).toHaveLength(1)
  })
  test('a pattern that multiplies is refused or runs in linear time', () => {
    const compiled = compile(`n(s) AND s MATCHES r"\\(a*\\)*\\(a*\\)*b"`, SIGNATURE)
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.diagnostics))
    const monitor = createMonitor(compiled.value)
    expect(monitor.step(0, [{ name: 'n', args: ['a'.repeat(20_000)] }])).toEqual([])
  }, 20_000)
})

test('[F19] what is kept stays at what happens within the interval, however long the log', () => {
  const peak = (points: number): string | number =>
    feed(monitorOf('q(x) AND ONCE[0,99s] p(x)', {}), points, (n) => many('p', 1, n))
  const short = peak(1000)
  expect(short).toBeGreaterThanOrEqual(200)
  expect(short).toBeLessThanOrEqual(500)
  expect(peak(20_000)).toBe(short)
})

test('[F23] [F28] in a set a formula that meets its bound stops alone, and says so', () => {
  const document = (id: string, formula: string): { name: string; text: string } => ({
    name: `${id}.yml`,
    text: JSON.stringify({
      id,
      title: id,
      kind: 'T',
      family: 'shop',
      attacks: ['W1'],
      description: id,
      predicates: ['p'],
      formula,
      message: '{x}',
      lead: ['order:{x}'],
      severity: 3,
      cases: [
        { name: 'a', log: '@0 e()', expect: [] },
        { name: 'b', log: '@1 e()', expect: [] },
      ],
    }),
  })
  const made = createFormulaSet(
    [document('calm', 'p(x) AND x = 7'), document('wild', 'p(x) AND q(y)')],
    SIGNATURE,
  )
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics))
  const found = made.set.step(0, [...many('p', 1000), ...many('q', 1000)], 'u')
  expect(found.map((m) => m.formulaId)).toEqual(['calm'])
  expect(made.set.stopped).toEqual([
    { formulaId: 'wild', reason: 'one time-point has more than 10000 answers' },
  ])
})
