import type { Lane } from '../../range/protocol/view.ts'
import { t } from '../messages.ts'
import { knownJob } from './attacker/jobs.ts'

/** An item of a lane in a few words. */
export function labelOf(item: Lane['items'][number]): string {
  const text = (name: string): string => String(item.params[name] ?? '')
  switch (item.label) {
    case 'attack':
      return `${text('technique')} ${t(`exercise.attack.${knownJob(text('technique'))}.short`)}`
    case 'incident':
      return text('attack') || text('title')
    case 'decision':
      return decided(item)
    case 'detection-on':
      return short(t('detection.lane.on', { title: text('title') }))
    case 'detection-off':
      return short(t('detection.lane.off', { title: text('title') }))
    case 'own-incident':
      return short(t('detection.lane.incident', { title: text('title') }))
    case 'note':
      return short(text('text'))
    case 'said':
      return short(`“${text('title')}”`)
    default:
      return text('title')
  }
}

/** The same item with nothing left out, for a tip or a line of its own. */
export function wholeOf(item: Lane['items'][number]): string {
  const text = (name: string): string => String(item.params[name] ?? '')
  switch (item.label) {
    case 'attack':
      return `${text('technique')}: ${t(`exercise.attack.${knownJob(text('technique'))}.name`)}`
    case 'incident':
      return text('attack') === ''
        ? text('title')
        : `${text('attack')}, ${t(`exercise.attack.${knownJob(text('attack'))}.name`)}: ${text('title')}`
    case 'decision':
      return `${decided(item)} (${text('target')}; ${text('by')})`
    case 'detection-on':
      return `${t('detection.lane.on', { title: text('title') })} (${text('by')})`
    case 'detection-off':
      return `${t('detection.lane.off', { title: text('title') })} (${text('by')})`
    case 'own-incident':
      return t('detection.lane.incident', { title: text('title') })
    case 'note':
      return text('text')
    default:
      return text('title')
  }
}

const LETTERS_MAX = 40
function short(text: string): string {
  return text.length > LETTERS_MAX ? `${text.slice(0, LETTERS_MAX - 1).trimEnd()}…` : text
}
function decided(item: Lane['items'][number]): string {
  const action = t(`exercise.action.${String(item.params['action']) as 'RestorePage'}`)
  const more = Number(item.params['more'] ?? 0)
  return more > 0 ? t('exercise.lanes.more', { action, count: more }) : action
}
