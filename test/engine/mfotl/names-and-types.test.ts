import { expect, test } from 'vitest'
import { compile } from '../../../engine/mfotl/monitor.ts'
import { parseSignature } from '../../../engine/mfotl/signature.ts'

const parsed = parseSignature('p(int) q(int) pay(a:float) name(n:string) log-in(u:string)')
if (!parsed.ok) throw new Error('broken')
const signature = parsed.value

function mistakes(text: string): string[] {
  const compiled = compile(text, signature)
  return compiled.ok ? [] : compiled.diagnostics.map((each) => each.message)
}

test.each([
  ['a name with a hyphen is read where the signature has it', 'log-in(u)', 0],
  ['elsewhere a hyphen subtracts', 'p(x1) AND q(x2) AND d = x2-x1', 0],
  ['a name with a hyphen that is no predicate is none', 'log-out(u)', 1],
] as const)('[F3] %s', (_, text, count) => {
  expect(mistakes(text).length > 0 ? 1 : 0).toBe(count)
})

test.each([
  ['whole numbers and fractions do not meet', 'pay(a) AND p(a)', false],
  ['i2f converts', 'p(x) AND pay(a) AND a > i2f(x)', true],
  ['f2i converts', 'p(x) AND pay(a) AND x = f2i(a)', true],
  ['nothing is converted by itself', 'p(x) AND pay(a) AND a > x', false],
  ['CNT is a whole number', 'p(c) AND c <- CNT n (name(n))', true],
  ['AVG is a fraction', 'p(c) AND c <- AVG x (q(x))', false],
  ['SUM has the type of its variable', 'p(c) AND c <- SUM x (q(x))', true],
] as const)('[F8] %s', (_, text, fits) => {
  expect(mistakes(text).length === 0, mistakes(text).join()).toBe(fits)
})
