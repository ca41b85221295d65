import type { Json } from '../event/json.ts'
import type { Telemetry } from '../event/telemetry.ts'
import type { Match, RuleSet, SavedRuleSet } from '../sigma/rule-set.ts'
import type { Alert, Family } from './alert.ts'
import type { Detector, Finding } from './finding.ts'

const SEVERITY: Readonly<Record<Match['level'], Alert['severity']>> = {
  informational: 1,
  low: 2,
  medium: 3,
  high: 4,
  critical: 5,
}

/**
 * Kind R: Sigma rules and correlations over the bodies as they are. A rule without family counts as
 * `shop`.
 */
export function createRuleDetector(set: RuleSet): Detector {
  return {
    name: 'sigma',
    see: (event) => {
      const matches = set.step(event.body as unknown as Record<string, unknown>, event.time)
      return matches.map((match) => findingOf(match, event))
    },
    tick: () => [],
    suppressions: () => set.suppressions(),
    save: () => set.save() as unknown as Json,
    restore: (saved) => {
      set.restore(saved as unknown as SavedRuleSet)
    },
  }
}

function findingOf(match: Match, event: Telemetry): Finding {
  const named = match.lead.filter((ref) => !ref.endsWith(':'))
  const lead = named.length > 0 ? named : sourceOf(event)
  return {
    time: event.time,
    kind: 'R',
    detector: match.ruleId,
    family: (match.family ?? 'shop') as Family,
    severity: SEVERITY[match.level],
    title: match.title,
    lead,
    entities: [...lead, ...match.entities],
    evidence: [event.uid],
    ...(match.attack === null ? {} : { attack: match.attack }),
  }
}

/**
 * Who an event comes from, where a rule does not say: its address, else its reading point, else its
 * log.
 */
export function sourceOf(event: Telemetry): string[] {
  const { body } = event
  if ('readPoint' in body) return [body.readPoint.id]
  if ('src_endpoint' in body) return [`ip:${body.src_endpoint.ip}`]
  return [`device:${body.metadata.product.name}`]
}
