import { isEpcis, type Telemetry } from '../../../engine/event/telemetry.ts'
import { OWN } from '../../../engine/own/own-detections.ts'
import type { DefenderIncident, DefenderView } from '../../protocol/view.ts'
import { costOf, targetOf } from '../../respond/cost.ts'
import { planResponse } from '../../respond/playbook.ts'
import type { Page } from '../../world/types-shop.ts'
import { detectionsOf, raisedBy } from '../own-detections.ts'
import { checksOf } from '../recovery.ts'
import type { RunState, Seat } from '../state.ts'
import { totals } from '../score.ts'
import { bookView } from './book.ts'
import { commonOf, mapOf } from './common.ts'
import { publicMeters, unknownThefts } from './screen.ts'

const PARCELS_MAX = 60
const INCIDENTS_MAX = 30
/** Those of the team's own detections have a share of their own, so that they push no other out. */
const OWN_INCIDENTS_MAX = 15

/**
 * Defenders see what telemetry, engine and their own decisions tell; never a cause, a run, or the
 * other side’s points.
 */
export function defenderView(state: RunState, seat: Seat): DefenderView {
  const world = state.town.world()
  const { shop } = world
  const missed = new Set(unknownThefts(state))
  return {
    ...commonOf(state, seat, 'defender'),
    role: 'defender',
    meters: publicMeters(state),
    trends: { lost: state.trends.lost, onTime: state.trends.onTime, trust: state.trends.trust },
    incidents: [
      ...state.incidents.slice(-INCIDENTS_MAX).reverse(),
      ...state.ownIncidents.slice(-OWN_INCIDENTS_MAX).reverse(),
    ]
      .sort((a, b) => b.opened - a.opened)
      .map((incident) => incidentView(state, incident)),
    map: mapOf(state),
    parcels: world.logistics.parcels
      .filter(
        (parcel) =>
          parcel.status === 'docked' || parcel.status === 'loaded' || missed.has(parcel.id),
      )
      .slice(0, PARCELS_MAX)
      .map((parcel) => ({
        parcel: parcel.id,
        status: missed.has(parcel.id) ? 'loaded' : parcel.status,
        where: missed.has(parcel.id)
          ? `van:${state.reported.stolenFrom.get(parcel.id)}`
          : parcel.holder,
        valueMinor: parcel.valueMinor,
        held: parcel.held,
        address: parcel.address,
      })),
    pages: shop.pages.map((page) => pageView(state, page)),
    state: {
      refundsFrozen: shop.refundsFrozen,
      velocityPerMinute: shop.velocityLimit,
      blockedHosts: shop.csp.blocked,
      blockedIps: shop.blockedIps,
      suspended: shop.staff.filter((one) => one.suspended).map((one) => one.account),
      accounts: shop.staff.map((one) => one.account),
      lockedVans: world.logistics.vans.filter((van) => van.locked).map((van) => van.id),
    },
    ...(world.book === undefined ? {} : { book: bookView(state, world.book) }),
    detections: detectionsOf(state),
    decisions: state.decisions.slice(-120).map((decision) => ({
      at: decision.at,
      by: decision.by,
      incident: decision.incident,
      action: decision.action.kind,
      target: targetOf(decision.action),
      effect: decision.effect,
      reason: decision.reason,
    })),
    points: totals(state.score).defenders,
    score: { attackers: 0, defenders: totals(state.score).defenders, shown: false },
    ledger: state.ledger,
  }
}

function incidentView(state: RunState, incident: RunState['incidents'][number]): DefenderIncident {
  const desk = state.desk.get(incident.id)
  const book = incident.attack === null ? undefined : state.playbooks.get(incident.attack)
  const aboard = (van: number): readonly number[] => dearest(state, van)
  const planned = book ? planResponse(book.playbook, incident.lead, incident.entities, aboard) : []
  return {
    ...incident,
    alerts: incident.alerts.slice(-12),
    status: incident.closed !== null && desk?.status === 'new' ? 'closed' : (desk?.status ?? 'new'),
    takenBy: desk?.takenBy ?? null,
    ...(incident.id.startsWith(OWN) ? { own: raisedBy(state, incident.alerts) } : {}),
    playbook: planned.map(({ action, label, recommended }) => ({
      action,
      label,
      params: {},
      ...costOf(action.kind),
      recommended,
      done: wasDone(state, targetOf(action), action.kind),
    })),
    checks: checksOf(state, incident),
  }
}

/** Parcels aboard a van, the dearest first: a manifest the depot has. */
function dearest(state: RunState, van: number): readonly number[] {
  const { parcels, vans } = state.town.world().logistics
  return [...(vans[van]?.cargo ?? [])].sort(
    (a, b) => (parcels[b]?.valueMinor ?? 0) - (parcels[a]?.valueMinor ?? 0) || a - b,
  )
}

