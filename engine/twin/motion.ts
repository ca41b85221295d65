import type { Detector, Finding } from '../alert/finding.ts'
import type { Json } from '../event/json.ts'
import { StopWatch } from '../event/stops.ts'
import type { Telemetry } from '../event/telemetry.ts'
import { isEpcis } from '../event/telemetry.ts'
import { VanDevices } from '../event/van-reading.ts'
import type { TwinPlan } from './plan.ts'
import type { Fix, Residual } from './residuals.ts'
import { Geometry, RESIDUALS } from './residuals.ts'
import { withVanNames } from './van-name.ts'

/** Forgotten at each fix: an alert needs evidence that comes faster than this. */
export const DECAY_PER_FIX = 0.25
/**
 * Cumulated evidence that is an alert: three fixes that are impossible by 200 m, or five by 140 m.
 */
export const ALERT_AT = 6
/**
 * Evidence never counts beyond this, so that an innocent van is clear again 20 minutes after a
 * spoof ended.
 */
export const EVIDENCE_TOP = 30
/** Where the evidence stands, told again at most this often. */
export const TELL_EVERY_MS = 60_000
/** Fixes that are kept for comparison: about 15 minutes of driving. */
export const FIXES_MAX = 90
/** A scan at a door counts as evidence if the latest fix is not older. */
export const SCAN_FIX_AGE_MAX_MS = 90_000
const UIDS_MAX = 16

interface VanState {
  readonly fixes: Fix[]
  evidence: number
  readonly weights: Record<Residual, number>
  uids: string[]
  told: number
  /** Of the serving mast: only the strongest reading of a fading slot counts. */
  mastSlot: number
  mastWeight: number
}

/**
 * Kind P, attack D1: could this van have been where its tracker says? Residuals of the reported
 * fixes against odometer, serving mast, roads, planned stops and scans are cumulated per van (a
 * one-sided CUSUM with drift DECAY_PER_FIX and threshold ALERT_AT). False-alert budget: each
 * tolerance is beyond four sigmas of a poor fix between walls, so that three vans of 2,900 fixes a
 * day exceed one by chance less than once in ten days, and one exceedance alone is no alert.
 * Bounded by the plan's vans and FIXES_MAX. Source: Page, Biometrika 41, 1954.
 */
export function createMotionCheck(plan: TwinPlan): Detector {
  return new MotionCheck(plan)
}

class MotionCheck implements Detector {
  readonly name = 'van-motion'
  readonly #geometry: Geometry
  readonly #devices: VanDevices
  readonly #stops: StopWatch
  readonly #vans = new Map<string, VanState>()
  readonly #plan: TwinPlan

  constructor(plan: TwinPlan) {
    this.#plan = plan
    this.#geometry = new Geometry(plan)
    this.#devices = new VanDevices(plan)
    this.#stops = new StopWatch(plan)
    for (const { id } of plan.vans) this.#vans.set(id, freshVan())
  }

