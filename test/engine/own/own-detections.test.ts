import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Telemetry } from '../../../engine/event/telemetry.ts'
import { createEngine, EngineError, type Engine } from '../../../engine/engine.ts'
import { draftDetection } from '../../../engine/own/draft.ts'
import { OwnDetections } from '../../../engine/own/own-detections.ts'
import { OWN_BYTES_MAX } from '../../../engine/own/limits.ts'
import { call as made, payment } from '../made-telemetry.ts'

const SIGNATURE = readFileSync('engine/formulas/telemetry.sig', 'utf8')
const CONTEXT = { signature: SIGNATURE, twin: null }
const RULE = `title: Declined
logsource: {category: payment}
detection: {selection: {payment.response_code: '05'}, condition: selection}
level: medium
doorstep: {family: payment, lead: ['card:{payment.card.token}']}
`
const FORMULA = `title: Declined again
family: payment
formula: |
  payfail(c, i, m, r) AND (n <- CNT k; c (ONCE[0,10m] (payfail(c, i, k, r)))) AND n >= 2
message: "Card {c} was declined {n} times."
lead: ["card:{c}"]
severity: 3
`

function engineOf(): Engine {
  return createEngine({
    rules: [{ name: 'declined.yml', text: RULE.replace('medium', 'high') }],
    formulas: [{ name: 'telemetry.sig', text: SIGNATURE }],
    twin: null,
    baseline: null,
    scorer: null,
  })
}
/** Everything that an engine says of events, one JSON a line. */
function told(engine: Engine, events: readonly Telemetry[]): string[] {
  return events.flatMap((event) => {
    const alerts = engine.step(event)
    const out = engine.tick(event.time)
    return [...alerts, ...out.alerts, ...out.incidents, ...out.own].map((one) =>
      JSON.stringify(one),
    )
  })
}
const ships = (lines: readonly string[]): string[] =>
  lines.filter((line) => !line.includes('"id":"own-'))
const written = (lines: readonly string[]): string[] =>
  lines.filter((line) => (JSON.parse(line) as { id: string }).id.startsWith('own-a-'))

/** Declined payments, one card in three, a little under a minute apart. */
const DAY = Array.from({ length: 40 }, (_, i) =>
  payment(1_000_000 + i * 50_000, {
    card: `tok_${i % 3}`,
    code: i % 2 === 0 ? '05' : '00',
    amount: 100 + i,
  }),
)

