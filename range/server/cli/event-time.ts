/** Names under which logs keep an event's time, the first found counts. */
const TIME_FIELDS = [
  'time',
  '@timestamp',
  'timestamp',
  'eventTime',
  '_time',
  'ts',
  'EventTime',
  'UtcTime',
  'TimeCreated',
  'SystemTime',
  'date',
  'datetime',
]

/**
 * An event's time in milliseconds: a number of milliseconds, Unix seconds where it lies between
 * 5e8 and 1e11, or a date and time as text, UTC unless it says otherwise. Null where the event
 * has none.
 */
export function eventTime(event: Readonly<Record<string, unknown>>): number | null {
  for (const field of TIME_FIELDS) {
    const value = event[field]
    const time =
      typeof value === 'number'
        ? fromNumber(value)
        : typeof value === 'string'
          ? fromText(value)
          : null
    if (time !== null) return time
  }
  return null
}

function fromNumber(value: number): number | null {
  if (!Number.isFinite(value)) return null
  return value >= 5e8 && value < 1e11 ? value * 1000 : value
}

function fromText(text: string): number | null {
  if (/^\d+(?:\.\d+)?$/.test(text)) return fromNumber(Number(text))
  const zoned = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) || !/^\d{4}-\d\d-\d\d[T ]\d/.test(text)
  const time = Date.parse(zoned ? text : `${text.replace(' ', 'T')}Z`)
  return Number.isNaN(time) ? null : time
}
