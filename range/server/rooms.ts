import { randomBytes, randomInt } from 'node:crypto'
import { and, desc, eq, isNull } from 'drizzle-orm'
import type { Entries } from '../exercise/debrief.ts'
import { SEATS_MAX } from '../exercise/inputs.ts'
import type { FullRun, RunOptions } from '../exercise/run.ts'
import type { Input } from '../exercise/types.ts'
import { CODE_ALPHABET, CODE_LENGTH } from '../protocol/door.ts'
import type { PlayRole, Role } from '../protocol/view.ts'
import { exercises, type Store } from './database.ts'
import { loadEngineParts, type EngineParts } from './engine-parts.ts'
import { FramePace } from './frame-pace.ts'
import type { LogShelf } from './ledger/http.ts'
import { LAB_SEEDS } from './lab-seeds.ts'
import { freeName, smallerTeam } from './newcomer.ts'
import {
  exerciseRow,
  type ExerciseRow,
  type Holder,
  type Mode,
  type Refused,
  type SeatedOr,
} from './rooms-answers.ts'
import { readInputs } from './replay-log.ts'
import { Room, type RoomParts } from './room.ts'
import { Runs } from './runs.ts'
import { scenarioChoices, type ScenarioChoice } from './scenarios.ts'
import { createShelf } from './shelf.ts'
import { createTokens, type Tokens } from './tokens.ts'
import { createWords, type Words } from './words.ts'

type Opened = Pick<
  RoomParts,
  'id' | 'code' | 'owner' | 'run' | 'log' | 'devices' | 'answers' | 'orders' | 'keys'
>
const LABS_MAX = 20
const ROOMS_MAX = 40
const LAB_IDLE_MS = 30 * 60_000
const CLASS_IDLE_MS = 12 * 3600_000
/** Ended exercises kept in memory for their debrief. */
const ENDED_MAX = 6

/** All exercises of a server: made, joined, resumed after a restart, looked at afterwards. */
export class Rooms {
  readonly #store: Store
  readonly #tokens: Tokens
  readonly #runs: Runs
  readonly #words: Words
  readonly #now: () => number
  readonly #pace = new FramePace()
  readonly #rooms = new Map<string, Room>()
  readonly #byCode = new Map<string, Room>()
  readonly #caps = new Map<string, { readonly room: Room; readonly seat: string }>()
  readonly #shelf: LogShelf
  #ended: string[] = []
  readonly #sweeper: NodeJS.Timeout
  /** Called with each room that begins, resumed ones included. */
  onRoom: ((room: Room) => void) | undefined
  onPublished: ((room: Room) => void) | undefined
  onGone: ((room: Room) => void) | undefined
  onSeatChanged: ((room: Room) => void) | undefined

