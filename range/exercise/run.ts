import type { Engine } from '../../engine/engine.ts'
import { handle } from '../world/storefront.ts'
import { renderView } from '../world/pages.ts'
import type { ShopRequest, ShopResponse } from '../world/types-shop.ts'
import type { Command, Happened, World } from '../world/types.ts'
import { absorb } from './absorb.ts'
import { advanceDesk, recordCurves } from './desk.ts'
import { digestOf } from './digest.ts'
import { applyMove, carryOut, decide } from './moves.ts'
import { attackerMoves, defenderMoves } from './robots.ts'
import { searchTelemetry } from './search.ts'
import type { RunState, Seat } from './state.ts'
import { createTown } from './town.ts'
import { truthOf } from './truth.ts'
import type { Connection, Input, Outcome, Run, Scenario, TickOutput } from './types.ts'
import { attackerView } from './views/attacker.ts'
import { endOf } from './views/common.ts'
import { customerView } from './views/customer.ts'
import { defenderView, learn } from './views/defender.ts'
import { screenView } from './views/screen.ts'
import { trainerView } from './views/trainer.ts'
import { planResponse, type Playbook } from '../respond/playbook.ts'

export const TICK_MS = 1000
const TELEMETRY_MAX = 300_000
/** Seats a room has; more are refused as `full`. */
export const SEATS_MAX = 60

export interface RunOptions {
  readonly id: string
  readonly code: string
  readonly mode: RunState['mode']
  readonly scenario: Scenario
  readonly seed: number
  readonly lengthMinutes?: number
  readonly playbooks: ReadonlyMap<
    string,
    { readonly playbook: Playbook; readonly automatic: boolean }
  >
  /** A fresh engine, made for this world's plan and baseline. */
  readonly engine: Engine
  /** Path of a seat's shop window. */
  readonly shopPath: (seat: string) => string
}
/** What the server needs beyond `Run`: rendering for the cage, and the state for debriefs. */
export interface FullRun extends Run {
  readonly world: () => World
  readonly state: RunState
  readonly render: (response: ShopResponse, base: string) => string
}

/** Deterministic in (scenario, seed, inputs): the same calls give the same outputs, digest for digest. */
export function createRun(options: RunOptions): FullRun {
  const state = initialState(options)
  let pending: Happened[] = []
  const apply = (input: Input): Outcome => {
    const index = state.inputs++
    const outcome = applyInput(state, input, index)
    if (outcome.ok && outcome.happened.length > 0) {
      absorb(state, outcome.happened)
      pending.push(...outcome.happened)
    }
    return outcome
  }
  const tick = (): TickOutput => {
    const before = pending
    pending = []
    return advanceTick(state, before)
  }
  return {
    scenario: options.scenario,
    seed: options.seed,
    state,
    now: () => state.now,
    phase: () => state.phase,
    speed: () => state.speed,
    endsAt: () => endOf(state),
    apply,
    tick,
    robots: () => robotInputs(state),
    view: (seat) => viewOf(state, seat, options.shopPath),
    screenView: () => screenView(state),
    trainerView: (connections: Readonly<Record<string, Connection>>) =>
      trainerView(state, connections),
    meters: () => state.town.world().meters,
    score: () => state.score,
    truth: () => truthOf(state),
    seats: () =>
      [...state.seats.values()]
        .filter((seat) => !seat.removed)
        .map(({ seat, role, nickname, robot }) => ({ seat, role, nickname, robot })),
    search: (query) => searchTelemetry(state.telemetry, query),
    world: () => state.town.world(),
    render: (response, base) => renderView(state.town.world(), response.view, { base }),
  }
}

function initialState(options: RunOptions): RunState {
  const { scenario, seed } = options
  const town = createTown({ ...scenario.world, seed })
  return {
    id: options.id,
    code: options.code,
    mode: options.mode,
    scenario,
    seed,
    playbooks: options.playbooks,
    town,
    engine: options.engine,
    now: scenario.world.start,
    phase: 'lobby',
    speed: scenario.speed,
    locked: false,
    boardShown: true,
    extraMinutes: 0,
    inputs: 0,
    lengthMinutes: options.lengthMinutes ?? scenario.lengthMinutes,
    seats: new Map(),
    messages: [],
    notes: [],
    injects: [],
    telemetry: [],
    telemetryDropped: 0,
    trails: [],
    decisions: [],
    desk: new Map(),
    incidents: [],
    score: [],
    loot: [],
    talk: [],
    trends: { lost: [], onTime: [], trust: [], declines: [], reports: [], requests: [], gap: [] },
    reported: {
      vans: new Map(),
      temperature: new Map(),
      door: new Map(),
      pages: new Map(),
      masts: new Map(),
      stolenFrom: new Map(),
    },
    ledger: { size: 0, root: '', verdict: 'unknown' },
    audits: 0,
  }
}

