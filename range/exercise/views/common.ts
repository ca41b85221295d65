import type { Clock, MapReport, Score, View } from '../../protocol/view.ts'
import { twinPlan } from '../../world/town.ts'
import type { RunState, Seat } from '../state.ts'
import { totals } from '../score.ts'

export function clockOf(state: RunState): Clock {
  return {
    now: state.now,
    start: state.scenario.world.start,
    endsAt: endOf(state),
    phase: state.phase,
    speed: state.speed,
  }
}

/**
 * The exercise ends when its class time, at the scenario's own speed, is used up; extra time adds
 * to it.
 */
export function endOf(state: RunState): number {
  const minutes = (state.lengthMinutes + state.extraMinutes) * state.scenario.speed
  return state.scenario.world.start + Math.round(minutes * 60_000)
}

type CommonView = Pick<View, 'exercise' | 'clock' | 'me' | 'messages'>
export function commonOf(state: RunState, seat: Seat | null, role: string): CommonView {
  return {
    exercise: {
      id: state.id,
      title: state.scenario.title,
      scenario: state.scenario.slug,
      mode: state.mode,
    },
    clock: clockOf(state),
    me: { seat: seat?.seat ?? role, nickname: seat?.nickname ?? role },
    messages: state.messages
      .filter((message) => role === 'trainer' || message.to.includes(role))
      .slice(-50)
      .map(({ at, from, text }) => ({ at, from, text })),
  }
}

export function scoreView(state: RunState): Score {
  const { attackers, defenders } = totals(state.score)
  return { attackers, defenders, shown: state.boardShown }
}

/** The map as trackers and locker terminals report it: never the truth. */
export function mapOf(state: RunState): MapReport {
  const world = state.town.world()
  return {
    vans: world.logistics.vans.map((van) => {
      const fix = state.reported.vans.get(van.id)
      return {
        van: van.id,
        name: van.name,
        line: van.line,
        x: fix?.x ?? null,
        y: fix?.y ?? null,
        at: fix?.at ?? null,
        twin: disagreement(state, van.id),
        aboard: van.cargo.length + believedAboard(state, van.id),
        doorOpen: state.reported.door.get(van.id) ?? false,
        recalled: van.status === 'recalled',
        temperatureMilli: state.reported.temperature.get(van.id) ?? null,
      }
    }),
    lockers: world.logistics.lockers.map((locker) => ({
      locker: locker.id,
      name: locker.name,
      used: locker.boxes.filter((box) => box.parcel !== null).length,
      boxes: locker.boxes.length,
    })),
  }
}

function believedAboard(state: RunState, van: number): number {
  const { parcels } = state.town.world().logistics
  let count = 0
  for (const [parcel, from] of state.reported.stolenFrom)
    if (from === van && (parcels[parcel]?.due ?? 0) > state.now) count++
  return count
}

const { masts } = twinPlan()
/**
 * Where the serving radio mast hears a van whose incident is open: as telemetry says, to within the
 * mast's reach.
 */
function disagreement(
  state: RunState,
  van: number,
): { x: number; y: number; radiusMm: number } | null {
  const open = state.incidents.some(
    (incident) =>
      incident.closed === null &&
      incident.family === 'delivery' &&
      incident.lead.includes(`van:${van}`),
  )
  const mast = masts.find((one) => one.id === state.reported.masts.get(van))
  return open && mast ? { x: mast.x, y: mast.y, radiusMm: mast.radiusMm } : null
}
