import { chance, range, Stream } from './draw.ts'
import { hash32 } from './key.ts'
import { WITNESSES } from './book-witness.ts'
import type { BookEntry, BookState, WitnessId } from './types-book.ts'
import type { Command, Happened, Scheduled, World } from './types.ts'

const MINUTE = 60_000
const DAY_MINUTES = 480
/** Settlement by the book, every ten minutes, half a minute after a head. */
const SETTLE_MS = 10 * MINUTE
/** Never on a whole second, when players act: what is paid is before or after. */
const SETTLE_OFFSET_MS = 30_500
const CORRECTIONS_A_DAY = 3
const CORRECTION_TRIES_MAX = 12
/** The row put right is one of the newest so many payments. */
const RECENT = 40

/** When the bank settles next, after `now`. */
export function settlesAfter(start: number, now: number): number {
  const first = start + SETTLE_OFFSET_MS
  const past = Math.max(0, Math.floor((now - first) / SETTLE_MS))
  return first + (past + 1) * SETTLE_MS
}

/** The keeper's first head, the first settlement, and the day's corrections (a benign twin). */
export function bookOpening(world: World): readonly Scheduled[] {
  const { seed, start, twins } = world.config
  const permille = (twins['book-correction'] ?? 1000) * CORRECTIONS_A_DAY
  const count =
    Math.floor(permille / 1000) + (chance(permille % 1000, seed, Stream.book, 0, 0) ? 1 : 0)
  const corrections = Array.from({ length: count }, (_, ordinal): Scheduled => {
    const minute = 20 + range(DAY_MINUTES - 40, seed, Stream.book, ordinal, 1)
    const second = range(60, seed, Stream.book, ordinal, 2)
    return item(start + minute * MINUTE + second * 1000, ordinal, correctEntry(ordinal, 0))
  })
  return [
    item(start + MINUTE, 0, { kind: 'PublishHead', round: 0 }),
    item(start + SETTLE_MS + SETTLE_OFFSET_MS, 0, { kind: 'SettleBook', round: 0 }),
    ...corrections,
  ]
}
function correctEntry(ordinal: number, tries: number): Command {
  return { kind: 'CorrectEntry', ordinal, tries }
}
function item(at: number, ordinal: number, command: Command, entity = 0): Scheduled {
  return { at, entity, ordinal, command, cause: { kind: 'town' } }
}

/** What follows: the witnesses' looks, the next head or settlement, a customer's question. */
export function bookReacts(world: World, { event }: Happened): readonly Scheduled[] {
  switch (event.kind) {
    case 'HeadPublished':
      return [nextHead(world, event.round + 1), ...looks(world, event.round), ...questions(world)]
    case 'BookSettled':
    case 'SettlementHeld': {
      const round = event.round + 1
      const at = world.config.start + (round + 1) * SETTLE_MS + SETTLE_OFFSET_MS
      return [item(at, round, { kind: 'SettleBook', round })]
    }
    case 'CorrectionWaits':
      return event.tries >= CORRECTION_TRIES_MAX
        ? []
        : [
            item(
              world.now + 10 * MINUTE,
              event.ordinal,
              correctEntry(event.ordinal, event.tries + 1),
            ),
          ]
    default:
      return []
  }
}

/** Benign twin `late-head`: one head in forty is twenty to fifty seconds late. */
function nextHead(world: World, round: number): Scheduled {
  const { seed, start, twins } = world.config
  const permille = Math.min(1000, Math.floor(((twins['late-head'] ?? 1000) * 25) / 1000))
  const late = chance(permille, seed, Stream.book, round, 20)
    ? 20_000 + range(30_000, seed, Stream.book, round, 21)
    : 0
  const at = start + (round + 1) * MINUTE + late
  return item(Math.max(at, world.now + 1), round, { kind: 'PublishHead', round })
}
/** Each witness looks one to nine seconds after the head. */
function looks(world: World, round: number): readonly Scheduled[] {
  return WITNESSES.map((witness: WitnessId, i) => {
    const wait = 1_000 + range(8_000, world.config.seed, Stream.book, round * 8 + i, 30)
    return item(world.now + wait, round, { kind: 'WitnessLooks', witness, round }, i)
  })
}

/**
 * Customers are told by mail what the book says was delivered. Who has nothing asks, three to
 * twelve minutes later.
 */
function questions(world: World): readonly Scheduled[] {
  const { book, shop, logistics, config } = world
  const told = new Set(
    (book?.entries ?? []).filter((one) => one.kind === 'delivered').map((one) => one.order),
  )
  return logistics.parcels.flatMap(({ status, order }) => {
    const row = order === null ? undefined : shop.orders[order]
    if (!row || row.customer === null || (status !== 'docked' && status !== 'loaded')) return []
    if (!told.has(row.number) || book!.asked.includes(row.id)) return []
    if (shop.customers[row.customer]!.player) return []
    const entity = hash32(row.number)
    const wait = (3 + range(10, config.seed, Stream.book, entity, 40)) * MINUTE
    return [item(world.now + wait, 0, { kind: 'AskBook', order: row.id }, entity)]
  })
}

/**
 * A mistake put right as books are: what was entered is taken back by a row of its own, and entered
 * anew. Null where nothing was paid yet.
 */
export function correction(
  world: World,
  book: BookState,
  ordinal: number,
): readonly BookEntry[] | null {
  const paid = book.entries.filter((one) => one.kind === 'paid').slice(-RECENT)
  if (paid.length === 0) return null
  const row = paid[range(paid.length, world.config.seed, Stream.book, ordinal, 3)]!
  const back: BookEntry = {
    ...row,
    at: world.now,
    kind: 'correction',
    amountMinor: -row.amountMinor,
    place: 'entered-twice-by-mistake',
  }
  return [back, { ...row, at: world.now, kind: 'correction', place: 'entered-anew' }]
}
