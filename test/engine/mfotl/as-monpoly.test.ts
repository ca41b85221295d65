import { describe, expect, test } from 'vitest'
import { compile } from '../../../engine/mfotl/monitor.ts'
import { run } from './log-lines.ts'

/**
 * Shapes of MonPoly's own test suite, over a parcel service: what its documentation and its
 * published verdicts say of such formulas holds here too. Without what only the log's end decides.
 */
const SIGNATURE = [
  'box(id:int) van(id:int) held(box:int,van:int) scan(box:int,van:int,place:int)',
  'rain() bell() kg(w:float) who(n:string) paid(n:string,cents:int)',
].join('\n')

const DAY = [
  '@10 box(1)(2)',
  'van (2) (5)',
  '@20',
  'box (2) (3) held (4,2) (2,7)',
  '@30 box(7) van(3) held(2,7)',
].join('\n')

function answers(formula: string, log: string, end = false): string[] {
  const { lines, problems } = run(SIGNATURE, formula, log, { end })
  expect(problems).toEqual([])
  return lines.map((line) => line.replace(/^@\d+ \(time point (\d+)\)/, '$1'))
}

describe('[F18] columns', () => {
  test.each<[string, string[]]>([
    ['held(y,x)', ['1: (2,7) (4,2)', '2: (2,7)']],
    ['box(x) SINCE[1,10] held(y,x)', ['2: (2,7)']],
    ['(NOT rain()) SINCE[0,5] held(y,x)', ['1: (2,7) (4,2)', '2: (2,7)']],
    ['box(x) AND held(x,y)', ['1: (2,7)']],
    ['van(y) AND x = 0', ['0: (2,0) (5,0)', '2: (3,0)']],
    ['LET on(v,b) = held(b,v) IN on(x,y)', ['1: (2,4) (7,2)', '2: (7,2)']],
    ['LET on(v,b) = held(b,v) IN on(x,2) OR on(x,4)', ['1: (2) (7)', '2: (7)']],
    ['NOT (NOT box(x) OR NOT held(x,y)) AND van(z)', []],
  ])('%s', (formula, expected) => {
    expect(answers(formula, DAY)).toEqual(expected)
  })
  test('a verdict about the future too', () => {
    expect(answers('(NOT box(x)) UNTIL[0,10] held(x,y)', DAY)).toEqual(['0: (4,2)'])
    expect(answers('van(x) UNTIL[0,10] box(x)', DAY)).toEqual(['0: (1) (2)'])
  })
})

test('[F17] tuples may stand on the lines below their name, and a name alone is an event', () => {
  const log =
    '@0 scan # inside\n(1, 2, 3) # one\n\n  (4,5,6)\nrain\n@1 bell rain ()\n@2 scan\n@3 (7)'
  const over = (formula: string): unknown => run(SIGNATURE, formula, log)
  expect(over('scan(x,y,z)')).toMatchObject({
    lines: ['@0 (time point 0): (1,2,3) (4,5,6)'],
    problems: ['7: `scan` takes 3 fields, not 0', '8: cannot read `(7)`'],
  })
  expect(over('rain()')).toMatchObject({
    lines: [0, 1].map((i) => `@${i} (time point ${i}): true`),
  })
})

describe('[F15] [F16] without the end of the log', () => {
  const SAME = '@11 box(0)\n@11 box(1)\n@14 box(2)\n@14 box(3)\n@33'
  test.each<[string, string[]]>([
    ['EVENTUALLY[0,2] box(x)', ['0: (0) (1)', '1: (1)', '2: (2) (3)', '3: (3)']],
    ['EVENTUALLY[1,10] box(x)', ['0: (2) (3)', '1: (2) (3)']],
    ['(NOT FALSE) UNTIL[1,2] box(x)', []],
    ['TRUE SINCE[0,2] box(x)', ['0: (0)', '1: (0) (1)', '2: (2)', '3: (2) (3)']],
    ['ONCE[5,19] box(x)', ['4: (2) (3)']],
    ['NEXT[0,2] box(x)', ['0: (1)', '2: (3)']],
    ['PREVIOUS NEXT[0,2] box(x)', ['1: (1)', '3: (3)']],
    ['NEXT PREVIOUS box(x)', ['0: (0)', '1: (1)', '2: (2)', '3: (3)']],
    ['EVENTUALLY[0,30] rain()', []],
  ])('%s', (formula, expected) => {
    expect(answers(formula, SAME)).toEqual(expected)
  })
  test('with it, a last maximal timestamp decides', () => {
    expect(answers('NEXT[10000d,*] TRUE', '@0\n@1', true)).toEqual(['1: true'])
    expect(answers('box(x) AND NOT EVENTUALLY[0,9] van(x)', '@0 box(1)', true)).toEqual(['0: (1)'])
    expect(answers('(NOT (NEXT bell())) UNTIL[1,1] rain()', '', true)).toEqual([])
  })
})

