import type { Debrief } from '../../../range/protocol/view.ts'
import { t } from '../../messages.ts'

/**
 * What a day came to, in one line that is as true for the defenders as for anybody else: what they
 * stopped in time, and apart from it what they stopped when damage was done. Attacks that never
 * began to bite and that nobody stopped do not count.
 */
export function headlineOf(attacks: Debrief['attacks']): string {
  const told = attacks.filter((one) => one.firstEffect !== null || one.stopped !== 'no')
  const all = told.length
  const before = told.filter((one) => one.stopped === 'before-damage').length
  const after = told.filter((one) => one.stopped === 'after-damage').length
  if (all === 0) return t('exercise.debrief.none')
  if (before === all) return t('exercise.debrief.all-before', { count: all })
  if (after === all) return t('exercise.debrief.all-after', { count: all })
  if (before + after > 0) return t('exercise.debrief.mixed', { all, before, after })
  return told.some((one) => one.detectedAt !== null)
    ? t('exercise.debrief.nothing-stopped', { count: all })
    : t('exercise.debrief.unseen', { count: all })
}
