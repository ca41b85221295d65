import type { Incident } from '../../../engine/alert/alert.ts'
import { QUIET_MS } from '../../../engine/alert/correlate.ts'
import type { RequestScorer, RequestVerdict } from '../../../engine/anomaly/request-scorer.ts'
import { requestOf } from '../../../engine/anomaly/request-parts.ts'
import type { Engine } from '../../../engine/engine.ts'
import type { Telemetry } from '../../../engine/event/telemetry.ts'
import type { SuppressionState } from '../../../engine/sigma/suppression.ts'
import { isEpcis } from '../../../engine/event/telemetry.ts'
import { Watermark } from '../../../engine/stream/watermark.ts'
import { LINE_MAX } from './detect-line.ts'
import type { LineReader } from './detect-line.ts'
import { createLineRules } from './detect-line-rules.ts'
import type { LineRules } from './detect-line-rules.ts'
import type { Written } from './detect-written.ts'

const TICK_MS = 60_000
/** Newest lines kept with their text, so that an incident can show what it rests on. */
const RECENT_MAX = 20_000
/** Suspicious lines remembered per address, and addresses; the oldest are forgotten beyond. */
const LINES_MAX = 200
const ADDRESSES_MAX = 5_000

export interface LineRef {
  readonly file: string
  readonly line: number
  readonly text: string
  readonly time: number
}

export interface LineScore {
  readonly line: number
  readonly score: number
  readonly flagged: boolean
  readonly reasons: readonly string[]
}
export type LineResult = LineScore | { readonly line: number; readonly error: string }

/** An incident with the lines it rests on, in order. */
export interface FoundIncident {
  readonly incident: Incident
  readonly lines: readonly LineRef[]
}

/**
 * One engine over one log. Lines out of order count as of the newest time seen, and are counted. Bounded: RECENT_MAX
 * lines, ADDRESSES_MAX addresses of LINES_MAX lines.
 */
export class DetectRun {
  readonly #engine: Engine
  readonly #scorer: RequestScorer | null
  #rules: LineRules
  readonly #read: LineReader
  readonly #watermark = new Watermark()
  readonly #recent = new Map<string, LineRef>()
  readonly #suspicious = new Map<string, LineRef[]>()
  readonly #found = new Map<string, { incident: Incident; lines: Map<string, LineRef> }>()
  readonly #changed = new Set<string>()
  #nextTick = Number.NEGATIVE_INFINITY
  lines = 0
  broken = 0
  flagged = 0
  /** Time of the earliest line. */
  from = Number.POSITIVE_INFINITY

  constructor(engine: Engine, scorer: RequestScorer | null, rules: LineRules, read: LineReader) {
    this.#engine = engine
    this.#scorer = scorer
    this.#rules = rules
    this.#read = read
  }

  get late(): number {
    return this.#watermark.late
  }
  get lateByMaxMs(): number {
    return this.#watermark.lateByMaxMs
  }
  get time(): number {
    return this.#watermark.time
  }

  /** Takes the next line; a broken one is answered with its error and changes nothing. */
  take(file: string, number: number, text: string): LineResult {
    this.lines += 1
    if (text.trim() === '') return this.#refuse(number, 'empty line')
    if (text.length > LINE_MAX) return this.#refuse(number, `longer than ${LINE_MAX} characters`)
    const read = this.#read(text, `${file}:${number}`)
    if (!read.ok) return this.#refuse(number, read.error)
    let best: LineScore = { line: number, score: 0, flagged: false, reasons: [] }
    for (const raw of read.events) {
      const ref = { file, line: number, text, time: raw.time }
      this.from = Math.min(this.from, raw.time)
      this.#remember(raw.uid, ref)
      const verdict = this.#score(raw, read.headers)
      const ruled = this.#rules.match(raw)
      this.#suspect(raw, ref, verdict?.flagged === true || ruled.length > 0)
      this.#step(raw)
      const score = scoreOf(number, verdict, ruled)
      if (score.score >= best.score) best = score
    }
    if (best.flagged) this.flagged += 1
    return best
  }

  /** Takes up other rules and formulas between two lines; throws EngineError, and nothing changes. */
  reload(files: Written): void {
    this.#engine.reload(files)
    this.#rules = createLineRules(files.rules)
  }

  suppressions(): readonly SuppressionState[] {
    return this.#engine.suppressions()
  }

  /** A line that was taken lately, with its text. */
  lineOf(file: string, line: number): LineRef | null {
    return this.#recent.get(`${file}:${line}`) ?? null
  }

