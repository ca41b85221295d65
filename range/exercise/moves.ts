import { techniqueOf, techniques } from '../attack/catalogue.ts'
import { completeParams } from '../attack/technique.ts'
import type { Move, Response } from '../protocol/move.ts'
import { costOf, targetOf } from '../respond/cost.ts'
import type { Cause, Command, Happened } from '../world/types.ts'
import { switchOff, switchOn } from './own-detections.ts'
import type { Decision, RunState, Seat } from './state.ts'
import type { Outcome } from './types.ts'
import { hoursLeft } from './views/attacker.ts'

const RUNS_MAX = 12
const DECISIONS_MAX = 2_000

/** What a seat tries. Refused with a reason that the player can read; nothing is changed then. */
export function applyMove(state: RunState, seat: Seat, move: Move, input: number): Outcome {
  if (state.phase !== 'running') return refuse(state.phase === 'ended' ? 'over' : 'paused')
  switch (move.kind) {
    case 'Launch':
      return seat.role === 'attacker' ? launch(state, seat, move) : refuse('not-your-role')
    case 'StopAttack':
      return seat.role === 'attacker' ? stop(state, seat, move.run) : refuse('not-your-role')
    case 'TakeIncident':
      return seat.role === 'defender' ? take(state, seat, move.incident) : refuse('not-your-role')
    case 'DismissIncident':
      return seat.role === 'defender' ? dismiss(state, seat, move) : refuse('not-your-role')
    case 'Respond':
      return seat.role === 'defender' ? respond(state, seat, move, input) : refuse('not-your-role')
    case 'SwitchOnDetection':
      return seat.role === 'defender' ? switchOn(state, seat, move, input) : refuse('not-your-role')
    case 'SwitchOffDetection':
      return seat.role === 'defender'
        ? switchOff(state, seat, move.detection, input)
        : refuse('not-your-role')
    case 'Complain':
      return seat.role === 'customer' ? complain(state, seat, move.text) : refuse('not-your-role')
  }
}

function refuse(reason: string): Outcome {
  return { ok: false, reason }
}

function launch(state: RunState, seat: Seat, move: Extract<Move, { kind: 'Launch' }>): Outcome {
  const technique = techniques.find((one) => one.id === move.technique)
  if (!technique || !state.scenario.palette.includes(move.technique))
    return refuse('no-such-attack')
  if (state.trails.length >= RUNS_MAX) return refuse('too-many-attacks')
  if (technique.hours > hoursLeft(state)) return refuse('no-hours')
  const world = state.town.world()
  const params = completeParams(technique, world, move.params)
  const refused = technique.refuses(world, params)
  if (refused !== null) return refuse(refused)
  const run = state.trails.length
  const delayMs = Math.round(move.startInMinutes * 60_000)
  state.trails.push({
    run,
    technique: technique.id,
    seat: seat.seat,
    startsAt: state.now + delayMs,
    happened: [],
    actors: new Set(),
    targets: new Set(),
    firstEffect: null,
    lastEffect: null,
    containedAt: null,
    lastLoss: null,
    lostMinor: 0,
    cards: 0,
    parcels: 0,
  })
  const happened = state.town.apply(
    { kind: 'LaunchAttack', run, technique: technique.id, params, delayMs },
    { kind: 'attack', run },
  )
  return { ok: true, happened, run }
}

function stop(state: RunState, seat: Seat, run: number): Outcome {
  const trail = state.trails[run]
  if (
    !trail ||
    (trail.seat !== seat.seat && state.seats.get(trail.seat ?? '')?.role !== 'attacker')
  )
    return refuse('no-such-run')
  return {
    ok: true,
    happened: state.town.apply({ kind: 'StopAttack', run }, { kind: 'attack', run }),
  }
}

function take(state: RunState, seat: Seat, id: string): Outcome {
  const desk = state.desk.get(id)
  if (!desk) return refuse('no-such-incident')
  if (desk.status !== 'new' && desk.takenBy !== seat.nickname) return refuse('taken-already')
  desk.status = 'taken'
  desk.takenBy = seat.nickname
  return { ok: true, happened: [] }
}

function dismiss(
  state: RunState,
  seat: Seat,
  move: Extract<Move, { kind: 'DismissIncident' }>,
): Outcome {
  const desk = state.desk.get(move.incident)
  if (!desk) return refuse('no-such-incident')
  desk.status = 'dismissed'
  desk.overAt = state.now
  desk.takenBy = seat.nickname
  desk.reason = move.reason
  return { ok: true, happened: [] }
}

function respond(
  state: RunState,
  seat: Seat,
  move: Extract<Move, { kind: 'Respond' }>,
  input: number,
): Outcome {
  if (move.incident !== null && !state.desk.has(move.incident)) return refuse('no-such-incident')
  if (state.decisions.length >= DECISIONS_MAX) return refuse('too-many-decisions')
  decide(state, {
    seat: seat.seat,
    by: seat.nickname,
    incident: move.incident,
    actions: move.actions,
    input,
  })
  const desk = move.incident === null ? undefined : state.desk.get(move.incident)
  if (desk && desk.status === 'new') {
    desk.status = 'taken'
    desk.takenBy = seat.nickname
  }
  return { ok: true, happened: [] }
}

/** Actions wait their working time; `due` are carried out by `carryOut`. */
export function decide(
  state: RunState,
  choice: {
    seat: string
    by: string
    incident: string | null
    actions: readonly Response[]
    input: number
  },
): void {
  let due = state.now
  for (const action of choice.actions) {
    due += costOf(action.kind).seconds * 1000
    state.decisions.push({
      at: state.now,
      due,
      seat: choice.seat,
      by: choice.by,
      incident: choice.incident,
      action,
      target: targetOf(action),
      input: choice.input,
      effect: 'pending',
      doneAt: null,
      reason: null,
    })
  }
}

/** Carries out what is due at or before `now`, in the order of deciding. */
export function carryOut(state: RunState, now: number): readonly Happened[] {
  const happened: Happened[] = []
  for (const decision of state.decisions) {
    if (decision.effect !== 'pending' || decision.due > now || decision.doneAt !== null) continue
    decision.doneAt = now
    const done = state.town.apply(decision.action as Command, causeOf(decision))
    happened.push(...done)
  }
  return happened
}
function causeOf(decision: Decision): Cause {
  return decision.seat === 'playbook'
    ? { kind: 'playbook', incident: decision.incident ?? '' }
    : { kind: 'player', seat: decision.seat }
}

function complain(state: RunState, seat: Seat, text: string): Outcome {
  state.messages.push({
    at: state.now,
    from: 'town',
    to: ['defender', 'trainer'],
    text: `${seat.nickname}: ${text}`,
  })
  return { ok: true, happened: [] }
}

/** The crew's price of a technique, for the job sheet. */
export function priceOf(technique: string): number {
  return techniqueOf(technique).hours
}
