import { FactReader } from '../event/facts.ts'
import type { Json } from '../event/json.ts'
import type { FormulaSet, Match } from '../mfotl/detector.ts'
import type { TwinPlan } from '../twin/plan.ts'
import { withVanNames } from '../twin/van-name.ts'
import type { Explanation } from '../mfotl/explain.ts'
import type { AlertExplanation } from './alert.ts'
import type { Detector, Finding } from './finding.ts'

/** A property that looks ahead waits at most this long for an event that makes it certain. */
const LOOK_AHEAD_MS = 60_000

export interface FormulaDetector extends Detector {
  /** What it knows of the day without any formula: `clock` and `facts` of what it saves. */
  background(): Json
}

/** Kind T: temporal properties over the facts of telemetry. */
export function createFormulaDetector(set: FormulaSet, plan: TwinPlan | null): FormulaDetector {
  const compiled = set.documents.map((document) => document.compiled)
  const facts = new FactReader(
    plan,
    new Set(compiled.flatMap(({ formula }) => [...formula.predicates])),
  )
  const future = compiled.some((formula) => formula.future)
  let clock = 0
  let stepped = 0
  return {
    name: 'mfotl',
    see: (event) => {
      clock = Math.max(clock, event.time)
      const read = facts.read(event)
      if (read.length === 0) return []
      stepped = clock
      return set.step(clock, read, event.uid).map((match) => findingOf(match, event.uid, plan))
    },
    tick: (now) => {
      if (!future || now - stepped < LOOK_AHEAD_MS) return []
      clock = stepped = Math.max(clock, now)
      return set.step(clock, []).map((match) => findingOf(match, '', plan))
    },
    background: () => ({ clock, facts: facts.save() }),
    save: () => ({
      clock,
      stepped,
      facts: facts.save(),
      set: JSON.parse(JSON.stringify(set.save())) as Json,
    }),
    restore: (saved) => {
      const from = saved as unknown as SavedFormulas
      clock = from.clock
      stepped = from.stepped ?? from.clock
      facts.restore(from.facts)
      set.restore(structuredClone(from.set))
    },
  }
}

interface SavedFormulas {
  readonly clock: number
  readonly stepped?: number
  readonly facts: Json
  readonly set: Json
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
    evidence: match.evidence.length > 0 || uid === '' ? match.evidence : [uid],
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
