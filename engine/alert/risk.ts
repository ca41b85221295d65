import type { Alert, ReasoningKind } from './alert.ts'

/**
 * What an alert without a calibrated score of its own is worth, by severity 1 to 6: the share of
 * such alerts that a careful analyst would call right. Prior beliefs, stated here so that they can
 * be replaced by counted ones.
 */
const SCORE_OF_SEVERITY: Readonly<Record<Alert['severity'], number>> = {
  1: 0.02,
  2: 0.15,
  3: 0.4,
  4: 0.7,
  5: 0.9,
  6: 0.97,
}

/** 0 to 1. */
export function scoreOf(alert: Pick<Alert, 'score' | 'severity'>): number {
  const score = alert.score ?? SCORE_OF_SEVERITY[alert.severity]
  return Math.min(1, Math.max(0, score))
}

/**
 * Noisy-or over the kinds of reasoning: `1 - product(1 - best score of the kind)`. Alerts of one
 * kind share their source and count once, by the best; different kinds are treated as independent,
 * which overstates the risk where they read the same events. Rounded to 1e-6.
 */
export function riskOf(alerts: Iterable<Pick<Alert, 'kind' | 'score' | 'severity'>>): number {
  const best = new Map<ReasoningKind, number>()
  for (const alert of alerts)
    best.set(alert.kind, Math.max(best.get(alert.kind) ?? 0, scoreOf(alert)))
  let miss = 1
  for (const kind of ['R', 'T', 'M', 'P', 'I'] as const) miss *= 1 - (best.get(kind) ?? 0)
  return Math.round((1 - miss) * 1e6) / 1e6
}
