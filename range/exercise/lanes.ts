import { OWN } from '../../engine/own/own-detections.ts'
import { targetOf } from '../respond/cost.ts'
import type { Lane } from '../protocol/view.ts'
import { overSince } from './desk.ts'
import { detectionItems } from './own-detections.ts'
import type { Trail, RunState } from './state.ts'

const ITEMS_MAX = 200
type Item = Lane['items'][number]

/**
 * The whole truth as lanes of one timeline: for the trainer while it happens, for everybody at the
 * debrief.
 */
export function lanesOf(state: RunState): readonly Lane[] {
  return [
    { id: 'truth', items: state.trails.map((trail) => attackItem(state, trail)) },
    {
      id: 'twins',
      items: state.injects
        .filter((inject) => inject.fired && inject.inject.tone !== 'hint')
        .map((inject): Item => ({
          from: inject.due,
          to: null,
          label: 'inject',
          params: { title: inject.title },
          tone: 'harmless',
          ref: `inject:${inject.id}`,
        })),
    },
    { id: 'alarms', items: alarmItems(state) },
    { id: 'decisions', items: decisionItems(state) },
    {
      id: 'injects',
      items: [...injectItems(state), ...saidItems(state)].sort((a, b) => a.from - b.from),
    },
    {
      id: 'notes',
      items: state.notes.slice(-ITEMS_MAX).map((note, i): Item => ({
        from: note.at,
        to: null,
        label: 'note',
        params: { text: note.text },
        tone: 'note',
        ref: `note:${i}`,
      })),
    },
  ]
}

function injectItems(state: RunState): Item[] {
  return state.injects
    .filter((inject) => !inject.cancelled)
    .map((inject) => ({
      from: inject.due,
      to: null,
      label: inject.fired ? 'inject' : 'inject-due',
      params: { title: inject.title },
      tone: 'note',
      ref: `inject:${inject.id}`,
    }))
}

/** What the trainer said to players. */
function saidItems(state: RunState): Item[] {
  return state.messages
    .filter((message) => message.from === 'trainer')
    .slice(-ITEMS_MAX)
    .map((message, i) => ({
      from: message.at,
      to: null,
      label: 'said',
      params: { title: message.text },
      tone: 'note',
      ref: `said:${i}`,
    }))
}

function attackItem(state: RunState, attack: Trail): Item {
  const run = state.town.world().attacks.runs[attack.run]
  const last = Math.max(run?.endedAt ?? attack.startsAt, attack.lastEffect ?? attack.startsAt)
  // A crew may go on trying in vain: an attack that was stopped ends there, or with its last gain.
  const stopped =
    attack.containedAt === null ? null : Math.max(attack.containedAt, attack.lastLoss ?? 0)
  const running = stopped === null && run?.endedAt === null && state.phase !== 'ended'
  return {
    from: attack.startsAt,
    to: running ? null : Math.min(last, stopped ?? last),
    label: 'attack',
    params: {
      technique: attack.technique,
      cards: attack.cards,
      parcels: attack.parcels,
      minor: attack.lostMinor,
    },
    tone: 'attack',
    ref: `attack:${attack.run}`,
  }
}

function alarmItems(state: RunState): Item[] {
  return [...state.incidents, ...state.ownIncidents].slice(-ITEMS_MAX).map((incident): Item => ({
    from: incident.opened,
    to: overSince(state, incident),
    label: incident.id.startsWith(OWN) ? 'own-incident' : 'incident',
    params: { title: incident.title, attack: incident.attack ?? '' },
    tone: 'alarm',
    ref: incident.id,
    kinds: incident.kinds,
  }))
}

/** Actions taken in one move stand as one item; detections of one's own are decisions, too. */
function decisionItems(state: RunState): Item[] {
  const items: Item[] = []
  let input = -1
  for (const decision of state.decisions) {
    if (decision.input === input) continue
    input = decision.input
    const together = state.decisions.filter((other) => other.input === input)
    items.push({
      from: decision.at,
      to: decision.doneAt,
      label: 'decision',
      params: {
        action: decision.action.kind,
        target: targetOf(decision.action),
        more: together.length - 1,
        by: decision.by,
      },
      tone: 'decision',
      ref: `input:${decision.input}`,
    })
  }
  return [...items, ...detectionItems(state)].sort((a, b) => a.from - b.from).slice(-ITEMS_MAX)
}
