import { range, Stream } from '../world/draw.ts'
import type { BookChange, BookEntry, BookState } from '../world/types-book.ts'
import type { AttackRun, Memory } from '../world/types-attack.ts'
import type { Happened, World } from '../world/types.ts'
import { parcelRef } from '../world/refs.ts'
import {
  commonParameters,
  num,
  overdue,
  type Seen,
  type Step,
  type Technique,
  type Witness,
} from './technique.ts'

const WAYS = ['edit', 'drop', 'backdate', 'rollback', 'fork'] as const
type Way = (typeof WAYS)[number]
/** Writes in a row that the database refused, after which the insider gives up. */
const PATIENCE = 3
/** How often one looks for a fitting row before taking what there is. */
const WAITS_MAX = 12

type Lot = (n: number, index: number) => number

/**
 * I4, ledger tampering. Somebody with the password of the book's database changes its rows by hand:
 * a payment is made smaller (`edit`) or taken out (`drop`), the newest rows are cut off as if an
 * old copy had been put back (`rollback`), or the bank alone is shown a smaller payment (`fork`),
 * and what the settlement then leaves on the clearing account is taken; or a delivery that never
 * was is put in, dated back (`backdate`), so that the customer is not believed. `any` draws a way
 * for each change. `rate` is changes an hour.
 *
 * Stealth `s`: below 0.3 the largest payment since the last settlement, from there any of them. A
 * payment that is made smaller keeps a tenth, and up to `29 * s` hundredths more. Each pause is
 * longer or shorter by up to `40 * s` hundredths. Above 0.4, `1000 * (s - 0.4)` changes of 1000 are
 * meant for rows younger than the last published head, which nobody has witnessed (two of five at
 * 0.8); where none comes for twelve looks at the tables, a witnessed one is taken.
 *
 * The insider sees the book's tables, its published heads, the clearing account and which parcels
 * are under way; witnesses keep theirs to themselves.
 */
export const i4: Technique = {
  id: 'I4',
  family: 'insider',
  ids: ['T1565.001'],
  stream: Stream.attackI4,
  hours: 5,
  parameters: [
    { name: 'way', type: 'choice', default: 'any', about: 'i4.way' },
    ...commonParameters({ min: 1, max: 60, default: 12 }, 40, 'I4'),
  ],
  tells: [],
  targets: () => ({
    way: ['any', ...WAYS].map((value) => ({
      value,
      label: `i4.${value}`,
      note: `i4.${value}-note`,
    })),
  }),
  refuses: ({ book }) => (book === undefined ? 'no-book' : null),
  begin: ({ book }) => ({
    asked: 0,
    silent: 0,
    waited: 0,
    taken: 0,
    before: book?.handWrites ?? 0,
    rest: book?.restMinor ?? 0,
    claims: book?.asked.length ?? 0,
  }),
  step,
  witness,
  describe,
}

function step(world: World, run: AttackRun): Step {
  const { book } = world
  const memory = lookBack(world, run)
  const end = (status: 'blocked' | 'done'): Step => ({
    commands: [],
    nextAfterMs: null,
    memory,
    status,
  })
  if (book === undefined || Number(memory['silent']) >= PATIENCE) return end('blocked')
  if (overdue(world, run)) return end('done')
  const asked = Number(memory['asked'])
  const waited = Number(memory['waited'])
  const lot: Lot = (n, index) =>
    range(n, world.config.seed, Stream.attackI4, run.run * 1_024 + asked, index)
  const change = choose(world, book, run, lot, waited >= WAITS_MAX)
  if (change === null)
    return {
      commands: [],
      nextAfterMs: 7_000 + lot(9_000, 20 + waited),
      memory: { ...memory, waited: waited + 1 },
      status: 'running',
    }
  const stealth = num(run, 'stealth')
  const pause = Math.floor(
    (3_600_000 / num(run, 'rate')) * (1 + stealth * (lot(800, 6) / 1_000 - 0.4)),
  )
  return {
    commands: [{ afterMs: 0, command: { kind: 'ChangeBook', change } }],
    nextAfterMs: pause,
    memory: { ...memory, asked: asked + 1, waited: 0 },
    status: 'running',
  }
}

/** Counts the writes that the database took: the others left no trace and were refused. */
function lookBack({ book }: World, run: AttackRun): Memory {
  const { memory } = run
  const taken = (book?.handWrites ?? 0) - Number(memory['before'])
  const asked = Number(memory['asked'])
  if (asked === 0 || Number(memory['waited']) > 0) return { ...memory, taken }
  const refused = taken <= Number(memory['taken'])
  return { ...memory, taken, silent: refused ? Number(memory['silent']) + 1 : 0 }
}

