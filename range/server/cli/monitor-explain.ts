import { Queue } from '../../../engine/stream/queue.ts'
import { explain, type Explanation } from '../../../engine/mfotl/explain.ts'
import { formatVerdict } from '../../../engine/mfotl/log.ts'
import type { Value, ValueType } from '../../../engine/mfotl/ast.ts'
import type { Words } from '../../../engine/mfotl/explain-words.ts'
import type { CompiledFormula, Fact, Verdict } from '../../../engine/mfotl/monitor.ts'
import type { Entry } from '../../../engine/mfotl/timeline.ts'
import type { WindowPoint } from '../../../engine/mfotl/window.ts'

/** Time-points kept for explanations, and tuples of a verdict that are explained. */
const POINTS_MAX = 4096
const TUPLES_MAX = 20

/** An explanation, or why there is none; in the order of the verdict's tuples. */
export type Told = Explanation | { readonly unexplained: string }

/** Keeps the latest time-points of a log and explains verdicts from them. */
export class VerdictExplainer {
  readonly #compiled: CompiledFormula
  readonly #words: Words
  readonly #points = new Queue<WindowPoint>()

  constructor(compiled: CompiledFormula, words: Words) {
    this.#compiled = compiled
    this.#words = words
  }

  /** Takes a time-point before the monitor does; one out of order is left out as there. */
  add(
    timePoint: number,
    point: { readonly timestamp: number; readonly facts: readonly Fact[] },
  ): void {
    const { timestamp, facts } = point
    const last = this.#points.last()
    if (last !== undefined && timestamp < last.timestamp) return
    this.#points.push({ timePoint, timestamp, facts })
    if (this.#points.length > POINTS_MAX) this.#points.shift()
  }

  explain({ timePoint, tuples }: Verdict): Told[] {
    const points = this.#points.toArray()
    return tuples.map((tuple, i): Told => {
      if (i >= TUPLES_MAX) return { unexplained: `only ${TUPLES_MAX} answers are explained` }
      const told = explain(this.#compiled, { timePoint, tuple }, points, { words: this.#words })
      return told.ok ? told.explanation : { unexplained: REASONS[told.reason] }
    })
  }
}

const REASONS = {
  window: `it rests on more than the last ${POINTS_MAX} time-points`,
  gap: `it rests on more than the last ${POINTS_MAX} time-points`,
  work: 'there is too much to look through',
  inexact: 'a number in it is not exact',
} as const

/** A verdict line, and below it for each tuple the sentence and the timeline. */
export function verdictText(
  verdict: Verdict,
  types: readonly ValueType[],
  told: readonly Told[],
): string {
  const lines = told.flatMap((each, i) => {
    const one = { ...verdict, tuples: [verdict.tuples[i] as readonly Value[]] }
    const head =
      told.length > 1 ? `${formatVerdict(one, types).split(': ').slice(1).join(': ')}: ` : ''
    if ('unexplained' in each) return [`    ${head}not explained: ${each.unexplained}`]
    const more = each.more > 0 ? [`      … ${each.more} earlier`] : []
    return [`    ${head}${each.sentence}`, ...more, ...each.timeline.map((e) => `      ${row(e)}`)]
  })
  return [formatVerdict(verdict, types), ...lines].join('\n')
}

function row(entry: Entry): string {
  if (entry.kind === 'happened') {
    const weight = entry.decisive === true ? '; without it there is no verdict' : ''
    return `@${entry.timestamp} (time point ${entry.timePoint}) ${entry.text}${weight}`
  }
  const from = entry.since === null ? 'ever' : `@${entry.since}`
  const to = entry.until === null ? 'the end' : `@${entry.until}`
  const span = from === to ? from : `${from} to ${to}`
  if (!entry.instead) return `${span} ${entry.text}`
  const { fact, timePoint } = entry.instead
  const args = fact.args.map((a) => (typeof a === 'string' ? JSON.stringify(a) : String(a)))
  const example = `${fact.name}(${args.join(',')})`
  return `${span} ${entry.text}; with ${example} at time point ${timePoint} there is no verdict`
}
