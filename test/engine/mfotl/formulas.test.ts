import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import texts from '../../../content/messages/en/attack.json' with { type: 'json' }
import { keptBounds } from '../../../engine/mfotl/bound.ts'
import { createFormulaSet, type Match } from '../../../engine/mfotl/detector.ts'
import {
  fillTemplate,
  loadFormulaDocument,
  runFormulaCases,
  type FormulaDocument,
} from '../../../engine/mfotl/document.ts'
import { LogReader } from '../../../engine/mfotl/log.ts'

const folder = new URL('../../../engine/formulas/', import.meta.url)
const signature = readFileSync(new URL('telemetry.sig', folder), 'utf8')
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.yml'))
  .map((file) => ({ file, text: readFileSync(new URL(file, folder), 'utf8') }))

/** Predicates of the log's own counting (F13), which no telemetry gives. */
const CLOCK = new Set(['tp', 'ts', 'tpts'])

describe.each(files)('[F22] $file', ({ file, text }) => {
  const loaded = loadFormulaDocument(text, signature)
  test('loads, and is named like its file', () => {
    expect(loaded.ok ? `${loaded.value.id}.yml` : loaded.diagnostics).toBe(file)
  })
  test('has cases that fire and cases that stay silent, and all hold', () => {
    if (!loaded.ok) return
    const { cases } = loaded.value
    expect(cases.some((c) => c.expect.length > 0) && cases.some((c) => c.expect.length === 0)).toBe(
      true,
    )
    expect(runFormulaCases(loaded.value).filter((r) => !r.ok)).toEqual([])
  })
  test('names exactly the predicates it uses', () => {
    if (!loaded.ok) return
    const used = [...loaded.value.compiled.formula.predicates].filter((name) => !CLOCK.has(name))
    expect([...loaded.value.predicates].sort()).toEqual(used.sort())
  })
})

const READING = 'formula.'
const readings = Object.entries(texts).flatMap(([key, text]) =>
  key.startsWith(READING) ? [{ id: key.slice(READING.length), text }] : [],
)
const LONGEST_DAYS = 730

/** The matches of a document's cases, as an engine would report them. */
function matchesOf(document: FormulaDocument, file: string, text: string): Match[] {
  return document.cases.flatMap(({ log }) => {
    const alone = created([{ file, text }])
    const reader = new LogReader(document.compiled.signature, () => undefined)
    const found: Match[] = []
    const take = (p: { timestamp: number; facts: Parameters<typeof alone.step>[1] }): void => {
      found.push(...alone.step(p.timestamp * 1000, p.facts, `e-${p.timestamp}`))
    }
    for (const line of log.split('\n')) reader.read(line, take)
    reader.end(take)
    return found
  })
}

describe.each(files)('[F29] $file', ({ file, text }) => {
  const loaded = loadFormulaDocument(text, signature)
  if (!loaded.ok) throw new Error(file)
  const { compiled, words, predicates, id } = loaded.value
  test('has a reading of one sentence', () => {
    const own = readings.filter((reading) => reading.id === id)
    expect(own).toHaveLength(1)
    expect(own[0]?.text).toMatch(/^[A-Z][^.?!]{20,160}[.]$/)
  })
  test('keeps nothing for ever', () => {
    for (const { seconds, text: kept } of keptBounds(compiled))
      expect([kept, seconds !== null && seconds <= LONGEST_DAYS * 86_400]).toEqual([kept, true])
  })
  test('tells every answer of its cases in words of its own', () => {
    expect(Object.keys(words).sort()).toEqual([...predicates].sort())
    const matches = matchesOf(loaded.value, file, text)
    expect(matches.length).toBeGreaterThan(0)
    for (const { explanation } of matches) {
      const wordless = explanation?.timeline.filter((entry) =>
        entry.kind === 'happened'
          ? words[entry.fact.name]?.happened === undefined
          : words[entry.name]?.missing === undefined,
      )
      expect(wordless).toEqual([])
    }
  })
})

