import { civilDate, dayNumber, type CivilDate } from '../civil-date.ts'
import type { TimePart } from './rule.ts'

const DAY_MS = 86_400_000
const WRITTEN =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d(?:[.,]\d+)?)?\s*(?:Z|[+-]\d\d:?\d\d)?)?$/

interface Civil extends CivilDate {
  readonly hour: number
  readonly minute: number
}

/**
 * A part of a date, as written (`2026-11-24T09:30:00+01:00` has hour 9) or, from a number, of
 * Unix milliseconds in UTC. Weeks are ISO 8601's. Null where the value is no date; time zones
 * are not converted, as Sigma says.
 */
export function timePart(value: unknown, part: TimePart): number | null {
  const civil =
    typeof value === 'number'
      ? fromMilliseconds(value)
      : typeof value === 'string'
        ? read(value)
        : null
  if (civil === null) return null
  return part === 'week' ? isoWeek(civil) : civil[part]
}

function read(text: string): Civil | null {
  const match = WRITTEN.exec(text)
  if (match === null) return null
  const [year, month, day, hour, minute] = match.slice(1).map((digits) => Number(digits ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
  ]
  const fits = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 23 && minute <= 59
  return fits ? { year, month, day, hour, minute } : null
}

function fromMilliseconds(time: number): Civil | null {
  if (!Number.isFinite(time) || Math.abs(time) > 8.64e15) return null
  const days = Math.floor(time / DAY_MS)
  const minutes = Math.floor((time - days * DAY_MS) / 60_000)
  return { ...civilDate(days), hour: Math.floor(minutes / 60), minute: minutes % 60 }
}

/** The week of the Thursday of the date's own week. */
function isoWeek(date: Civil): number {
  const days = dayNumber(date)
  const weekday = (((days + 3) % 7) + 7) % 7
  const thursday = days - weekday + 3
  return (
    Math.floor((thursday - dayNumber({ year: civilDate(thursday).year, month: 1, day: 1 })) / 7) + 1
  )
}
