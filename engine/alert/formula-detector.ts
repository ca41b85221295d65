import { FactReader } from '../event/facts.ts'
import type { Json } from '../event/json.ts'
import type { FormulaSet, Match } from '../mfotl/detector.ts'
import type { TwinPlan } from '../twin/plan.ts'
import { withVanNames } from '../twin/van-name.ts'
import type { Explanation } from '../mfotl/explain.ts'
import type { AlertExplanation } from './alert.ts'
import type { Detector, Finding } from './finding.ts'

/** Kind T: temporal properties over the facts of telemetry. */
export function createFormulaDetector(set: FormulaSet, plan: TwinPlan | null): Detector {
  const facts = new FactReader(plan)
  let clock = 0
  return {
    name: 'mfotl',
    see: (event) => {
      clock = Math.max(clock, event.time)
      const read = facts.read(event)
      return read.length === 0
        ? []
        : set.step(clock, read, event.uid).map((match) => findingOf(match, event.uid, plan))
    },
    tick: () => [],
    save: () => ({
      clock,
      facts: facts.save(),
      set: JSON.parse(JSON.stringify(set.save())) as Json,
    }),
    restore: (saved) => {
      const from = saved as { readonly clock: number; readonly facts: Json; readonly set: Json }
      clock = from.clock
      facts.restore(from.facts)
      set.restore(structuredClone(from.set))
    },
  }
}

/**
 * A property that looks ahead names the moment it was violated, the alert the moment that became
 * certain.
 */
function findingOf(match: Match, uid: string, plan: TwinPlan | null): Finding {
  const lead = match.lead.filter((ref) => !ref.endsWith(':'))
  return {
    time: match.time,
    kind: 'T',
    detector: match.formulaId,
    family: match.family,
    severity: match.severity,
    title: withVanNames(match.message, plan),
    lead: lead.length > 0 ? lead : [`device:${match.formulaId}`],
    entities: [...match.lead, ...match.entities],
    evidence: match.evidence.length > 0 ? match.evidence : [uid],
    ...(match.explanation === null ? {} : { explanation: toldOf(match.explanation, plan) }),
    ...(match.attack === '' ? {} : { attack: match.attack }),
  }
}

const TOLD_MAX = 12

function toldOf({ sentence, timeline }: Explanation, plan: TwinPlan | null): AlertExplanation {
  return {
    sentence: withVanNames(sentence, plan),
    timeline: timeline.slice(-TOLD_MAX).map((entry) => {
      const happened = entry.kind === 'happened'
      const [from, to] = happened ? [entry.timestamp, entry.timestamp] : [entry.since, entry.until]
      return {
        kind: entry.kind,
        from: from === null ? null : from * 1000,
        to: to === null ? null : to * 1000,
        text: withVanNames(entry.text, plan),
        ...(happened && entry.uid !== undefined ? { uid: entry.uid } : {}),
        decisive: entry.decisive,
      }
    }),
  }
}