describe('[F12] [F18] aggregations', () => {
  const LOG = '@10\n@20 paid(ann,100)(ann,250)(bo,30)\n@30 kg(7) kg(8)'
  test.each<[string, string[]]>([
    ['v <- CNT c paid(n,c)', ['0: (0)', '1: (3)', '2: (0)']],
    ['v <- SUM c; n ONCE paid(n,c)', ['1: (30,"bo") (350,"ann")', '2: (30,"bo") (350,"ann")']],
    ['v <- AVG c; n paid(n,c)', ['1: (30,"bo") (175,"ann")']],
    ['v <- MED c paid(n,c)', ['0: (0)', '1: (100)', '2: (0)']],
    ['v <- MIN n paid(n,c)', ['0: ("")', '1: ("ann")', '2: ("")']],
    ['v <- MAX w kg(w)', ['0: (-inf)', '1: (-inf)', '2: (8)']],
    ['(v <- AVG w; w kg(w)) AND t = f2i(v)', ['2: (7,7,7) (8,8,8)']],
    ['v <- MAX c c <- CNT n paid(n,k)', ['0: (0)', '1: (3)', '2: (0)']],
    ['n <- CNT c; k paid(n,k) AND c = 1', ['1: (1,30) (1,100) (1,250)']],
  ])('%s', (formula, expected) => {
    expect(answers(formula, LOG)).toEqual(expected)
  })
})

test('LET: a name hides what the signature calls so, and the last of two names counts', () => {
  const log = '@0 box(0) van(1)'
  const later = 'LET a(x) = box(x) IN LET a(x) = van(x) IN a(x) AND a(x)'
  expect(answers(later, log)).toEqual(['0: (1)'])
  expect(answers('LET a(x) = van(x) IN LET van(x) = (x = 0) IN a(x)', log)).toEqual(['0: (1)'])
  expect(answers('LET a(s) = s <- SUM x van(x) IN a(3 - 2)', log)).toEqual(['0: true'])
})

describe('[F2] [F9] refused by both', () => {
  const OPERATORS = ['PREVIOUS', 'NEXT', 'ONCE', 'EVENTUALLY', 'PAST_ALWAYS', 'ALWAYS']
  test.each(['(0,0)', '[0,0)', '(4,1]', '[-4,-1]'])('the interval %s', (interval) => {
    const formulas = OPERATORS.map((word) => `${word} ${interval} box(x)`)
    formulas.push(`box(x) SINCE${interval} van(x)`, `(NOT box(x)) UNTIL${interval} van(x)`)
    expect(formulas.filter((formula) => compile(formula, SIGNATURE).ok)).toEqual([])
  })
  test.each([
    'x < 5',
    'rain() AND x < 1',
    'rain() AND NOT x = 0',
    'box(y) AND 0 < x',
    'box(x) AND NOT x = y',
    'box(x) OR van(y)',
    'held(x,y) AND EXISTS x. NOT held(x,y)',
    'scan(a,b,c) AND x + 1 = b + c',
    'm <- AVG n who(n)',
    'm <- MED n; n who(n)',
  ])('%s', (formula) => {
    expect(compile(formula, SIGNATURE).ok).toBe(false)
  })
})

test.each([
  ['who(x) AND x MATCHES r"\\(z\\)*ab" (y)', 'groups captured by MATCHES'],
  ['EXISTS x. box(x) AND y = i2s(x)', 'the function i2s'],
  ['who(x) AND y = s2f(x)', 'the function s2f'],
  ['kg(x) AND 2026 = YEAR(x)', 'the function YEAR'],
  ['LETPAST a(x) = box(x) IN a(x)', 'LETPAST'],
  ['|> box(x)* van(x)', 'regular-expression'],
])('[F5] %s is refused by name', (formula, name) => {
  const compiled = compile(formula, SIGNATURE)
  expect(compiled.ok ? '' : compiled.diagnostics.map((d) => d.message).join()).toContain(name)
})
