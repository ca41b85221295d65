import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { Incident } from '../../../engine/alert/alert.ts'
import { HOME } from '../home.ts'
import { printable, stamp } from './detect-print.ts'
import { REPORT_STYLE } from './detect-report-style.ts'
import { histogramSvg } from './detect-histogram.ts'
import { escape, number } from './detect-html.ts'
import type { DetectRun, FoundIncident, LineRef } from './detect-run.ts'

export interface FlaggedLine {
  readonly ref: LineRef
  readonly score: number
  readonly reasons: readonly string[]
}

export interface ReportInput {
  readonly files: readonly string[]
  readonly found: readonly FoundIncident[]
  /** One a line that could be read. */
  readonly scores: readonly number[]
  readonly runs: readonly DetectRun[]
  readonly flagged: readonly FlaggedLine[]
}

/** Incidents and lines of an incident on the page; beyond, the page says how many there are. */
const INCIDENTS_MAX = 200
const LINES_MAX = 20
const FLAGGED_MAX = 40
const KINDS = ['R', 'T', 'M', 'P', 'I'] as const

type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string

/** One self-contained page: scores, incidents with their lines, flagged lines without one. No script, no request. */
export function reportPage(input: ReportInput): string {
  const say = catalogue()
  const { found, runs, scores } = input
  const sum = (of: (run: DetectRun) => number): number =>
    runs.reduce((total, run) => total + of(run), 0)
  const figures: [string, number][] = [
    ['lines', sum((run) => run.lines)],
    ['flagged', sum((run) => run.flagged)],
    ['incidents', found.length],
    ['broken', sum((run) => run.broken)],
    ['late', sum((run) => run.late)],
  ]
  const verdict =
    found.length === 0
      ? say('verdict_none')
      : found.length === 1
        ? say('verdict_one')
        : say('verdict_many', { count: found.length })
  const times = runs.filter((run) => run.from <= run.time)
  const lede = say('lede', {
    lines: number(sum((run) => run.lines)),
    files: input.files.map((file) => basename(file)).join(', '),
    from: stamp(Math.min(...times.map((run) => run.from))),
    until: stamp(Math.max(...times.map((run) => run.time))),
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; font-src data:">
<title>${escape(say('title'))}</title><style>${fonts()}${tokens()}${REPORT_STYLE}</style></head><body><main>
<header><p class="mark">doorstep detect</p><h1>${escape(verdict)}</h1><p class="lede">${escape(lede)}</p>
<dl class="figures">${figures.map(([key, value]) => `<div class="${key}"><dt>${escape(say(`figure_${key}`))}</dt><dd>${number(value)}</dd></div>`).join('')}</dl></header>
<section><h2>${escape(say('scores'))}</h2>${histogramSvg(scores, say)}<p class="note">${escape(say('scores_note'))}</p></section>
<section><h2>${escape(say('incidents'))}</h2>${found.length === 0 ? `<p>${escape(say('verdict_none'))}</p>` : ''}
${found
  .slice(0, INCIDENTS_MAX)
  .map((each) => incidentHtml(each, say))
  .join('\n')}</section>
<section><h2>${escape(say('flagged_title'))}</h2>${flaggedHtml(loneLines(input), say)}</section>
</main><footer><p>${escape(say('foot'))}</p></footer></body></html>
`
}

function incidentHtml({ incident, lines }: FoundIncident, say: Say): string {
  const rows = lines
    .slice(0, LINES_MAX)
    .map(
      (each) =>
        `<tr><th scope="row">${each.line}</th><td>${escape(printable(each.text))}</td></tr>`,
    )
  const more =
    lines.length > LINES_MAX
      ? `<p class="note">${escape(say('more', { count: lines.length - LINES_MAX }))}</p>`
      : ''
  const severity = `severity_${incident.severity}`
  return `<article class="stub ${incident.severity >= 4 ? 'grave' : 'fair'}"><div class="head"><p class="severity">${escape(say(severity))}</p>
<h3>${escape(incident.title)}</h3><p class="who">${incident.lead
    .slice(0, 8)
    .map((ref) => `<code>${escape(ref)}</code>`)
    .join(' ')}</p>
<p class="when">${escape(stamp(incident.opened))}</p></div>
<ul class="kinds" aria-label="${escape(say('seen_by'))}">${KINDS.map((kind) => kindHtml(incident, kind, say)).join('')}</ul>
<ul class="why">${whys(incident)
    .map((each) => `<li>${escape(each)}</li>`)
    .join('')}</ul>
<table><caption>${escape(say('evidence'))}</caption><tbody>${rows.join('')}</tbody></table>${more}</article>`
}

function kindHtml(incident: Incident, kind: (typeof KINDS)[number], say: Say): string {
  const saw = incident.kinds.includes(kind)
  return `<li class="${saw ? 'saw' : 'silent'}">${escape(say(`kind_${kind}`))}${saw ? '' : ` <span>${escape(say('silent'))}</span>`}</li>`
}

function whys(incident: Incident): string[] {
  const named = incident.alerts.flatMap((alert) => [
    ...(alert.title === incident.title ? [] : [alert.title]),
    ...(alert.contributions ?? []).slice(0, 3).map((each) => each.feature),
  ])
  return [...new Set(named)].slice(0, 6)
}

function loneLines({ flagged, found }: ReportInput): FlaggedLine[] {
  const told = new Set(
    found.flatMap(({ lines }) => lines.map((each) => `${each.file}:${each.line}`)),
  )
  return flagged.filter(({ ref }) => !told.has(`${ref.file}:${ref.line}`)).slice(0, FLAGGED_MAX)
}

function flaggedHtml(lines: readonly FlaggedLine[], say: Say): string {
  if (lines.length === 0) return `<p>${escape(say('flagged_none'))}</p>`
  const rows = lines.map(({ ref, score, reasons }) => {
    return `<tr><th scope="row">${ref.line}</th><td>${escape(printable(ref.text))}<br><span class="reason">${score.toFixed(2)} · ${escape(reasons.join('; '))}</span></td></tr>`
  })
  return `<table><tbody>${rows.join('')}</tbody></table>`
}

/** Texts of the page, `{name}` filled in; a text that is missing shows its key. */
function catalogue(): Say {
  const texts = JSON.parse(
    readFileSync(join(HOME, 'content', 'detect', 'en.json'), 'utf8'),
  ) as Record<string, string>
  return (key, values = {}) =>
    (texts[key] ?? `[${key}]`).replace(/\{(\w+)\}/g, (whole, name: string) =>
      String(values[name] ?? whole),
    )
}

/** The project's tokens, cascade layers taken off so that they hold here. */
function tokens(): string {
  const file = join(HOME, 'site', 'styles', 'tokens.css')
  return existsSync(file) ? readFileSync(file, 'utf8').replace(/@layer[^;]*;/g, '') : ''
}

const FONTS = [
  ['Bricolage Grotesque Variable', 'bricolage-grotesque', '200 800'],
  ['Atkinson Hyperlegible Next Variable', 'atkinson-hyperlegible-next', '200 800'],
  ['JetBrains Mono Variable', 'jetbrains-mono', '100 800'],
] as const

/** The project's fonts inside the page; without them the page falls back to the reader's own. */
function fonts(): string {
  return FONTS.map(([family, folder, weight]) => {
    const file = join(
      HOME,
      'node_modules',
      '@fontsource-variable',
      folder,
      'files',
      `${folder}-latin-wght-normal.woff2`,
    )
    if (!existsSync(file)) return ''
    const data = readFileSync(file).toString('base64')
    return `@font-face{font-family:"${family}";font-weight:${weight};src:url(data:font/woff2;base64,${data}) format("woff2")}`
  }).join('')
}
