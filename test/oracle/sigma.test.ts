import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRuleSet } from '../../engine/sigma/rule-set.ts'
import { correlate, decide, toYaml } from './sigma.ts'
import type { BaseRule, Condition, Count, Event, Item, Scalar, Search, Timed } from './sigma.ts'

const text = fc.string({
  unit: fc.constantFrom('a', 'B', 'b', '*', '?', '\\', '😀', 'é'),
  maxLength: 5,
})
const plain = fc.string({
  unit: fc.constantFrom('a', 'b', 'B', '*', '\\', '😀', 'É'),
  maxLength: 6,
})
const number = fc.integer({ min: -2, max: 3 })
const regex = fc.constantFrom('a+b', '^b', 'B$', '[ab]{2}', '(a|b)*B', '^.?$', 'a.b', '^$')
const field = fc.constantFrom('x', 'y', 'z')

function itemOf(modifier: Item['modifier'], value: fc.Arbitrary<Scalar>): fc.Arbitrary<Item> {
  const single = modifier === 'exists'
  return fc.record({
    field,
    modifier: fc.constant(modifier),
    all: single ? fc.constant(false) : fc.boolean(),
    neq: fc.boolean(),
    values: fc.array(value, { minLength: 1, maxLength: single ? 1 : 3 }),
  })
}

const item: fc.Arbitrary<Item> = fc.oneof(
  itemOf('', fc.oneof(text, number, fc.boolean())),
  fc.record({
    field,
    modifier: fc.constant('' as const),
    all: fc.constant(false),
    neq: fc.boolean(),
    values: fc.constant([null]),
  }),
  ...(['contains', 'startswith', 'endswith', 'cased'] as const).map((modifier) =>
    itemOf(modifier, text),
  ),
  ...(['lt', 'gte'] as const).map((modifier) => itemOf(modifier, number)),
  itemOf('re', regex),
  itemOf('exists', fc.boolean()),
)

const search: fc.Arbitrary<Search> = fc.oneof(
  fc
    .uniqueArray(item, { minLength: 1, maxLength: 3, selector: (each) => each.field })
    .map((items): Search => ({ kind: 'map', items })),
  fc.array(text, { minLength: 1, maxLength: 2 }).map((words): Search => ({ kind: 'words', words })),
)

const NAMES = ['sel_a', 'sel_b', '_c']
const condition = fc.letrec<{ node: Condition }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(...NAMES).map((name): Condition => ({ kind: 'name', name })),
    fc.record({
      kind: fc.constantFrom('one' as const, 'all' as const),
      pattern: fc.constantFrom('them', 'sel_*', '*c', '*'),
    }),
    tie('node').map((of): Condition => ({ kind: 'not', of })),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      left: tie('node'),
      right: tie('node'),
    }),
  ),
})).node

const rule = fc.record({
  id: fc.constant('r'),
  searches: fc.record({ sel_a: search, sel_b: search, _c: search }),
  condition,
})
const value = fc.option(fc.oneof(plain, number, fc.boolean(), fc.constant(null)), {
  nil: undefined,
})
const event: fc.Arbitrary<Event> = fc
  .record({ x: value, y: value, z: value })
  .map((each) => Object.fromEntries(Object.entries(each).filter(([, held]) => held !== undefined)))

function load(yaml: string): ReturnType<typeof createRuleSet> & { ok: true } {
  const result = createRuleSet([{ name: 'random.yml', text: yaml }])
  if (!result.ok) throw new Error(`${yaml}\n${JSON.stringify(result.diagnostics)}`)
  return result
}

describe('engine against oracle', () => {
  it('[S1] to [S17]: a random rule decides random events alike', () => {
    const runs = Number(process.env['SIGMA_RUNS'] ?? 1_500)
    fc.assert(
      fc.property(
        rule,
        fc.array(event, { minLength: 1, maxLength: 8 }),
        (random: BaseRule, events) => {
          const { set } = load(toYaml([random]))
          for (const [i, each] of events.entries()) {
            expect([each, set.step(each, i).length > 0]).toEqual([each, decide(random, each)])
          }
        },
      ),
      { numRuns: runs },
    )
  })

  const base = (id: string, kinds: readonly string[]): BaseRule => ({
    id,
    searches: {
      s: {
        kind: 'map',
        items: [{ field: 'kind', modifier: '', all: false, neq: false, values: kinds }],
      },
    },
    condition: { kind: 'name', name: 's' },
  })
  const BASES = [base('a', ['1', '4']), base('b', ['2', '4']), base('c', ['3'])]
  const count: fc.Arbitrary<Count> = fc.record({
    type: fc.constantFrom(
      'event_count',
      'value_count',
      'value_sum',
      'temporal',
      'temporal_ordered',
    ),
    rules: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }),
    groupBy: fc.uniqueArray(fc.constantFrom('g', 'h'), { maxLength: 2 }),
    seconds: fc.integer({ min: 1, max: 6 }),
    threshold: fc.integer({ min: 1, max: 4 }),
  })
  const timed = fc.record({
    gap: fc.integer({ min: 0, max: 3 }),
    kind: fc.integer({ min: 1, max: 4 }),
    g: fc.option(fc.integer({ min: 0, max: 1 }), { nil: undefined }),
    h: fc.integer({ min: 0, max: 1 }),
    v: fc.option(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('p', 'q')), {
      nil: undefined,
    }),
  })

  it('[S19] to [S25]: random correlations match at the same events, saved and restored at any point', () => {
    fc.assert(
      fc.property(
        fc.array(count, { minLength: 1, maxLength: 3 }),
        fc.array(timed, { maxLength: 25 }),
        fc.nat(25),
        (counts, raw, cut) => {
          let seconds = 0
          const stream: Timed[] = raw.map(({ gap, ...each }) => ({
            seconds: (seconds += gap),
            event: each,
          }))
          const yaml = toYaml(BASES, counts)
          let { set } = load(yaml)
          const seen = counts.map((): number[] => [])
          for (const [i, each] of stream.entries()) {
            if (i === cut) {
              const saved = JSON.parse(JSON.stringify(set.save())) as ReturnType<typeof set.save>
              set = load(yaml).set
              set.restore(saved)
            }
            for (const match of set.step(each.event, each.seconds * 1000)) {
              if (match.ruleId.startsWith('C')) seen[Number(match.ruleId.slice(1))]?.push(i)
            }
          }
          expect(seen).toEqual(counts.map((each) => correlate(each, BASES, stream)))
        },
      ),
      { numRuns: 1_000 },
    )
  })
})