test('[F29] no reading is without its formula, and there are twenty formulas and more', () => {
  const ids = files.map(({ file }) => file.replace('.yml', ''))
  expect(readings.filter(({ id }) => !ids.includes(id))).toEqual([])
  expect(ids.length).toBeGreaterThanOrEqual(20)
})

test('[F29] past, future, aggregation and LET are all in use', () => {
  const formulas = files.map(({ text }) => /^formula: \|\n((?: {2}.*\n)+)/m.exec(text)?.[1] ?? '')
  for (const word of ['ONCE', 'SINCE', 'PREVIOUS', 'EVENTUALLY', 'CNT', 'SUM', 'LET'])
    expect([word, formulas.some((formula) => formula.includes(word))]).toEqual([word, true])
})

function set(): ReturnType<typeof created> {
  return created(files)
}
function created(documents: typeof files) {
  const made = createFormulaSet(
    documents.map(({ file: name, text }) => ({ name, text })),
    signature,
  )
  if (!made.ok) throw new Error(JSON.stringify(made.diagnostics))
  return made.set
}
const fail = (card: string): { name: string; args: (string | number)[] } => ({
  name: 'payfail',
  args: [card, '203.0.113.9', 4900, '05'],
})

test('[F23] a set turns answers into matches with lead entities', () => {
  const formulas = set()
  const found = [1, 2, 3, 4, 5, 6].flatMap((n) => formulas.step(n * 1000 + 250, [fail(`c${n}`)]))
  expect(found).toMatchObject([
    {
      formulaId: 'card-testing-by-address',
      time: 5250,
      lead: ['ip:203.0.113.9'],
      attack: 'P2',
      family: 'payment',
      message: '5 different cards were declined from 203.0.113.9 within ten minutes.',
    },
  ])
})

test('[F21] [F23] a set restored in the middle goes on, and remembers what it reported', () => {
  const first = set()
  for (const n of [1, 2, 3]) first.step(n * 1000, [fail(`c${n}`)])
  const second = set()
  second.restore(JSON.parse(JSON.stringify(first.save())))
  expect([4, 5].flatMap((n) => second.step(n * 1000, [fail(`c${n}`)]))).toHaveLength(1)
  const third = set()
  third.restore(JSON.parse(JSON.stringify(second.save())))
  expect(third.step(6000, [fail('c6')])).toHaveLength(0)
  expect(
    third.step(606_000, [fail('d1'), fail('d2'), fail('d3'), fail('d4'), fail('d5')]),
  ).toHaveLength(1)
})

test('[F23] a formula that meets an inexact number stops alone', () => {
  const text = (files.find((f) => f.file === 'card-testing-by-address.yml')?.text ?? '')
    .replace(/^id: .*$/m, 'id: sum-of-captures')
    .replace(/^predicates: .*$/m, 'predicates: [capture]')
    .replace(/^formula: \|\n(?: {2}.*\n)+/m, 'formula: "(i <- SUM a (ONCE capture(o, a)))"\n')
    .replace(/^message: .*$/m, 'message: "{i}"')
  const formulas = created([...files, { file: 'sum-of-captures.yml', text }])
  formulas.step(0, [{ name: 'capture', args: ['1', Number.MAX_SAFE_INTEGER] }])
  formulas.step(1000, [{ name: 'capture', args: ['2', 1] }])
  expect(formulas.stopped).toMatchObject([{ formulaId: 'sum-of-captures' }])
  expect([1, 2, 3, 4, 5].flatMap((n) => formulas.step(n * 2000, [fail(`c${n}`)]))).toHaveLength(1)
})

