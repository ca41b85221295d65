import type { Happened } from '../world/types.ts'
import { handle } from '../world/storefront.ts'
import type { ShopRequest } from '../world/types-shop.ts'
import type { Command } from '../world/types.ts'
import { applyMove } from './moves.ts'
import type { RunState } from './state.ts'
import type { Input, Outcome, Scenario } from './types.ts'

/** Seats a room has; more are refused as `full`. */
export const SEATS_MAX = 120

/** Seconds that may wait while paused; asking for more changes nothing. */
const STEPS_MAX = 8

/** What one input does, at the run's present. `index` is its ordinal among the inputs. */
export function applyInput(state: RunState, input: Input, index: number): Outcome {
  switch (input.kind) {
    case 'Opened':
      return DONE
    case 'Ticked':
      if (state.phase !== 'paused') return { ok: false, reason: 'not-paused' }
      state.steps = Math.min(STEPS_MAX, state.steps + 1)
      return DONE
    case 'SeatTaken':
      return takeSeat(state, input)
    case 'SeatChanged':
      return changeSeat(state, input)
    case 'Locked':
      state.locked = input.locked
      return DONE
    case 'PhaseSet':
      return setPhase(state, input.phase)
    case 'SpeedSet':
      if (!(input.speed >= 0.25 && input.speed <= 60)) return { ok: false, reason: 'no-such-speed' }
      state.speed = input.speed
      return DONE
    case 'Moved': {
      const seat = state.seats.get(input.seat)
      return seat && !seat.removed
        ? applyMove(state, seat, input.move, index)
        : { ok: false, reason: 'no-such-seat' }
    }
    case 'Requested':
      return request(state, input.seat, input.request)
    case 'Injected':
      return fire(state, input.inject)
    case 'InjectScheduled':
      schedule(state, input)
      return DONE
    case 'InjectUnscheduled':
      return unschedule(state, input.id)
    case 'Said':
      state.messages.push({ at: state.now, from: 'trainer', to: input.to, text: input.text })
      return DONE
    case 'Noted':
      state.notes.push({ at: state.now, text: input.text })
      return DONE
    case 'ExtraTime':
      state.extraMinutes += input.minutes
      return DONE
    case 'BoardShown':
      state.boardShown = input.shown
      return DONE
    case 'LogAudited':
      return audited(state, input)
  }
}
const DONE: Outcome = { ok: true, happened: [] }

function takeSeat(state: RunState, input: Extract<Input, { kind: 'SeatTaken' }>): Outcome {
  const live = [...state.seats.values()].filter((seat) => !seat.removed)
  if (live.length >= SEATS_MAX) return { ok: false, reason: 'full' }
  if (state.seats.has(input.seat)) return { ok: false, reason: 'seat-taken' }
  const { seat, role, nickname, robot } = input
  const customer = role === 'customer' ? freeCustomer(state) : null
  state.seats.set(seat, { seat, role, nickname, robot, removed: false, customer })
  return { ok: true, happened: seatCustomer(state, seat, customer, true) }
}

/**
 * A person takes the place of a simulated customer, who then does nothing by himself; or gives it
 * back.
 */
function seatCustomer(
  state: RunState,
  seat: string,
  customer: number | null,
  player: boolean,
): readonly Happened[] {
  if (customer === null) return []
  return state.town.apply({ kind: 'SeatCustomer', customer, player }, { kind: 'player', seat })
}

/**
 * Players are the last customers of the town, from the end, so that the simulated ones keep their
 * numbers.
 */
function freeCustomer(state: RunState): number | null {
  const taken = new Set([...state.seats.values()].map((seat) => seat.customer))
  const { customers } = state.town.world().shop
  for (let i = customers.length - 1; i >= 0; i--)
    if (customers[i]!.player && !taken.has(i)) return i
  for (let i = customers.length - 1; i >= 0; i--) if (!taken.has(i)) return i
  return null
}