describe('a draft', () => {
  it('[O1] is Sigma, or a formula document of the few keys that count', () => {
    expect(draftDetection(RULE, CONTEXT)).toEqual({
      ok: true,
      kind: 'sigma',
      title: 'Declined',
      warnings: [],
    })
    expect(draftDetection(RULE.replace('level', 'levle'), CONTEXT)).toMatchObject({
      ok: true,
      warnings: [{ line: 4, column: 1, correction: 'level' }],
    })
    expect(draftDetection(FORMULA, CONTEXT)).toEqual({
      ok: true,
      kind: 'mfotl',
      title: 'Declined again',
      warnings: [],
    })
  })

  const BAD: readonly (readonly [string, string, RegExp])[] = [
    ['nothing', '', /rule/],
    ['no YAML', 'title: [', /./],
    ['no rule', '- 1\n- 2', /map/],
    ['two mistakes', 'title: A\nlevel: grave\nlogsource: {}\ndetection: {}', /grave|condition/],
    ['an unknown predicate', FORMULA.replaceAll('payfail', 'payfial'), /payfial/],
    ['an unmonitorable formula', FORMULA.replace(/ {2}payfail.*$/m, '  NOT door(c, 1, 1)'), /./],
    ['a title too long', RULE.replace('Declined', 'x'.repeat(130)), /title/],
    ['a text too long', `${RULE}# ${'é'.repeat(OWN_BYTES_MAX / 2)}`, /bytes/],
    ['too many rules', Array.from({ length: 5 }, () => RULE).join('---\n'), /rules/],
    [
      'too many values',
      RULE.replace("'05'", `[${Array.from({ length: 201 }, (_, i) => `a${i}`).join()}]`),
      /values/,
    ],
    [
      'too many regular expressions',
      RULE.replace(
        "payment.response_code: '05'",
        `a|re: [${Array.from({ length: 17 }, (_, i) => `a${i}+`).join()}]`,
      ),
      /regular/,
    ],
    [
      'an expensive expression',
      RULE.replace("payment.response_code: '05'", "a|re: 'a{900}b{900}'"),
      /steps/,
    ],
    ['a long sum', FORMULA.replace('n >= 2', `n >= ${'1+'.repeat(5000)}1`), /nested/],
    ['a long row of signs', FORMULA.replace('n >= 2', `n >= ${'- '.repeat(5000)}1`), /nested/],
    ['a huge interval', FORMULA.replace('10m', '9999999999999999999d'), /./],
    ['deep brackets', FORMULA.replace('payfail(c, i, m, r) AND', '('.repeat(5000)), /./],
    ['deep lists', `title: ${'['.repeat(6000)}`, /./],
    [
      'aliases of aliases',
      `formula: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'
        .split('')
        .map((k, i) => `${k}: &${k} [${Array(9).fill(`*${'abcdefg'[i]}`).join()}]`)
        .join('\n')}`,
      /./,
    ],
  ]
  test.each(BAD)(
    '[O1] of %s is refused with its mistakes, each at its place',
    (_name, text, of) => {
      const draft = draftDetection(text, CONTEXT)
      expect(draft.ok).toBe(false)
      if (draft.ok) return
      expect(draft.mistakes.length).toBeGreaterThan(0)
      expect(draft.mistakes.length).toBeLessThanOrEqual(20)
      expect(draft.mistakes.map(({ message }) => message).join('\n')).toMatch(of)
      for (const { line, column } of draft.mistakes) {
        expect(line).toBeGreaterThanOrEqual(1)
        expect(line).toBeLessThanOrEqual(text.split('\n').length)
        expect(column).toBeGreaterThanOrEqual(1)
      }
    },
  )
})

describe('whatever is written', () => {
  const bits = [
    '(',
    ')',
    '{',
    '}',
    '[',
    ':',
    '|',
    "'",
    '"',
    '\n',
    '0',
    '- ',
    'NOT ',
    '*',
    '&a ',
    '!',
  ]
  const change = fc.record({
    at: fc.nat(600),
    drop: fc.nat(6),
    put: fc.constantFrom(...bits, '', '€'),
  })
  it('[O1] is taken or refused, and what is taken runs', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(RULE, FORMULA),
        fc.array(change, { minLength: 1, maxLength: 5 }),
        (base, changes) => {
          const text = changes.reduce<string>(
            (now, { at, drop, put }) => now.slice(0, at) + put + now.slice(at + drop),
            base,
          )
          if (!draftDetection(text, CONTEXT).ok) return
          const own = new OwnDetections(CONTEXT)
          expect(own.replace([{ id: 'own-1', text }], null)).toEqual([])
          for (const event of DAY.slice(0, 6)) own.see(event, event.time)
        },
      ),
      { numRuns: 250 },
    )
  })
})

