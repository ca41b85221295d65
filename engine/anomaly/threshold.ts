import type { QuietScores } from './scorer.ts'

/**
 * Exceedances that split conformal prediction wants above its threshold; with fewer the tail is
 * extrapolated.
 */
export const CONFORMAL_MIN = 20
/** Share of quiet scores that the tail is fitted to. */
export const TAIL_SHARE = 0.05
export const TAIL_MIN = 30

/**
 * How often, in eight quiet hours, a score of at least `score` is expected. Split conformal
 * prediction where enough quiet scores lie beyond it, else the tail of a generalised Pareto
 * distribution; infinite with no quiet scores. Sources: Vovk et al., "Algorithmic Learning in a
 * Random World", 2005; Hosking & Wallis, Technometrics 29(3), 1987.
 */
export function expectedPerDay(quiet: QuietScores, score: number): number {
  const { scores, perDay } = quiet
  const n = scores.length
  if (n === 0) return Number.POSITIVE_INFINITY
  const beyond = n - lowerBound(scores, score)
  if (beyond >= CONFORMAL_MIN || n < TAIL_MIN) return ((beyond + 1) / (n + 1)) * perDay
  const tail = Math.max(TAIL_MIN, Math.floor(n * TAIL_SHARE))
  if (tail >= n) return ((beyond + 1) / (n + 1)) * perDay
  const base = scores[n - tail - 1] as number
  const excesses = scores.slice(n - tail).map((each) => each - base)
  return (tail / n) * survival(excesses, score - base) * perDay
}

/**
 * Share of a generalised Pareto distribution beyond `x`, fitted to ascending excesses by
 * probability-weighted moments. Its shape is kept within [0, 0.5]: a tail that ended would call
 * every greater score impossible.
 */
function survival(excesses: readonly number[], x: number): number {
  const n = excesses.length
  let [mean, weighted] = [0, 0]
  for (const [i, each] of excesses.entries()) {
    mean += each / n
    weighted += (each * (n - 1 - i)) / (n * (n - 1))
  }
  if (mean <= 0) return x > 0 ? 0 : 1
  const spread = mean - 2 * weighted
  const shape = Math.min(0.5, Math.max(0, spread <= 0 ? 0.5 : 2 - mean / spread))
  const scale = mean * (1 - shape)
  if (x <= 0) return 1
  return shape === 0 ? Math.exp(-x / scale) : Math.pow(1 + (shape * x) / scale, -1 / shape)
}

/** First position whose score is at least `score`. */
function lowerBound(scores: readonly number[], score: number): number {
  let [low, high] = [0, scores.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((scores[middle] as number) < score) low = middle + 1
    else high = middle
  }
  return low
}
