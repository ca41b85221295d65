import { draftDetection } from '../../engine/own/draft.ts'
import { OWN } from '../../engine/own/own-detections.ts'
import { OWN_RUNNING_MAX } from '../../engine/own/limits.ts'
import { DETECTIONS_MAX, type DetectionKind, type OwnDetectionView } from '../protocol/detection.ts'
import type { Move } from '../protocol/move.ts'
import type { Lane } from '../protocol/view.ts'
import type { Milliseconds } from '../world/types.ts'
import type { RunState, Seat } from './state.ts'
import type { Outcome } from './types.ts'

/** Changes that are remembered for the timeline; the list itself goes on beyond. */
const CHANGES_MAX = 400

/** What the team wrote, and when each of it was on. */
export interface OwnBook {
  /** How many there ever were: the number of the next id. */
  count: number
  list: readonly Kept[]
  readonly changes: Change[]
}
interface Kept {
  readonly id: string
  readonly text: string
  readonly title: string
  readonly kind: DetectionKind
  readonly on: boolean
  readonly by: string
  readonly at: Milliseconds
}
interface Change {
  readonly at: Milliseconds
  readonly by: string
  readonly title: string
  readonly on: boolean
  readonly input: number
}

export function emptyBook(): OwnBook {
  return { count: 0, list: [], changes: [] }
}

type SwitchOn = Extract<Move, { kind: 'SwitchOnDetection' }>
const DONE: Outcome = { ok: true, happened: [] }

/**
 * From the next event on the text runs: as a detection of its own, or in the place of the one
 * named. Refused: a text with mistakes, one that runs already, and more than 12 at once.
 */
export function switchOn(state: RunState, seat: Seat, move: SwitchOn, input: number): Outcome {
  const known = state.own.list.find(({ id }) => id === move.detection)
  if (move.detection !== undefined && !known) return refuse('no-such-detection')
  const text = move.text ?? known?.text ?? ''
  if (state.own.list.some((one) => one.on && one.text === text)) return refuse('on-already')
  const draft = draftDetection(text, state.engine.draftContext)
  if (!draft.ok) return refuse('bad-detection')
  const others = state.own.list.filter((one) => one !== known)
  if (others.filter(({ on }) => on).length >= OWN_RUNNING_MAX) return refuse('too-many-detections')
  const id = known?.id ?? `${OWN}${++state.own.count}`
  const { title, kind } = draft
  const kept: Kept = { id, text, title, kind, on: true, by: seat.nickname, at: state.now }
  change(state, input, kept, known)
  return DONE
}

/** From the next event on it runs no longer; its text stays in the list. */
export function switchOff(state: RunState, seat: Seat, id: string, input: number): Outcome {
  const known = state.own.list.find((one) => one.id === id)
  if (!known) return refuse('no-such-detection')
  if (!known.on) return refuse('off-already')
  change(state, input, { ...known, on: false, by: seat.nickname, at: state.now }, known)
  return DONE
}

function refuse(reason: string): Outcome {
  return { ok: false, reason }
}

function change(state: RunState, input: number, kept: Kept, known: Kept | undefined): void {
  const { own, engine } = state
  const list = known ? own.list.map((one) => (one === known ? kept : one)) : [...own.list, kept]
  const over = list.length > DETECTIONS_MAX ? list.find(({ on }) => !on) : undefined
  own.list = list.filter((one) => one !== over)
  const { title, on, by, at } = kept
  own.changes.push({ at, by, title, on, input })
  if (own.changes.length > CHANGES_MAX) own.changes.shift()
  engine.reload({ own: own.list.filter((one) => one.on).map(({ id, text }) => ({ id, text })) })
}

/** The list as the team's desk shows it. */
export function detectionsOf(state: RunState): readonly OwnDetectionView[] {
  const states = new Map(state.engine.ownStates().map((one) => [one.id, one]))
  return state.own.list.map(({ id, title, kind, on, by, at }) => {
    const { alerts = 0, lastAlert = null, stopped = null } = states.get(id) ?? {}
    return { id, title, kind, on, by, at, alerts, lastAlert, stopped }
  })
}

/** Which of them raised an incident, by title, from the alerts that it kept. */
export function raisedBy(
  state: RunState,
  alerts: readonly { readonly detector: string }[],
): readonly string[] {
  const ids = new Set(alerts.map(({ detector }) => detector.slice(0, detector.indexOf(':'))))
  return [...ids].map((id) => state.own.list.find((one) => one.id === id)?.title ?? id)
}

/** The switching on and off of them, as items of the decisions' lane. */
export function detectionItems(state: RunState): Lane['items'][number][] {
  return state.own.changes.map(({ at, by, title, on, input }) => ({
    from: at,
    to: at,
    label: on ? 'detection-on' : 'detection-off',
    params: { title, by },
    tone: 'decision',
    ref: `input:${input}`,
  }))
}
