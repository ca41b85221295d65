import type { TimePart } from './rule.ts'

const DAY_MS = 86_400_000
const WRITTEN =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d(?:[.,]\d+)?)?\s*(?:Z|[+-]\d\d:?\d\d)?)?$/

interface Civil {
  readonly year: number
  readonly month: number
  readonly day: number
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
  return { ...fromDays(days), hour: Math.floor(minutes / 60), minute: minutes % 60 }
}

/** Gregorian date of a day counted from 1970-01-01, by eras of 400 years that begin in March. */
function fromDays(days: number): Pick<Civil, 'year' | 'month' | 'day'> {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const ofEra = shifted - era * 146_097
  const leapDays =
    Math.floor(ofEra / 1_460) - Math.floor(ofEra / 36_524) + Math.floor(ofEra / 146_096)
  const yearOfEra = Math.floor((ofEra - leapDays) / 365)
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * ofYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  const day = ofYear - Math.floor((153 * marchMonth + 2) / 5) + 1
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day }
}

function toDays(year: number, month: number, day: number): number {
  const march = month <= 2 ? year - 1 : year
  const era = Math.floor(march / 400)
  const yearOfEra = march - era * 400
  const ofYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    ofYear -
    719_468
  )
}

/** The week of the Thursday of the date's own week. */
function isoWeek(date: Civil): number {
  const days = toDays(date.year, date.month, date.day)
  const weekday = (((days + 3) % 7) + 7) % 7
  const thursday = days - weekday + 3
  return Math.floor((thursday - toDays(fromDays(thursday).year, 1, 1)) / 7) + 1
}