test('[F24] a match names the events it rests on, and no others', () => {
  const formulas = set()
  const other = { name: 'payfail', args: ['x', '198.51.100.7', 4900, '05'] }
  const found = [1, 2, 3, 4, 5].flatMap((n) => {
    formulas.step(n * 1000, [other], `other-${n}`)
    return formulas.step(n * 1000, [fail(`c${n}`)], `e-${n}`)
  })
  expect(found[0]?.evidence).toEqual(['e-1', 'e-2', 'e-3', 'e-4', 'e-5'])
})

test('[F4] a document reports its mistakes with their lines', () => {
  const text = files.find((f) => f.file === 'refunds-to-one-card.yml')?.text ?? ''
  const broken = loadFormulaDocument(
    text.replace('(EXISTS o, m. refund(o, s, m, d))', '(EXISTS o, m. refnd(o, s, m, d))'),
    signature,
  )
  const line = text.split('\n').findIndex((l) => l.includes('(EXISTS o, m.')) + 1
  expect(broken.ok ? [] : broken.diagnostics).toMatchObject(
    [{ line, column: 17, message: /refnd/ }].map((d) => ({ line: d.line, column: d.column })),
  )
  const wrongLead = loadFormulaDocument(text.replace('staff:{s}', 'staff:{who}'), signature)
  expect(wrongLead.ok ? '' : wrongLead.diagnostics[0]?.message).toMatch(
    /\{who\} is no free variable/,
  )
  const noTitle = loadFormulaDocument(
    text.replace(/^title:.*\n/m, 'titel: x\n').replace('severity: 4', 'severity: 9'),
    signature,
  )
  expect(noTitle.ok ? 0 : noTitle.diagnostics.length).toBeGreaterThanOrEqual(3)
})

test('templates put the kind of an entity before a bare id once', () => {
  expect(fillTemplate('staff:{s}', { s: 'ann' })).toBe('staff:ann')
  expect(fillTemplate('staff:{s}', { s: 'staff:ann' })).toBe('staff:ann')
})

test('[F25] a match is explained from the events that were kept', () => {
  const formulas = set()
  const found = [1, 2, 3, 4, 5].flatMap((n) => {
    formulas.step(n * 1000, [{ name: 'http', args: ['x', 's', 'GET', '/', 200] }], `h-${n}`)
    return formulas.step(n * 1000, [fail(`c${n}`)], `e-${n}`)
  })
  expect(found[0]?.explanation?.timeline).toMatchObject(
    [1, 2, 3, 4, 5].map((n) => ({ kind: 'happened', uid: `e-${n}`, decisive: true })),
  )
})

test('[F27] a set with one formula changed goes on with the others as if nothing had happened', () => {
  const changed = files.map(({ file, text }) => ({
    file,
    text: file === 'refunds-to-one-card.yml' ? text.replace('n >= 3', 'n >= 2') : text,
  }))
  const refund = (n: number): Parameters<ReturnType<typeof set>['step']>[1] => [
    { name: 'refund', args: [`${n}`, 'ann', 900, 'own'] },
    fail(`c${n}`),
  ]
  const steady = set()
  const before = set()
  for (const n of [1, 2, 3]) {
    steady.step(n * 1000, refund(n), `e-${n}`)
    before.step(n * 1000, refund(n), `e-${n}`)
  }
  const after = created(changed)
  after.restore(JSON.parse(JSON.stringify(before.save())))
  const rest = (formulas: typeof after): unknown[] =>
    [4, 5, 6].flatMap((n) => formulas.step(n * 1000, refund(n), `e-${n}`))
  const unchanged = rest(steady)
  const found = rest(after) as { formulaId: string; explanation: unknown }[]
  expect(found.filter((m) => m.formulaId !== 'refunds-to-one-card')).toEqual(unchanged)
  expect(unchanged).toHaveLength(1)
  const fresh = found.filter((m) => m.formulaId === 'refunds-to-one-card')
  expect(fresh.map((m) => m.explanation)).toMatchObject([
    { timeline: [{ uid: 'e-4' }, { uid: 'e-5' }] },
  ])
})
