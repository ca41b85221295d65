import type { DefenderIncident } from '../../../range/protocol/view.ts'
import { t } from '../../messages.ts'
import { entity } from '../format.ts'
import { forPeople, nameOf } from '../naming.ts'

/** Ids of one kind among an incident's leads, then among everything it names. */
export function idsOf(incident: DefenderIncident, kind: string): readonly string[] {
  const all = [...incident.lead, ...incident.entities]
  return [...new Set(all.filter((one) => entity(one).kind === kind).map((one) => entity(one).id))]
}

/** A short title: what the alerts agree on. The detectors' own sentences stand in the story. */
export function titleOf(incident: DefenderIncident): string {
  if (incident.own !== undefined) return forPeople(incident.title)
  const [page] = idsOf(incident, 'page')
  const [staff] = idsOf(incident, 'staff')
  const [van] = idsOf(incident, 'van')
  switch (incident.attack) {
    case 'W1':
      return t('exercise.incident.W1', { page: page ?? t('exercise.incident.a-page') })
    case 'P2':
      return t('exercise.incident.P2', {
        count: incident.lead.filter((one) => entity(one).kind === 'ip').length || 1,
        ip: idsOf(incident, 'ip')[0] ?? t('exercise.flow.who.P2'),
      })
    case 'I1':
      return t('exercise.incident.I1', { staff: staff ?? t('exercise.flow.staff') })
    case 'D1':
      return van === undefined
        ? forPeople(incident.title)
        : t('exercise.incident.D1', { van: Number(van) + 1 })
    case 'I4':
      return incident.lead.includes('device:book')
        ? t('exercise.incident.I4-book')
        : t('exercise.incident.I4')
    default:
      return forPeople(incident.title)
  }
}

/** One sentence below the title. */
export function leadOf(incident: DefenderIncident): string {
  const who = incident.lead.map(nameOf).slice(0, 3).join(', ')
  const attack = incident.own === undefined ? incident.attack : null
  if (attack === 'I4' && incident.lead.includes('device:book')) return t('exercise.lead.I4-book')
  return attack === 'W1' || attack === 'P2' || attack === 'I1' || attack === 'D1' || attack === 'I4'
    ? t(`exercise.lead.${attack}`, { who })
    : t('exercise.lead.other', { who })
}
