import type { Json } from '../event/json.ts'
import type { Alert, EntityRef, Incident, ReasoningKind } from './alert.ts'
import { EVIDENCE_MAX } from './finding.ts'
import type { Finding } from './finding.ts'
import { riskOf } from './risk.ts'

/**
 * An incident closes after this long without an alert, repeated ones included. THREATS.md "What
 * counts".
 */
export const QUIET_MS = 30 * 60_000
/**
 * The same detector on the same lead entities says nothing new within this time, unless it is more
 * severe.
 */
export const REPEAT_MS = 5 * 60_000
/**
 * Alerts worth less together than this wait for company; a Sigma rule of level medium just opens an
 * incident.
 */
export const OPENING_RISK = 0.4
/** The open incident with the oldest alert closes early when there are more. */
export const OPEN_MAX = 256
/** Closed incidents beyond this are forgotten, oldest first. */
export const KEPT_MAX = 1024
/** Alerts that wait, and repetitions remembered; the oldest are forgotten beyond. */
export const WAITING_MAX = 512
export const REPEATS_MAX = 4096
/** Lead entities and entities of an incident; later ones are left out. */
export const LEAD_MAX = 24
export const ENTITIES_MAX = 64
/** Newest alerts kept in an incident. */
export const ALERTS_MAX = 64

interface Open {
  incident: Incident
  worth: Map<ReasoningKind, Alert>
  lead: Set<EntityRef>
}

/**
 * Joins alerts of one family that share a lead entity into incidents, and drops repetitions. Alerts
 * must arrive in time order. Two attacks on different entities never join, whatever their times.
 */
export class Incidents {
  #open: Open[] = []
  #closed: Incident[] = []
  #waiting: Alert[] = []
  #repeats = new Map<string, { time: number; severity: number }>()
  #changed = new Set<string>()
  #alerts = 0
  #count = 0
  readonly #prefix: string

  /** Ids of alerts and incidents begin with `prefix`. */
  constructor(prefix = '') {
    this.#prefix = prefix
  }

  /**
   * The alert with its id, or null where it only repeats one; a repetition still keeps its incident
   * open.
   */
  add(finding: Finding): Alert | null {
    this.expire(finding.time)
    const lead = [...new Set(finding.lead)].slice(0, LEAD_MAX)
    const home = this.#homeOf(finding.family, lead)
    if (this.#repeated(finding, lead)) {
      if (home !== null) home.incident = { ...home.incident, lastAlert: finding.time }
      return null
    }
    const id = `${this.#prefix}a-${this.#alerts}`
    this.#alerts += 1
    const alert: Alert = { ...finding, id, lead, evidence: finding.evidence.slice(-EVIDENCE_MAX) }
    if (home !== null) this.#join(home, [...this.#takeWaiting(finding.family, home.lead), alert])
    else this.#wait(alert)
    return alert
  }

