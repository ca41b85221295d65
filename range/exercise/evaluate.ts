import type { Incident, ReasoningKind } from '../../engine/alert/alert.ts'
import type { Truth } from './types.ts'

/**
 * An incident still counts when it opens this long after the attack's end. THREATS.md "What
 * counts".
 */
const GRACE_MS = 600_000

export interface Verdict {
  readonly detected: readonly {
    readonly attack: string
    readonly incident: string | null
    readonly seconds: number | null
    readonly kinds: readonly ReasoningKind[]
  }[]
  readonly falseIncidents: readonly Incident[]
}

/** Judges one run: which attacks were detected, and which incidents are false. */
export function judge(truths: readonly Truth[], incidents: readonly Incident[]): Verdict {
  const detected = truths.map((truth) => {
    const hit = incidents.find((incident) => detects(incident, truth))
    const kinds = [
      ...new Set(
        incidents
          .filter((incident) => detects(incident, truth))
          .flatMap((incident) => incident.kinds),
      ),
    ]
    return {
      attack: truth.attack,
      incident: hit?.id ?? null,
      kinds,
      seconds:
        hit && truth.firstEffect !== null
          ? Math.round((hit.opened - truth.firstEffect) / 1000)
          : null,
    }
  })
  return { detected, falseIncidents: incidents.filter((incident) => isFalse(incident, truths)) }
}

function detects(incident: Incident, truth: Truth): boolean {
  if (truth.firstEffect === null || incident.family !== truth.family) return false
  const end = truth.end ?? Number.MAX_SAFE_INTEGER
  if (incident.opened < truth.firstEffect || incident.opened > end + GRACE_MS) return false
  return incident.lead.some((lead) => truth.actors.includes(lead) || truth.targets.includes(lead))
}

/** Lead entities mostly innocent, or a wrong family. */
function isFalse(incident: Incident, truths: readonly Truth[]): boolean {
  const fitting = truths.filter((truth) => truth.family === incident.family)
  const guilty = incident.lead.filter((lead) =>
    fitting.some((truth) => truth.actors.includes(lead) || truth.targets.includes(lead)),
  )
  return guilty.length * 2 < incident.lead.length || guilty.length === 0
}

/** 95 % Wilson interval of k successes in n trials. Source: Wilson, JASA 22(158), 1927. */
export function wilson(k: number, n: number): readonly [number, number] {
  if (n === 0) return [0, 1]
  const z = 1.959964
  const p = k / n
  const scale = 1 + (z * z) / n
  const middle = (p + (z * z) / (2 * n)) / scale
  const half = (z * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n))) / scale
  return [Math.max(0, middle - half), Math.min(1, middle + half)]
}
