import { Queue } from '../stream/queue.ts'
import type { Value } from './ast.ts'
import type { Fact } from './monitor.ts'

/** Events kept to show what led to an answer. */
export const EVENTS_KEPT = 2048
/** Events named with one answer. */
export const EVIDENCE_MAX = 32

interface Kept {
  readonly uid: string
  readonly facts: readonly Fact[]
}

/**
 * The latest events that some formula speaks of, so that an answer can name those it rests on: the
 * ones of the formula's own predicates that mention an entity of the answer's lead. It is a
 * selection for the reader, not a proof; what is older than EVENTS_KEPT such events is not named.
 */
export class EvidenceLog {
  readonly #kept = new Queue<Kept>()
  readonly #predicates: ReadonlySet<string>

  constructor(predicates: ReadonlySet<string>) {
    this.#predicates = predicates
  }

  add(uid: string, facts: readonly Fact[]): void {
    const relevant = facts.filter((f) => this.#predicates.has(f.name))
    if (relevant.length === 0) return
    this.#kept.push({ uid, facts: relevant })
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

  save(): unknown {
    return this.#kept.toArray()
  }
  restore(saved: unknown): void {
    for (const kept of saved as Kept[]) this.#kept.push(kept)
  }
}