describe('detections of one’s own', () => {
  const HOSTILE = `${RULE}---
title: Silence everything
logsource: {category: payment}
filter: {rules: any, selection: {payment.response_code: '05'}, condition: not selection}
`
  it('[O2] change no alert or incident of what ships, whatever they hold', () => {
    const plain = told(engineOf(), DAY)
    expect(ships(plain)).toEqual(plain)
    expect(plain.length).toBeGreaterThan(3)
    for (const text of [RULE, FORMULA, HOSTILE, RULE.replace('title', 'id: declined\ntitle')]) {
      const engine = engineOf()
      engine.reload({ own: [{ id: 'own-1', text }] })
      expect(ships(told(engine, DAY))).toEqual(plain)
    }
  })

  it('[O2] change nothing of each other', () => {
    const alone = engineOf()
    alone.reload({ own: [{ id: 'own-1', text: FORMULA }] })
    const lines = written(told(alone, DAY)).map((line) => line.replace(/own-a-\d+/, ''))
    expect(lines.length).toBeGreaterThan(1)
    const both = engineOf()
    both.reload({
      own: [
        { id: 'own-2', text: HOSTILE },
        { id: 'own-1', text: FORMULA },
        { id: 'own-3', text: RULE },
      ],
    })
    const others = written(told(both, DAY)).filter((line) => line.includes('"detector":"own-1:'))
    expect(others.map((line) => line.replace(/own-a-\d+/, ''))).toEqual(lines)
  })

  it('[O3] go on with their state when others come and go', () => {
    const [still, busy] = [engineOf(), engineOf()]
    const one = { id: 'own-1', text: FORMULA }
    still.reload({ own: [one] })
    busy.reload({ own: [one] })
    const wanted = told(still, DAY)
    const found = DAY.flatMap((event, i) => {
      busy.reload({ own: i % 2 === 0 ? [one] : [one, { id: 'own-2', text: HOSTILE }] })
      return told(busy, [event])
    })
    expect(found.filter((line) => !line.includes('own-2:'))).toEqual(wanted)
  })

  it('[O3] start empty where they are new or changed, and all stay where one is wrong', () => {
    const engine = engineOf()
    const own = [{ id: 'own-1', text: FORMULA }]
    engine.reload({ own })
    const [first, second] = [DAY[0]!, DAY[6]!]
    expect(written(told(engine, [first]))).toEqual([])
    expect(() => engine.reload({ own: [...own, { id: 'own-2', text: 'title: x' }] })).toThrow(
      EngineError,
    )
    engine.reload({ own: [{ id: 'own-1', text: `${FORMULA}# changed\n` }] })
    expect(written(told(engine, [second]))).toEqual([])
    expect(written(told(engine, [DAY[12]!]))).toHaveLength(1)
  })

  it('[O3] formulas that come late know who asked for a refund before', () => {
    const text = `title: Somebody says yes\nfamily: insider\nformula: approve(o, s, a)
message: "{a} said yes to {s}"\nlead: ["order:{o}"]\nseverity: 3\n`
    const engine = engineOf()
    const call = { resources: ['order:1'], unmapped: { amount_minor: 500, destination: 'c1' } }
    engine.step(made(1_000_000, { operation: 'refund.request', user: 'ann', ...call }))
    engine.reload({ own: [{ id: 'own-1', text }] })
    const [alert] = engine.step(
      made(1_100_000, { operation: 'refund.approve', user: 'bob', ...call }),
    )
    expect(alert?.title).toBe('bob said yes to ann')
  })

  it('[O4] stop by themselves where they say or cost too much', () => {
    const engine = engineOf()
    const any = FORMULA.replace(/ {2}payfail.*$/m, '  payfail(c, i, m, r) AND n = 1')
    const dear = FORMULA.replace(
      / {2}payfail.*$/m,
      '  (EXISTS i, r. (ONCE[0,9h] payfail(c, i, m, r))) AND (EXISTS i, m, r. (ONCE[0,9h] payfail(n, i, m, r))) AND c < n AND n < c',
    )
    engine.reload({
      own: [
        { id: 'own-1', text: RULE },
        { id: 'own-2', text: any },
        { id: 'own-3', text: dear },
      ],
    })
    for (let i = 0; i < 2100; i++) {
      const card = `tok_${i < 2000 ? i % 290 : i}`
      engine.step(payment(1_000_000 + i * 10, { card, code: '05' }))
    }
    const states = engine.ownStates()
    expect(states[2]).toMatchObject({ id: 'own-3', stopped: 'too-much-work' })
    expect(states[0]).toMatchObject({ id: 'own-1', alerts: 300, stopped: 'too-many-alerts' })
    expect(states[1]).toMatchObject({ id: 'own-2', stopped: 'too-many-matches' })
  })

  it('[O5] saved in the middle and restored say the same from then on', () => {
    for (const at of [3, 17, 30]) {
      const [whole, first, rest] = [engineOf(), engineOf(), engineOf()]
      const own = [
        { id: 'own-1', text: FORMULA },
        { id: 'own-2', text: RULE },
      ]
      whole.reload({ own })
      first.reload({ own })
      const wanted = told(whole, DAY)
      const early = told(first, DAY.slice(0, at))
      rest.restore(JSON.parse(JSON.stringify(first.save())) as ReturnType<Engine['save']>)
      expect([...early, ...told(rest, DAY.slice(at))]).toEqual(wanted)
      expect(rest.ownStates()).toEqual(whole.ownStates())
    }
  })
})
