import type { DefenderIncident, DefenderView } from '../../range/protocol/view.ts'
import { PARTNER_HOSTS, SHOP_HOST } from '../../range/world/shop-scripts.ts'

/** What a learner does in the lab of S1, in the order in which it is best done. */
export const LAB_STEPS = [
  'pages',
  'difference',
  'host',
  'restore',
  'block',
  'tell',
  'over',
] as const
export type LabStep = (typeof LAB_STEPS)[number]
/** Hints for each step: the first is free, the second counts. */
export const HINTS_MAX = 2
export const HINTS_FREE = 1

/** The shop's signed list: its own host and its partners. */
export const SIGNED_HOSTS: readonly string[] = [SHOP_HOST, ...PARTNER_HOSTS]

/** The incident that the lab is about, as the desk knows it; none before the first alarm. */
export function labIncident(view: DefenderView): DefenderIncident | undefined {
  return view.incidents.find((one) => one.attack === 'W1')
}

/**
 * Hosts that an added line of a changed page, or an incident, names and the signed list does not;
 * read from what the desk shows, never from the truth.
 */
export function strangers(view: DefenderView): readonly string[] {
  const added = view.pages.flatMap((page) =>
    page.diff.filter((row) => row.sign === '+').flatMap((row) => hostsIn(row.text)),
  )
  const named = view.incidents.flatMap((one) =>
    [...one.lead, ...one.entities].flatMap((entity) =>
      entity.startsWith('host:') ? [entity.slice('host:'.length)] : [],
    ),
  )
  return [...new Set([...added, ...named])].filter((host) => !SIGNED_HOSTS.includes(host)).sort()
}

function hostsIn(text: string): readonly string[] {
  return [...text.matchAll(/https?:\/\/([a-z0-9.-]+)/g)].map((match) => match[1] ?? '')
}

/** The steps that the desk itself can confirm; the others depend on where the learner looked. */
export function confirmedSteps(view: DefenderView): readonly LabStep[] {
  const did = (action: string): boolean =>
    view.decisions.some(
      (one) => one.action === action && (one.effect === 'done' || one.effect === 'verified'),
    )
  const hosts = strangers(view)
  const checks = labIncident(view)?.checks ?? []
  const found: Readonly<Record<LabStep, boolean>> = {
    pages: false,
    difference: false,
    host: false,
    restore: did('RestorePage'),
    block: view.state.blockedHosts.some((host) => hosts.includes(host)),
    tell: did('NotifyCardHolders'),
    over: checks.length > 0 && checks.every((check) => check.ok === true),
  }
  return LAB_STEPS.filter((step) => found[step])
}

/** Virtual minutes from the first alarm to the restored page; null while either is missing. */
export function minutesToRestore(view: DefenderView): number | null {
  const opened = labIncident(view)?.opened
  const restored = view.decisions.find(
    (one) => one.action === 'RestorePage' && (one.effect === 'done' || one.effect === 'verified'),
  )?.at
  if (opened === undefined || restored === undefined || restored < opened) return null
  return Math.max(1, Math.round((restored - opened) / 60_000))
}
