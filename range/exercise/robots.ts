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
  return []
}

function serious(incident: DefenderView['incidents'][number]): boolean {
  return incident.severity >= 4 || incident.kinds.length > 1 || incident.kinds.includes('I')
}
