import { OWN } from '../../engine/own/own-detections.ts'
import { absorb } from './absorb.ts'
import { advanceDesk, recordCurves } from './desk.ts'
import { digestOf } from './digest.ts'
import { followGaps } from './gap.ts'
import { carryInject } from './inputs.ts'
import { carryOut, decide } from './moves.ts'
import { planResponse } from '../respond/playbook.ts'
import type { RunState } from './state.ts'
import type { TickOutput } from './types.ts'
import type { Happened } from '../world/types.ts'
import { learn } from './views/defender.ts'

export const TICK_MS = 1000
const TELEMETRY_MAX = 300_000

/**
 * One virtual second: the town moves, what it reports reaches the engine, and what is due is done.
 */
export function advanceTick(state: RunState, before: readonly Happened[]): TickOutput {
  const to = state.now + TICK_MS
  const happened: Happened[] = [...before]
  const take = (list: readonly Happened[]): void => {
    absorb(state, list)
    happened.push(...list)
  }
  take(state.town.advance(to))
  state.now = to
  if (state.phase === 'paused') state.steps = Math.max(0, state.steps - 1)
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
  state.ownIncidents = state.engine.ownIncidents()
  const incidents = [...out.incidents, ...out.own]
  for (const incident of advanceDesk(state, incidents)) automatic(state, incident)
  followGaps(state, happened, telemetry)
  recordCurves(state, telemetry)
  const digest = digestOf(
    to,
    telemetry,
    alerts,
    incidents,
    state.town.world().meters,
    state.score.length,
  )
  return { at: to, telemetry, alerts, incidents, happened, digest }
}

function remember(state: RunState, telemetry: TickOutput['telemetry']): void {
  for (const event of telemetry) state.telemetry.push(event)
  if (state.telemetry.length <= TELEMETRY_MAX) return
  const drop = Math.floor(TELEMETRY_MAX / 10)
  state.telemetry = state.telemetry.slice(drop)
  state.telemetryDropped += drop
}

/**
 * Playbooks that the scenario runs without asking: once, when their incident opens. What a team
 * wrote itself sets nothing off.
 */
function automatic(state: RunState, incident: RunState['incidents'][number]): void {
  if (incident.id.startsWith(OWN)) return
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
