import type { Detector, Finding } from '../alert/finding.ts'
import type { Json } from '../event/json.ts'
import type { Telemetry } from '../event/telemetry.ts'
import { isEpcis } from '../event/telemetry.ts'

/** Pages whose last look is remembered. */
const PAGES_MAX = 64

/**
 * Kind I, attack W1: what a page does, beside what is written in it. The page monitor types a
 * number that belongs to nobody into the card field and notes which hosts are called. The number
 * may go to the shop alone, so a host that receives it is an alert at once, whatever was signed; a
 * call to a host that no script of the page names is a weak one, once a host, since a program that
 * hides its addresses may still be an honest one. Source: PCI DSS 4.0.1, 11.6.1.
 */
export function createPageCallCheck(): Detector {
  /** Page to the unnamed hosts already told of it. */
  const told = new Map<string, string[]>()
  return {
    name: 'page-calls',
    see(event) {
      if (isEpcis(event.body) || event.body.class_uid !== 6005) return []
      const { calls = [], page, scripts, operation } = event.body.unmapped
      if (operation !== 'inventory') return []
      const taken = calls.filter((call) => call.canary).map(({ host }) => host)
      const named = new Set(scripts.flatMap((script) => script.hosts))
      const before = told.get(page.uid) ?? []
      const unnamed = calls
        .map(({ host }) => host)
        .filter((host) => !named.has(host) && !taken.includes(host) && !before.includes(host))
      remember(told, page.uid, unnamed)
      return [
        ...taken.map((host) => finding(event, page.uid, host, true)),
        ...unnamed.map((host) => finding(event, page.uid, host, false)),
      ]
    },
    tick: () => [],
    save: () => [...told].map(([page, hosts]) => ({ page, hosts: [...hosts] })) as Json,
    restore(saved) {
      told.clear()
      for (const { page, hosts } of saved as unknown as { page: string; hosts: string[] }[])
        told.set(page, [...hosts])
    },
  }
}

function remember(told: Map<string, string[]>, page: string, hosts: readonly string[]): void {
  if (hosts.length === 0 || (!told.has(page) && told.size >= PAGES_MAX)) return
  told.set(page, [...(told.get(page) ?? []), ...hosts].slice(-PAGES_MAX))
}

function finding(event: Telemetry, page: string, host: string, canary: boolean): Finding {
  const lead = [`page:${page.replace(/^page:/, '')}`, `host:${host}`]
  return {
    time: event.time,
    kind: 'I',
    detector: canary ? 'page-canary' : 'page-calls',
    family: 'shop',
    severity: canary ? 5 : 2,
    title: canary
      ? `The page ${page} sends what is typed into the card field to ${host}`
      : `The page ${page} calls ${host}, which none of its scripts names`,
    lead,
    entities: lead,
    evidence: [event.uid],
    score: canary ? 0.98 : 0.3,
    attack: 'W1',
  }
}
