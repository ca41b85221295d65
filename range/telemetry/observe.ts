import type { Telemetry } from '../../engine/event/telemetry.ts'
import { initialShop } from '../world/shop-initial.ts'
import type { Milliseconds, World, WorldConfig } from '../world/types.ts'
import { auth } from './auth.ts'
import { backoffice } from './backoffice.ts'
import { book } from './book.ts'
import { custody } from './custody.ts'
import { http } from './http.ts'
import { openingSigns, pages } from './pages.ts'
import { payment } from './payment.ts'
import type { Report, Seen, Source } from './report.ts'
import { sensors } from './sensors.ts'

/**
 * What is on its way to the collector, and how far each stream has come. Plain data, never changed
 * in place.
 */
export interface Observer {
  readonly streams: Streams
  /**
   * Sorted by arrival, then stream, then number. Bounded by the longest delay, 15 s of messages.
   */
  readonly pending: readonly Waiting[]
}
/**
 * Streams heard of lately over all others, so that a call copies few: at most RECENT_MAX and its
 * own.
 */
interface Streams {
  readonly recent: ReadonlyMap<string, Place>
  readonly rest: ReadonlyMap<string, Place>
}
interface Place {
  readonly count: number
  readonly last: Milliseconds
}
const RECENT_MAX = 40
interface Waiting {
  readonly stream: string
  readonly number: number
  readonly telemetry: Telemetry
}

const SOURCES: readonly Source[] = [http, auth, payment, pages, backoffice, custody, sensors, book]

/** At the opening the page store tells the signed baseline of every page. */
export function createObserver(config: WorldConfig): Observer {
  const draft: Draft = { before: { recent: new Map(), rest: new Map() }, heard: null, fresh: [] }
  for (const report of openingSigns({ config, shop: initialShop(config) }))
    take(draft, report, config.start)
  return { streams: streamsAfter(draft), pending: draft.fresh }
}

/**
 * Telemetry that has arrived by `world.now`, given everything that happened since the last call,
 * and the observer after it. Times never decrease from call to call; each stream counts its
 * messages without gaps. It never looks at who caused an event: the same happenings with other
 * causes give the same bytes.
 */
export function observe(
  world: World,
  happened: readonly Seen[],
  state: Observer,
): { readonly telemetry: readonly Telemetry[]; readonly state: Observer } {
  const draft: Draft = { before: state.streams, heard: null, fresh: [] }
  for (const { at, event } of happened) {
    for (const source of SOURCES)
      for (const report of source(world, at, event)) take(draft, report, at)
  }
  if (draft.fresh.length === 0 && (state.pending[0]?.telemetry.time ?? Infinity) > world.now)
    return { telemetry: [], state }
  const all =
    draft.fresh.length === 0 ? state.pending : [...state.pending, ...draft.fresh].sort(byArrival)
  let arrived = 0
  while (arrived < all.length && all[arrived]!.telemetry.time <= world.now) arrived += 1
  return {
    telemetry: all.slice(0, arrived).map((one) => one.telemetry),
    state: { streams: streamsAfter(draft), pending: all.slice(arrived) },
  }
}

/** Recent streams are copied once, by the first message of a call. */
interface Draft {
  readonly before: Streams
  heard: Map<string, Place> | null
  readonly fresh: Waiting[]
}
function streamsAfter({ before, heard }: Draft): Streams {
  if (heard === null) return before
  if (heard.size <= RECENT_MAX) return { recent: heard, rest: before.rest }
  return { recent: new Map(), rest: new Map([...before.rest, ...heard]) }
}

const FIRST: Place = { count: 0, last: 0 }

/** A stream is a wire: what was sent later never overtakes. */
function take(draft: Draft, report: Report, at: Milliseconds): void {
  draft.heard ??= new Map(draft.before.recent)
  const { heard, before } = draft
  const { count, last } = heard.get(report.stream) ?? before.rest.get(report.stream) ?? FIRST
  const time = Math.max(last, at + report.delayMs)
  const uid = `event:${report.stream}-${count}`
  heard.set(report.stream, { count: count + 1, last: time })
  draft.fresh.push({
    stream: report.stream,
    number: count,
    telemetry: { time, uid, body: report.body(time, uid) },
  })
}

function byArrival(a: Waiting, b: Waiting): number {
  if (a.telemetry.time !== b.telemetry.time) return a.telemetry.time - b.telemetry.time
  if (a.stream !== b.stream) return a.stream < b.stream ? -1 : 1
  return a.number - b.number
}
