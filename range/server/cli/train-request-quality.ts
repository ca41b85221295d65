import type { RequestScorer } from '../../../engine/anomaly/request-scorer.ts'
import type { RequestPart } from '../../../engine/anomaly/request-parts.ts'

export interface Judged {
  readonly text: string
  readonly kind: RequestPart['kind']
  readonly attack: boolean
  readonly source: string
}

export interface Quality {
  readonly ordinary: number
  readonly attacks: number
  readonly precision: number
  readonly recall: number
  readonly falsePositiveRate: number
  readonly auc: number
  /** Area under the curve of the surprise alone, which no attack was needed for. */
  readonly surpriseAuc: number
  readonly bySource: Readonly<Record<string, { readonly count: number; readonly flagged: number }>>
}

/** How a scorer does on labelled texts at its default budget. */
export function qualityOf(scorer: RequestScorer, texts: readonly Judged[]): Quality {
  const judged = texts.map((each) => {
    const part = scorer.judgePart({
      kind: each.kind,
      name: 'value',
      text: each.text,
      plusIsSpace: false,
    })
    return { ...each, score: part.score, surprise: part.surprise, flagged: part.flagged }
  })
  const bySource: Record<string, { count: number; flagged: number }> = {}
  for (const each of judged) {
    const own = (bySource[each.source] ??= { count: 0, flagged: 0 })
    own.count += 1
    if (each.flagged) own.flagged += 1
  }
  const attacks = judged.filter((each) => each.attack)
  const ordinary = judged.filter((each) => !each.attack)
  const found = attacks.filter((each) => each.flagged).length
  const wrong = ordinary.filter((each) => each.flagged).length
  return {
    ordinary: ordinary.length,
    attacks: attacks.length,
    precision: found / Math.max(1, found + wrong),
    recall: found / Math.max(1, attacks.length),
    falsePositiveRate: wrong / Math.max(1, ordinary.length),
    auc: areaUnder(
      attacks.map((each) => each.score),
      ordinary.map((each) => each.score),
    ),
    surpriseAuc: areaUnder(
      attacks.map((each) => each.surprise),
      ordinary.map((each) => each.surprise),
    ),
    bySource,
  }
}

/** Chance that an attack scores above an ordinary value, ties half. */
export function areaUnder(attacks: readonly number[], ordinary: readonly number[]): number {
  const all = [
    ...attacks.map((score) => ({ score, attack: true })),
    ...ordinary.map((score) => ({ score, attack: false })),
  ].sort((a, b) => a.score - b.score)
  let sum = 0
  for (let i = 0; i < all.length;) {
    let j = i
    while (j < all.length && all[j]?.score === all[i]?.score) j += 1
    for (let k = i; k < j; k += 1) if (all[k]?.attack === true) sum += (i + j + 1) / 2
    i = j
  }
  const n = attacks.length
  return n === 0 || ordinary.length === 0
    ? Number.NaN
    : (sum - (n * (n + 1)) / 2) / (n * ordinary.length)
}

export function qualityText(
  scorer: RequestScorer,
  texts: readonly Judged[],
  json: boolean,
): string {
  const quality = qualityOf(scorer, texts)
  if (json) return `${JSON.stringify(quality)}\n`
  const rows = Object.entries(quality.bySource).map(
    ([source, { count, flagged }]) => `  ${source}: ${flagged} of ${count} flagged`,
  )
  return [
    `held back: ${quality.ordinary} ordinary, ${quality.attacks} attacks; precision ${quality.precision.toFixed(4)}, recall ${quality.recall.toFixed(4)}, ` +
      `false-positive rate ${quality.falsePositiveRate.toFixed(5)}, AUC ${quality.auc.toFixed(5)}; of the surprise alone, AUC ${quality.surpriseAuc.toFixed(5)}`,
    ...rows,
    '',
  ].join('\n')
}
