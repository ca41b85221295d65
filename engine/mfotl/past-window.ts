import { Queue } from '../stream/queue.ts'
import { readTuple, loadTuple, keyReader } from './access.ts'
import { keyOf, Relation, type Entry, type Index } from './relation.ts'
import type { Interval, Value } from './ast.ts'
import type { Slot } from './core.ts'
import type { Limits } from './limits.ts'
import type { Context, StateNode } from './stage.ts'

/** How the left side of SINCE ends what the right side began; null for ONCE. */
export type Ending =
  | null
  /** Left is NOT γ: γ lists what to remove, by these slots. */
  | {
      readonly kind: 'delta'
      readonly slots: readonly Slot[]
      readonly each: (found: () => void) => void
    }
  /** Anything else: each kept tuple is tested. */
  | { readonly kind: 'test'; readonly holds: () => boolean }

interface Pending {
  readonly entry: Entry
  readonly timestamp: number
}

/**
 * ONCE and SINCE. Keeps each tuple of the right side once, with its latest timestamp that is old
 * enough; younger ones wait in a queue. Work per time-point: what comes, what expires, what the
 * left side ends. Memory: the tuples seen within the interval (all of them where it has no end).
 */
export class PastWindow implements StateNode {
  readonly relation: Relation
  readonly slots: readonly Slot[]
  readonly #young: Relation
  readonly #pending = new Queue<Pending>()
  readonly #expiry = new Queue<Pending>()
  readonly #interval: Interval
  readonly #env: Value[]
  readonly #ending: Ending
  readonly #read: () => Value
  readonly #remove: (() => void) | null
  #body: () => void = () => undefined
  #now = 0

  constructor(
    slots: readonly Slot[],
    interval: Interval,
    env: Value[],
    ending: Ending,
    limits: Limits,
  ) {
    this.relation = new Relation(limits)
    this.#young = new Relation(limits)
    this.slots = slots
    this.#interval = interval
    this.#env = env
    this.#ending = ending
    this.#read = keyReader(slots, env)
    this.#remove = ending?.kind === 'delta' ? this.#remover(ending.slots) : null
  }

  get size(): number {
    const waiting = this.#pending.length + this.#expiry.length
    return this.relation.size + this.#young.size + waiting
  }

  /** `list` must call `insert` once for each answer of the right side. */
  feed(list: () => void): void {
    this.#body = list
  }

  /** Takes the tuple that stands in the environment. */
  insert(): void {
    const key = this.#read()
    if (this.#interval.from === 0) {
      const known = this.relation.get(key)
      if (known) this.#refresh(known, this.#now)
      else this.#refresh(this.relation.obtain(key, readTuple(this.slots, this.#env)), this.#now)
      return
    }
    const entry = this.#young.obtain(key, readTuple(this.slots, this.#env))
    entry.count++
    this.#pending.push({ entry, timestamp: this.#now })
  }

  update(context: Context): void {
    this.#now = context.timestamp
    this.#end()
    this.#expire(context.timestamp)
    this.#body()
    if (this.#interval.from > 0) this.#age(context.timestamp)
  }

  #refresh(entry: Entry, timestamp: number): void {
    if (entry.count > 0 && entry.stamp === timestamp) return
    entry.count = 1
    entry.stamp = timestamp
    if (this.#interval.to !== Infinity) this.#expiry.push({ entry, timestamp })
  }

  #expire(now: number): void {
    for (;;) {
      const first = this.#expiry.peek()
      if (first === undefined || now - first.timestamp <= this.#interval.to) return
      this.#expiry.shift()
      if (first.entry.stamp === first.timestamp) this.relation.remove(first.entry)
    }
  }

  #age(now: number): void {
    for (;;) {
      const first = this.#pending.peek()
      if (first === undefined || now - first.timestamp < this.#interval.from) return
      this.#pending.shift()
      if (!first.entry.alive) continue
      if (--first.entry.count === 0) this.#young.remove(first.entry)
      if (now - first.timestamp > this.#interval.to) continue
      this.#refresh(this.relation.obtain(first.entry.key, first.entry.values), first.timestamp)
    }
  }

  #end(): void {
    const ending = this.#ending
    if (ending === null || (this.relation.size === 0 && this.#young.size === 0)) return
    if (ending.kind === 'delta' && this.#remove) ending.each(this.#remove)
    if (ending.kind !== 'test') return
    for (const relation of [this.relation, this.#young]) {
      const dead: Entry[] = []
      for (const entry of relation.entries()) {
        loadTuple(this.slots, this.#env, entry.values)
        if (!ending.holds()) dead.push(entry)
      }
      for (const entry of dead) relation.remove(entry)
    }
  }

  #remover(slots: readonly Slot[]): () => void {
    const columns = slots.map((s) => this.slots.indexOf(s))
    const read = keyReader(slots, this.#env)
    const indexes: [Relation, Index][] = [this.relation, this.#young].map((r) => [
      r,
      r.index(columns),
    ])
    return () => {
      for (const [relation, index] of indexes) {
        const bucket = index.buckets.get(read())
        if (bucket) for (const entry of [...bucket]) relation.remove(entry)
      }
    }
  }

  save(): unknown {
    const kept = [...this.relation.entries()].sort((a, b) => a.stamp - b.stamp)
    const pending = this.#pending.toArray().filter((p) => p.entry.alive)
    return {
      kept: kept.map((e) => [e.stamp, ...e.values]),
      pending: pending.map((p) => [p.timestamp, ...p.entry.values]),
    }
  }

  restore(saved: unknown): void {
    const { kept, pending } = saved as {
      kept: [number, ...Value[]][]
      pending: [number, ...Value[]][]
    }
    for (const [stamp, ...values] of kept) {
      this.#refresh(this.relation.obtain(keyOf(values), values), stamp)
    }
    for (const [timestamp, ...values] of pending) {
      const entry = this.#young.obtain(keyOf(values), values)
      entry.count++
      this.#pending.push({ entry, timestamp })
    }
  }
}