function applyInput(state: RunState, input: Input, index: number): Outcome {
  switch (input.kind) {
    case 'Opened':
    case 'Ticked':
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
      state.injects.push({
        id: input.id,
        title: input.inject.title,
        at: input.at,
        fired: false,
        due: input.due,
        cancelled: false,
        inject: input.inject,
      })
      return DONE
    case 'InjectUnscheduled': {
      const waiting = state.injects.find(
        (one) => one.id === input.id && !one.fired && !one.cancelled,
      )
      if (!waiting) return { ok: false, reason: 'fired-already' }
      waiting.cancelled = true
      return DONE
    }
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
  const customer = input.role === 'customer' ? freeCustomer(state) : null
  state.seats.set(input.seat, {
    seat: input.seat,
    role: input.role,
    nickname: input.nickname,
    robot: input.robot,
    removed: false,
    customer,
  })
  return DONE
}

/** Players are the last customers of the town, from the end, so that the simulated ones keep their numbers. */
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
  if (input.nickname !== undefined) seat.nickname = input.nickname
  if (input.role !== undefined) {
    seat.role = input.role
    if (input.role === 'customer' && seat.customer === null) seat.customer = freeCustomer(state)
  }
  if (input.removed !== undefined) seat.removed = input.removed
  return DONE
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
function carryInject(state: RunState, inject: Scenario['injects'][number]): readonly Happened[] {
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

function advanceTick(state: RunState, before: readonly Happened[]): TickOutput {
  const to = state.now + TICK_MS
  const happened: Happened[] = [...before]
  const take = (list: readonly Happened[]): void => {
    absorb(state, list)
    happened.push(...list)
  }
  take(state.town.advance(to))
  state.now = to
  take(carryOut(state, to))
  for (const waiting of state.injects) {
    if (waiting.fired || waiting.cancelled || waiting.due > to) continue
    waiting.fired = true
    take(carryInject(state, waiting.inject))
  }
  const telemetry = state.town.report(happened)
  remember(state, telemetry)
  learn(state, telemetry)
  const alerts = telemetry.flatMap((event) => state.engine.step(event))
  const out = state.engine.tick(to)
  alerts.push(...out.alerts)
  state.incidents = state.engine.incidents()
  for (const incident of advanceDesk(state, out.incidents)) automatic(state, incident)
  recordCurves(state, telemetry)
  const digest = digestOf(
    to,
    telemetry,
    alerts,
    out.incidents,
    state.town.world().meters,
    state.score.length,
  )
  return { at: to, telemetry, alerts, incidents: out.incidents, happened, digest }
}

function remember(state: RunState, telemetry: TickOutput['telemetry']): void {
  for (const event of telemetry) state.telemetry.push(event)
  if (state.telemetry.length <= TELEMETRY_MAX) return
  const drop = Math.floor(TELEMETRY_MAX / 10)
  state.telemetry = state.telemetry.slice(drop)
  state.telemetryDropped += drop
}

/** Playbooks that the scenario runs without asking: once, when their incident opens. */
function automatic(state: RunState, incident: RunState['incidents'][number]): void {
  const book = incident.attack === null ? undefined : state.playbooks.get(incident.attack)
  if (!book?.automatic) return
  const { vans } = state.town.world().logistics
  const planned = planResponse(
    book.playbook,
    incident.lead,
    incident.entities,
    (van) => vans[van]?.cargo ?? [],
  )
  const actions = planned.filter((step) => step.recommended).map((step) => step.action)
  if (actions.length > 0)
    decide(state, {
      seat: 'playbook',
      by: 'playbook',
      incident: incident.id,
      actions,
      input: state.inputs,
    })
}

function viewOf(
  state: RunState,
  id: string,
  shopPath: (seat: string) => string,
): ReturnType<Run['view']> {
  const seat = state.seats.get(id)
  if (!seat || seat.removed) return null
  return roleView(state, seat, shopPath)
}
function roleView(
  state: RunState,
  seat: Seat,
  shopPath: (seat: string) => string,
): ReturnType<Run['view']> {
  switch (seat.role) {
    case 'attacker':
      return attackerView(state, seat, shopPath(seat.seat))
    case 'defender':
      return defenderView(state, seat)
    case 'customer':
      return customerView(state, seat, shopPath(seat.seat))
    case 'screen':
      return screenView(state)
    case 'trainer':
      return trainerView(state, {})
  }
}

/** What the machine players want to do now: inputs for the caller to make durable and apply. */
function robotInputs(state: RunState): readonly Input[] {
  if (state.phase !== 'running') return []
  const inputs: Input[] = []
  const due = state.scenario.attacks.some((attack) => {
    const at = state.scenario.world.start + attack.atMinute * 60_000
    return state.now >= at && state.now < at + TICK_MS
  })
  const open = state.incidents.some((incident) => incident.closed === null)
  for (const seat of state.seats.values()) {
    if (!seat.robot || seat.removed) continue
    if (seat.role === 'attacker' ? !due : !open) continue
    const moves =
      seat.role === 'attacker'
        ? attackerMoves(attackerView(state, seat, ''), state.scenario.attacks)
        : seat.role === 'defender'
          ? defenderMoves(defenderView(state, seat))
          : []
    for (const move of moves) inputs.push({ at: state.now, kind: 'Moved', seat: seat.seat, move })
  }
  return inputs
}
