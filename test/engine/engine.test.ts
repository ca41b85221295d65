import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createEngine, EngineError } from '../../engine/engine.ts'
import type { Engine, SourceFile } from '../../engine/engine.ts'
import type { Alert } from '../../engine/alert/alert.ts'
import { createForwardScorer } from '../../engine/anomaly/forward.ts'
import type { Telemetry } from '../../engine/event/telemetry.ts'
import { FactReader } from '../../engine/event/facts.ts'
import { releaseKeyOf, signInventory } from '../../engine/integrity/inventory.ts'
import {
  audit,
  call,
  door,
  pageStore,
  payment,
  ROAD,
  routePlan,
  tracker,
} from './made-telemetry.ts'

const HOME = new URL('../../engine/', import.meta.url)
function files(folder: string, ending: RegExp): SourceFile[] {
  const names = readdirSync(new URL(folder, HOME))
    .filter((name) => ending.test(name))
    .sort()
  return names.map((name) => ({
    name,
    text: readFileSync(new URL(`${folder}/${name}`, HOME), 'utf8'),
  }))
}
const SECRET = new Uint8Array(32).fill(3)
const OPTIONS = {
  rules: files('rules', /\.yml$/),
  formulas: files('formulas', /\.(yml|sig)$/),
  twin: ROAD,
  baseline: { releaseKey: releaseKeyOf(SECRET), pages: [] },
  scorer: createForwardScorer(
    readFileSync(new URL('models/payment-window/model.json', HOME), 'utf8'),
  ),
}

/** Four attacks at once on different entities, an hour long, and the ordinary life around them. */
function stream(): Telemetry[] {
  const events: Telemetry[] = []
  const own = [{ src: '/a.js', hash: 'a=', hosts: [] }]
  events.push(
    pageStore(0, {
      operation: 'sign',
      via: 'release',
      scripts: own,
      signature: signInventory(SECRET, 'checkout', own),
    }),
  )
  events.push(routePlan(0, 0, ['door:A2']))
  for (let n = 0; n < 60; n += 1) {
    const at = n * 60_000
    events.push(
      payment(at + 1, {
        ip: `10.0.${n}.1`,
        card: `tok_${n}`,
        order: `O${n}`,
        bin: `99${n}000`,
        amount: 4_000 + n,
      }),
    )
    events.push(
      pageStore(at + 2, {
        operation: 'inventory',
        via: 'monitor',
        scripts: n < 20 ? own : [...own, { src: 'inline:0', hash: 'x=', hosts: ['drop.example'] }],
      }),
    )
    if (n >= 20)
      events.push(
        payment(at + 3, {
          ip: '203.0.113.9',
          card: `bought_${n}`,
          order: `X${n}`,
          code: '14',
          amount: 200,
        }),
      )
    if (n > 20 && n % 8 === 0)
      events.push(
        call(at + 4, {
          operation: 'refund.execute',
          user: 'eve',
          resources: [`order:O${n - 20}`],
          unmapped: { amount_minor: 4_000, destination: 'tok_eve' },
        }),
      )
    for (let i = 0; i < 6; i += 1) {
      const mm = (6 * n + i) * 16_000
      events.push(
        tracker(at + i * 10_000 + 5, 0, {
          x: mm,
          y: i,
          odometer: Math.min(mm, 1_900_000),
          cell: 'mast:W',
        }),
      )
    }
  }
  events.push(door(3_600_000, 0, true), audit(3_600_001, 'changed'))
  return events.sort((a, b) => a.time - b.time)
}

/** Everything the engine says, as one text. */
function told(engine: Engine, events: readonly Telemetry[], from = 0): string[] {
  const out: string[] = []
  for (let now = from + 1_000, next = 0; now <= 3_700_000; now += 1_000) {
    for (; next < events.length && (events[next] as Telemetry).time <= now; next += 1) {
      out.push(...engine.step(events[next] as Telemetry).map((alert) => JSON.stringify(alert)))
    }
    const { alerts, incidents } = engine.tick(now)
    out.push(...[...alerts, ...incidents].map((each) => JSON.stringify(each)))
  }
  return out
}

