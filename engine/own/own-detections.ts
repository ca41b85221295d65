import type { Alert, Incident } from '../alert/alert.ts'
import { Incidents } from '../alert/correlate.ts'
import type { Finding } from '../alert/finding.ts'
import type { Json } from '../event/json.ts'
import type { Telemetry } from '../event/telemetry.ts'
import { compileDraft, type DraftContext, type DraftMistake } from './draft.ts'
import { ALERTS_MAX, OWN_RUNNING_MAX } from './limits.ts'
import { RunningDraft, type Stopped } from './running.ts'

/** A text that runs under a name that its writer's side knows, such as `own-1`. */
export interface OwnDetection {
  readonly id: string
  readonly text: string
}

/** How it fares since it was switched on. */
export interface OwnState {
  readonly id: string
  readonly alerts: number
  readonly lastAlert: number | null
  readonly stopped: Stopped | null
}

/** Ids of alerts and incidents of one's own begin so; no other has it. */
export const OWN = 'own-'

interface Entry extends OwnDetection {
  readonly running: RunningDraft
  alerts: number
  lastAlert: number | null
}

interface Saved {
  readonly incidents: Json
  readonly entries: readonly (OwnDetection & {
    readonly alerts: number
    readonly lastAlert: number | null
    readonly stopped: Stopped | null
    readonly state: Json
  })[]
}

/**
 * The detections that a team wrote, apart from those that ship: each in a set of its own, with
 * incidents of their own, so that whatever somebody writes neither silences, feeds nor renames
 * anything else. At most 12; each stops at 300 alerts and at what engine/own/limits.ts says.
 */
export class OwnDetections {
  readonly #context: DraftContext
  readonly #incidents = new Incidents(OWN)
  #entries: readonly Entry[] = []

  constructor(context: DraftContext) {
    this.#context = context
  }

  /**
   * From now on these run. What is the same as before, id and text, goes on with its state; what is
   * new starts empty, and takes up what `background` of the formulas that ship knows, where it is
   * given. Returns the mistakes of texts that cannot run; then nothing is changed.
   */
  replace(
    list: readonly OwnDetection[],
    background: (() => Json) | null,
  ): readonly (DraftMistake & { readonly id: string })[] {
    if (list.length > OWN_RUNNING_MAX) throw new RangeError(`more than ${OWN_RUNNING_MAX} at once`)
    const mistakes: (DraftMistake & { id: string })[] = []
    const entries = list.flatMap(({ id, text }): Entry[] => {
      const known = this.#entries.find((each) => each.id === id && each.text === text)
      if (known !== undefined) return [known]
      const draft = compileDraft(text, this.#context)
      if (!draft.ok) {
        mistakes.push(...draft.mistakes.map((each) => ({ ...each, id })))
        return []
      }
      const running = new RunningDraft(id, draft)
      if (background !== null && running.kind === 'mfotl') running.takeUp(background())
      return [{ id, text, running, alerts: 0, lastAlert: null }]
    })
    if (mistakes.length === 0) this.#entries = entries
    return mistakes
  }

  /** The alerts that an event completes; `clock` is the engine's. */
  see(event: Telemetry, clock: number): Alert[] {
    return this.#entries.flatMap((entry) => this.#raise(entry, entry.running.see(event), clock))
  }

  /** What time alone completes, and the incidents that are new or changed since the last call. */
  tick(now: number): { readonly alerts: Alert[]; readonly incidents: Incident[] } {
    const alerts = this.#entries.flatMap((entry) => {
      return this.#raise(entry, entry.running.tick(now), now)
    })
    this.#incidents.expire(now)
    return { alerts, incidents: this.#incidents.changes() }
  }

  incidents(): readonly Incident[] {
    return this.#incidents.all()
  }

  states(): readonly OwnState[] {
    return this.#entries.map(({ id, alerts, lastAlert, running }) => ({
      id,
      alerts,
      lastAlert,
      stopped: running.stopped,
    }))
  }

  /** Null where nothing was ever switched on. */
  save(): Json {
    if (this.#entries.length === 0 && this.#incidents.all().length === 0) return null
    const entries = this.#entries.map(({ id, text, alerts, lastAlert, running }) => {
      return { id, text, alerts, lastAlert, stopped: running.stopped, state: running.save() }
    })
    return { incidents: this.#incidents.save(), entries }
  }

  restore(saved: Json): void {
    if (saved === null) return
    const { incidents, entries } = saved as unknown as Saved
    this.#incidents.restore(incidents)
    this.#entries = entries.map(({ id, text, alerts, lastAlert, stopped, state }) => {
      const draft = compileDraft(text, this.#context)
      if (!draft.ok) throw new Error(`a saved detection is no longer understood: ${id}`)
      const running = new RunningDraft(id, draft)
      running.restore(state)
      running.stopped = stopped
      return { id, text, running, alerts, lastAlert }
    })
  }

  #raise(entry: Entry, findings: readonly Finding[], clock: number): Alert[] {
    if (findings.length === 0) return []
    const alerts = findings.flatMap(
      (finding) => this.#incidents.add({ ...finding, time: clock }) ?? [],
    )
    if (alerts.length === 0) return alerts
    entry.alerts += alerts.length
    entry.lastAlert = clock
    if (entry.alerts >= ALERTS_MAX) entry.running.stopped ??= 'too-many-alerts'
    return alerts
  }
}
