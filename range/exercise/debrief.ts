import type { Incident } from '../../engine/alert/alert.ts'
import { targetOf } from '../respond/cost.ts'
import type { Debrief, Lane } from '../protocol/view.ts'
import { overSince } from './desk.ts'
import { judge } from './evaluate.ts'
import { lanesOf } from './lanes.ts'
import type { Decision, RunState, Trail } from './state.ts'
import { totals } from './score.ts'
import { truthOf } from './truth.ts'

const TURNING_POINTS = 3
const SHIFT_MINUTES = 5
/** Points that a debrief lists: the newest. */
const SCORE_LINES = 500
type Attack = Debrief['attacks'][number]
type Turn = Debrief['turningPoints'][number]

/**
 * Entries of the log by what they hold: inputs in their order, and digests of seconds by virtual
 * time.
 */
export interface Entries {
  readonly inputs: readonly number[]
  readonly seconds: ReadonlyMap<number, number>
  /** Entries with the devices' signatures of a second. */
  readonly signatures?: ReadonlyMap<number, readonly number[]>
  /** The entry that took a device in, by its name. */
  readonly devices?: ReadonlyMap<string, number>
}
const NO_LOG: Entries = { inputs: [], seconds: new Map() }

/**
 * What a class sees at the end: truth, alerts and decisions on one timeline, losses, turning
 * points, and what can be asked. `log` says which entry of the ledger stands behind each of them.
 */
export function debriefOf(state: RunState, log: Entries = NO_LOG): Debrief {
  const attacks = attacksOf(state)
  const { attackers, defenders } = totals(state.score)
  const seats = [...state.seats.values()].filter((seat) => !seat.removed)
  const lines = state.score.slice(-SCORE_LINES)
  const lanes = lanesOf(state)
  return {
    exercise: {
      id: state.id,
      title: state.scenario.title,
      scenario: state.scenario.slug,
      seed: state.seed,
      start: state.scenario.world.start,
      end: state.now,
      attackers: seats.filter((seat) => seat.role === 'attacker').length,
      defenders: seats.filter((seat) => seat.role === 'defender').length,
    },
    meters: state.town.world().meters,
    score: { attackers, defenders, lines },
    lanes,
    curves: [
      { id: 'declines', points: state.trends.declines },
      { id: 'reports', points: state.trends.reports },
      { id: 'gap', points: state.trends.gap },
      { id: 'requests', points: state.trends.requests },
      { id: 'lost', points: state.trends.lost },
      { id: 'trust', points: state.trends.trust },
    ],
    attacks,
    turningPoints: turningPoints(state, attacks),
    longestUnseenMs: attacks.reduce(
      (longest, attack) => Math.max(longest, unseen(attack, state.now)),
      0,
    ),
    ledger: {
      size: state.ledger.size,
      root: state.ledger.root,
      changed: state.ledger.verdict === 'changed',
    },
    entries: entriesOf([...lines, ...lanes.flatMap(({ items }) => items.map(at))], log),
    choices: choicesOf(state),
  }
}

interface Told {
  readonly at: number
  readonly ref: string
}
function at(item: Lane['items'][number]): Told {
  return { at: item.from, ref: item.ref }
}

/** Only what the debrief shows: a whole log of an hour would be far too long. */
function entriesOf(told: readonly Told[], log: Entries): Debrief['entries'] {
  const inputs: Record<string, number> = {}
  const seconds: Record<string, number> = {}
  for (const { at, ref } of told) {
    const input = ref.startsWith('input:') ? log.inputs[Number(ref.slice(6))] : undefined
    if (input !== undefined) inputs[ref.slice(6)] = input
    const second = log.seconds.get(at - (at % 1000)) ?? log.seconds.get(at - (at % 1000) + 1000)
    if (second !== undefined) seconds[String(at)] = second
  }
  return { inputs, seconds }
}

function attacksOf(state: RunState): Attack[] {
  const truths = truthOf(state)
  const { detected } = judge(truths, state.incidents)
  return state.trails.map((trail, i) => {
    const truth = truths[i]!
    const incident = state.incidents.find((one) => one.id === detected[i]!.incident)
    return {
      attack: trail.technique,
      run: trail.run,
      start: truth.start,
      firstEffect: truth.firstEffect,
      end: truth.end,
      detectedAt: incident?.opened ?? null,
      incident: incident?.id ?? null,
      kinds: detected[i]!.kinds,
      containedAt: heldSince(trail),
      stopped: stoppedOf(trail),
      lostMinor: trail.lostMinor,
      cards: trail.cards,
      parcels: trail.parcels,
    }
  })
}

/** Pages that are open and parcels in hand may bring a little more, this long. */
const AFTERMATH_MS = 120_000
/** Since when it was contained; null where it went on to gain. */
function heldSince({ containedAt, lastLoss }: Trail): number | null {
  if (containedAt === null || (lastLoss ?? 0) > containedAt + AFTERMATH_MS) return null
  return containedAt
}
function stoppedOf(trail: Trail): Attack['stopped'] {
  if (heldSince(trail) === null) return 'no'
  return trail.lastLoss === null ? 'before-damage' : 'after-damage'
}

function unseen(attack: Attack, now: number): number {
  return attack.firstEffect === null
    ? 0
    : (attack.detectedAt ?? attack.end ?? now) - attack.firstEffect
}

/**
 * The moments worth talking about, the heaviest first, at most three, then in the order of time.
 */
