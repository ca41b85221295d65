import { t, type MessageKey } from '../../messages.ts'

/**
 * What a crew saw, by the key its technique gives (`w1.placed` …); the catalogue holds one sentence
 * for each.
 */
export function seenText(key: string, params: Readonly<Record<string, string | number>>): string {
  const said = t(`exercise.seen.${key}` as MessageKey, params)
  return said.startsWith('[') ? t('exercise.seen.none') : said
}