function changeSeat(state: RunState, input: Extract<Input, { kind: 'SeatChanged' }>): Outcome {
  const seat = state.seats.get(input.seat)
  if (!seat) return { ok: false, reason: 'no-such-seat' }
  const happened: Happened[] = []
  if (input.nickname !== undefined) seat.nickname = input.nickname
  if (input.role !== undefined) {
    seat.role = input.role
    if (input.role === 'customer' && seat.customer === null) {
      seat.customer = freeCustomer(state)
      happened.push(...seatCustomer(state, seat.seat, seat.customer, true))
    }
  }
  if (input.removed !== undefined) {
    seat.removed = input.removed
    if (input.removed) {
      happened.push(...seatCustomer(state, seat.seat, seat.customer, false))
      seat.customer = null
    }
  }
  return { ok: true, happened }
}

function setPhase(state: RunState, phase: RunState['phase']): Outcome {
  if (state.phase === 'ended') return { ok: false, reason: 'over' }
  if (phase === 'paused' && state.phase !== 'running') return { ok: false, reason: 'not-running' }
  if (phase === 'running' && state.phase === 'lobby') {
    for (const inject of state.scenario.injects) {
      if (inject.atMinute === undefined) continue
      const due = state.scenario.world.start + inject.atMinute * 60_000
      state.injects.push({
        id: inject.id,
        title: inject.title,
        at: state.now,
        fired: false,
        due,
        cancelled: false,
        inject,
      })
    }
  }
  state.phase = phase
  state.steps = 0
  return DONE
}

/** The storefront can be read while nothing moves; what would write answers "paused". */
function request(state: RunState, seat: string | null, asked: ShopRequest): Outcome {
  if (state.phase !== 'running') {
    if (asked.method !== 'GET') return { ok: false, reason: 'paused' }
    return { ok: true, happened: [], response: handle(state.town.world(), asked).response }
  }
  const happened = state.town.apply(
    { kind: 'Http', request: asked },
    { kind: 'player', seat: seat ?? 'visitor' },
  )
  const served = happened.find(({ event }) => event.kind === 'HttpServed')
  if (served?.event.kind !== 'HttpServed') return { ok: false, reason: 'refused' }
  return { ok: true, happened, response: served.event.response }
}

function schedule(state: RunState, input: Extract<Input, { kind: 'InjectScheduled' }>): void {
  state.injects.push({
    id: input.id,
    title: input.inject.title,
    at: input.at,
    fired: false,
    due: input.due,
    cancelled: false,
    inject: input.inject,
  })
}

function unschedule(state: RunState, id: string): Outcome {
  const waiting = state.injects.find((one) => one.id === id && !one.fired && !one.cancelled)
  if (!waiting) return { ok: false, reason: 'fired-already' }
  waiting.cancelled = true
  return DONE
}

function fire(state: RunState, inject: Scenario['injects'][number]): Outcome {
  state.injects.push({
    id: inject.id,
    title: inject.title,
    at: state.now,
    fired: true,
    due: state.now,
    cancelled: false,
    inject,
  })
  return { ok: true, happened: carryInject(state, inject) }
}
/** Carries an inject out: its message and its commands. */
export function carryInject(
  state: RunState,
  inject: Scenario['injects'][number],
): readonly Happened[] {
  if (inject.message)
    state.messages.push({
      at: state.now,
      from: 'town',
      to: inject.message.to,
      text: inject.message.text,
    })
  return inject.commands.flatMap((command: Command) =>
    state.town.apply(command, { kind: 'inject', inject: inject.id }),
  )
}

function audited(state: RunState, input: Extract<Input, { kind: 'LogAudited' }>): Outcome {
  state.ledger = { ...state.ledger, size: input.size, verdict: input.verdict }
  const uid = `audit-${state.audits++}`
  const body = {
    class_uid: 1008,
    category_uid: 1,
    activity_id: input.verdict === 'intact' ? 1 : 2,
    severity_id: input.verdict === 'intact' ? 1 : 5,
    time: state.now,
    metadata: {
      uid,
      version: '1.9.0-dev',
      product: { name: 'doorstep-ledger' },
      log_name: 'audit',
    },
    unmapped: { verdict: input.verdict, index: input.index, size: input.size },
  } as const
  const event = { time: state.now, uid, body }
  state.telemetry.push(event)
  state.engine.step(event)
  return DONE
}
