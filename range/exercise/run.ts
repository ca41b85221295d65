import type { Engine } from '../../engine/engine.ts'
import type { Answer } from '../protocol/detection.ts'
import { renderView } from '../world/pages.ts'
import type { ShopResponse } from '../world/types-shop.ts'
import type { Happened, World } from '../world/types.ts'
import { absorb } from './absorb.ts'
import { backTest } from './back-test.ts'
import { applyInput } from './inputs.ts'
import { emptyBook } from './own-detections.ts'
import { attackerMoves, defenderMoves } from './robots.ts'
import { searchTelemetry } from './search.ts'
import type { RunState } from './state.ts'
import { advanceTick, TICK_MS } from './tick.ts'
import { createTown } from './town.ts'
import { truthOf } from './truth.ts'
import type { Connection, Input, Outcome, Run, Scenario, TickOutput } from './types.ts'
import { attackerView } from './views/attacker.ts'
import { endOf } from './views/common.ts'
import { belongingsOf, customersPart, customerView } from './views/customer.ts'
import { defenderView } from './views/defender.ts'
import { screenView } from './views/screen.ts'
import { createViewCache, type ViewCache } from './view-cache.ts'
import { trainerView } from './views/trainer.ts'
import type { Playbook } from '../respond/playbook.ts'

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
  /** What a draft would have raised; a step is a few milliseconds of work at most. */
  readonly backTest: (text: string) => Generator<void, Answer>
}

/**
 * Deterministic in (scenario, seed, inputs): the same calls give the same outputs, digest for
 * digest.
 */
export function createRun(options: RunOptions): FullRun {
  const state = initialState(options)
  const views = createViewCache(state)
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
    view: (seat) => viewOf(state, seat, options.shopPath, views),
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
    backTest: (text) => backTest(state, text),
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
    steps: 0,
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
    ownIncidents: [],
    own: emptyBook(),
    score: [],
    loot: [],
    talk: [],
    trends: { lost: [], onTime: [], trust: [], declines: [], reports: [], requests: [], gap: [] },
    reported: {
      vans: new Map(),
      temperature: new Map(),
      door: new Map(),
      pages: new Map(),
      leaks: new Map(),
      masts: new Map(),
      stolenFrom: new Map(),
      book: new Map(),
    },
    followed: new Map(),
    told: new Set(),
    ledger: { size: 0, root: '', verdict: 'unknown' },
    audits: 0,
  }
}

function viewOf(
  state: RunState,
  id: string,
  shopPath: (seat: string) => string,
  views: ViewCache,
): ReturnType<Run['view']> {
  const seat = state.seats.get(id)
  if (!seat || seat.removed) return null
  const me = { seat: seat.seat, nickname: seat.nickname }
  switch (seat.role) {
    case 'attacker':
      return {
        ...views.shared('attacker', () => attackerView(state, seat, '')),
        me,
        shop: shopPath(seat.seat),
      }
    case 'defender':
      return { ...views.shared('defender', () => defenderView(state, seat)), me }
    case 'customer':
      return customerView(state, seat, shopPath(seat.seat), {
        common: views.shared('customer', () => customersPart(state)),
        belongings: views.once('belongings', () => belongingsOf(state.town.world())),
      })
    case 'screen':
      return views.shared('screen', () => screenView(state))
    case 'trainer':
      return trainerView(state, {})
  }
}

/** A machine defender looks at its desk this often. */
const THINK_MS = 5000

/** What the machine players want to do now: inputs for the caller to make durable and apply. */
function robotInputs(state: RunState): readonly Input[] {
  if (state.phase !== 'running') return []
  const inputs: Input[] = []
  const due = state.scenario.attacks.some((attack) => {
    const at = state.scenario.world.start + attack.atMinute * 60_000
    return state.now >= at && state.now < at + TICK_MS
  })
  const open =
    state.now % THINK_MS === 0 && state.incidents.some((incident) => incident.closed === null)
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
