import { isEpcis, type Telemetry } from '../../engine/event/telemetry.ts'
import type { CustodyOrder, CustodyTrail } from '../protocol/custody.ts'
import { deviceOf } from '../protocol/epcis-form.ts'
import { parcelRef } from '../world/refs.ts'
import type { Entries } from './debrief.ts'
import { createRun, type RunOptions } from './run.ts'
import type { RunState } from './state.ts'
import type { Input } from './types.ts'

/** Seconds that a trail lists at most: the first ones. */
export const TRAIL_SECONDS_MAX = 48
const TICKS_AT_ONCE = 20

/** The orders of an exercise that became a parcel, in their order of the day. */
export function custodyOrders(state: RunState): CustodyOrder[] {
  const { shop, logistics } = state.town.world()
  return shop.orders.flatMap(({ number, parcel, at }) => {
    const sent = parcel === null ? undefined : logistics.parcels[parcel]
    return sent === undefined
      ? []
      : [{ number, parcel: parcelRef(sent.id), at, address: sent.address }]
  })
}

/**
 * Plays the exercise again and keeps every second in which something was reported of one order: the
 * parts whose hash is that second's digest, the entry of the log that holds it, and those that hold
 * the devices' signatures. Yields every 20 ticks, so that other requests go on. Null where there is
 * no such order.
 */
export function* custodyTrail(
  options: RunOptions,
  played: { readonly inputs: readonly Input[]; readonly until: number; readonly log: Entries },
  state: RunState,
  number: string,
): Generator<void, CustodyTrail | null> {
  const order = custodyOrders(state).find((one) => one.number === number)
  if (order === undefined) return null
  const names = new Set([order.parcel, `order:${number}`])
  const run = createRun(options)
  const seconds: CustodyTrail['seconds'][number][] = []
  let more = 0
  const tickTo = function* (at: number): Generator<void, void> {
    for (let ticks = 1; run.now() < at; ticks++) {
      const { at: to, telemetry, alerts, incidents } = run.tick()
      if (telemetry.some((event) => isOf(event, names))) {
        if (seconds.length === TRAIL_SECONDS_MAX) more += 1
        else {
          const { meters } = run.world()
          const parts = [to, telemetry, alerts, incidents, meters, run.state.score.length]
          const entry = played.log.seconds.get(to) ?? null
          const seals = played.log.signatures?.get(to) ?? []
          const devices = takenIn(telemetry, names, played.log)
          const texts = parts.map((part) => JSON.stringify(part))
          seconds.push({ at: to, entry, parts: texts, seals, devices })
        }
      }
      if (ticks % TICKS_AT_ONCE === 0) yield
    }
  }
  for (const input of played.inputs) {
    if (input.kind === 'PhaseSet' && input.phase === 'ended') continue
    yield* tickTo(input.at)
    run.apply(input)
  }
  yield* tickTo(played.until)
  return { order, seconds, more }
}

/** The entries that took in the devices which reported of these. */
function takenIn(
  telemetry: readonly Telemetry[],
  names: ReadonlySet<string>,
  log: Entries,
): number[] {
  const entries = new Set<number>()
  for (const event of telemetry) {
    if (!isEpcis(event.body) || !isOf(event, names)) continue
    const entry = log.devices?.get(deviceOf(event.body))
    if (entry !== undefined) entries.add(entry)
  }
  return [...entries]
}

/** Whether a report names one of these as a whole word of its own, page views left aside. */
export function isOf(event: Telemetry, names: ReadonlySet<string>): boolean {
  const { body } = event
  if (!('eventID' in body) && body.class_uid === 4002) return false
  return mentions(body, names)
}

function mentions(value: unknown, names: ReadonlySet<string>): boolean {
  if (typeof value === 'string') return names.has(value)
  if (typeof value !== 'object' || value === null) return false
  return Object.values(value).some((inner) => mentions(inner, names))
}