  /** Lets time pass after the last line, so that what is open closes; in a log that goes on, do not. */
  end(): void {
    if (this.#watermark.time === Number.NEGATIVE_INFINITY) return
    this.#tick(this.#watermark.time + QUIET_MS)
  }

  /** Those that are new or changed since the last call. */
  changes(): FoundIncident[] {
    const found = [...this.#changed].flatMap((id) => this.#foundOf(id))
    this.#changed.clear()
    return found
  }

  /** All of them, by order of opening. */
  incidents(): FoundIncident[] {
    return [...this.#found.keys()].flatMap((id) => this.#foundOf(id))
  }

  #foundOf(id: string): FoundIncident[] {
    const each = this.#found.get(id)
    if (each === undefined) return []
    const lines = [...each.lines.values()].sort((a, b) => a.time - b.time || a.line - b.line)
    return [{ incident: each.incident, lines }]
  }

  #refuse(line: number, error: string): LineResult {
    this.broken += 1
    return { line, error }
  }

  #remember(uid: string, ref: LineRef): void {
    this.#recent.set(uid, ref)
    if (this.#recent.size > RECENT_MAX)
      this.#recent.delete(this.#recent.keys().next().value as string)
  }

  #score(
    event: Telemetry,
    headers: Readonly<Record<string, string>> | undefined,
  ): RequestVerdict | null {
    const { body } = event
    if (this.#scorer === null || isEpcis(body) || body.class_uid !== 4002) return null
    return this.#scorer.judge(requestOf(body, headers))
  }

  #step(raw: Telemetry): void {
    const time = this.#watermark.advance(raw.time)
    if (time >= this.#nextTick) {
      if (Number.isFinite(this.#nextTick)) this.#tick(time)
      this.#nextTick = (Math.floor(time / TICK_MS) + 1) * TICK_MS
    }
    if (this.#engine.step(time === raw.time ? raw : at(raw, time)).length > 0) this.#tick(time)
  }

  #tick(now: number): void {
    for (const incident of this.#engine.tick(now).incidents) {
      const known = this.#found.get(incident.id) ?? { incident, lines: new Map<string, LineRef>() }
      known.incident = incident
      this.#addLines(incident, known.lines)
      this.#found.set(incident.id, known)
      this.#changed.add(incident.id)
    }
  }

  /** Evidence, and what the accused addresses did beside it that was refused or strange. */
  #addLines(incident: Incident, lines: Map<string, LineRef>): void {
    for (const uid of incident.alerts.flatMap((alert) => alert.evidence)) {
      const ref = this.#recent.get(uid)
      if (ref !== undefined) lines.set(uid, ref)
    }
    for (const lead of incident.lead) {
      for (const ref of this.#suspicious.get(lead) ?? []) {
        if (ref.time < incident.opened - QUIET_MS || lines.size >= LINES_MAX) continue
        lines.set(`${ref.file}:${ref.line}`, ref)
      }
    }
  }

  #suspect(event: Telemetry, ref: LineRef, strange: boolean): void {
    const { body } = event
    if (isEpcis(body) || body.class_uid !== 4002) return
    const { code } = body.http_response
    if (!strange && !(code >= 400 && code < 500)) return
    const key = `ip:${body.src_endpoint.ip}`
    const known = this.#suspicious.get(key) ?? []
    this.#suspicious.delete(key)
    this.#suspicious.set(key, [...known, ref].slice(-LINES_MAX))
    if (this.#suspicious.size > ADDRESSES_MAX)
      this.#suspicious.delete(this.#suspicious.keys().next().value as string)
  }
}

function at(event: Telemetry, time: number): Telemetry {
  return isEpcis(event.body)
    ? { ...event, time }
    : { ...event, time, body: { ...event.body, time } }
}

/** What a rule says of a single line counts as well as the learned score. */
function scoreOf(
  line: number,
  verdict: RequestVerdict | null,
  ruled: ReturnType<LineRules['match']>,
): LineScore {
  const worth = ruled.length === 0 ? 0 : ruled.some(({ severe }) => severe) ? 0.9 : 0.6
  const reasons = [...(verdict?.reasons ?? []), ...ruled.map(({ title }) => `rule: ${title}`)]
  const score = Math.max(verdict?.score ?? 0, worth)
  return {
    line,
    score: Math.round(score * 1e4) / 1e4,
    flagged: verdict?.flagged === true || worth > 0,
    reasons,
  }
}
