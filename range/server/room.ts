import type { FullRun } from '../exercise/run.ts'
import type { Input, Outcome } from '../exercise/types.ts'
import type { MoveAnswer } from '../protocol/message.ts'
import type { View } from '../protocol/view.ts'
import { Audience, type Whom } from './audience.ts'
import { APART_MS, FramePace } from './frame-pace.ts'
import type { Log } from './ledger/log.ts'
import type { Devices } from './devices.ts'
import { asLogged, codeOf, entryOf } from './logged.ts'
import { OrderBook } from './order-book.ts'
import { digestEntry } from './recording.ts'
import { keepAnswer, type Answers, type Sent } from './sent.ts'
import type { Words } from './words.ts'

/** Inputs that wait for one sync at most; a further one is refused as `busy`. */
const WAITING_MAX = 2048
const BATCH_MAX = 256
const TICK_MS = 1000
const TICKS_AT_ONCE = 8
/** Virtual time owed beyond this is given up: too slow a machine runs slower, not in bursts. */
const OWED_MS_MAX = 60_000
const FLUSH_EVERY_MS = 100
/** Everybody is brought up to date at least this often, paused or not. */
const REFRESH_MS = 2000
const LOOP_MS = 20
const AUDIT_EVERY_MS = 15_000

export type Unstamped = Input extends infer I ? (I extends Input ? Omit<I, 'at'> : never) : never
interface Waiting {
  readonly input: Unstamped
  readonly sent: Sent | undefined
  readonly resolve: (outcome: Outcome) => void
}
export interface RoomParts {
  readonly id: string
  readonly code: string
  readonly owner: string | null
  readonly run: FullRun
  readonly log: Log
  /** Who signs what the town's devices report. */
  readonly devices: Devices
  readonly now: () => number
  /** Of all rooms of a server; one of its own without it. */
  readonly pace?: FramePace
  readonly onEnded: () => void
  readonly onBroken: (why: string) => void
  /** After each published checkpoint. */
  readonly onPublished?: () => void
  /** After a player was renamed, moved or removed. */
  readonly onSeatChanged?: () => void
  /** What was answered before a restart, as the log tells it. */
  readonly answers?: Answers
  /** Orders so far, as the log tells of them. */
  readonly orders?: OrderBook
  /** The did:keys that seats signed moves with, as the log tells. */
  readonly keys?: Map<string, Set<string>>
  /** Keeps names and messages apart from the log. */
  readonly words?: Words
}

/**
 * One exercise in play: every input is made durable, then applied at once; ticks follow the clock;
 * what changed is shown to each seat. All of it happens in one line, so that the log's order is the
 * order of effects.
 */
export class Room {
  readonly id: string
  readonly code: string
  readonly owner: string | null
  readonly run: FullRun
  readonly log: Log
  readonly audience: Audience
  readonly orders: OrderBook
  readonly keys: Map<string, Set<string>>
  /** Real milliseconds of the last sign of life. */
  lastActive: number
  readonly #parts: RoomParts
  readonly #answers: Answers
  readonly #pace: FramePace
  #waiting: Waiting[] = []
  #working = false
  #owed = 0
  #clockAt: number
  #tick = 0
  #publishing = false
  #ticksToPublish = 0
  /** Whom to show something within a moment, and whom with the next frame. */
  #soon = new Set<Whom>()
  #frame = new Set<Whom>()
  #flushed = 0
  #refreshed = 0
  #shown = 0
  #showAt = Infinity
  #flushTimer: NodeJS.Timeout | undefined
  #loop: NodeJS.Timeout | undefined
  #auditedAt: number
  #closed = false

