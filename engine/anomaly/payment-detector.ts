import type { Detector, Finding } from '../alert/finding.ts'
import type { Json } from '../event/json.ts'
import type { WindowRow } from './payment-window.ts'
import { FEATURES, HISTORY_MS, PaymentWindows } from './payment-window.ts'
import type { Scorer } from './scorer.ts'
import { expectedPerDay } from './threshold.ts'

/**
 * The budget of false incidents is shared by the three classes of subject: address, card range,
 * shop.
 */
const CLASSES = 3
/**
 * A window expected up to this many times the budget is weak: it needs another kind of reasoning
 * beside it.
 */
export const WEAK_FACTOR = 10
/** What a weak and a just sufficient window are worth; the latter opens an incident by itself. */
export const WEAK_SCORE = 0.25
export const SUFFICIENT_SCORE = 0.5
/**
 * Fewer authorisations are no testing, however strange; they still count in the quiet scores, on
 * the safe side.
 */
export const TRIES_MIN = 3
/** With fewer declines a window stays weak: an unusual purchase is not card testing. */
export const DECLINES_MIN = 3
/** Addresses that a window of a card range or of the shop accuses. */
export const ACCUSED_MAX = 6
const CARDS_MAX = 12
const CONTRIBUTIONS_MAX = 8

/**
 * Kind M, attack P2: windows of authorisations that a network trained on quiet days cannot
 * reconstruct. The threshold is a budget: `budget` false incidents in eight quiet hours (see
 * threshold.ts). Rows are scored once a virtual minute, all in one batch. Throws if the model's
 * columns are others.
 */
export function createPaymentDetector(scorer: Scorer, budget: number): Detector {
  if (scorer.features.join() !== FEATURES.join())
    throw new Error(`model ${scorer.name} has other columns`)
  const windows = new PaymentWindows()
  /**
   * Addresses told in the last hour: at most ACCUSED_MAX a row. Their tries no longer taint the
   * rest.
   */
  const accused = new Map<string, number>()
  return {
    name: scorer.name,
    see: (event) => {
      windows.see(event)
      return []
    },
    tick: (now) => {
      for (const [ip, time] of accused) if (now - time > HISTORY_MS) accused.delete(ip)
      const findings = findingsOf(windows.close(now, new Set(accused.keys())), scorer, budget, now)
      for (const { lead, score = 0 } of findings) {
        if (score < SUFFICIENT_SCORE) continue
        for (const ref of lead) accused.set(ref.slice('ip:'.length), now)
      }
      return findings
    },
    save: () => ({ windows: windows.save(), accused: [...accused] }),
    restore: (saved) => {
      const from = structuredClone(saved) as unknown as Saved
      windows.restore(from.windows)
      accused.clear()
      for (const [ip, time] of from.accused) accused.set(ip, time)
    },
  }
}

interface Saved {
  readonly windows: Json
  readonly accused: readonly (readonly [string, number])[]
}

function findingsOf(
  all: readonly WindowRow[],
  scorer: Scorer,
  budget: number,
  now: number,
): Finding[] {
  const rows = all.filter(({ tries }) => tries >= TRIES_MIN)
  if (rows.length === 0) return []
  const width = FEATURES.length
  const batch = new Float32Array(rows.length * width)
  for (const [i, { row }] of rows.entries()) batch.set(row, i * width)
  const scores = scorer.score(batch, rows.length)
  const strange = rows.flatMap((window, i) => {
    const quiet = scorer.quiet[window.kind]
    const expected =
      quiet === undefined ? Number.POSITIVE_INFINITY : expectedPerDay(quiet, scores[i] as number)
    return expected > (budget / CLASSES) * WEAK_FACTOR ? [] : [{ window, i, expected }]
  })
  if (strange.length === 0) return []
  const parts = scorer.contributions(batch, rows.length)
  return strange.map(({ window, i, expected }) => {
    const part = parts.subarray(i * width, (i + 1) * width)
    return findingOf(window, part, expected / (budget / CLASSES), scorer.name, now)
  })
}

/**
 * `excess` is the expected number of such windows a day in units of the budget: 1 is just
 * sufficient.
 */
function findingOf(
  window: WindowRow,
  part: Float32Array,
  excess: number,
  detector: string,
  now: number,
): Finding {
  const total = part.reduce((sum, each) => sum + each, 0)
  const contributions = Array.from(part, (each, k) => ({
    feature: FEATURES[k] as string,
    weight: each / total,
  }))
    .filter((each) => each.weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, CONTRIBUTIONS_MAX)
  const lead = window.addresses.slice(0, ACCUSED_MAX).map((ip) => `ip:${ip}`)
  const sufficient = excess <= 1 && window.declines >= DECLINES_MIN
  const where = {
    ip: `of ${window.subject}`,
    bin: `of cards ${window.subject}…`,
    shop: 'of the shop',
  }[window.kind]
  return {
    time: now,
    kind: 'M',
    detector,
    family: 'payment',
    severity: sufficient ? 4 : 2,
    title: `The payments ${where} are unlike any quiet ten minutes`,
    lead,
    entities: [...lead, ...window.cards.slice(0, CARDS_MAX).map((card) => `card:${card}`)],
    evidence: window.uids,
    score: sufficient ? SUFFICIENT_SCORE + 0.49 * (1 - excess) : WEAK_SCORE,
    contributions,
    attack: 'P2',
  }
}
