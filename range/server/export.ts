import type { Input } from '../exercise/types.ts'
import type { Debrief } from '../protocol/view.ts'

/**
 * The timeline as a table: one line per item of each lane, then the points. RFC 4180. Times are the
 * town's, `09:24:05`; money is in euros; vans are counted from 1, as on every screen.
 */
export function exportCsv(named: Debrief): string {
  const debrief = nobody(named)
  const rows: (string | number)[][] = [
    ['time', 'until', 'lane', 'what', 'details', 'points', 'ref'],
  ]
  for (const lane of debrief.lanes) {
    for (const item of lane.items) {
      rows.push([
        townTime(item.from),
        item.to === null ? '' : townTime(item.to),
        LANES[lane.id] ?? lane.id,
        words(item.label),
        details(item.params),
        '',
        item.ref,
      ])
    }
  }
  for (const line of debrief.score.lines)
    rows.push([
      townTime(line.at),
      '',
      `points ${line.team}`,
      words(line.why),
      details(line.params),
      line.points,
      line.ref,
    ])
  return rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

/** Debrief and inputs; nicknames are left out. */
export function exportJson(named: Debrief, inputs: readonly Input[]): string {
  const nameless = inputs.map((input) =>
    input.kind === 'SeatTaken' || input.kind === 'SeatChanged'
      ? { ...input, nickname: undefined }
      : input,
  )
  return `${JSON.stringify({ debrief: nobody(named), inputs: nameless }, null, 2)}\n`
}

/** Without who decided what; that a playbook did stays. */
function nobody(debrief: Debrief): Debrief {
  const lanes = debrief.lanes.map((lane) => ({
    ...lane,
    items: lane.items.map((item) => {
      const { by, ...params } = item.params
      return by === undefined || by === 'playbook' ? item : { ...item, params }
    }),
  }))
  return { ...debrief, lanes }
}

/** Lanes whose name is not a word for what stands in them. */
const LANES: Readonly<Record<string, string>> = { twins: 'harmless' }

/** Virtual milliseconds of the town's day as `09:24:05`. */
function townTime(at: number): string {
  const of = (unit: number, most: number): string =>
    String(Math.floor(at / unit) % most).padStart(2, '0')
  return `${of(3_600_000, 24)}:${of(60_000, 60)}:${of(1000, 60)}`
}
/** `parcel-stolen`, `RecallVan` as words. */
function words(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('-', ' ')
    .toLowerCase()
}
function details(params: Readonly<Record<string, string | number>>): string {
  return Object.entries(params)
    .map(([key, value]) => {
      if (key === 'minor') return `euros: ${(Number(value) / 100).toFixed(2)}`
      if (key === 'action') return `action: ${words(String(value))}`
      return `${key}: ${vansFromOne(String(value))}`
    })
    .join('; ')
}
/** `van:0` and `van 0` as people count: van 1. */
function vansFromOne(text: string): string {
  return text.replace(/\bvan[: ](\d+)\b/g, (_, id: string) => `van ${Number(id) + 1}`)
}
/** A leading sign is defused, so that no spreadsheet takes a text for a formula. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