function wasDone(state: RunState, target: string, kind: string): boolean {
  return state.decisions.some(
    (decision) =>
      decision.action.kind === kind &&
      targetOf(decision.action) === target &&
      decision.effect !== 'refused' &&
      decision.effect !== 'failed',
  )
}

/**
 * The newest revision the control room has heard of, against the newest signed one; or against the
 * shop's last build, once the monitor has seen a signed one send card numbers away.
 */
function pageView(state: RunState, page: Page): DefenderView['pages'][number] {
  const known = state.reported.pages.get(page.slug) ?? 0
  const leaks = state.reported.leaks.get(page.slug) === known
  const signed =
    page.revisions
      .filter(
        ({ signed, number, via }) => signed && number <= known && !(leaks && via !== 'release'),
      )
      .at(-1) ?? page.revisions[0]!
  const live = page.revisions.find((revision) => revision.number === known) ?? signed
  const before = lines(signed.scripts)
  const after = lines(live.scripts)
  const changed = !sameLines(before, after)
  return {
    page: page.slug,
    live: live.number,
    baseline: signed.number,
    changed,
    diff: changed ? diffLines(before, after) : [],
  }
}

function lines(
  scripts: readonly { readonly src: string; readonly text: string }[],
): readonly string[] {
  return scripts.flatMap((script) =>
    script.src.startsWith('inline:')
      ? ['<script>', ...script.text.split('\n'), '</script>']
      : [
          `<script src="${script.src}"></script>`,
          ...script.text.split('\n').map((line) => `  ${line}`),
        ],
  )
}
function sameLines(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i])
}

/**
 * Line difference by longest common subsequence; at most 400 lines a side are compared, 120 rows
 * shown.
 */
export function diffLines(
  before: readonly string[],
  after: readonly string[],
): readonly { sign: '+' | '-' | ' '; text: string }[] {
  const a = before.slice(0, 400)
  const b = after.slice(0, 400)
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1))
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i]![j] =
        a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!)
    }
  }
  const rows: { sign: '+' | '-' | ' '; text: string }[] = []
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      rows.push({ sign: ' ', text: a[i]! })
      i++
      j++
    } else if (j < b.length && (i >= a.length || table[i]![j + 1]! >= table[i + 1]![j]!)) {
      rows.push({ sign: '+', text: b[j]! })
      j++
    } else {
      rows.push({ sign: '-', text: a[i]! })
      i++
    }
  }
  return aroundChanges(rows)
}
function aroundChanges<T extends { sign: string }>(rows: readonly T[]): readonly T[] {
  const near = rows.map((_, i) =>
    rows.slice(Math.max(0, i - 2), i + 3).some((row) => row.sign !== ' '),
  )
  return rows.filter((_, i) => near[i]).slice(0, 120)
}

/**
 * Bits of telemetry that the control room's wall shows: last fixes, doors, temperatures, page
 * revisions.
 */
export function learn(state: RunState, events: readonly Telemetry[]): void {
  for (const { body, time } of events) {
    if (isEpcis(body)) {
      learnSensor(state, body, time)
      continue
    }
    if (body.class_uid === 99902 && body.book.operation === 'look')
      state.reported.book.set(body.actor.user.uid, { at: time, look: body.book })
    if (body.class_uid !== 6005) continue
    const { page, calls = [] } = body.unmapped
    state.reported.pages.set(page.uid, page.revision)
    if (calls.some((call) => call.canary)) state.reported.leaks.set(page.uid, page.revision)
  }
}
function learnSensor(
  state: RunState,
  body: Extract<RunState['telemetry'][number]['body'], { eventID: string }>,
  time: number,
): void {
  const van = /^van:(\d+)$/.exec(body.readPoint.id)
  if (!van) return
  const id = Number(van[1])
  let x: number | null = null
  let y: number | null = null
  for (const element of body.sensorElementList ?? []) {
    for (const report of element.sensorReport) {
      if (report.type === 'doorstep:x') x = report.value ?? null
      else if (report.type === 'doorstep:y') y = report.value ?? null
      else if (report.type === 'gs1:Temperature')
        state.reported.temperature.set(id, report.value ?? 0)
      else if (report.type === 'doorstep:cell')
        state.reported.masts.set(id, report.stringValue ?? '')
      else if (report.type === 'doorstep:door')
        state.reported.door.set(id, report.booleanValue ?? false)
    }
  }
  if (x !== null && y !== null) state.reported.vans.set(id, { x, y, at: time })
}
