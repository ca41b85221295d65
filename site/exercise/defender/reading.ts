import { t, type MessageKey } from '../../messages.ts'

/** What the formula of this alert asks for, in one sentence; null where the catalogue has none. */
export function readingOf(detector: string): string | null {
  const key = `attack.formula.${detector}`
  const text = t(key as MessageKey)
  return text === `[${key}]` ? null : text
}