describe('the engine', () => {
  const events = stream()
  let once: string[] | null = null
  const whole = (): string[] => (once ??= told(createEngine(OPTIONS), events))
  it('[E1] [I1] sees four attacks at once as incidents of their own, by several kinds of reasoning', () => {
    const engine = createEngine(OPTIONS)
    told(engine, events)
    const seen = engine
      .incidents()
      .map(
        ({ family, lead, kinds }) =>
          `${family} ${lead[0]} ${kinds.length > 1 ? 'several' : kinds[0]}`,
      )
    expect(seen).toContain('payment ip:203.0.113.9 several')
    expect(seen.some((each) => each.startsWith('shop page:checkout'))).toBe(true)
    expect(seen.some((each) => each.startsWith('insider staff:eve'))).toBe(true)
    expect(seen.some((each) => each.startsWith('delivery van:0'))).toBe(true)
    expect(seen).toContain('insider device:ledger I')
    expect(engine.incidents().length).toBeLessThanOrEqual(6)
  })
  it('[E6] of the kinds of reasoning only those asked for speak', () => {
    const engine = createEngine({ ...OPTIONS, only: ['R', 'T'] })
    told(engine, events)
    const kinds = new Set(engine.incidents().flatMap((each) => each.kinds))
    expect([...kinds].sort()).toEqual(['R', 'T'])
    const alone = createEngine({ ...OPTIONS, only: ['R'] })
    alone.reload(OPTIONS)
    told(alone, events)
    expect(new Set(alone.incidents().flatMap((each) => each.kinds))).toEqual(new Set(['R']))
  })
  it('[E1] says the same of the same stream', () => {
    expect(told(createEngine(OPTIONS), events)).toEqual(whole())
  })
  it('[E1] never looks at anything but telemetry: unknown fields beside it change nothing', () => {
    const marked = events.map((event) => ({
      ...event,
      attack: 'P2',
      cause: { kind: 'attack', run: 0 },
    }))
    expect(told(createEngine(OPTIONS), marked)).toEqual(whole())
  })
  it.each([5, 1_900, 3_300])('[E2] continues after save and restore at second %i', (second) => {
    const [first, then] = [createEngine(OPTIONS), createEngine(OPTIONS)]
    const early = events.filter(({ time }) => time <= second * 1_000)
    const out: string[] = []
    for (let now = 1_000, next = 0; now <= second * 1_000; now += 1_000) {
      for (; next < early.length && (early[next] as Telemetry).time <= now; next += 1) {
        out.push(...first.step(early[next] as Telemetry).map((alert) => JSON.stringify(alert)))
      }
      const { alerts, incidents } = first.tick(now)
      out.push(...[...alerts, ...incidents].map((each) => JSON.stringify(each)))
    }
    then.restore(JSON.parse(JSON.stringify(first.save())))
    out.push(
      ...told(
        then,
        events.filter(({ time }) => time > second * 1_000),
        second * 1_000,
      ),
    )
    expect(out).toEqual(whole())
  })
  /** What is said when other files are taken up at second 1900. */
  const reloaded = (files: Parameters<Engine['reload']>[0]): string[] => {
    const engine = createEngine(OPTIONS)
    const [early, late] = [0, 1].map((half) =>
      events.filter(({ time }) => time > 1_900_000 === (half === 1)),
    ) as [Telemetry[], Telemetry[]]
    const out: string[] = []
    for (let now = 1_000, next = 0; now <= 1_900_000; now += 1_000) {
      for (; next < early.length && (early[next] as Telemetry).time <= now; next += 1)
        out.push(...engine.step(early[next] as Telemetry).map((alert) => JSON.stringify(alert)))
      const { alerts, incidents } = engine.tick(now)
      out.push(...[...alerts, ...incidents].map((each) => JSON.stringify(each)))
    }
    try {
      engine.reload(files)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      out.push(...error.mistakes.map(({ file }) => `mistake in ${file}`))
    }
    return [...out, ...told(engine, late, 1_900_000)]
  }
  it('[F27] the same rules and formulas, taken up again, change nothing', () => {
    expect(reloaded({ rules: [...OPTIONS.rules], formulas: [...OPTIONS.formulas] })).toEqual(
      whole(),
    )
  })
  it('[F27] of files with mistakes all are told, and the old ones stay in force', () => {
    const rules = [{ name: 'r.yml', text: 'title: x\n' }]
    const formulas = [...OPTIONS.formulas, { name: 'f.yml', text: 'id: X\n' }]
    const said = reloaded({ rules, formulas })
    const mistakes = said.filter((line) => line.startsWith('mistake'))
    expect(new Set(mistakes)).toEqual(new Set(['mistake in r.yml', 'mistake in f.yml']))
    expect(said.filter((line) => !line.startsWith('mistake'))).toEqual(whole())
  })
  it('[F27] with one formula changed the others say what they would have said', () => {
    const formulas = OPTIONS.formulas.map(({ name, text }) => ({
      name,
      text: name === 'card-testing-by-address.yml' ? text.replace('n >= 5', 'n >= 3') : text,
    }))
    const alerts = (said: readonly string[], own: boolean): string[] =>
      said.flatMap((line) => {
        const { id, time, lead, kind, detector, explanation } = JSON.parse(line) as Alert
        if (!id.startsWith('a-') || (detector === 'card-testing-by-address') !== own) return []
        return [JSON.stringify({ time, lead, kind, detector, explanation })]
      })
    const said = reloaded({ rules: OPTIONS.rules, formulas })
    expect(alerts(said, false)).toEqual(alerts(whole(), false))
    expect(alerts(said, true)).not.toEqual(alerts(whole(), true))
    expect(alerts(whole(), false).some((line) => line.includes('"explanation"'))).toBe(true)
  })
  it('[E2] refuses the state of another set of detectors', () => {
    const saved = createEngine({ ...OPTIONS, twin: null }).save()
    expect(() => createEngine(OPTIONS).restore(saved)).toThrow('other detectors')
  })
  it('[E3] throws the mistakes of all rules and formulas together', () => {
    const bad = {
      ...OPTIONS,
      rules: [{ name: 'r.yml', text: 'title: x\n' }],
      formulas: [...OPTIONS.formulas, { name: 'f.yml', text: 'id: X\n' }],
    }
    let mistakes: readonly { file: string; line: number }[] = []
    try {
      createEngine(bad)
    } catch (error) {
      if (error instanceof EngineError) mistakes = error.mistakes
    }
    expect(new Set(mistakes.map(({ file }) => file))).toEqual(new Set(['r.yml', 'f.yml']))
  })
})

