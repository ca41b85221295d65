import { decideBookResponse, afterRebuild } from './book-response.ts'
import { appended, rootOf } from './book-tree.ts'
import { afterLook, look, storyFor, WITNESSES } from './book-witness.ts'
import { bookReacts, bookOpening, correction } from './book-work.ts'
import { parcelRef } from './refs.ts'
import type {
  BookChange,
  BookCommand,
  BookEntry,
  BookEvent,
  BookHead,
  BookState,
} from './types-book.ts'
import type { FleetEvent } from './types-logistics.ts'
import type { ShopEvent } from './types-shop-change.ts'
import type { Meters, Part, Refused, World, WorldConfig, WorldEvent } from './types.ts'

/** Rows that the book takes; after them it takes nothing more. */
export const ENTRIES_MAX = 20_000
const CORRECTION_MS = 300_000
const CLAIM_MS = 240_000

/** What the shop's systems write into the book as it happens. */
type Hears = Extract<
  ShopEvent | FleetEvent,
  {
    kind:
      | 'OrderPaid'
      | 'RefundExecuted'
      | 'ParcelLoaded'
      | 'ParcelDelivered'
      | 'ParcelPutInLocker'
      | 'ParcelCollected'
  }
>

/**
 * The shop's book and its witnesses, as a part of the world that a scenario switches on. Systems
 * append; each minute the keeper publishes a head; witnesses ask for the path from what they keep;
 * every ten minutes the bank settles by it.
 */
export const book: Part<BookState, BookCommand, BookEvent | Hears> = {
  commands: [
    'PublishHead',
    'WitnessLooks',
    'SettleBook',
    'AskBook',
    'CorrectEntry',
    'ChangeBook',
    'FreezeBook',
    'ThawBook',
    'RebuildBook',
    'ProveChange',
  ],
  events: [
    'HeadPublished',
    'BookWitnessed',
    'BookSettled',
    'BookClaimRefused',
    'EntryCorrected',
    'BookChanged',
    'BookFrozen',
    'BookThawed',
    'BookRebuilt',
    'BookChangeProven',
    'OrderPaid',
    'RefundExecuted',
    'ParcelLoaded',
    'ParcelDelivered',
    'ParcelPutInLocker',
    'ParcelCollected',
  ],
  initial,
  opening: bookOpening,
  decide: (world, command) =>
    world.book === undefined
      ? refused(command.kind, 'no-book')
      : decide(world, world.book, command),
  evolve,
  react: bookReacts,
  meters,
}

function initial(config: WorldConfig): BookState {
  return {
    entries: [],
    aside: null,
    head: null,
    asideHead: null,
    round: 0,
    witnesses: WITNESSES.map((id) => ({
      id,
      kept: null,
      copy: [],
      verdict: 'none',
      at: null,
      shown: null,
      differs: null,
    })),
    frozen: false,
    handWrites: 0,
    takenMinor: 0,
    settledAt: config.start,
    restMinor: 0,
    asked: [],
    proof: null,
  }
}
function refused(command: BookCommand['kind'], reason: string): readonly Refused[] {
  return [{ kind: 'CommandRefused', command, reason }]
}

function decide(world: World, state: BookState, command: BookCommand): readonly WorldEvent[] {
  switch (command.kind) {
    case 'PublishHead':
      return publish(world, state, command.round)
    case 'WitnessLooks':
      return look(world, state, command.witness)
    case 'SettleBook':
      return settle(state, command.round)
    case 'AskBook':
      return ask(world, state, command.order)
    case 'CorrectEntry': {
      const entries = correction(world, state, command.ordinal)
      const { ordinal, tries } = command
      if (entries === null) return []
      return state.frozen
        ? [{ kind: 'CorrectionWaits', ordinal, tries }]
        : [{ kind: 'EntryCorrected', entries }]
    }
    case 'ChangeBook': {
      if (state.frozen) return refused('ChangeBook', 'book-frozen')
      return fits(state, command.change)
        ? [{ kind: 'BookChanged', change: command.change }]
        : refused('ChangeBook', 'no-such-entry')
    }
    default:
      return decideBookResponse(world, state, command)
  }
}

function publish(
  { now }: World,
  { entries, aside }: BookState,
  round: number,
): readonly BookEvent[] {
  const headOf = (rows: readonly BookEntry[]): BookHead => ({
    at: now,
    size: rows.length,
    root: rootOf(rows),
  })
  const other = aside === null ? null : headOf(aside.entries)
  return [{ kind: 'HeadPublished', round, head: headOf(entries), aside: other }]
}

/** By the book as the bank is shown it: what was booked since the last time is what is paid out. */
function settle(state: BookState, round: number): readonly BookEvent[] {
  if (state.frozen) return [{ kind: 'SettlementHeld', round }]
  const bookedMinor = storyFor(state, 'bank')
    .filter((one) => one.at > state.settledAt && (one.kind === 'paid' || one.kind === 'correction'))
    .reduce((sum, one) => sum + one.amountMinor, 0)
  const restMinor = Math.max(0, state.takenMinor - bookedMinor)
  return [{ kind: 'BookSettled', round, bookedMinor, restMinor }]
}

/** A customer without a parcel asks; the desk answers by what the book says. */
function ask(world: World, state: BookState, order: number): readonly WorldEvent[] {
  const row = world.shop.orders[order]
  if (!row || row.customer === null || row.parcel === null) return []
  if (state.asked.includes(order)) return []
  const here = ['delivered', 'in-locker', 'collected']
  if (here.includes(world.logistics.parcels[row.parcel]?.status ?? '')) return []
  const told = state.entries.some((one) => one.kind === 'delivered' && one.order === row.number)
  if (!told) return []
  return [
    { kind: 'BookClaimRefused', order },
    { kind: 'TrustChanged', customer: row.customer, deltaMilli: -12_000, reason: 'not-believed' },
  ]
}

