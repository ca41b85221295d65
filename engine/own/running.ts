import type { Finding } from '../alert/finding.ts'
import type { Json } from '../event/json.ts'
import type { Telemetry } from '../event/telemetry.ts'
import type { CompiledDraft } from './draft.ts'
import { MATCHES_MAX, ROWS_A_SECOND, ROWS_AT_ONCE } from './limits.ts'

/** Why a detection of one's own no longer runs. */
export type Stopped = 'too-many-alerts' | 'too-many-matches' | 'too-much-work'

type Ready = Extract<CompiledDraft, { readonly ok: true }>
interface Saved {
  readonly since: number | null
  readonly matches: number
  readonly detector: Json
}

/** Longest texts of what it says; what it takes from telemetry may be longer. */
const TITLE_MAX = 300
const ENTITY_MAX = 200
const ENTITIES_MAX = 24

/**
 * One detection of one's own at work. What it says is a function of its text and the events it saw
 * alone; what it costs is counted in events and rows, never in seconds of a machine.
 */
export class RunningDraft {
  readonly kind: Ready['kind']
  readonly title: string
  stopped: Stopped | null = null
  readonly #draft: Ready
  readonly #name: string
  #since: number | null = null
  #matches = 0

  constructor(name: string, draft: Ready) {
    this.#name = name
    this.#draft = draft
    this.kind = draft.kind
    this.title = draft.title
  }

  /** What the event completes; nothing once it has stopped. */
  see(event: Telemetry): Finding[] {
    return this.stopped === null ? this.#told(this.#draft.detector.see(event), event.time) : []
  }

  /** What time alone completes. */
  tick(now: number): Finding[] {
    return this.stopped === null ? this.#told(this.#draft.detector.tick(now), now) : []
  }

  /** Takes up what the formulas that ship know of the day: facts that later ones refer to. */
  takeUp(background: Json): void {
    const own = this.#draft.detector.save() as Record<string, Json>
    const { clock, facts } = background as Record<string, Json>
    this.#draft.detector.restore({ ...own, clock: clock ?? 0, facts: facts ?? null })
  }

  save(): Json {
    return { since: this.#since, matches: this.#matches, detector: this.#draft.detector.save() }
  }

  restore(saved: Json): void {
    const { since, matches, detector } = saved as unknown as Saved
    this.#since = since
    this.#matches = matches
    this.#draft.detector.restore(detector)
  }

  #told(findings: readonly Finding[], now: number): Finding[] {
    this.#since ??= now
    if (this.kind === 'mfotl') this.#count(findings.length, now - this.#since)
    return findings.map((finding) => this.#signed(finding))
  }

  #count(found: number, passedMs: number): void {
    this.#matches += found
    if (this.#matches > MATCHES_MAX) this.stopped = 'too-many-matches'
    const rows = ROWS_AT_ONCE + ROWS_A_SECOND * Math.floor(passedMs / 1000)
    if (this.#draft.rows() > rows || this.#draft.stopped() !== null) this.stopped = 'too-much-work'
  }

  #signed(finding: Finding): Finding {
    return {
      ...finding,
      detector: `${this.#name}:${cut(finding.detector, ENTITY_MAX)}`,
      title: cut(finding.title, TITLE_MAX),
      lead: finding.lead.slice(0, ENTITIES_MAX).map((each) => cut(each, ENTITY_MAX)),
      entities: finding.entities.slice(0, ENTITIES_MAX).map((each) => cut(each, ENTITY_MAX)),
    }
  }
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`
}
