import type { DetectRun, FoundIncident } from './detect-run.ts'

/** Lines shown of an incident as text; `--json` has them all. */
const SHOWN_MAX = 12
const WIDTH_MAX = 200

/** The shape of DESIGN.md "Command line"; `lines` are of `file`, those in other files stand under `also`. */
export function incidentRow(
  { incident, lines }: FoundIncident,
  several: boolean,
): Readonly<Record<string, unknown>> {
  const { id, family, lead, entities, severity, kinds, title, opened, closed } = incident
  const files = new Map<string, number[]>()
  for (const each of lines) files.set(each.file, [...(files.get(each.file) ?? []), each.line])
  const [first, ...others] = [...files].sort((a, b) => b[1].length - a[1].length)
  return {
    id,
    family,
    lead,
    entities: [...entities],
    severity,
    kinds,
    title,
    opened,
    closed,
    lines: ascending(first?.[1] ?? []),
    ...(several ? { file: first?.[0] ?? '' } : {}),
    ...(others.length > 0
      ? { also: others.map(([file, numbers]) => ({ file, lines: ascending(numbers) })) }
      : {}),
  }
}

function ascending(numbers: readonly number[]): number[] {
  return [...numbers].sort((a, b) => a - b)
}

const KINDS = {
  R: 'rule',
  T: 'temporal property',
  M: 'learned model',
  P: 'physical twin',
  I: 'integrity check',
} as const
const SEVERITIES = ['', 'informational', 'low', 'medium', 'high', 'critical', 'fatal'] as const

/** An incident for people: what, who, when, seen by which reasoning, and the lines it rests on. */
export function incidentText({ incident, lines }: FoundIncident, several: boolean): string {
  const { id, severity, title, lead, kinds, opened, closed } = incident
  const until = closed === null ? 'still open' : `until ${stamp(incident.lastAlert)}`
  const head = [
    `${id}  ${SEVERITIES[severity]}  ${title}`,
    `    ${lead.slice(0, 8).join(', ')}  ${stamp(opened)}, ${until}`,
    `    seen by ${kinds.map((kind) => KINDS[kind]).join(', ')}: ${reasons(incident.alerts)}`,
  ]
  const shown = lines
    .slice(0, SHOWN_MAX)
    .map((each) => `    ${several ? `${each.file}:` : ''}${each.line}: ${printable(each.text)}`)
  const more = lines.length > SHOWN_MAX ? [`    … ${lines.length - SHOWN_MAX} more lines`] : []
  return `${[...head, ...shown, ...more].join('\n')}\n\n`
}

function reasons(alerts: FoundIncident['incident']['alerts']): string {
  const titles = new Set(
    alerts.flatMap((alert) => [
      alert.title,
      ...(alert.contributions ?? []).slice(0, 2).map((each) => each.feature),
    ]),
  )
  return [...titles].slice(0, 6).join('; ')
}

/** Control characters of a stranger's log never reach the terminal. */
export function printable(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are what is taken out
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd')
  return clean.length > WIDTH_MAX ? `${clean.slice(0, WIDTH_MAX)}…` : clean
}

export function stamp(time: number): string {
  if (!Number.isFinite(time) || Math.abs(time) > 8.64e15) return '–'
  return `${new Date(time).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

export function summaryText(
  runs: readonly DetectRun[],
  found: readonly FoundIncident[],
  tookMs: number,
): string {
  const sum = (of: (run: DetectRun) => number): number =>
    runs.reduce((total, run) => total + of(run), 0)
  const lines = sum((run) => run.lines)
  const late = sum((run) => run.late)
  const by = Math.max(0, ...runs.map((run) => run.lateByMaxMs))
  const seconds = Math.max(0.001, tookMs / 1000)
  return [
    `${lines} lines, ${sum((run) => run.broken)} broken, ${sum((run) => run.flagged)} flagged, ${found.length} incidents`,
    ...(late > 0 ? [`${late} lines out of order, by at most ${Math.round(by / 1000)} s`] : []),
    `${seconds.toFixed(1)} s, ${Math.round(lines / seconds)} lines a second`,
  ]
    .join('; ')
    .concat('\n')
}