  /** Closes what has been quiet for QUIET_MS at `now`. */
  expire(now: number): void {
    this.#waiting = this.#waiting.filter((alert) => now - alert.time < QUIET_MS)
    if (this.#open.every((each) => now - each.incident.lastAlert < QUIET_MS)) return
    const still: Open[] = []
    for (const each of this.#open) {
      if (now - each.incident.lastAlert < QUIET_MS) still.push(each)
      else this.#close(each, each.incident.lastAlert + QUIET_MS)
    }
    this.#open = still
  }

  /** Incidents that are new or changed since the last call, oldest first. */
  changes(): Incident[] {
    if (this.#changed.size === 0) return []
    const changed = this.all().filter((each) => this.#changed.has(each.id))
    this.#changed.clear()
    return changed
  }

  /** All that are remembered, open or closed, by order of opening. */
  all(): Incident[] {
    const all = [...this.#closed, ...this.#open.map((each) => each.incident)]
    return all.sort((a, b) => ordinalOf(a) - ordinalOf(b))
  }

  save(): Json {
    return JSON.parse(
      JSON.stringify({
        open: this.#open.map(({ incident, worth }) => ({ incident, worth: [...worth.values()] })),
        closed: this.#closed,
        waiting: this.#waiting,
        repeats: [...this.#repeats],
        changed: [...this.#changed],
        alerts: this.#alerts,
        count: this.#count,
      }),
    ) as Json
  }

  restore(saved: Json): void {
    const from = structuredClone(saved) as unknown as Saved
    this.#open = from.open.map(({ incident, worth }) => {
      return {
        incident,
        worth: new Map(worth.map((alert) => [alert.kind, alert])),
        lead: new Set(incident.lead),
      }
    })
    this.#closed = from.closed
    this.#waiting = from.waiting
    this.#repeats = new Map(from.repeats)
    this.#changed = new Set(from.changed)
    this.#alerts = from.alerts
    this.#count = from.count
  }

  #repeated(finding: Finding, lead: readonly EntityRef[]): boolean {
    const key = `${finding.detector} ${finding.family} ${[...lead].sort().join(' ')}`
    const last = this.#repeats.get(key)
    if (
      last !== undefined &&
      finding.time - last.time < REPEAT_MS &&
      finding.severity <= last.severity
    )
      return true
    this.#repeats.delete(key)
    this.#repeats.set(key, { time: finding.time, severity: finding.severity })
    if (this.#repeats.size > REPEATS_MAX)
      this.#repeats.delete(this.#repeats.keys().next().value as string)
    return false
  }

  /** The open incident that shares most lead entities, the oldest of equals. */
  #homeOf(family: Alert['family'], lead: readonly EntityRef[]): Open | null {
    let best: Open | null = null
    let most = 0
    for (const each of this.#open) {
      if (each.incident.family !== family) continue
      const shared = lead.filter((ref) => each.lead.has(ref)).length
      if (shared > most) [best, most] = [each, shared]
    }
    return best
  }

  #takeWaiting(family: Alert['family'], lead: ReadonlySet<EntityRef>): Alert[] {
    const fits = (alert: Alert): boolean =>
      alert.family === family && alert.lead.some((ref) => lead.has(ref))
    const taken = this.#waiting.filter(fits)
    if (taken.length > 0) this.#waiting = this.#waiting.filter((alert) => !fits(alert))
    return taken
  }

  #wait(alert: Alert): void {
    const lead = new Set(alert.lead)
    const company = this.#waiting.filter(
      (w) => w.family === alert.family && w.lead.some((ref) => lead.has(ref)),
    )
    if (riskOf([...company, alert]) >= OPENING_RISK) {
      this.#waiting = this.#waiting.filter((each) => !company.includes(each))
      this.#begin([...company, alert])
      return
    }
    this.#waiting.push(alert)
    if (this.#waiting.length > WAITING_MAX) this.#waiting.shift()
  }

  #begin(alerts: readonly Alert[]): void {
    if (this.#open.length >= OPEN_MAX) this.#closeOldest()
    const last = alerts.at(-1) as Alert
    const incident: Incident = {
      id: `${this.#prefix}i-${this.#count}`,
      family: last.family,
      lead: [],
      entities: [],
      severity: 1,
      kinds: [],
      title: '',
      opened: last.time,
      closed: null,
      lastAlert: last.time,
      alerts: [],
      attack: null,
      risk: 0,
    }
    this.#count += 1
    const open: Open = { incident, worth: new Map(), lead: new Set() }
    this.#open.push(open)
    this.#join(open, alerts)
  }

  #join(open: Open, alerts: readonly Alert[]): void {
    for (const alert of alerts) {
      const before = open.worth.get(alert.kind)
      if (before === undefined || riskOf([alert]) > riskOf([before]))
        open.worth.set(alert.kind, alert)
      for (const ref of alert.lead) if (open.lead.size < LEAD_MAX) open.lead.add(ref)
    }
    const { incident } = open
    const kept = [...incident.alerts, ...alerts].slice(-ALERTS_MAX)
    const worth = [...open.worth.values()]
    const top = worth.reduce((best, alert) => (outranks(alert, best) ? alert : best))
    const named = worth.filter((alert) => alert.attack !== undefined)
    const attack =
      named.length === 0 ? null : named.reduce((best, a) => (outranks(a, best) ? a : best)).attack
    const entities = new Set([
      ...incident.entities,
      ...alerts.flatMap((alert) => [...alert.lead, ...alert.entities]),
    ])
    open.incident = {
      ...incident,
      lead: [...open.lead],
      entities: [...entities].slice(0, ENTITIES_MAX),
      severity: top.severity,
      kinds: (['R', 'T', 'M', 'P', 'I'] as const).filter((kind) => open.worth.has(kind)),
      title: top.title,
      lastAlert: Math.max(incident.lastAlert, (alerts.at(-1) as Alert).time),
      alerts: kept,
      attack: attack ?? null,
      risk: riskOf(worth),
    }
    this.#changed.add(incident.id)
  }

  #closeOldest(): void {
    let oldest = 0
    for (const [index, each] of this.#open.entries()) {
      if (each.incident.lastAlert < (this.#open[oldest] as Open).incident.lastAlert) oldest = index
    }
    const [each] = this.#open.splice(oldest, 1)
    if (each !== undefined) this.#close(each, each.incident.lastAlert)
  }

  #close(open: Open, at: number): void {
    this.#closed.push({ ...open.incident, closed: at })
    this.#changed.add(open.incident.id)
    if (this.#closed.length <= KEPT_MAX) return
    const gone = this.#closed.shift()
    if (gone !== undefined) this.#changed.delete(gone.id)
  }
}

interface Saved {
  open: { incident: Incident; worth: Alert[] }[]
  closed: Incident[]
  waiting: Alert[]
  repeats: [string, { time: number; severity: number }][]
  changed: string[]
  alerts: number
  count: number
}

function ordinalOf(incident: Incident): number {
  return Number(incident.id.slice(incident.id.lastIndexOf('-') + 1))
}

/** More severe, or as severe and surer; the earlier of equals stays. */
function outranks(a: Alert, b: Alert): boolean {
  return a.severity > b.severity || (a.severity === b.severity && riskOf([a]) > riskOf([b]))
}
