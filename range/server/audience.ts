import type { Connection } from '../exercise/types.ts'
import type { ReceiptMessage, ServerEvents } from '../protocol/message.ts'
import type { View } from '../protocol/view.ts'
import { SharedPatches } from './shared-patches.ts'

/** Who is to be shown something: `all`, a role, or a seat. */
export type Whom = string

/** One browser at one seat. `emit` never blocks; `backlogBytes` says what waits to be sent. */
export interface Member {
  readonly id: string
  readonly seat: string
  /** Sends a patch whose operations are JSON already. */
  readonly patch: (seq: number, ops: string) => void
  readonly emit: <E extends keyof ServerEvents>(
    event: E,
    ...args: Parameters<ServerEvents[E]>
  ) => void
  readonly backlogBytes: () => number
  readonly drop: () => void
}
interface Held {
  readonly member: Member
  view: View | null
  seq: number
  ms: number | null
  since: number
}

/** Browsers at one seat; the oldest goes when another comes. */
const MEMBERS_PER_SEAT_MAX = 3
const BACKLOG_BYTES_MAX = 4 * 1024 * 1024
const SLOW_MS = 400

/**
 * Who looks at an exercise, and what each has been shown: at first and on request the whole view,
 * then only what changed. A seat's view is computed once however many browsers show it, a change
 * that several seats of a role see alike is found and written once. Slow readers are dropped at
 * 4 MB.
 */
export class Audience {
  readonly #held = new Map<string, Held>()
  readonly #left = new Map<string, number>()
  readonly #viewOf: (seat: string) => View | null
  readonly #now: () => number

  constructor(viewOf: (seat: string) => View | null, now: () => number) {
    this.#viewOf = viewOf
    this.#now = now
  }

  get size(): number {
    return this.#held.size
  }

  join(member: Member): void {
    const same = [...this.#held.values()].filter(({ member: { seat } }) => seat === member.seat)
    if (same.length >= MEMBERS_PER_SEAT_MAX) this.#gone(same[0]!, 'full')
    const held: Held = { member, view: null, seq: 0, ms: null, since: this.#now() }
    this.#held.set(member.id, held)
    this.#whole(held)
  }

  leave(id: string): void {
    const held = this.#held.get(id)
    if (!held) return
    this.#held.delete(id)
    if (![...this.#held.values()].some(({ member }) => member.seat === held.member.seat))
      this.#left.set(held.member.seat, this.#now())
  }

  /** Sends the whole view again, after a gap. */
  again(id: string): void {
    const held = this.#held.get(id)
    if (held) this.#whole(held)
  }

  measured(id: string, ms: number): void {
    const held = this.#held.get(id)
    if (held) held.ms = ms
  }

  /** Shows those in `whom` what has changed since they were last shown something. */
  flush(whom: ReadonlySet<Whom>): void {
    const views = new Map<string, View | null>()
    const patches = new SharedPatches()
    for (const held of [...this.#held.values()]) {
      const { seat } = held.member
      const role = held.view?.role ?? 'all'
      if (!whom.has('all') && !whom.has(role) && !whom.has(seat)) continue
      if (!views.has(seat)) views.set(seat, this.#viewOf(seat))
      const view = views.get(seat)!
      if (view === null) this.#gone(held, 'removed')
      else if (held.member.backlogBytes() > BACKLOG_BYTES_MAX) held.member.drop()
      else if (held.view === null || held.view.role !== view.role) this.#whole(held)
      else this.#change(held, patches.between(held.view, view), view)
    }
  }

  /** Hands a seat the receipt of a message of its own, in every browser that shows it. */
  receipt(seat: string, message: ReceiptMessage): void {
    for (const { member } of this.#held.values())
      if (member.seat === seat) member.emit('receipt', message)
  }

  #change(held: Held, ops: string | null, view: View): void {
    if (ops === null) return
    held.view = view
    held.seq += 1
    held.member.patch(held.seq, ops)
  }

  connections(): Record<string, Connection> {
    const result: Record<string, Connection> = {}
    for (const [seat, since] of this.#left) result[seat] = { state: 'lost', ms: null, since }
    for (const { member, ms, since } of this.#held.values()) {
      result[member.seat] = { state: ms !== null && ms > SLOW_MS ? 'slow' : 'here', ms, since }
    }
    return result
  }

  everybody(reason: 'ended' | 'unknown'): void {
    for (const held of [...this.#held.values()]) this.#gone(held, reason)
  }

  #whole(held: Held): void {
    const view = this.#viewOf(held.member.seat)
    if (view === null) return this.#gone(held, 'removed')
    held.view = view
    held.seq += 1
    held.member.emit('view', { seq: held.seq, view })
  }

  #gone(held: Held, reason: 'removed' | 'ended' | 'full' | 'unknown'): void {
    this.#held.delete(held.member.id)
    held.member.emit('gone', { reason })
    held.member.drop()
  }
}