  constructor(parts: RoomParts) {
    this.#parts = parts
    this.#answers = parts.answers ?? new Map()
    this.#pace = parts.pace ?? new FramePace()
    this.orders = parts.orders ?? new OrderBook()
    this.keys = parts.keys ?? new Map<string, Set<string>>()
    this.id = parts.id
    this.code = parts.code
    this.owner = parts.owner
    this.run = parts.run
    this.log = parts.log
    this.lastActive = parts.now()
    this.#clockAt = parts.now()
    this.#auditedAt = parts.now()
    this.#tick = Math.round((parts.run.now() - parts.run.scenario.world.start) / TICK_MS)
    this.audience = new Audience((seat) => this.#viewOf(seat), parts.now)
  }

  start(): void {
    this.#clockAt = this.#parts.now()
    this.#loop = setInterval(() => {
      this.#advanceClock()
    }, LOOP_MS)
  }

  /**
   * Makes an input durable and applies it; resolves with what it did. Refused: `over`, `busy`, and
   * what the exercise itself refuses. What machine players do is no sign of life.
   */
  submit(input: Unstamped, sent?: Sent, by: 'people' | 'machine' = 'people'): Promise<Outcome> {
    if (this.#closed) return Promise.resolve({ ok: false, reason: 'over' })
    if (this.#waiting.length >= WAITING_MAX) return Promise.resolve({ ok: false, reason: 'busy' })
    if (by === 'people') this.lastActive = this.#parts.now()
    return new Promise((resolve) => {
      this.#waiting.push({ input, sent, resolve })
      this.#kick()
    })
  }

  /** Like `submit`, once for each id of a seat: a repeated send gets the first answer again. */
  once(seat: string, id: string, act: () => Promise<MoveAnswer>): Promise<MoveAnswer> {
    const known = this.#answers.get(seat)?.get(id)
    if (known) return known
    const answer = act()
    keepAnswer(this.#answers, { seat, id }, answer)
    return answer
  }

  /**
   * Shows what changed to a role, a seat or all: as soon as the work at hand is done, or with the
   * others of a moment. `apart`: milliseconds since the last frame that may pass before.
   */
  touch(whom: Whom, apart: number = APART_MS): void {
    this.#soon.add(whom)
    const now = this.#parts.now()
    const wait = Math.max(0, apart - Math.max(0, now - this.#shown))
    if (this.#showAt <= now + wait) return
    this.#showAt = now + wait
    clearTimeout(this.#flushTimer)
    const show = (): void => {
      this.#showAt = Infinity
      this.#shown = this.#parts.now()
      this.#show(this.#soon)
    }
    if (wait === 0) setImmediate(show)
    else this.#flushTimer = setTimeout(show, wait)
  }

  #show(whom: Set<Whom>): void {
    // Nobody is told of the end before the log is sealed: what they ask for then must be there.
    const sealing = this.run.phase() === 'ended' && !this.log.sealed
    if (this.#closed || sealing) return
    try {
      this.audience.flush(taken(whom))
    } catch (error) {
      this.#break(error)
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    clearInterval(this.#loop)
    clearTimeout(this.#flushTimer)
    for (const one of this.#waiting.splice(0)) one.resolve({ ok: false, reason: 'over' })
    await this.log.close().catch(() => undefined)
  }

  #viewOf(seat: string): View | null {
    const holder = this.run.state.seats.get(seat)
    if (!holder || holder.removed) return null
    return holder.role === 'trainer'
      ? this.run.trainerView(this.audience.connections())
      : this.run.view(seat)
  }

  #advanceClock(): void {
    const now = this.#parts.now()
    const passed = now - this.#clockAt
    this.#clockAt = now
    if (this.run.phase() === 'running')
      this.#owed = Math.min(OWED_MS_MAX, this.#owed + passed * this.run.speed())
    if (this.#mayTick() || this.#waiting.length > 0) this.#kick()
    if (now - this.#auditedAt >= AUDIT_EVERY_MS && this.run.phase() !== 'ended') this.#audit(now)
    if (now - this.#refreshed >= REFRESH_MS) this.#frame.add('all')
    if (this.#frame.size > 0 && now - this.#flushed >= FLUSH_EVERY_MS) this.#flush()
  }

  #flush(): void {
    this.#flushed = this.#parts.now()
    if (this.#frame.has('all')) this.#refreshed = this.#flushed
    this.#show(this.#frame)
  }

  #kick(): void {
    if (this.#working || this.#closed) return
    this.#working = true
    void this.#work()
      .catch((error: unknown) => {
        this.#break(error)
      })
      .finally(() => {
        this.#working = false
        if (!this.#closed && this.#waiting.length > 0) this.#kick()
      })
  }

  async #work(): Promise<void> {
    while (!this.#closed) {
      if (this.#waiting.length > 0) await this.#takeInputs()
      let ticks = 0
      while (this.#mayTick() && this.#waiting.length === 0 && ticks++ < TICKS_AT_ONCE)
        this.#tickOnce()
      if (ticks > 0) await new Promise((resolve) => setImmediate(resolve))
      if (this.#waiting.length === 0 && !this.#mayTick()) return
    }
  }

  #mayTick(): boolean {
    const phase = this.run.phase()
    if (phase === 'paused') return this.run.state.steps > 0
    return phase === 'running' && this.#owed >= TICK_MS && !this.#ending
  }
  #ending = false

  async #takeInputs(): Promise<void> {
    const batch = this.#waiting.splice(0, BATCH_MAX)
    const at = this.run.now()
    const inputs = batch.map(({ input }) => asLogged(this.#sealed({ ...input, at } as Input)))
    let first: number
    try {
      ;({ first } = await this.log.append(inputs.map((input, i) => entryOf(input, batch[i]!.sent))))
    } catch (error) {
      const reason = codeOf(error)
      for (const one of batch)
        one.resolve({ ok: false, reason: reason === 'sealed' ? 'over' : reason })
      if (reason === 'not-json' || reason === 'batch-refused' || reason === 'sealed') return
      throw error
    }
    const outcomes = inputs.map((input, i) => {
      const outcome = this.run.apply(input)
      const order = this.orders.placed(outcome, first + i)
      this.#showEffect(input)
      this.#handReceipt(first + i, batch[i]!.sent, order)
      return outcome
    })
    try {
      // The end is answered, as it is shown, once the log is sealed.
      if (this.run.phase() === 'ended') await this.finish()
    } finally {
      for (const [i, { resolve }] of batch.entries()) resolve(outcomes[i]!)
    }
  }

  #sealed(input: Input): Input {
    return this.#parts.words?.seal(this.id, input) ?? input
  }

  /** Only senders get it, and it says no more than what they sent and what is published. */
  #handReceipt(index: number, sent: Sent | undefined, order: string | undefined): void {
    const made = sent === undefined ? undefined : this.log.receipt(index)
    if (sent === undefined || made === undefined) return
    const slip = order === undefined ? undefined : this.log.slip({ order, kind: 'request', index })
    const more = order === undefined || slip === undefined ? {} : { order, slip }
    this.audience.receipt(sent.seat, { id: sent.id, ...made, ...more })
  }

  /**
   * What a side does is shown to that side and the trainer at once, and to the others only with the
   * next second: when their screens change must not tell of a move that they do not see.
   */
  #showEffect(input: Input): void {
    if (input.kind === 'SeatChanged') this.#parts.onSeatChanged?.()
    if (input.kind !== 'Requested' && input.kind !== 'Moved') {
      this.touch('all')
      return
    }
    const apart = this.#pace.apart(this.#parts.now())
    if (input.kind === 'Requested') this.#frame.add('trainer')
    else this.touch('trainer', apart)
    if (input.seat === null) return
    const role = this.run.state.seats.get(input.seat)?.role
    this.touch(role === undefined || role === 'customer' ? input.seat : role, apart)
  }

  #tickOnce(): void {
    if (this.run.phase() === 'running') this.#owed -= TICK_MS
    const output = this.run.tick()
    this.#tick += 1
    // Not waited for: the log keeps the order, and a digest that a crash loses is computed again.
    this.log.append([digestEntry(output), ...this.#parts.devices.sealed(output)]).then(
      ({ first }) => {
        this.orders.paid(output.telemetry, first)
      },
      (error: unknown) => {
        this.#break(error)
      },
    )
    this.#ticksToPublish += 1
    this.#publish()
    for (const { at: _at, ...input } of this.run.robots())
      void this.submit(input as Unstamped, undefined, 'machine')
    this.#frame.add('all')
    if (this.run.now() >= this.run.endsAt() && this.run.phase() === 'running') {
      this.#ending = true
      void this.submit({ kind: 'PhaseSet', phase: 'ended' })
    }
  }

  /**
   * One checkpoint at a time: on a slow disk several ticks share one, so that the end need not wait
   * for many.
   */
  #publish(): void {
    if (this.#publishing || this.#ticksToPublish === 0 || this.#closed) return
    this.#publishing = true
    const ticks = this.#ticksToPublish
    this.#ticksToPublish = 0
    this.log
      .publish(this.#tick, ticks)
      .then(
        ({ size, note }) => {
          this.#published(size, note)
        },
        (error: unknown) => {
          if (codeOf(error) !== 'sealed' && !this.#closed) this.#break(error)
        },
      )
      .finally(() => {
        this.#publishing = false
        this.#publish()
      })
  }

  #published(size: number, note: string): void {
    const { ledger } = this.run.state
    this.run.state.ledger = { ...ledger, size, root: note.split('\n')[2] ?? '' }
    this.#parts.onPublished?.()
  }

  #audit(now: number): void {
    this.#auditedAt = now
    this.log.audit().then(
      (result) => {
        const verdict = result.ok ? 'intact' : 'changed'
        const over = this.#closed || this.run.phase() === 'ended'
        if (over || this.run.state.ledger.verdict === verdict) return
        const index = result.ok ? null : result.changed
        const size = this.log.publishedSize
        void this.submit({ kind: 'LogAudited', verdict, index, size }, undefined, 'machine')
      },
      () => undefined,
    )
  }

  /** Seals the log of an exercise that is over, and shows its end. */
  async finish(): Promise<void> {
    const { size, note } = await this.log.seal(this.#tick)
    this.#published(size, note)
    clearInterval(this.#loop)
    this.#frame.add('all')
    this.#flush()
    this.#parts.onEnded()
  }

  /** Our own fault, or the disk's: this exercise stops and keeps its log; the others go on. */
  #break(error: unknown): void {
    if (this.#closed) return
    process.stderr.write(
      `doorstep: exercise ${this.id} stopped: ${error instanceof Error ? error.stack : String(error)}\n`,
    )
    this.#parts.onBroken(codeOf(error))
    this.audience.everybody('unknown')
    void this.close()
  }
}

function taken(whom: Set<Whom>): ReadonlySet<Whom> {
  const copy = new Set(whom)
  whom.clear()
  return copy
}
