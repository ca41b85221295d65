import type { Input } from '../exercise/types.ts'
import type { Debrief } from '../protocol/view.ts'

/** The timeline as a table: one line per item of each lane, then the points. RFC 4180. */
export function exportCsv(debrief: Debrief): string {
  const { start } = debrief.exercise
  const rows: (string | number)[][] = [
    ['seconds', 'until', 'lane', 'what', 'details', 'points', 'ref'],
  ]
  for (const lane of debrief.lanes) {
    for (const item of lane.items) {
      rows.push([
        seconds(item.from, start),
        item.to === null ? '' : seconds(item.to, start),
        lane.id,
        item.label,
        details(item.params),
        '',
        item.ref,
      ])
    }
  }
  for (const line of debrief.score.lines)
    rows.push([
      seconds(line.at, start),
      '',
      `points ${line.team}`,
      line.why,
      details(line.params),
      line.points,
      line.ref,
    ])
  return rows.map((row) => row.map(cell).join(',')).join('\r\n') + '\r\n'
}

/** Debrief and inputs; nicknames are left out. */
export function exportJson(debrief: Debrief, inputs: readonly Input[]): string {
  const nameless = inputs.map((input) =>
    input.kind === 'SeatTaken' || input.kind === 'SeatChanged'
      ? { ...input, nickname: undefined }
      : input,
  )
  return `${JSON.stringify({ debrief, inputs: nameless }, null, 2)}\n`
}

function seconds(at: number, start: number): number {
  return Math.round((at - start) / 1000)
}
function details(params: Readonly<Record<string, string | number>>): string {
  return Object.entries(params)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
}
/** A leading sign is defused, so that no spreadsheet takes a text for a formula. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