function turningPoints(state: RunState, attacks: readonly Attack[]): readonly Turn[] {
  const found: { weight: number; turn: Turn }[] = []
  for (const attack of attacks) {
    const trail = state.trails[attack.run]
    if (trail) found.push(...ofAttack(attack, trail, state.now))
  }
  found.push(...twoFires(state), ...falseAlarms(state))
  return found
    .sort((a, b) => b.weight - a.weight)
    .slice(0, TURNING_POINTS)
    .map(({ turn }) => turn)
    .sort((a, b) => a.at - b.at)
}

function ofAttack(attack: Attack, trail: Trail, now: number): { weight: number; turn: Turn }[] {
  const params = {
    attack: attack.attack,
    minor: attack.lostMinor,
    cards: attack.cards,
    parcels: attack.parcels,
  }
  if (attack.firstEffect === null) return []
  if (attack.detectedAt === null)
    return [{ weight: 90, turn: { at: attack.firstEffect, kind: 'unseen', params } }]
  if (attack.containedAt === null)
    return [
      {
        weight: 80,
        turn: {
          at: attack.detectedAt,
          kind: 'too-late',
          params: { ...params, minutes: minutes((attack.end ?? now) - attack.detectedAt) },
        },
      },
    ]
  const late = trail.happened.filter(
    ({ at, event }) =>
      at > attack.detectedAt! &&
      at < attack.containedAt! &&
      (event.kind === 'ParcelStolen' ||
        event.kind === 'RefundExecuted' ||
        (event.kind === 'HostCalled' && event.card !== null)),
  ).length
  const waited = minutes(attack.containedAt - attack.detectedAt)
  if (late > 0)
    return [
      {
        weight: 50 + late,
        turn: { at: attack.containedAt, kind: 'too-late', params: { ...params, minutes: waited } },
      },
    ]
  return [
    {
      weight: 60 - waited,
      turn: { at: attack.containedAt, kind: 'held', params: { ...params, minutes: waited } },
    },
  ]
}

function minutes(ms: number): number {
  return Math.max(0, Math.round(ms / 60_000))
}

/**
 * Two incidents open at once, and the newer one waited five minutes or more for a hand while the
 * other was still open. A response by hand that aims at what the incident names is a hand, too.
 */
function twoFires(state: RunState): { weight: number; turn: Turn }[] {
  const found: { weight: number; turn: Turn }[] = []
  for (const incident of state.incidents) {
    if (incident.severity < 4) continue
    const hand = state.decisions.find((decision) => fits(decision, incident))
    const until = Math.min(hand?.at ?? state.now, overSince(state, incident) ?? state.now)
    for (const other of state.incidents) {
      if (other.id === incident.id || other.opened > incident.opened) continue
      const both = Math.min(until, overSince(state, other) ?? state.now) - incident.opened
      if (both < 300_000) continue
      found.push({
        weight: 40 + minutes(both),
        turn: {
          at: incident.opened,
          kind: 'two-fires',
          params: { title: incident.title, other: other.title, minutes: minutes(both) },
        },
      })
    }
  }
  return found.sort((a, b) => b.weight - a.weight).slice(0, 1)
}
function fits(decision: Decision, incident: Incident): boolean {
  if (decision.incident !== null) return decision.incident === incident.id
  return decision.at >= incident.opened && incident.lead.includes(targetOf(decision.action))
}

function falseAlarms(state: RunState): { weight: number; turn: Turn }[] {
  const line = state.score.find((one) => one.team === 'defenders' && one.points < 0)
  return line
    ? [
        {
          weight: 30,
          turn: {
            at: line.at,
            kind: 'false-alarm',
            params: { why: line.why, points: line.points },
          },
        },
      ]
    : []
}

/**
 * What the class may ask: without an attack, a decision earlier or later, or the playbook at once.
 */
function choicesOf(state: RunState): Debrief['choices'] {
  const choices: Debrief['choices'][number][] = []
  const loss = (attack: string | null): number =>
    state.trails.reduce(
      (sum, trail) => sum + (trail.technique === attack ? trail.lostMinor + trail.parcels : 0),
      0,
    )
  // The costliest attack first: that is what a class asks about.
  for (const incident of [...state.incidents].sort((a, b) => loss(b.attack) - loss(a.attack))) {
    if (incident.attack === null || !state.playbooks.has(incident.attack)) continue
    const first = state.decisions.find((decision) => decision.incident === incident.id)
    if (first && first.at - incident.opened < 120_000) continue
    choices.push({
      id: `at-once:${incident.id}`,
      kind: 'earlier',
      label: 'at-once',
      params: {
        title: incident.title,
        attack: incident.attack,
        at: incident.opened + 60_000,
      },
    })
  }
  for (const trail of state.trails)
    choices.push({
      id: `without:${trail.run}`,
      kind: 'without',
      label: 'without',
      params: { attack: trail.technique, at: trail.startsAt },
    })
  const seen = new Set<number>()
  for (const decision of state.decisions) {
    if (decision.seat === 'playbook' || seen.has(decision.input)) continue
    seen.add(decision.input)
    const params = {
      action: decision.action.kind,
      target: targetOf(decision.action),
      at: decision.at,
      minutes: SHIFT_MINUTES,
    }
    choices.push({ id: `earlier:${decision.input}`, kind: 'earlier', label: 'earlier', params })
    choices.push({ id: `later:${decision.input}`, kind: 'later', label: 'later', params })
  }
  return choices.slice(0, 40)
}
