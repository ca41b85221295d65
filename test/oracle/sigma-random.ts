import fc from 'fast-check'
import type { BaseRule, Condition, Count, Event, Item, Scalar, Search, Timed } from './sigma.ts'

/** Letters of what rules ask for, and of what events hold. */
export interface Alphabet {
  readonly wanted: readonly string[]
  readonly held: readonly string[]
}

/** With letters whose case is more than ASCII's. */
export const LETTERS: Alphabet = {
  wanted: ['a', 'B', 'b', '*', '?', '\\', '😀', 'é'],
  held: ['a', 'b', 'B', '*', '\\', '😀', 'É'],
}
/** As far as SQLite folds case. */
export const ASCII: Alphabet = {
  wanted: ['a', 'B', 'b', '*', '?', '\\', '😀', '2', '_', '%', '['],
  held: ['a', 'b', 'B', '*', '\\', '😀', '2', '_', '%', '['],
}

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

function searchOf({ wanted }: Alphabet): fc.Arbitrary<Search> {
  const text = fc.string({ unit: fc.constantFrom(...wanted), maxLength: 5 })
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
  return fc.oneof(
    fc
      .uniqueArray(item, { minLength: 1, maxLength: 3, selector: (each) => each.field })
      .map((items): Search => ({ kind: 'map', items })),
    fc
      .array(text, { minLength: 1, maxLength: 2 })
      .map((words): Search => ({ kind: 'words', words })),
  )
}

export function ruleOf(letters: Alphabet): fc.Arbitrary<BaseRule> {
  const search = searchOf(letters)
  return fc.record({
    id: fc.constant('r'),
    searches: fc.record({ sel_a: search, sel_b: search, _c: search }),
    condition,
  })
}

export function eventOf({ held }: Alphabet): fc.Arbitrary<Event> {
  const plain = fc.string({ unit: fc.constantFrom(...held), maxLength: 6 })
  const value = fc.option(fc.oneof(plain, number, fc.boolean(), fc.constant(null)), {
    nil: undefined,
  })
  return fc
    .record({ x: value, y: value, z: value })
    .map((each) => Object.fromEntries(Object.entries(each).filter(([, v]) => v !== undefined)))
}

function kindIs(id: string, kinds: readonly string[]): BaseRule {
  const item: Item = { field: 'kind', modifier: '', all: false, neq: false, values: kinds }
  return {
    id,
    searches: { s: { kind: 'map', items: [item] } },
    condition: { kind: 'name', name: 's' },
  }
}

/** Rules that random correlations count. */
export const BASES = [kindIs('a', ['1', '4']), kindIs('b', ['2', '4']), kindIs('c', ['3'])]

export const count: fc.Arbitrary<Count> = fc.record({
  type: fc.constantFrom('event_count', 'value_count', 'value_sum', 'temporal', 'temporal_ordered'),
  rules: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 }),
  groupBy: fc.uniqueArray(fc.constantFrom('g', 'h'), { maxLength: 2 }),
  seconds: fc.integer({ min: 1, max: 6 }),
  threshold: fc.integer({ min: 1, max: 4 }),
})

/** Events in order, some at the same second. */
export const stream: fc.Arbitrary<Timed[]> = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 3 }),
      kind: fc.integer({ min: 1, max: 4 }),
      g: fc.option(fc.integer({ min: 0, max: 1 }), { nil: undefined }),
      h: fc.integer({ min: 0, max: 1 }),
      v: fc.option(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('p', 'q')), {
        nil: undefined,
      }),
    }),
    { maxLength: 25 },
  )
  .map((raw) => {
    let seconds = 0
    return raw.map(({ gap, ...event }) => ({ seconds: (seconds += gap), event }))
  })
