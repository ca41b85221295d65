import { readTuple } from './access.ts'
import { keyOf, Queue, Relation, type Entry } from './relation.ts'
import type { Interval, Value } from './ast.ts'
import type { Slot } from './core.ts'
import type { Context, Contexts, Lookahead, Stage, StateNode } from './stage.ts'

interface Occurrence { readonly values: readonly Value[]; readonly timePoint: number; readonly timestamp: number }
interface Live extends Occurrence { readonly entry: Entry }
/** Time-points at which a tuple holds, oldest first, within the window. */
export type Times = Queue<number>

/**
 * What a stage that runs ahead has found, cut to `[from, to]` ahead of the time-point asked about. Each
 * tuple is kept once with the time-points it holds at. Memory: the answers within the interval, and the
 * events of the time-points that wait for their verdict.
 */
export class FutureWindow implements StateNode, Lookahead {
  readonly relation = new Relation()
  readonly slots: readonly Slot[]
  readonly times = new Map<Entry, Times>()
  readonly #interval: Interval
  readonly #stage: Stage
  readonly #contexts: Contexts
  readonly #incoming = new Queue<Occurrence>()
  readonly #live = new Queue<Live>()

  constructor(slots: readonly Slot[], interval: Interval, stage: Stage, contexts: Contexts) {
    this.slots = slots
    this.#interval = interval
    this.#stage = stage
    this.#contexts = contexts
  }

  /** Takes an answer of the stage at one of its time-points. */
  offer(context: Context, env: readonly Value[]): void {
    const { timePoint, timestamp } = context
    this.#incoming.push({ values: readTuple(this.slots, env), timePoint, timestamp })
  }

  /** True where no answer that matters at this time-point can still come. */
  ready(context: Context): boolean {
    const horizon = context.timestamp + this.#interval.to
    const { position } = this.#stage
    const done = this.#contexts.at(position - 1)
    if (done !== null && done.timestamp > horizon) return true
    const next = this.#contexts.at(position)
    return next !== null && next.timestamp > horizon
  }

  update(context: Context): void {
    const { timePoint, timestamp } = context
    for (;;) {
      const first = this.#incoming.peek()
      if (first === undefined || first.timestamp - timestamp > this.#interval.to) break
      this.#incoming.shift()
      this.#add(first)
    }
    for (;;) {
      const first = this.#live.peek()
      if (first === undefined) return
      const inside = first.timePoint >= timePoint && first.timestamp - timestamp >= this.#interval.from
      if (inside) return
      this.#live.shift()
      this.times.get(first.entry)?.shift()
      if (--first.entry.count > 0) continue
      this.times.delete(first.entry)
      this.relation.remove(first.entry)
    }
  }

  #add(occurrence: Occurrence): void {
    const entry = this.relation.obtain(keyOf(occurrence.values), occurrence.values)
    let times = this.times.get(entry)
    if (!times) this.times.set(entry, times = new Queue())
    if (times.last() === occurrence.timePoint) return
    times.push(occurrence.timePoint)
    entry.count++
    this.#live.push({ ...occurrence, entry })
  }

  save(): unknown {
    const flat = (o: Occurrence): unknown => [o.timePoint, o.timestamp, ...o.values]
    return { incoming: this.#incoming.toArray().map(flat), live: this.#live.toArray().map(flat) }
  }

  restore(saved: unknown): void {
    const { incoming, live } = saved as Record<'incoming' | 'live', [number, number, ...Value[]][]>
    for (const [timePoint, timestamp, ...values] of live) this.#add({ timePoint, timestamp, values })
    for (const [timePoint, timestamp, ...values] of incoming) {
      this.#incoming.push({ timePoint, timestamp, values })
    }
  }
}