  private constructor(store: Store, parts: EngineParts, now: () => number) {
    this.#store = store
    this.#tokens = createTokens(store)
    this.#shelf = createShelf((id) => (this.row(id) ? this.#runs.dirOf(id) : null))
    this.#words = createWords(store)
    this.#runs = new Runs(store.dir, {
      parts,
      capOf: (id, seat) => this.#tokens.capOf(id, seat),
      wordOf: this.#words.wordOf,
    })
    this.#now = now
    this.#sweeper = setInterval(() => {
      this.sweep()
    }, 30_000)
    this.#sweeper.unref()
  }

  static async open(store: Store, now: () => number = () => Date.now()): Promise<Rooms> {
    return new Rooms(store, await loadEngineParts(), now)
  }

  get(id: string): Room | undefined {
    return this.#rooms.get(id)
  }

  /** Makes an exercise and gives its trainer a seat. */
  async create(asked: {
    scenario: string
    lengthMinutes?: number | undefined
    seed?: number | undefined
    mode: Mode
    owner: string | null
  }): Promise<{ readonly ok: true; readonly room: Room } | Refused> {
    if (asked.mode === 'lab' && this.#living('lab') >= LABS_MAX)
      return { ok: false, status: 503, reason: 'full' }
    if (this.#living() >= ROOMS_MAX) return { ok: false, status: 503, reason: 'full' }
    const id = `x${randomBytes(8).toString('hex')}`
    const code = this.#freshCode()
    const seed = asked.seed ?? freshSeed(asked.mode)
    const begun = await this.#runs.begin({ ...asked, id, code, seed })
    if (!begun.ok) return begun
    const { run, log, devices } = begun
    const { slug, title } = run.scenario
    this.#store.db
      .insert(exercises)
      .values({
        id,
        code,
        scenario: slug,
        title,
        seed,
        mode: asked.mode,
        lengthMinutes: run.state.lengthMinutes,
        owner: asked.owner,
        createdAt: this.#now(),
      })
      .run()
    return { ok: true, room: this.#open({ id, code, owner: asked.owner, run, log, devices }) }
  }

  /**
   * Seats somebody; without a role a player joins the smaller team. Refused: unknown code, locked,
   * full, over.
   */
  async join(code: string, nickname: string, role?: PlayRole): Promise<SeatedOr> {
    const room = this.#byCode.get(code)
    if (!room) return { ok: false, status: 404, reason: 'no-such-code' }
    if (room.run.phase() === 'ended') return { ok: false, status: 410, reason: 'over' }
    if (room.run.state.locked && role !== 'screen')
      return { ok: false, status: 423, reason: 'locked' }
    return this.seat(room, role ?? smallerTeam(room.run), nickname)
  }

  /** Seats somebody in a room, whatever its lock. */
  async seat(room: Room, role: Role, nickname: string): Promise<SeatedOr> {
    if (room.run.seats().length >= SEATS_MAX) return { ok: false, status: 503, reason: 'full' }
    const seat = `s${randomBytes(6).toString('hex')}`
    const outcome = await room.submit({
      kind: 'SeatTaken',
      seat,
      role,
      nickname: freeName(room.run, nickname),
      robot: false,
    })
    if (!outcome.ok)
      return { ok: false, status: outcome.reason === 'full' ? 503 : 409, reason: outcome.reason }
    const token = this.#tokens.issue(room.id, seat)
    this.#caps.set(this.#tokens.capOf(room.id, seat), { room, seat })
    return { ok: true, exercise: room.id, seat, token, role }
  }

  /** Who holds a token, if it is one of this exercise. */
  holder(exercise: string, token: string): Holder {
    const seat = this.#tokens.seatOf(exercise, token)
    if (seat === undefined) return 'unknown'
    const room = this.#rooms.get(exercise)
    if (!room) return 'ended'
    const held = room.run.state.seats.get(seat)
    return !held || held.removed ? 'removed' : { room, seat, role: held.role }
  }

  /** Whether a token was ever one of an exercise: enough to read its debrief after the end. */
  knows(exercise: string, token: string): boolean {
    return this.#tokens.seatOf(exercise, token) !== undefined
  }

  /** Whose browser asks to witness: the seat of a token, and its role while its room is here. */
  witnessSeat(exercise: string, token: string) {
    const seat = this.#tokens.seatOf(exercise, token)
    if (seat === undefined) return undefined
    const held = this.#rooms.get(exercise)?.run.state.seats.get(seat)
    return held?.removed === true ? undefined : { seat, role: held?.role }
  }

  /**
   * Lets an ended exercise go from memory, so that it is read again from what is stored. Gives
   * whether it is over, its log sealed: closed before, it would stay open on the disk.
   */
  async letGo(id: string): Promise<boolean> {
    const room = this.#rooms.get(id)
    if (room === undefined) return true
    if (!room.log.sealed) return false
    this.#ended = this.#ended.filter((one) => one !== id)
    room.audience.everybody('ended')
    this.#forget(room)
    await room.close()
    return true
  }

  /** Where an exercise keeps its log, and what belongs to it. */
  dirOf(id: string): string {
    return this.#runs.dirOf(id)
  }

  /** The seat behind a capability of the cage. */
  cage(cap: string): { readonly room: Room; readonly seat: string } | undefined {
    return this.#caps.get(cap)
  }

  /** What a trainer can choose from. */
  scenarios(): readonly ScenarioChoice[] {
    return scenarioChoices()
  }

  list(): ExerciseRow[] {
    const rows = this.#store.db
      .select()
      .from(exercises)
      .orderBy(desc(exercises.createdAt))
      .limit(200)
      .all()
    return rows
      .filter(({ mode }) => mode !== 'lab')
      .map((row) => exerciseRow(row, this.#rooms.get(row.id)?.run))
  }
  row(id: string): typeof exercises.$inferSelect | undefined {
    return this.#store.db.select().from(exercises).where(eq(exercises.id, id)).get()
  }

  /**
   * A finished exercise by its state and inputs, rebuilt from its log where it is no longer in
   * memory.
   */
  async finished(id: string): Promise<
    | {
        readonly run: FullRun
        readonly inputs: readonly Input[]
        readonly entries: Entries
        readonly fresh: () => RunOptions
      }
    | { readonly error: string }
  > {
    const row = this.row(id)
    if (!row) return { error: 'no-such-exercise' }
    const room = this.#rooms.get(id)
    if (room && room.run.phase() !== 'ended') return { error: 'not-ended' }
    if (!room) {
      const rebuilt = await this.#runs.rebuild(row)
      if ('error' in rebuilt) return rebuilt
      this.#remember(this.#open({ id, code: row.code, owner: row.owner, ...rebuilt }))
    }
    const { run, log } = this.#rooms.get(id)!
    const { inputs, entries } = readInputs(log, this.#words.wordOf)
    const fresh = this.#runs.again(row)
    return 'error' in fresh ? fresh : { run, inputs, entries, fresh: fresh.options }
  }

  /** Logs by exercise, for anybody to verify: `handleLedgerRequest` reads this. */
  shelf(): LogShelf {
    return { get: (id) => this.#rooms.get(id)?.log ?? this.#shelf.get(id) }
  }

  /**
   * Goes on with every exercise that a stop or crash interrupted. Says what it could not resume,
   * and why.
   */
  async resume(): Promise<readonly string[]> {
    const trouble: string[] = []
    const rows = this.#store.db
      .select()
      .from(exercises)
      .where(and(isNull(exercises.endedAt), isNull(exercises.trouble)))
      .all()
    for (const row of rows) {
      const rebuilt = await this.#runs.rebuild(row).catch((error: unknown) => ({
        error: error instanceof Error ? error.message : String(error),
      }))
      if ('error' in rebuilt) {
        this.#store.db
          .update(exercises)
          .set({ trouble: rebuilt.error })
          .where(eq(exercises.id, row.id))
          .run()
        trouble.push(`${row.title} (${row.code}): ${rebuilt.error}`)
        continue
      }
      const room = this.#open({ id: row.id, code: row.code, owner: row.owner, ...rebuilt })
      // A crash between the last input and the seal: what was left is done now.
      if (room.run.phase() === 'ended') await room.finish()
    }
    return trouble
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper)
    await Promise.all([...this.#rooms.values()].map((room) => room.close()))
  }

  #open(asked: Opened): Room {
    const room: Room = new Room({
      ...asked,
      words: this.#words,
      now: this.#now,
      pace: this.#pace,
      onEnded: () => {
        this.#store.db
          .update(exercises)
          .set({ endedAt: this.#now() })
          .where(eq(exercises.id, room.id))
          .run()
        this.#remember(room)
      },
      onBroken: (why) => {
        this.#store.db
          .update(exercises)
          .set({ trouble: why })
          .where(eq(exercises.id, room.id))
          .run()
        this.#forget(room)
      },
      onPublished: () => {
        this.onPublished?.(room)
      },
      onSeatChanged: () => {
        this.onSeatChanged?.(room)
      },
    })
    this.#rooms.set(room.id, room)
    this.#byCode.set(room.code, room)
    for (const { seat } of room.run.seats())
      this.#caps.set(this.#tokens.capOf(room.id, seat), { room, seat })
    this.onRoom?.(room)
    if (room.run.phase() !== 'ended') room.start()
    return room
  }

  /** An ended room stays for its debrief; the oldest of several goes. */
  #remember(room: Room): void {
    this.#ended = [...this.#ended.filter((id) => id !== room.id), room.id]
    while (this.#ended.length > ENDED_MAX) {
      const gone = this.#rooms.get(this.#ended.shift()!)
      if (gone) {
        gone.audience.everybody('ended')
        this.#forget(gone)
        void gone.close()
      }
    }
  }
  #forget(room: Room): void {
    this.onGone?.(room)
    this.#rooms.delete(room.id)
    if (this.#byCode.get(room.code) === room) this.#byCode.delete(room.code)
    for (const [cap, one] of this.#caps) if (one.room === room) this.#caps.delete(cap)
  }

  /** Ends what nobody has touched for its time; called twice a minute. */
  sweep(): void {
    for (const room of this.#rooms.values()) {
      if (room.run.phase() === 'ended') continue
      const { mode } = room.run.state
      const idle = this.#now() - room.lastActive
      if (mode === 'class' && room.audience.size > 0) continue
      if (idle > (mode === 'class' ? CLASS_IDLE_MS : LAB_IDLE_MS))
        void room.submit({ kind: 'PhaseSet', phase: 'ended' })
    }
  }

  #living(mode?: Mode): number {
    return [...this.#rooms.values()].filter(
      ({ run }) => run.phase() !== 'ended' && (mode === undefined || run.state.mode === mode),
    ).length
  }
  #freshCode(): string {
    for (;;) {
      const code = Array.from(
        { length: CODE_LENGTH },
        () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]!,
      ).join('')
      if (!this.#byCode.has(code)) return code
    }
  }
}

function freshSeed(mode: Mode): number {
  return mode === 'lab' ? LAB_SEEDS[randomInt(LAB_SEEDS.length)]! : randomInt(1, 2_147_483_647)
}
