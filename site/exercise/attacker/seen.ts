import { t, type MessageKey } from '../../messages.ts'
import { money } from '../format.ts'

/**
 * What a crew saw, by the key its technique gives (`w1.placed` …); the catalogue holds one sentence
 * for each.
 */
export function seenText(key: string, params: Readonly<Record<string, string | number>>): string {
  const said = t(`exercise.seen.${key}` as MessageKey, readable(params))
  return said.startsWith('[') ? t('exercise.seen.none') : said
}

const ANSWERS = ['00', '05', '14', '41', '43', '51', '54', '61', '65', '1A', 'none'] as const

/** Vans have numbers on every screen and letters in the yard's books; banks answer by code. */
function readable(
  params: Readonly<Record<string, string | number>>,
): Readonly<Record<string, string | number>> {
  const letter = /^Van ([A-Z])$/.exec(String(params['van'] ?? ''))?.[1]
  const known = ANSWERS.find((one) => one === params['last'])
  return {
    ...params,
    ...(letter === undefined
      ? {}
      : { van: t('exercise.van', { number: letter.charCodeAt(0) - 64 }) }),
    ...(params['amountMinor'] === undefined
      ? {}
      : { amount: money(Number(params['amountMinor'])) }),
    ...(known === undefined ? {} : { last: t(`exercise.answer.${known}`) }),
  }
}
