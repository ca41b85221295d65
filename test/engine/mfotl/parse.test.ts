import { describe, expect, test } from 'vitest'
import { compile } from '../../../engine/mfotl/monitor.ts'
import { parseFormula } from '../../../engine/mfotl/parse.ts'
import { parseSignature } from '../../../engine/mfotl/signature.ts'
import type { Formula, Term } from '../../../engine/mfotl/ast.ts'

const SIGNATURE = 'p(int) q(x:int) r(int,int) name(n:string) amount(a:float) s() log-in(u:string)'
const signature = (() => {
  const parsed = parseSignature(SIGNATURE)
  if (!parsed.ok) throw new Error('broken')
  return parsed.value
})()

/** Writes every parenthesis, so that precedence shows. */
function bracket(f: Formula): string {
  const interval =
    'interval' in f && (f.interval.from > 0 || f.interval.to < Infinity)
      ? `[${f.interval.from},${f.interval.to}]`
      : ''
  switch (f.kind) {
    case 'truth':
      return String(f.value)
    case 'predicate':
      return `${f.name}(${f.terms.map(show).join()})`
    case 'comparison':
      return `(${show(f.left)} ${f.operator} ${show(f.right)})`
    case 'substring':
    case 'matches':
      return `(${show(f.left)} ${f.kind} ${show(f.right)})`
    case 'not':
      return `(not ${bracket(f.body)})`
    case 'and':
    case 'or':
    case 'implies':
    case 'equiv':
      return `(${bracket(f.left)} ${f.kind} ${bracket(f.right)})`
    case 'exists':
    case 'forall':
      return `(${f.kind} ${f.variables.join()} ${bracket(f.body)})`
    case 'since':
    case 'until':
      return `(${bracket(f.left)} ${f.kind}${interval} ${bracket(f.right)})`
    case 'aggregation':
      return `(${f.result} <- ${f.operator} ${f.variable}; ${f.group.join()} ${bracket(f.body)})`
    case 'let':
      return `(let ${f.name}(${f.parameters.join()}) = ${bracket(f.definition)} in ${bracket(f.body)})`
    default:
      return `(${f.kind}${interval} ${bracket(f.body)})`
  }
}

function show(t: Term): string {
  switch (t.kind) {
    case 'variable':
      return t.name
    case 'wildcard':
      return '_'
    case 'constant':
      return JSON.stringify(t.value)
    case 'regexp':
      return `r"${t.pattern}"`
    case 'arithmetic':
      return `(${show(t.left)} ${t.operator} ${show(t.right)})`
    case 'negative':
      return `(- ${show(t.argument)})`
    default:
      return `${t.kind}(${show(t.argument)})`
  }
}

describe('[F1] precedence', () => {
  test.each([
    ['p(x) AND q(x) OR s()', '((p(x) and q(x)) or s())'],
    ['NOT p(x) AND q(x)', '((not p(x)) and q(x))'],
    ['ONCE p(x) AND q(x)', '(once (p(x) and q(x)))'],
    ['p(x) AND ONCE q(x) SINCE s()', '((p(x) and (once q(x))) since s())'],
    ['EXISTS x. p(x) AND q(x) SINCE s()', '((exists x (p(x) and q(x))) since s())'],
    ['p(x) SINCE q(x) SINCE s()', '(p(x) since (q(x) since s()))'],
    ['p(x) IMPLIES q(x) IMPLIES s()', '(p(x) implies (q(x) implies s()))'],
    ['p(x) EQUIV q(x) OR s()', '(p(x) equiv (q(x) or s()))'],
    ['c <- CNT i; x (ONCE r(i,x)) AND c > 1', '(c <- CNT i; x ((once r(i,x)) and (1 < c)))'],
    ['(c <- CNT i; x (ONCE r(i,x))) AND c > 1', '((c <- CNT i; x (once r(i,x))) and (1 < c))'],
    ['LET a(x) = p(x) IN a(y) AND q(y)', '(let a(x) = p(x) in (a(y) and q(y)))'],
    ['p(x) AND x = 1 + 2 * 3 - -4', '(p(x) and (x = ((1 + (2 * 3)) - -4)))'],
    ['(x + 1) * 2 < y AND r(x,y)', '((((x + 1) * 2) < y) and r(x,y))'],
    ['log-in("a b") # a comment\n(* another *)', 'log-in("a b")'],
  ])('%s', (source, expected) => {
    const parsed = parseFormula(source, signature)
    expect(parsed.ok ? bracket(parsed.value) : parsed.diagnostics).toBe(expected)
  })
})

describe('[F2] intervals', () => {
  test.each([
    ['ONCE[0,10m] p(x)', '(once[0,600] p(x))'],
    ['ONCE(0,2h) p(x)', '(once[1,7199] p(x))'],
    ['ONCE[1d,*) p(x)', '(once[86400,Infinity] p(x))'],
    ['ONCE [3,*] p(x)', '(once[3,Infinity] p(x))'],
    ['s() UNTIL[1,2] p(x)', '(s() until[1,2] p(x))'],
  ])('%s', (source, expected) => {
    const parsed = parseFormula(source, signature)
    expect(parsed.ok ? bracket(parsed.value) : parsed.diagnostics).toBe(expected)
  })
})

/** Mistakes of a formula as `line:column message → correction`. */
function mistakes(source: string): string[] {
  const compiled = compile(source, SIGNATURE)
  return compiled.ok
    ? []
    : compiled.diagnostics.map(
        (d) =>
          `${d.line}:${d.column} ${d.message}${d.correction === undefined ? '' : ` → ${d.correction}`}`,
      )
}

