import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileRegex } from '../../../engine/sigma/regex.ts'
import { requiredLiterals } from '../../../engine/sigma/required-literals.ts'
import { setOf } from './detect.ts'

const piece = fc.constantFrom(
  'ab',
  '%3c',
  "'",
  'K',
  's',
  'union',
  '=',
  '\\.',
  '[ks]',
  '[^a]',
  '\\d',
  '.',
)
const expression = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    piece,
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => a + b),
    fc.tuple(tie('node'), tie('node')).map(([a, b]) => `(?:${a}|${b})`),
    fc
      .tuple(tie('node'), fc.constantFrom('?', '*', '+', '{2}', '{1,3}', '{0,2}', '+?'))
      .map(([a, times]) => `(${a})${times}`),
  ),
})).node
const text = fc
  .array(fc.constantFrom('ab', '%3C', "'", 'k', 'ſ', 'K', 'UNION', 's', '=', '.', '7', 'x'), {
    maxLength: 8,
  })
  .map((parts) => parts.join(''))

/** As the index reads a text: in lower case, a long s as an s. */
const read = (each: string): string => each.toLowerCase().replaceAll('ſ', 's')

describe('what an expression cannot match without', () => {
  it('[S10] is in every text that it matches', () => {
    fc.assert(
      fc.property(expression, fc.array(text, { minLength: 1, maxLength: 6 }), (source, texts) => {
        const matches = compileRegex(source, { i: true, m: false, s: false })
        const clauses = requiredLiterals(source)
        for (const each of texts.filter((one) => matches(one)))
          for (const clause of clauses)
            expect(clause.some((literal) => read(each).includes(literal))).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  it('[S10] is found: words of an alternation, both sides of a gap', () => {
    expect(requiredLiterals('(?i)union.*(?:select|values)')).toEqual([
      ['select', 'values'],
      ['union'],
    ])
    expect(requiredLiterals('a*|b')).toEqual([])
    expect(requiredLiterals('\\Qa\\E')).toEqual([])
  })
})

describe('a set of rules', () => {
  const rule = (id: number, source: string): string =>
    `title: T${id}\nid: t${id}\nlogsource: {category: x}\ndetection:\n  s: {f|re|i: ${JSON.stringify(source)}}\n  c: {f|contains: ${JSON.stringify(source.slice(0, 2))}}\n  condition: s or c\n`
  it('[S1] [S10] matches as each of its rules alone', () => {
    fc.assert(
      fc.property(
        fc.array(expression, { minLength: 2, maxLength: 6 }),
        fc.array(text, { minLength: 1, maxLength: 6 }),
        (sources, texts) => {
          const files = sources.map((source, id) => rule(id, source))
          const together = setOf(files.join('---\n'))
          const alone = files.map((file) => setOf(file))
          for (const f of texts) {
            const ids = together.step({ f }, 0).map((match) => match.ruleId)
            const each = alone.flatMap((set) => set.step({ f }, 0).map((match) => match.ruleId))
            expect([f, ids]).toEqual([f, each])
          }
        },
      ),
      { numRuns: 300 },
    )
  })
})
