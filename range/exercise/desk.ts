import type { Incident } from '../../engine/alert/alert.ts'
import { isEpcis, type Telemetry } from '../../engine/event/telemetry.ts'
import { widestGap } from './gap.ts'
import { checksOf, recovered } from './recovery.ts'
import type { Point, RunState } from './state.ts'

const TREND_MS = 30_000
const MINUTE_MS = 60_000
const POINTS_MAX = 120

/**
 * Brings the defenders' desk up to date with the engine's incidents; returns those that are new.
 */
export function advanceDesk(state: RunState, changed: readonly Incident[]): readonly Incident[] {
  const fresh: Incident[] = []
  for (const incident of changed) {
    if (state.desk.has(incident.id)) continue
    state.desk.set(incident.id, {
      status: 'new',
      takenBy: null,
      reason: null,
      firstSeen: state.now,
      overAt: null,
    })
    fresh.push(incident)
  }
  for (const incident of state.incidents) settle(state, incident)
  for (const incident of state.ownIncidents) settle(state, incident)
  return fresh
}

/** taken → contained (all that was decided works) → recovered (checks hold). */
function settle(state: RunState, incident: Incident): void {
  const desk = state.desk.get(incident.id)
  if (!desk || desk.status === 'dismissed' || desk.status === 'recovered') return
  const own = state.decisions.filter((decision) => decision.incident === incident.id)
  if (own.length === 0) return
  if (
    own.every((decision) => decision.effect !== 'pending') &&
    own.some((decision) => decision.effect === 'done')
  )
    desk.status = 'contained'
  if (desk.status !== 'contained' || !recovered(checksOf(state, incident))) return
  desk.status = 'recovered'
  desk.overAt = state.now
  for (const decision of own) if (decision.effect === 'done') decision.effect = 'verified'
}

/** When an incident left the list of open ones; null while it is open. */
export function overSince(state: RunState, incident: Incident): number | null {
  const set = state.desk.get(incident.id)?.overAt ?? null
  if (set === null || incident.closed === null) return set ?? incident.closed
  return Math.min(set, incident.closed)
}

/** Curves for screens and debrief: meters every half minute, counts per minute from telemetry. */
export function recordCurves(state: RunState, telemetry: readonly Telemetry[]): void {
  const counts = state.trends
  const minute = state.now - (state.now % MINUTE_MS)
  for (const { body } of telemetry) {
    if (isEpcis(body)) continue
    if (
      body.class_uid === 99901 &&
      body.payment.message === 'authorisation' &&
      body.payment.response_code !== '00'
    )
      bump(counts.declines, minute)
    if (body.class_uid === 4002)
      bump(body.unmapped?.csp_report ? counts.reports : counts.requests, minute)
  }
  if (state.now % TREND_MS !== 0) return
  const { meters } = state.town.world()
  push(counts.lost, [state.now, meters.lostMinor])
  push(counts.trust, [state.now, meters.trustMilli])
  push(counts.gap, [state.now, widestGap(state)])
  push(counts.onTime, [state.now, meters.parcelsDelivered - meters.parcelsLate])
}

function bump(points: Point[], at: number): void {
  const last = points.at(-1)
  if (last && last[0] === at) points[points.length - 1] = [at, last[1] + 1]
  else push(points, [at, 1])
}
function push(points: Point[], point: Point): void {
  points.push(point)
  if (points.length <= 4 * POINTS_MAX) return
  const kept = points.filter((_, i) => i % 2 === 0)
  points.splice(0, points.length, ...kept)
}