function fits({ entries, aside }: BookState, change: BookChange): boolean {
  switch (change.way) {
    case 'edit':
    case 'drop':
      return change.index >= 0 && change.index < entries.length
    case 'insert':
      return change.index >= 0 && change.index <= entries.length && entries.length < ENTRIES_MAX
    case 'cut':
      return change.size >= 0 && change.size < entries.length
    case 'fork':
      return change.index >= 0 && change.index < (aside?.entries ?? entries).length
  }
}

type Rule<K> = (
  state: BookState,
  event: Extract<BookEvent | Hears, { kind: K }>,
  world: World,
) => BookState

function evolve(state: BookState, event: BookEvent | Hears, world: World): BookState {
  const rule = RULES[event.kind] as Rule<typeof event.kind> | undefined
  return rule ? rule(state, event as never, world) : state
}

const RULES: { readonly [K in (BookEvent | Hears)['kind']]?: Rule<K> } = {
  OrderPaid: (state, { order }, world) => {
    const row = world.shop.orders[order]!
    const amountMinor = row.totalMinor
    const taken = { ...state, takenMinor: state.takenMinor + amountMinor }
    return append(taken, [entry(world, 'paid', order, { amountMinor })])
  },
  RefundExecuted: (state, { refund }, world) => {
    const row = world.shop.refunds[refund]!
    return append(state, [entry(world, 'refund', row.order, { amountMinor: row.amountMinor })])
  },
  ParcelLoaded: (state, { parcel, van }, world) =>
    append(state, ofParcel(world, 'handed-over', parcel, `van:${van}`)),
  ParcelDelivered: (state, { parcel, place }, world) =>
    append(state, ofParcel(world, 'delivered', parcel, place)),
  ParcelPutInLocker: (state, { parcel, locker }, world) =>
    append(state, ofParcel(world, 'in-locker', parcel, `locker:L${locker + 1}`)),
  ParcelCollected: (state, { parcel, locker }, world) =>
    append(state, ofParcel(world, 'collected', parcel, `locker:L${locker + 1}`)),
  HeadPublished: (state, { round, head, aside }) => ({
    ...state,
    round: round + 1,
    head,
    asideHead: aside,
  }),
  BookWitnessed: (state, event, world) => afterLook(state, event, world.now),
  BookSettled: (state, { restMinor }, world) => ({
    ...state,
    takenMinor: 0,
    settledAt: world.now,
    restMinor: state.restMinor + restMinor,
  }),
  BookClaimRefused: (state, { order }) => ({ ...state, asked: [...state.asked, order] }),
  EntryCorrected: (state, { entries }) => append(state, entries),
  BookChanged: (state, { change }) => ({
    ...changed(state, change),
    handWrites: state.handWrites + 1,
  }),
  BookFrozen: (state) => ({ ...state, frozen: true }),
  BookThawed: (state) => ({ ...state, frozen: false }),
  BookRebuilt: (state, event) => afterRebuild(state, event),
  BookChangeProven: (state, { proof }) => ({ ...state, proof }),
}

function append(state: BookState, rows: readonly BookEntry[]): BookState {
  if (rows.length === 0 || state.entries.length + rows.length > ENTRIES_MAX) return state
  const { aside } = state
  return {
    ...state,
    entries: appended(state.entries, rows),
    aside: aside === null ? null : { ...aside, entries: appended(aside.entries, rows) },
  }
}
function entry(
  world: World,
  kind: BookEntry['kind'],
  order: number,
  more: Partial<BookEntry>,
): BookEntry {
  const number = world.shop.orders[order]?.number ?? ''
  return { at: world.now, kind, order: number, parcel: '', amountMinor: 0, place: '', ...more }
}
/** Parcels that stood in the depot before the day began are nobody's order, and not booked. */
function ofParcel(
  world: World,
  kind: BookEntry['kind'],
  parcel: number,
  place: string,
): readonly BookEntry[] {
  const order = world.logistics.parcels[parcel]?.order ?? null
  const label = parcelRef(parcel).slice('parcel:'.length)
  return order === null ? [] : [entry(world, kind, order, { parcel: label, place })]
}

function changed(state: BookState, change: BookChange): BookState {
  const { entries, aside } = state
  const replace = (rows: readonly BookEntry[], index: number, by: readonly BookEntry[], n = 1) => [
    ...rows.slice(0, index),
    ...by,
    ...rows.slice(index + n),
  ]
  switch (change.way) {
    case 'edit':
      return { ...state, entries: replace(entries, change.index, [change.entry]) }
    case 'drop':
      return { ...state, entries: replace(entries, change.index, []) }
    case 'insert':
      return { ...state, entries: replace(entries, change.index, [change.entry], 0) }
    case 'cut':
      return { ...state, entries: entries.slice(0, change.size) }
    case 'fork': {
      const rows = replace(aside?.entries ?? entries, change.index, [change.entry])
      return { ...state, aside: { audience: change.audience, entries: rows } }
    }
  }
}

/** Lost: what the book's settlement left to somebody whom it did not belong to. */
function meters(so: Meters, event: WorldEvent): Meters {
  switch (event.kind) {
    case 'BookSettled':
      return event.restMinor === 0 ? so : { ...so, lostMinor: so.lostMinor + event.restMinor }
    case 'BookClaimRefused':
      return { ...so, staffMs: so.staffMs + CLAIM_MS }
    case 'CorrectionWaits':
      return { ...so, staffMs: so.staffMs + CORRECTION_MS }
    default:
      return so
  }
}
