import { Queue } from '../stream/queue.ts'
import { readTuple } from './access.ts'
import { keyOf, Relation, type Entry } from './relation.ts'
import type { Interval, Value } from './ast.ts'
import type { Slot } from './core.ts'
import type { Limits } from './limits.ts'
import type { Context, Contexts, Lookahead, Stage, StateNode } from './stage.ts'

interface Occurrence {
  readonly values: readonly Value[]
  readonly timePoint: number
  readonly timestamp: number
  /** Where it is kept once it lies within the window. */
  entry: Entry | null
}

/** Time-points at which a tuple holds, oldest first, within the window. */
export type Times = Queue<number>

export interface FutureWindowOptions {
  readonly interval: Interval
  /** Keep the time-points of each tuple, which UNTIL asks for. */
  readonly times: boolean
}

/**
 * What a stage that runs ahead has found, cut to `[from, to]` ahead of the time-point asked about.
 * Each tuple is kept once. Memory: the answers within the interval, and the events of the
 * time-points that wait for their verdict.
 */
export class FutureWindow implements StateNode, Lookahead {
  readonly relation: Relation
  readonly slots: readonly Slot[]
  readonly #times: Map<Entry, Times> | null
  readonly #interval: Interval
  readonly #stage: Stage
  readonly #contexts: Contexts
  readonly #limits: Limits
  readonly #incoming = new Queue<Occurrence>()
  readonly #live = new Queue<Occurrence>()

  constructor(
    slots: readonly Slot[],
    options: FutureWindowOptions,
    stage: Stage,
    contexts: Contexts,
    limits: Limits,
  ) {
    this.relation = new Relation(limits)
    this.#limits = limits
    this.slots = slots
    this.#times = options.times ? new Map() : null
    this.#interval = options.interval
    this.#stage = stage
    this.#contexts = contexts
  }

  get size(): number {
    return this.relation.size + this.#incoming.length + this.#live.length
  }

  timesOf(entry: Entry): Times | undefined {
    return this.#times?.get(entry)
  }

  /** Takes an answer of the stage at one of its time-points. */
  offer(context: Context, env: readonly Value[]): void {
    const { timePoint, timestamp } = context
    this.#incoming.push({ values: readTuple(this.slots, env), timePoint, timestamp, entry: null })
    this.#limits.room(this.#incoming.length)
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
      const ahead = first.timestamp - timestamp
      if (first.timePoint >= timePoint && ahead >= this.#interval.from) return
      this.#live.shift()
      if (first.entry) this.#drop(first.entry)
    }
  }

  #drop(entry: Entry): void {
    this.#times?.get(entry)?.shift()
    if (--entry.count > 0) return
    this.#times?.delete(entry)
    this.relation.remove(entry)
  }

  #add(occurrence: Occurrence): void {
    const entry = this.relation.obtain(keyOf(occurrence.values), occurrence.values)
    if (this.#times !== null) {
      let times = this.#times.get(entry)
      if (!times) this.#times.set(entry, (times = new Queue()))
      if (times.last() === occurrence.timePoint) return
      times.push(occurrence.timePoint)
    }
    entry.count++
    occurrence.entry = entry
    this.#live.push(occurrence)
  }

  save(): unknown {
    const flat = (o: Occurrence): unknown => [o.timePoint, o.timestamp, ...o.values]
    return { incoming: this.#incoming.toArray().map(flat), live: this.#live.toArray().map(flat) }
  }

  restore(saved: unknown): void {
    const { incoming, live } = saved as Record<'incoming' | 'live', [number, number, ...Value[]][]>
    for (const [timePoint, timestamp, ...values] of live) {
      this.#add({ timePoint, timestamp, values, entry: null })
    }
    for (const [timePoint, timestamp, ...values] of incoming) {
      this.#incoming.push({ timePoint, timestamp, values, entry: null })
    }
  }
}
