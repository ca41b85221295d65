import type { Alert } from '../../../engine/alert/alert.ts'

/**
 * Alerts of one detector that say the same, as one line: the first of them, how many, and when the
 * last came.
 */
export interface FoldedAlert {
  readonly first: Alert
  readonly count: number
  readonly last: number
}

export function foldAlerts(alerts: readonly Alert[]): readonly FoldedAlert[] {
  const folded = new Map<string, FoldedAlert>()
  for (const alert of alerts) {
    const key = `${alert.detector} ${withoutNumbers(alert.title)}`
    const known = folded.get(key)
    folded.set(
      key,
      known
        ? { first: known.first, count: known.count + 1, last: alert.time }
        : { first: alert, count: 1, last: alert.time },
    )
  }
  return [...folded.values()]
}

/** Counts grow from one alert to the next; the sentence stays the same. */
function withoutNumbers(title: string): string {
  return title.replace(/\d+/g, '#')
}

/**
 * What moved the learned model, each feature once with its greatest weight, strongest first, at
 * most `max`.
 */
export function modelFeatures(
  alerts: readonly Alert[],
  max: number,
): readonly { readonly feature: string; readonly weight: number }[] {
  const weights = new Map<string, number>()
  for (const alert of alerts) {
    if (alert.kind !== 'M') continue
    for (const { feature, weight } of alert.contributions ?? [])
      if (Math.abs(weight) > Math.abs(weights.get(feature) ?? 0)) weights.set(feature, weight)
  }
  return [...weights]
    .map(([feature, weight]) => ({ feature, weight }))
    .sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight))
    .slice(0, max)
}

type Explained = NonNullable<Alert['explanation']> & Pick<Alert, 'id' | 'kind'>

/** The newest explanation of each detector that has one, the newest first, at most `max`. */
export function explainedAlerts(alerts: readonly Alert[], max: number): readonly Explained[] {
  const newest = new Map<string, Explained>()
  for (const { id, kind, detector, explanation } of alerts) {
    if (explanation === undefined) continue
    newest.delete(detector)
    newest.set(detector, { ...explanation, id, kind })
  }
  return [...newest.values()].reverse().slice(0, max)
}