function choose(
  world: World,
  book: BookState,
  run: AttackRun,
  lot: Lot,
  anyRow: boolean,
): BookChange | null {
  const asked = run.params['way']
  const way = WAYS.find((one) => one === asked) ?? WAYS[lot(WAYS.length, 0)]!
  const young = !anyRow && lot(1_000, 1) < youngPermille(num(run, 'stealth'))
  if (way === 'backdate') return backdate(world, book, lot, young)
  const rows = way === 'fork' ? (book.aside?.entries ?? book.entries) : book.entries
  const seen = Math.min(book.head?.size ?? 0, rows.length)
  const open = rows.flatMap((entry, index) =>
    entry.kind === 'paid' && entry.at > book.settledAt && index >= seen === young
      ? [{ entry, index }]
      : [],
  )
  if (open.length === 0) return anyRow ? lastResort(rows.slice(0, seen), way, run, lot) : null
  const picked =
    num(run, 'stealth') < 0.3
      ? open.reduce((best, one) => (one.entry.amountMinor > best.entry.amountMinor ? one : best))
      : open[lot(open.length, 2)]!
  return aimed(way, picked, run, lot)
}
/** Nothing at all before 0.4; 400 of 1000 at 0.8, 600 at 1. */
function youngPermille(stealth: number): number {
  return Math.max(0, Math.floor((stealth - 0.4) * 1_000))
}
/** The newest payment under a head, though it was settled long ago and nothing is gained. */
function lastResort(
  rows: readonly BookEntry[],
  way: Exclude<Way, 'backdate'>,
  run: AttackRun,
  lot: Lot,
): BookChange | null {
  const index = rows.findLastIndex((one) => one.kind === 'paid')
  return index < 0 ? null : aimed(way, { entry: rows[index]!, index }, run, lot)
}

function aimed(
  way: Exclude<Way, 'backdate'>,
  { entry, index }: { readonly entry: BookEntry; readonly index: number },
  run: AttackRun,
  lot: Lot,
): BookChange {
  const percent = 10 + Math.floor(num(run, 'stealth') * lot(30, 3))
  const smaller = { ...entry, amountMinor: Math.floor((entry.amountMinor * percent) / 100) }
  switch (way) {
    case 'edit':
      return { way, index, entry: smaller }
    case 'drop':
      return { way, index }
    case 'rollback':
      return { way: 'cut', size: index }
    case 'fork':
      return { way, audience: ['bank'], index, entry: smaller }
  }
}

/**
 * A delivery that never was: of the parcel under way that is due first, dated back by some minutes;
 * at more stealth only to just now, below the newest head.
 */
function backdate(world: World, book: BookState, lot: Lot, young: boolean): BookChange | null {
  const booked = new Set(
    book.entries.filter((one) => one.kind === 'delivered').map((one) => one.parcel),
  )
  const open = world.logistics.parcels
    .map((parcel) => ({ parcel, label: parcelRef(parcel.id).slice('parcel:'.length) }))
    .filter(
      ({ parcel, label }) =>
        parcel.order !== null &&
        (parcel.status === 'docked' || parcel.status === 'loaded') &&
        !booked.has(label),
    )
  if (open.length === 0) return null
  const { parcel, label } = open.reduce((best, one) =>
    one.parcel.due < best.parcel.due ? one : best,
  )
  const since = book.head?.at ?? world.config.start
  const at = young
    ? Math.max(since, world.now - 1_000)
    : Math.max(world.config.start, since - (2 + lot(28, 3)) * 60_000 - lot(60_000, 4))
  const entry: BookEntry = {
    at,
    kind: 'delivered',
    order: world.shop.orders[parcel.order!]!.number,
    parcel: label,
    amountMinor: 0,
    place: parcel.address,
  }
  const after = book.entries.findIndex((one) => one.at > at)
  const index = after < 0 ? book.entries.length : after
  return { way: 'insert', index: young ? Math.max(index, book.head?.size ?? 0) : index, entry }
}

function witness(_world: World, _run: AttackRun, { event }: Happened): Witness {
  if (event.kind !== 'BookChanged') return { actors: [], targets: [], effect: false }
  const { change } = event
  const order = 'entry' in change ? [`order:${change.entry.order}`] : []
  return { actors: ['account:book-writer'], targets: ['device:book', ...order], effect: true }
}

function describe({ book }: World, run: AttackRun): Seen {
  const { memory } = run
  const params = {
    changes: (book?.handWrites ?? 0) - Number(memory['before']),
    amountMinor: (book?.restMinor ?? 0) - Number(memory['rest']),
    claims: (book?.asked.length ?? 0) - Number(memory['claims']),
    silent: Number(memory['silent'] ?? 0),
  }
  if (run.status === 'blocked') return { key: 'i4.refused', params }
  return {
    key: run.status === 'running' && params.silent > 0 ? 'i4.waiting' : `i4.${run.status}`,
    params,
  }
}
