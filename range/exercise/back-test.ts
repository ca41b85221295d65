import type { Alert, Incident } from '../../engine/alert/alert.ts'
import { QUIET_MS } from '../../engine/alert/correlate.ts'
import type { Telemetry } from '../../engine/event/telemetry.ts'
import { draftDetection, type DraftContext } from '../../engine/own/draft.ts'
import { OwnDetections } from '../../engine/own/own-detections.ts'
import {
  BACK_TEST_ALERTS,
  BACK_TEST_COLUMNS,
  type Answer,
  type BackTestAlert,
  type BackTestReport,
  type StoppedReason,
} from '../protocol/detection.ts'
import type { RunState } from './state.ts'
import { TICK_MS } from './tick.ts'

/** Events and ticks between two pauses in which others may be served: of rules, of formulas. */
const AT_ONCE = { sigma: 200, mfotl: 20 } as const
const HOUR_MS = 3_600_000
const DRAFT = 'own-0'
const ENTITIES_MAX = 8
const SENTENCE_MAX = 400

/**
 * Runs a draft over all telemetry that the exercise remembers, as if it had been on since then; at
 * most 300,000 events, and within the bounds of a detection that is on. What it raises is what the
 * same text would have raised live. Gives way again and again; telemetry that arrives
 * meanwhile is left out.
 */
export function* backTest(state: RunState, text: string): Generator<void, Answer> {
  const { draftContext } = state.engine
  const draft = draftDetection(text, draftContext)
  if (!draft.ok) return { kind: 'Mistakes', mistakes: draft.mistakes }
  const { telemetry, now } = state
  const from = telemetry[0]?.time ?? now
  const atOnce = AT_ONCE[draft.kind]
  const played = play({ telemetry, end: telemetry.length, from, now, atOnce }, text, draftContext)
  for (;;) {
    const step = played.next()
    if (step.done) {
      const { alerts, events, to, stopped } = step.value
      return {
        kind: 'BackTested',
        detection: draft.kind,
        title: draft.title,
        warnings: draft.warnings,
        alerts: alerts.length,
        shown: alerts.slice(0, BACK_TEST_ALERTS).map(shownOf),
        from,
        to,
        events,
        stopped,
        ...compared(alerts, state.incidents, from, to),
      }
    }
    yield
  }
}

interface Recorded {
  readonly telemetry: readonly Telemetry[]
  /** Events of it that are played, and the first one's time. */
  readonly end: number
  readonly from: number
  /** The exercise's time when the question was asked. */
  readonly now: number
  readonly atOnce: number
}
interface Played {
  readonly alerts: readonly Alert[]
  readonly events: number
  readonly to: number
  readonly stopped: StoppedReason | null
}

/** Events in their order, and after those of each second its tick, as in an exercise. */
function* play(
  { telemetry, end, from, now, atOnce }: Recorded,
  text: string,
  context: DraftContext,
): Generator<void, Played> {
  const own = new OwnDetections(context)
  own.replace([{ id: DRAFT, text }], null)
  const alerts: Alert[] = []
  const stopped = (): StoppedReason | null => own.states()[0]?.stopped ?? null
  let events = 0
  let work = 0
  let second = from - (from % TICK_MS) + TICK_MS
  for (; second <= now && stopped() === null; second += TICK_MS) {
    for (; events < end && telemetry[events]!.time <= second; events++, work++)
      alerts.push(...own.see(telemetry[events]!, telemetry[events]!.time))
    alerts.push(...own.tick(second).alerts)
    if (++work < atOnce) continue
    work = 0
    yield
  }
  return { alerts, events, to: Math.max(from, Math.min(now, second)), stopped: stopped() }
}

function shownOf({ time, title, lead, entities, explanation }: Alert): BackTestAlert {
  const sentence = explanation?.sentence ?? null
  return {
    at: time,
    title,
    entities: [...new Set([...lead, ...entities])].slice(0, ENTITIES_MAX),
    sentence: sentence === null ? null : sentence.slice(0, SENTENCE_MAX),
  }
}

type Compared = Pick<BackTestReport, 'columns' | 'alonePerHour' | 'overlaps'>

/** Against what the detections that ship have raised: the only measure that a defender has. */
function compared(
  alerts: readonly Alert[],
  incidents: readonly Incident[],
  from: number,
  to: number,
): Compared {
  const columns = new Array<number>(BACK_TEST_COLUMNS).fill(0)
  const counts = new Map<Incident, number>()
  const span = Math.max(1, to - from)
  let alone = 0
  for (const alert of alerts) {
    const at = Math.floor(((alert.time - from) * BACK_TEST_COLUMNS) / span)
    const column = Math.min(BACK_TEST_COLUMNS - 1, Math.max(0, at))
    columns[column] = (columns[column] ?? 0) + 1
    const met = incidents.filter((incident) => meets(alert, incident))
    if (met.length === 0) alone++
    for (const incident of met) counts.set(incident, (counts.get(incident) ?? 0) + 1)
  }
  const hours = (to - from) / HOUR_MS
  return {
    columns,
    alonePerHour: hours > 0 ? Math.round((alone * 10) / hours) / 10 : 0,
    overlaps: [...counts].map(([{ id, title, attack }, count]) => ({
      incident: id,
      title,
      attack,
      alerts: count,
    })),
  }
}

function meets(alert: Alert, incident: Incident): boolean {
  return (
    alert.time >= incident.opened - QUIET_MS &&
    alert.time <= incident.lastAlert + QUIET_MS &&
    alert.lead.some((lead) => incident.lead.includes(lead) || incident.entities.includes(lead))
  )
}
