import type { Detector, Finding } from '../alert/finding.ts'
import { EVIDENCE_MAX } from '../alert/finding.ts'
import type { Json } from '../event/json.ts'
import type { Telemetry } from '../event/telemetry.ts'
import { isEpcis } from '../event/telemetry.ts'
import { requestOf } from './request-parts.ts'
import type { RequestScorer, RequestVerdict } from './request-scorer.ts'

/** Flagged requests of one address are counted over this long. */
export const SPAN_MS = 10 * 60_000
/**
 * So many different flagged requests open an incident; fewer wait for another kind of reasoning.
 */
export const SUFFICIENT_COUNT = 3
export const WEAK_SCORE = 0.3
export const SUFFICIENT_SCORE = 0.55
/** Addresses remembered, and flagged requests of each; the oldest are forgotten beyond. */
export const ADDRESSES_MAX = 4096
export const KEPT_MAX = 32

/** What makes two flagged requests the same: their flagged parts, up to so many characters. */
const WHAT_MAX = 400

interface Flagged {
  readonly time: number
  readonly uid: string
  readonly what: string
}

/**
 * Kind M, attack W4: requests with a part that the learned scorer flags at its budget, by address.
 * One such request is worth WEAK_SCORE, for the budget allows ordinary ones; SUFFICIENT_COUNT
 * different ones within SPAN_MS open an incident by themselves.
 */
export function createRequestDetector(scorer: RequestScorer): Detector {
  let addresses = new Map<string, readonly Flagged[]>()
  return {
    name: scorer.name,
    see: (event) => {
      const { body } = event
      if (isEpcis(body) || body.class_uid !== 4002 || body.unmapped?.csp_report !== undefined)
        return []
      const verdict = scorer.judge(requestOf(body))
      if (!verdict.flagged) return []
      const { ip } = body.src_endpoint
      const flagged = remember(addresses, ip, flaggedOf(event, verdict))
      return [findingOf(ip, flagged, verdict, event, scorer.name)]
    },
    tick: () => [],
    save: () =>
      [...addresses].map(([ip, flagged]) => ({
        ip,
        flagged: flagged.map((each) => ({ ...each })),
      })) as Json,
    restore: (saved) => {
      const from = structuredClone(saved) as unknown as { ip: string; flagged: Flagged[] }[]
      addresses = new Map(from.map(({ ip, flagged }) => [ip, flagged]))
    },
  }
}

function flaggedOf(event: Telemetry, verdict: RequestVerdict): Flagged {
  const parts = verdict.parts.filter((part) => part.flagged)
  const what = parts
    .map(({ name, text }) => `${name} ${text}`)
    .sort()
    .join('\n')
    .slice(0, WHAT_MAX)
  return { time: event.time, uid: event.uid, what }
}

/** The flagged requests of an address within SPAN_MS, each different one once, the newest last. */
function remember(
  addresses: Map<string, readonly Flagged[]>,
  ip: string,
  flagged: Flagged,
): readonly Flagged[] {
  const fresh = (addresses.get(ip) ?? []).filter(
    (each) => flagged.time - each.time <= SPAN_MS && each.what !== flagged.what,
  )
  const kept = [...fresh, flagged].slice(-KEPT_MAX)
  addresses.delete(ip)
  addresses.set(ip, kept)
  if (addresses.size > ADDRESSES_MAX) addresses.delete(addresses.keys().next().value as string)
  return kept
}

function findingOf(
  ip: string,
  flagged: readonly Flagged[],
  verdict: RequestVerdict,
  event: Telemetry,
  detector: string,
): Finding {
  const sufficient = flagged.length >= SUFFICIENT_COUNT
  const lead = [`ip:${ip}`]
  const contributions = verdict.parts
    .filter((part) => part.flagged)
    .slice(0, 8)
    .map((part) => {
      const sign = part.signs[0]?.name
      return {
        feature: sign === undefined ? part.name : `${part.name}: ${sign}`,
        weight: part.score,
      }
    })
  const count = flagged.length
  return {
    time: event.time,
    kind: 'M',
    detector,
    family: 'shop',
    severity: sufficient ? (count >= 8 ? 4 : 3) : 2,
    title: sufficient
      ? `Requests of ${ip} read like attacks`
      : `A request of ${ip} reads like an attack`,
    lead,
    entities: lead,
    evidence: flagged.map(({ uid }) => uid).slice(-EVIDENCE_MAX),
    score: sufficient
      ? Math.min(0.95, SUFFICIENT_SCORE + 0.05 * (count - SUFFICIENT_COUNT))
      : WEAK_SCORE,
    contributions,
    attack: 'W4',
  }
}
