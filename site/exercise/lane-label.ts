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
      return `${t(`exercise.action.${text('action') as 'RestorePage'}`)}${Number(item.params['more'] ?? 0) > 0 ? ` +${text('more')}` : ''}`
    case 'note':
      return text('text').slice(0, 40)
    default:
      return text('title')
  }
}
