import { FactReader } from '../event/facts.ts'
import type { Json } from '../event/json.ts'
import type { FormulaSet, Match } from '../mfotl/detector.ts'
import type { TwinPlan } from '../twin/plan.ts'
import { withVanNames } from '../twin/van-name.ts'
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
    ...(match.attack === '' ? {} : { attack: match.attack }),
  }
}
