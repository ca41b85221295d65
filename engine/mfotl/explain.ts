import { sortedEntries } from './explain-entry.ts'
import { sentenceOf, type Words } from './explain-words.ts'
import { instead } from './instead.ts'
import { MonitorError } from './monitor-error.ts'
import { Question } from './question.ts'
import { LogWindow, Unexplained, type WindowPoint } from './window.ts'
import type { Absent, Leaf } from './literal.ts'
import type { Entry } from './timeline.ts'
import type { Value } from './ast.ts'
import type { CompiledFormula, Fact } from './monitor.ts'

/** Elementary steps one explanation may take. */
export const EXPLAIN_WORK = 300_000
/** Entries of a timeline; of more, the latest are kept. */
export const TIMELINE_MAX = 32
/** Beyond this many events an explanation is not made smaller. */
const SMALL = 64

export interface Explanation {
  /** One sentence: what happened, in order, and what did not. */
  readonly sentence: string
  /** What the verdict rests on, oldest first, at most TIMELINE_MAX entries. */
  readonly timeline: readonly Entry[]
  /** Entries left out. */
  readonly more: number
}

export type ExplainResult =
  | { readonly ok: true; readonly explanation: Explanation }
  | {
      readonly ok: false
      /**
       * `window`: what it rests on is no longer kept; `gap`: a neighbouring time-point is not;
       * `work`: more than EXPLAIN_WORK steps; `inexact`: numbers that cannot be treated exactly.
       */
      readonly reason: 'window' | 'gap' | 'work' | 'inexact'
    }

export interface ExplainOptions {
  readonly words?: Words
  readonly work?: number
}

/**
 * Why `tuple` is an answer of the formula at `timePoint`. `points` is the log around it, oldest
 * first, as far as it is kept: time-points without events may be left out, except beside PREVIOUS
 * and NEXT. The events named suffice: in a log of them alone the answer is the same. None (of up to
 * 64) can be left out without a claim that the whole log contradicts. An entry is `decisive` where
 * the whole log without that event, or with the event that is missing, would not have that answer;
 * null where that was not tried.
 */
export function explain(
  compiled: CompiledFormula,
  verdict: { readonly timePoint: number; readonly tuple: readonly Value[] },
  points: readonly WindowPoint[],
  options: ExplainOptions = {},
): ExplainResult {
  const window = new LogWindow(points)
  const index = window.indexOf(verdict.timePoint)
  if (index < 0) return { ok: false, reason: 'window' }
  const env: (Value | undefined)[] = new Array(compiled.formula.slotCount).fill(undefined)
  compiled.variables.forEach(({ slot }, i) => {
    env[slot] = verdict.tuple[i]
  })
  const question = new Question(compiled, index, env, options.work ?? EXPLAIN_WORK)
  try {
    const found = question.answer(window)
    if (found === null) return { ok: false, reason: 'window' }
    const leaves = smaller(question, window, found.leaves)
    return { ok: true, explanation: told(question, window, leaves, options.words ?? {}) }
  } catch (error) {
    if (error instanceof Unexplained) return { ok: false, reason: error.reason }
    if (error instanceof MonitorError) return { ok: false, reason: 'inexact' }
    throw error
  }
}

/**
 * Takes out one event after another as long as the rest still gives the answer, for reasons that
 * are true of the whole log.
 */
function smaller(question: Question, window: LogWindow, leaves: readonly Leaf[]): readonly Leaf[] {
  const facts = new Set(leaves.flatMap((l) => (l.kind === 'event' ? [l.fact] : [])))
  if (facts.size > SMALL) return leaves
  let best = leaves
  for (const fact of facts) {
    const rest = new Set(facts)
    rest.delete(fact)
    const reduced = reasons(question, window, rest)
    if (reduced === null) continue
    facts.delete(fact)
    best = reduced
  }
  return best
}

function reasons(
  question: Question,
  window: LogWindow,
  facts: ReadonlySet<Fact>,
): readonly Leaf[] | null {
  try {
    const answer = question.answer(window.only(facts))
    if (answer === null) return null
    const absences = answer.leaves.filter((l) => l.kind === 'absent')
    return absences.every((a) => a.others || !contradicted(window, facts, a)) ? answer.leaves : null
  } catch (error) {
    if (error instanceof Unexplained) return null
    throw error
  }
}

/** True where the whole log has an event that the smaller one is said to lack. */
function contradicted(window: LogWindow, facts: ReadonlySet<Fact>, absent: Absent): boolean {
  for (let i = absent.from; i <= absent.to; i++) {
    for (const fact of window.facts(i, absent.name)) {
      if (facts.has(fact)) continue
      if (absent.columns.every((c, k) => c.value === null || c.value === fact.args[k])) return true
    }
  }
  return false
}

function told(
  question: Question,
  window: LogWindow,
  leaves: readonly Leaf[],
  words: Words,
): Explanation {
  const { signature } = question.compiled
  const all = sortedEntries(leaves, window, { signature, words })
  const shown = all.slice(-TIMELINE_MAX)
  const timeline = shown.map(({ entry, leaf }): Entry => {
    if (leaf.kind === 'absent') {
      const example = instead(question, window, leaf)
      if (entry.kind !== 'missing' || example === null) return entry
      if (example === 'none') return { ...entry, decisive: false }
      return { ...entry, decisive: true, instead: example }
    }
    const rest = window.with(leaf.index, (facts) => facts.filter((f) => f !== leaf.fact))
    const holds = question.holds(rest)
    return { ...entry, decisive: holds === null ? null : !holds }
  })
  const now = window.at(question.index).timestamp
  const more = all.length - shown.length
  return { sentence: sentenceOf(timeline, now, more), timeline, more }
}