describe('[E4] [E5] facts', () => {
  const read = (events: readonly Telemetry[]): string[] => {
    const reader = new FactReader(ROAD)
    return events
      .flatMap((event) => reader.read(event))
      .map(({ name, args }) => `${name}(${args.join(',')})`)
  }
  const refund = (
    operation: 'refund.request' | 'refund.approve' | 'refund.execute',
    user: string,
  ) =>
    call(0, {
      operation,
      user,
      resources: ['refund:R-1', 'order:O1'],
      unmapped: {
        amount_minor: 9_000,
        destination: 'tok_1',
        ...(operation === 'refund.request' ? { four_eyes_limit_minor: 5_000 } : {}),
      },
    })
  const rows: readonly (readonly [string, readonly Telemetry[], readonly string[]])[] = [
    [
      'a refund from request to execution',
      [
        refund('refund.request', 'ann'),
        refund('refund.approve', 'bob'),
        refund('refund.execute', 'ann'),
      ],
      [
        'acted(ann,192.0.2.10,O1)',
        'limit(O1,5000)',
        'acted(bob,192.0.2.10,O1)',
        'approve(O1,ann,bob)',
        'refund(O1,ann,9000,tok_1)',
        'limit(O1,5000)',
      ],
    ],
    [
      'payments',
      [payment(0), payment(0, { code: '05' }), payment(0, { code: '1A' })],
      [
        'pay(A1,tok_1,10.0.0.1,4000)',
        'authenticated(A1,challenge)',
        'payfail(tok_1,10.0.0.1,4000,05)',
      ],
    ],
    [
      'a page',
      [pageStore(0, { operation: 'publish', approvedBy: 'bert', scripts: [], revision: 7 })],
      ['publish(checkout,7,emma,editor)', 'review(checkout,7,bert)'],
    ],
    [
      'a door at a planned stop, opened twice and closed',
      [
        routePlan(0, 0, ['door:A1']),
        tracker(1, 0, { x: 3_000_000, y: 20_000, odometer: 0, cell: 'mast:M' }),
        door(2, 0, true),
        door(3, 0, true),
        door(4, 0, false),
      ],
      ['planned(P-1,A1)', 'door(0,1,1)', 'door(0,0,1)'],
    ],
    [
      'a door elsewhere',
      [
        routePlan(0, 0, ['door:A1']),
        tracker(1, 0, { x: 6_000_000, y: 2_000_000, odometer: 0, cell: 'mast:S' }),
        door(2, 0, true),
      ],
      ['planned(P-1,A1)', 'door(0,1,0)'],
    ],
    [
      'a door without a fresh fix',
      [
        routePlan(0, 0, ['door:A1']),
        tracker(1, 0, { x: 6_000_000, y: 2_000_000, odometer: 0, cell: 'mast:S' }),
        door(300_000, 0, true),
      ],
      ['planned(P-1,A1)', 'door(0,1,1)'],
    ],
  ]
  it.each(rows)('[E4] %s', (_name, events, expected) => {
    expect(read(events)).toEqual(expected)
  })
})
