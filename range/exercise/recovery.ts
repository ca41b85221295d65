import type { Incident } from '../../engine/alert/alert.ts'
import { agreesWithWitnesses } from '../world/book-response.ts'
import type { RunState } from './state.ts'

/** Quiet time after which a leak counts as over. */
const QUIET_MS = 120_000
export interface Check {
  readonly check: string
  readonly ok: boolean | null
}

/**
 * Whether an incident is over, checked and not assumed: page equals baseline, nothing reported for
 * two minutes, van and parcels back in custody, account closed. `null`: cannot be known yet.
 */
export function checksOf(state: RunState, incident: Incident): readonly Check[] {
  const responded = state.decisions.filter(
    (decision) => decision.incident === incident.id && decision.doneAt !== null,
  )
  const last = responded.reduce((latest, decision) => Math.max(latest, decision.doneAt ?? 0), 0)
  const quiet: Check = {
    check: 'quiet',
    ok:
      last === 0
        ? null
        : incident.lastAlert > last + 20_000
          ? false
          : state.now - last >= QUIET_MS
            ? true
            : null,
  }
  switch (incident.attack) {
    case 'W1':
      return [...pageChecks(state, incident), quiet]
    case 'P2':
      return [...sourceChecks(state, incident), quiet]
    case 'I1':
      return [...accountChecks(state, incident), quiet]
    case 'D1':
      return vanChecks(state, incident)
    case 'I4':
      return [...bookChecks(state, incident), quiet]
    default:
      return [quiet]
  }
}

export function recovered(checks: readonly Check[]): boolean {
  return checks.length > 0 && checks.every((check) => check.ok === true)
}

function named(incident: Incident, kind: string): readonly string[] {
  return [...new Set([...incident.lead, ...incident.entities])]
    .filter((entity) => entity.startsWith(`${kind}:`))
    .map((entity) => entity.slice(kind.length + 1))
}

function pageChecks(state: RunState, incident: Incident): Check[] {
  const pages = named(incident, 'page')
  const { shop } = state.town.world()
  const equal = shop.pages
    .filter((page) => pages.includes(page.slug))
    .every((page) => {
      const known = state.reported.pages.get(page.slug)
      const signed = page.revisions.find((one) => one.number === known)?.signed !== false
      return signed && (known === undefined || state.reported.leaks.get(page.slug) !== known)
    })
  return [{ check: 'page-equals-baseline', ok: equal }]
}

function sourceChecks(state: RunState, incident: Incident): Check[] {
  const { shop } = state.town.world()
  const ips = named(incident, 'ip')
  const blocked = ips.length > 0 && ips.every((ip) => shop.blockedIps.includes(ip))
  return [{ check: 'sources-blocked', ok: blocked || shop.velocityLimit !== null }]
}

function accountChecks(state: RunState, incident: Incident): Check[] {
  const { shop } = state.town.world()
  const accounts = named(incident, 'staff')
  const closed = shop.staff
    .filter((one) => accounts.includes(one.account))
    .every((one) => one.suspended)
  return [{ check: 'account-closed', ok: accounts.length > 0 && (closed || shop.refundsFrozen) }]
}

/** The rows as they are stored are hashed again and held against what witnesses keep. */
function bookChecks(state: RunState, incident: Incident): Check[] {
  const { book } = state.town.world()
  if (book === undefined || !named(incident, 'device').includes('book')) return []
  return [{ check: 'book-agrees', ok: agreesWithWitnesses(book) }]
}

function vanChecks(state: RunState, incident: Incident): Check[] {
  const { vans, parcels } = state.town.world().logistics
  const ids = named(incident, 'van').map(Number)
  const chosen = vans.filter((van) => ids.includes(van.id))
  const back = chosen.every((van) => van.status === 'depot')
  const safe = chosen.every((van) =>
    van.cargo.every((parcel) => parcels[parcel]?.status === 'loaded'),
  )
  const acted = state.decisions.some(
    (decision) => decision.incident === incident.id && decision.doneAt !== null,
  )
  return [
    { check: 'van-in-depot', ok: acted ? back : null },
    { check: 'parcels-in-custody', ok: back ? safe : null },
  ]
}