  see(event: Telemetry): Finding[] {
    this.#stops.see(event)
    if (!isEpcis(event.body)) return []
    const findings: Finding[] = []
    for (const reading of this.#devices.read(event.body)) {
      const van = this.#vans.get(reading.van)
      const { x, y, odometer, cell } = reading
      if (van === undefined || x === undefined || y === undefined || odometer === undefined)
        continue
      const fix = { time: event.time, x, y, odometer }
      if (this.#weigh(van, fix, cell, event.uid))
        findings.push(this.#tell(reading.van, van, event.time))
    }
    for (const { van: id, open, atStop } of this.#stops.doors(event)) {
      const van = this.#vans.get(id)
      if (van === undefined || !open || atStop) continue
      this.#add(van, 'door-away-from-stop', RESIDUALS['door-away-from-stop'].most, event.uid)
      if (this.#due(van, event.time)) findings.push(this.#tell(id, van, event.time))
    }
    findings.push(...this.#scan(event))
    return findings
  }

  tick(): Finding[] {
    return []
  }

  save(): Json {
    return {
      stops: this.#stops.save(),
      vans: [...this.#vans].map(([id, van]) => ({
        id,
        van: structuredClone(van) as unknown as Json,
      })),
    }
  }

  restore(saved: Json): void {
    const from = structuredClone(saved) as unknown as {
      stops: Json
      vans: { id: string; van: VanState }[]
    }
    this.#stops.restore(from.stops)
    for (const { id, van } of from.vans) this.#vans.set(id, van)
  }

  /** Adds one fix's evidence; true if the van should be told of. */
  #weigh(van: VanState, fix: Fix, cell: string | undefined, uid: string): boolean {
    const last = van.fixes.at(-1)
    const frozen = last !== undefined && last.x === fix.x && last.y === fix.y
    van.evidence = Math.max(0, van.evidence - DECAY_PER_FIX)
    for (const name of Object.keys(van.weights) as Residual[]) {
      van.weights[name] = Math.max(0, van.weights[name] - DECAY_PER_FIX / 2)
    }
    if (frozen) return false
    this.#add(van, 'further-than-driven', this.#geometry.furtherThanDriven(van.fixes, fix), uid)
    van.fixes.push(fix)
    if (van.fixes.length > FIXES_MAX) van.fixes.shift()
    this.#add(van, 'driven-while-standing', this.#geometry.drivenWhileStanding(van.fixes), uid)
    this.#add(van, 'off-road', this.#geometry.offRoad(fix), uid)
    if (cell !== undefined) this.#addMast(van, fix, cell, uid)
    return this.#due(van, fix.time)
  }

  #addMast(van: VanState, fix: Fix, cell: string, uid: string): void {
    const slot = this.#geometry.fadingSlot(fix.time)
    if (slot !== van.mastSlot) {
      van.mastSlot = slot
      van.mastWeight = 0
    }
    const weight = this.#geometry.wrongMast(fix, cell)
    if (weight <= van.mastWeight) return
    this.#add(van, 'wrong-mast', weight - van.mastWeight, uid)
    van.mastWeight = weight
  }

  /** A parcel handed over at a door, by the driver's scanner, far from where the van says it is. */
  #scan(event: Telemetry): Finding[] {
    const { body } = event
    if (!isEpcis(body) || body.bizStep !== 'delivering' || body.parentID === undefined) return []
    const van = this.#vans.get(body.parentID)
    const fix = van?.fixes.at(-1)
    if (van === undefined || fix === undefined || event.time - fix.time > SCAN_FIX_AGE_MAX_MS)
      return []
    this.#add(
      van,
      'scan-elsewhere',
      this.#geometry.scanElsewhere(fix, body.readPoint.id, event.time),
      event.uid,
    )
    return this.#due(van, event.time) ? [this.#tell(body.parentID, van, event.time)] : []
  }

  #add(van: VanState, residual: Residual, weight: number, uid: string): void {
    if (weight <= 0) return
    van.evidence = Math.min(EVIDENCE_TOP, van.evidence + weight)
    van.weights[residual] = Math.min(EVIDENCE_TOP, van.weights[residual] + weight)
    if (van.uids.at(-1) !== uid) van.uids = [...van.uids.slice(1 - UIDS_MAX), uid]
  }

  #due(van: VanState, now: number): boolean {
    return van.evidence >= ALERT_AT && now - van.told >= TELL_EVERY_MS
  }

  #tell(id: string, van: VanState, now: number): Finding {
    van.told = now
    const total = Object.values(van.weights).reduce((sum, weight) => sum + weight, 0)
    const strongest = (Object.keys(van.weights) as Residual[])
      .filter((name) => van.weights[name] > 0)
      .sort((a, b) => van.weights[b] - van.weights[a])
    const first = strongest[0] ?? 'further-than-driven'
    return {
      time: now,
      kind: 'P',
      detector: 'van-motion',
      family: 'delivery',
      severity: strongest.length > 1 ? 5 : 4,
      title: `${withVanNames(id, this.#plan)}: ${RESIDUALS[first].title}`,
      lead: [id],
      entities: [id],
      evidence: van.uids,
      score: Math.min(0.99, 1 - ALERT_AT / (4 * van.evidence)),
      attack: 'D1',
      contributions: strongest.map((feature) => ({
        feature,
        weight: van.weights[feature] / total,
      })),
    }
  }
}

function freshVan(): VanState {
  return {
    fixes: [],
    evidence: 0,
    uids: [],
    told: -TELL_EVERY_MS,
    mastSlot: -1,
    mastWeight: 0,
    weights: {
      'further-than-driven': 0,
      'driven-while-standing': 0,
      'wrong-mast': 0,
      'off-road': 0,
      'door-away-from-stop': 0,
      'scan-elsewhere': 0,
    },
  }
}
