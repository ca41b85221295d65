import type { Move } from '../protocol/move.ts'
import type { AttackerView, DefenderView } from '../protocol/view.ts'
import type { PlannedAttack } from './types.ts'

/**
 * A machine defender waits this long before it takes a new incident, as a person would read it
 * first.
 */
const READ_MS = 60_000
/** And this long from taking to acting. */
const DECIDE_MS = 45_000

/**
 * After recovery a machine defender leaves the book's account shut this long, so that whoever tries
 * the password meets a shut door; settlement waits meanwhile, so not longer.
 */
const THAW_MS = 20 * 60_000

/** A machine attacker launches what its plan says, when its own view says that it can. */
export function attackerMoves(view: AttackerView, plan: readonly PlannedAttack[]): readonly Move[] {
  const moves: Move[] = []
  plan.forEach((attack, index) => {
    const due = view.clock.start + attack.atMinute * 60_000
    if (view.clock.now < due || view.clock.now >= due + 1000) return
    const before = plan
      .slice(0, index)
      .filter((other) => other.technique === attack.technique).length
    const launched = view.runs.filter((run) => run.technique === attack.technique).length
    if (launched > before) return
    if (!view.jobs.some((job) => job.technique === attack.technique)) return
    moves.push({
      kind: 'Launch',
      technique: attack.technique,
      params: { ...attack.params },
      startInMinutes: 0,
    })
  })
  return moves
}

/**
 * A machine defender: takes what is serious and corroborated, then runs the recommended steps of
 * its playbook. What people of its team wrote themselves it leaves to them.
 */
export function defenderMoves(view: DefenderView): readonly Move[] {
  for (const incident of view.incidents) {
    if (incident.closed !== null || incident.own !== undefined) continue
    const age = view.clock.now - incident.opened
    if (incident.status === 'new' && age >= READ_MS && serious(incident))
      return [{ kind: 'TakeIncident', incident: incident.id }]
    if (
      incident.status === 'taken' &&
      incident.takenBy === view.me.nickname &&
      age >= READ_MS + DECIDE_MS
    ) {
      const actions = incident.playbook
        .filter((step) => step.recommended && !step.done)
        .map((step) => step.action)
      if (actions.length > 0) return [{ kind: 'Respond', incident: incident.id, actions }]
    }
  }
  return thaw(view)
}

/** Opens the book's account again, once an incident of it was checked to be over. */
function thaw({ book, decisions, incidents, clock }: DefenderView): readonly Move[] {
  if (!book?.frozen) return []
  const ofBook = incidents.filter((one) => one.lead.includes('device:book'))
  const over = ofBook.find((one) => one.status === 'recovered')
  const open = ofBook.some(
    (one) => one.status === 'new' || one.status === 'taken' || one.status === 'contained',
  )
  const last = Math.max(0, ...decisions.map((one) => (one.target === 'device:book' ? one.at : 0)))
  if (!over || open || clock.now - last < THAW_MS) return []
  return [{ kind: 'Respond', incident: over.id, actions: [{ kind: 'ThawBook' }] }]
}

function serious(incident: DefenderView['incidents'][number]): boolean {
  return incident.severity >= 4 || incident.kinds.length > 1 || incident.kinds.includes('I')
}
