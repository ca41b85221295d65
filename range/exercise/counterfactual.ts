import { sha256 } from '@noble/hashes/sha2.js'
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js'
import { planResponse } from '../respond/playbook.ts'
import { targetOf } from '../respond/cost.ts'
import type { Counterfactual } from '../protocol/view.ts'
import { createRun, type FullRun, type RunOptions } from './run.ts'
import type { RunState } from './state.ts'
import type { Input } from './types.ts'

const SHIFT_MS = 300_000
const STATIONS = 5
const IMPOSSIBLE_MAX = 40
/**
 * Ten days: a launch that is left out keeps its number, so that the draws of the others stay
 * theirs, and never begins.
 */
const NEVER_MINUTES = 14_400

/** An engine for each of the two histories; they must not share one. */
export type Fresh = () => RunOptions

interface History {
  readonly run: FullRun
  readonly events: ReadonlyMap<string, string>
  readonly refused: ReadonlyMap<number, string>
}

/** A choice of the debrief that names nothing is refused with a reason. */
export type Asked =
  | { readonly ok: true; readonly inputs: readonly Tagged[]; readonly partsAt: number }
  | { readonly ok: false; readonly reason: 'no-such-choice' }
interface Tagged {
  readonly index: number
  readonly input: Input
}

/** What a question has been answered with, or why it cannot be. */
export type Answered = Counterfactual | { readonly error: string }

/** Virtual seconds between two pauses in which others may be served. */
const TICKS_AT_ONCE = 20
/**
 * The finished exercise played again, kept while its state is: further questions need one play
 * only.
 */
const originals = new WeakMap<RunState, History>()

/**
 * Plays the exercise twice from its seed and inputs, once with one decision changed, and compares
 * by business id. `was` is the finished exercise's state, from which the choice is understood.
 * Takes as long as two simulations, as long as one where `was` was asked about before.
 */
export function counterfactual(
  fresh: Fresh,
  inputs: readonly Input[],
  was: RunState,
  choice: string,
): Answered {
  const work = asking(fresh, inputs, was, choice)
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

/**
 * Like `counterfactual`, but waits for `pause` again and again, so that running exercises go on
 * meanwhile.
 */
export async function counterfactualBetween(
  pause: () => Promise<unknown>,
  ...asked: Parameters<typeof counterfactual>
): Promise<Answered> {
  const work = asking(...asked)
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
    await pause()
  }
}

function* asking(
  fresh: Fresh,
  inputs: readonly Input[],
  was: RunState,
  choice: string,
): Generator<void, Answered> {
  const asked = change(inputs, was, choice)
  if (!asked.ok) return { error: asked.reason }
  const known = originals.get(was)
  const original =
    known ??
    (yield* play(
      fresh(),
      inputs.map((input, index) => ({ index, input })),
      was.now,
    ))
  originals.set(was, original)
  const changed = yield* play(fresh(), asked.inputs, was.now)
  let same = 0
  for (const [uid, hash] of original.events) if (changed.events.get(uid) === hash) same++
  return {
    choice,
    was: original.run.meters(),
    would: changed.run.meters(),
    partsAt: asked.partsAt,
    happened: stations(original.run.state, asked.partsAt),
    would_happen: stations(changed.run.state, asked.partsAt),
    impossible: impossible(inputs, original, changed),
    untouched: { events: same, of: original.events.size },
  }
}

function* play(
  options: RunOptions,
  inputs: readonly Tagged[],
  until: number,
): Generator<void, History> {
  const run = createRun(options)
  const events = new Map<string, string>()
  const refused = new Map<number, string>()
  const tickTo = function* (at: number): Generator<void, void> {
    for (let ticks = 1; run.now() < at; ticks++) {
      for (const event of run.tick().telemetry)
        events.set(event.uid, bytesToHex(sha256(utf8ToBytes(JSON.stringify(event)))))
      if (ticks % TICKS_AT_ONCE === 0) yield
    }
  }
  for (const { index, input } of inputs) {
    if (input.kind === 'PhaseSet' && input.phase === 'ended') continue
    yield* tickTo(input.at)
    const outcome = run.apply(input)
    if (!outcome.ok) refused.set(index, outcome.reason)
  }
  yield* tickTo(until)
  for (const decision of run.state.decisions)
    if (decision.effect === 'refused') refused.set(decision.input, decision.reason ?? 'refused')
  return { run, events, refused }
}

/** The inputs with one of them changed; the others keep their place and their index. */
export function change(inputs: readonly Input[], was: RunState, choice: string): Asked {
  const tagged = inputs.map((input, index): Tagged => ({ index, input }))
  const [kind, rest] = [choice.slice(0, choice.indexOf(':')), choice.slice(choice.indexOf(':') + 1)]
  if (kind === 'without') return without(tagged, was, Number(rest))
  if (kind === 'earlier' || kind === 'later')
    return shift(tagged, Number(rest), kind === 'earlier' ? -SHIFT_MS : SHIFT_MS)
  if (kind === 'at-once') return atOnce(tagged, was, rest)
  return { ok: false, reason: 'no-such-choice' }
}