describe('[F4] [F5] [F7] every mistake with its place', () => {
  test.each<[string, RegExp[]]>([
    ['p(x) AND ONCE[5,2] q(x)', [/^1:14 this interval is empty → \[2,5\]$/]],
    ['p(x) AND ONCE[-1,2] q(x)', [/^1:15 .*no negative/]],
    ['ONCE[0,3w] p(x)', [/^1:8 unknown unit of time `w`/]],
    ['p(x) AND\nNOT foo(x)', [/^2:5 the signature has no predicate `foo`/]],
    ['Q(x)', [/^1:1 .*no predicate `Q` → q$/]],
    ['p(x,y)', [/^1:1 `p` takes 1 arguments, not 2 → p\(int\)$/]],
    ['p(x) & q(x)', [/^1:6 `&` is not an operator → AND$/, /^1:8 /]],
    ['p(x) AND x != 3', [/^1:12 `!=` is not an operator → NOT \(x = y\)$/]],
    ['p(x AND q(x)', [/^1:5 expected `\)`/]],
    ['EXISTS x p(x)', [/^1:10 a dot is missing/]],
    ['LETPAST a(x) = p(x) IN a(x)', [/LETPAST .* not supported/]],
    ['MATCHP[0,5] (p(x))', [/regular-expression operators/]],
    ['|> p(x)', [/regular-expression operators/]],
    ['p({a: 1})', [/^1:3 records are not supported/]],
    ['p(9007199254740993)', [/^1:3 .*2\^53/]],
    ['name(n) AND n MATCHES r"\\(a\\)\\1"', [/back references/]],
    ['name(n) AND n = 3', [/^1:13 .*type string meets type int/]],
    ['amount(a) AND a > 3', [/→ i2f/]],
    ['c <- FOO x p(x)', [/`FOO` is not an aggregation; there are CNT, SUM/]],
    ['c <- SUM x (p(y))', [/`x` is not free in the aggregated formula/]],
    ['foo(x) AND bar(x)', [/`foo`/, /`bar`/]],
    ['p(x) AND ONCE[3,1] q(x) OR OR r(x,)', [/^1:14 /, /^1:28 /, /^1:35 /]],
    [`${'('.repeat(300)}p(x)${')'.repeat(300)}`, [/deeper than 200/]],
  ])('%s', (source, expected) => {
    const found = mistakes(source)
    expect(found.length, found.join('\n')).toBe(expected.length)
    expected.forEach((pattern, i) => {
      expect(found[i]).toMatch(pattern)
    })
  })

  test('[F7] deep nesting of what cannot be monitored is refused at once', () => {
    const deep = Array.from({ length: 60 }, (_, i) => `EXISTS v${i}. (`).join('')
    const close = Array.from({ length: 60 }, (_, i) => ` AND p(v${59 - i}))`).join('')
    expect(mistakes(`${deep}NOT q(z)${close}`).join()).toMatch(/NOT has infinitely many/)
  })

  test('[F7] LET that explodes is refused', () => {
    const lets = Array.from(
      { length: 20 },
      (_, i) => `LET a${i + 1}(x) = a${i}(x) AND a${i}(x) IN `,
    ).join('')
    expect(mistakes(`LET a0(x) = p(x) IN ${lets} a20(y)`).join()).toMatch(/more than 2000 parts/)
  })

  test('a signature names all of its mistakes', () => {
    const parsed = parseSignature('p(int)\nq(x:integer)\np(string)\ntp(int)')
    expect(parsed.ok ? [] : parsed.diagnostics.map((d) => `${d.line} ${d.message}`)).toEqual([
      '2 unknown type `integer`',
      '3 predicate `p` exists already',
      '4 predicate `tp` exists already',
    ])
  })
})

describe('[F9] [F10] what cannot be monitored, and the way out', () => {
  test.each<[string, RegExp]>([
    ['NOT p(x)', /^1:1 NOT has infinitely many answers for `x`.*→ event\(…, x, …\) AND NOT …$/],
    ['p(x) OR q(y)', /says nothing about `y`/],
    ['p(x) AND y > x', /nothing gives `y` a value/],
    ['ONCE (NOT p(x))', /inside ONCE, which cannot use what stands outside/],
    ['r(x,y) SINCE q(x)', /left of SINCE stands `y`.*→ EXISTS y\. …$/],
    ['p(x) AND EVENTUALLY q(x)', /looks ahead without an end.*→ \[0,3d\]$/],
    ['p(x) AND (s() UNTIL q(x))', /looks ahead without an end/],
    ['q(x) AND p(y + 1)', /`y` stands in a term of `p`/],
    ['p(x) IMPLIES q(x)', /^1:6 IMPLIES has infinitely many answers/],
    [
      'p(x) AND ALWAYS[0,5] q(x)',
      /^1:10 ALWAYS has infinitely many answers.*→ event\(…, x, …\) AND NOT EVENTUALLY/,
    ],
  ])('%s', (source, expected) => {
    expect(mistakes(source).join('\n')).toMatch(expected)
  })

  test.each([
    'FORALL x. (p(x) IMPLIES ONCE q(x))',
    'p(x) AND NOT (EXISTS y. r(x,y))',
    'p(x) AND y = x + 1',
    'p(x) AND HISTORICALLY[0,5] NOT q(x)',
    'NOT (NOT p(x) AND NOT q(x))',
    'NOT s()',
    'PREV (NOT q(x)) AND p(x)',
  ])('%s is monitorable', (source) => {
    expect(mistakes(source)).toEqual([])
  })
})
