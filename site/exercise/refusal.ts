import { t, type MessageKey } from '../messages.ts'

/** Why something was refused, in words; a reason without a sentence of its own says so plainly. */
export function refusal(reason: string): string {
  const said = t(`exercise.refused.${reason}` as MessageKey)
  return said.startsWith('[') ? t('exercise.refused.other') : said
}