function without(tagged: readonly Tagged[], was: RunState, run: number): Asked {
  const trail = was.trails[run]
  const launches = tagged.filter(
    ({ input }) => input.kind === 'Moved' && input.move.kind === 'Launch',
  )
  const accepted = launches.filter(({ input }) =>
    was.trails.some((one) => one.seat === (input.kind === 'Moved' ? input.seat : '')),
  )
  const chosen = accepted.find(
    ({ input }) =>
      trail !== undefined &&
      input.kind === 'Moved' &&
      input.move.kind === 'Launch' &&
      input.move.technique === trail.technique &&
      Math.abs(input.at + input.move.startInMinutes * 60_000 - trail.startsAt) < 1,
  )
  if (!trail || chosen?.input.kind !== 'Moved' || chosen.input.move.kind !== 'Launch')
    return { ok: false, reason: 'no-such-choice' }
  const never: Input = {
    ...chosen.input,
    move: { ...chosen.input.move, startInMinutes: NEVER_MINUTES },
  }
  return {
    ok: true,
    partsAt: trail.startsAt,
    inputs: tagged.map((one) => (one === chosen ? { index: one.index, input: never } : one)),
  }
}

function shift(tagged: readonly Tagged[], index: number, by: number): Asked {
  const chosen = tagged[index]
  if (chosen?.input.kind !== 'Moved' || chosen.input.move.kind !== 'Respond')
    return { ok: false, reason: 'no-such-choice' }
  const start = tagged[0]?.input.at ?? 0
  const at = Math.max(start + 1000, chosen.input.at + by)
  const moved: Input = {
    ...chosen.input,
    at: at - (at % 1000),
    move: { ...chosen.input.move, incident: null },
  }
  return {
    ok: true,
    partsAt: Math.min(at, chosen.input.at),
    inputs: insert(
      tagged.filter((one) => one !== chosen),
      { index, input: moved },
    ),
  }
}

function atOnce(tagged: readonly Tagged[], was: RunState, id: string): Asked {
  const incident = was.incidents.find((one) => one.id === id)
  const book = incident?.attack ? was.playbooks.get(incident.attack) : undefined
  if (!incident || !book) return { ok: false, reason: 'no-such-choice' }
  const early = incident.opened + 60_000
  const known = incident.alerts.filter((alert) => alert.time <= early)
  const [lead, others] = [
    known.flatMap((alert) => alert.lead),
    known.flatMap((alert) => alert.entities),
  ]
  const actions = planResponse(book.playbook, lead, others, () => [])
    .filter((step) => step.recommended)
    .map((step) => step.action)
  const seat = [...was.seats.values()].find((one) => one.role === 'defender')?.seat
  if (actions.length === 0) return { ok: false, reason: 'no-such-choice' }
  const taken: Input = {
    at: early - 1000,
    kind: 'SeatTaken',
    seat: 'what-if',
    role: 'defender',
    nickname: 'What if',
    robot: false,
  }
  const move: Input = {
    at: early,
    kind: 'Moved',
    seat: seat ?? 'what-if',
    move: { kind: 'Respond', incident: null, actions },
  }
  const seated = seat === undefined ? insert(tagged, { index: -1, input: taken }) : tagged
  return { ok: true, partsAt: early, inputs: insert(seated, { index: -2, input: move }) }
}

function insert(tagged: readonly Tagged[], one: Tagged): readonly Tagged[] {
  const place = tagged.findIndex(({ input }) => input.at > one.input.at)
  return place < 0 ? [...tagged, one] : [...tagged.slice(0, place), one, ...tagged.slice(place)]
}

/** Inputs that were possible and no longer are, with the reason. */
function impossible(
  inputs: readonly Input[],
  original: History,
  changed: History,
): Counterfactual['impossible'] {
  const list: Counterfactual['impossible'][number][] = []
  for (const [index, reason] of changed.refused) {
    const input = inputs[index]
    if (input && !original.refused.has(index) && list.length < IMPOSSIBLE_MAX)
      list.push({ at: input.at, input: nameOf(input), reason })
  }
  return list.sort((a, b) => a.at - b.at)
}
function nameOf(input: Input): string {
  if (input.kind !== 'Moved') return input.kind
  return input.move.kind === 'Respond'
    ? input.move.actions.map((action) => `${action.kind} ${targetOf(action)}`).join(', ')
    : input.move.kind
}

type Station = Counterfactual['happened'][number]
/** A few stops of a history after the fork, in order of time. */
function stations(state: RunState, from: number): readonly Station[] {
  const list: Station[] = []
  for (const trail of state.trails) {
    const params = { attack: trail.technique }
    if (trail.firstEffect !== null)
      list.push({ at: trail.firstEffect, label: 'first-effect', params })
    const stolen = trail.happened.find(({ event }) => event.kind === 'ParcelStolen')
    if (stolen)
      list.push({
        at: stolen.at,
        label: 'parcels-gone',
        params: { ...params, parcels: trail.parcels },
      })
    if (trail.containedAt !== null) list.push({ at: trail.containedAt, label: 'contained', params })
    else if (trail.lastEffect !== null)
      list.push({
        at: trail.lastEffect,
        label: 'last-effect',
        params: { ...params, cards: trail.cards, minor: trail.lostMinor },
      })
  }
  for (const decision of state.decisions) {
    if (decision.doneAt !== null)
      list.push({
        at: decision.doneAt,
        label: decision.effect === 'refused' ? 'decision-refused' : 'decision',
        params: { action: decision.action.kind, target: targetOf(decision.action) },
      })
  }
  return list
    .filter((station) => station.at >= from)
    .sort((a, b) => a.at - b.at)
    .slice(0, STATIONS)
}
