import { Queue } from '../stream/queue.ts'
import type { Value } from './ast.ts'
import type { Fact } from './monitor.ts'
import type { WindowPoint } from './window.ts'

/** Events kept to show what led to an answer. */
export const EVENTS_KEPT = 2048
/** Events named with one answer. */
export const EVIDENCE_MAX = 32

interface Kept {
  readonly uid: string
  readonly facts: readonly Fact[]
  readonly timePoint: number
  /** Seconds; `before` is of the time-point right before, -1 where there was none. */
  readonly timestamp: number
  readonly before: number
}

/**
 * The latest events that some formula speaks of, so that an answer can name those it rests on: the
 * ones of the formula's own predicates that mention an entity of the answer's lead. It is a
 * selection for the reader, not a proof; what is older than EVENTS_KEPT such events is not named.
 */
export class EvidenceLog {
  readonly #kept = new Queue<Kept>()
  readonly #predicates: ReadonlySet<string>
  #last = -1

  constructor(predicates: ReadonlySet<string>) {
    this.#predicates = predicates
  }

  /** `at` is the time-point, in the count of the whole set. */
  add(
    uid: string,
    facts: readonly Fact[],
    at: { readonly timePoint: number; readonly timestamp: number },
  ): void {
    const before = this.#last
    this.#last = at.timestamp
    const relevant = facts.filter((f) => this.#predicates.has(f.name))
    if (relevant.length === 0) return
    this.#kept.push({ uid, facts: relevant, ...at, before })
    if (this.#kept.length > EVENTS_KEPT) this.#kept.shift()
  }

  /** At most EVIDENCE_MAX uids, oldest first. */
  about(values: readonly Value[], predicates: ReadonlySet<string>): string[] {
    const found: string[] = []
    for (let i = this.#kept.length - 1; i >= 0 && found.length < EVIDENCE_MAX; i--) {
      const kept = this.#kept.at(i)
      if (!kept) continue
      const mentions = kept.facts.some(
        (f) => predicates.has(f.name) && f.args.some((a) => values.includes(a)),
      )
      if (mentions) found.push(kept.uid)
    }
    return found.reverse()
  }

  /**
   * The kept time-points with the facts of these predicates, counted from `offset`, each with its
   * quiet predecessor; those of before `offset` are left out.
   */
  window(predicates: ReadonlySet<string>, offset: number): WindowPoint[] {
    const points: WindowPoint[] = []
    for (const { uid, facts, timePoint, timestamp, before } of this.#kept.toArray()) {
      const own = facts.filter((f) => predicates.has(f.name))
      const at = timePoint - offset
      if (own.length === 0 || at < 0) continue
      if (at > 0 && points.at(-1)?.timePoint !== at - 1)
        points.push({ timePoint: at - 1, timestamp: before, facts: [] })
      points.push({ timePoint: at, timestamp, facts: own, uid })
    }
    return points
  }

  save(): unknown {
    return { last: this.#last, kept: this.#kept.toArray() }
  }
  restore(saved: unknown): void {
    const { last, kept } = saved as { last: number; kept: Kept[] }
    this.#last = last
    for (const each of kept) this.#kept.push(each)
  }
}
