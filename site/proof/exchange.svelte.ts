import { takeCopy, type CopyError, type RecordCopy } from '../../range/client/peer/copy.ts'
import type { PeerSeat } from '../../range/client/peer/desk.ts'
import type { PeerDrop } from '../../range/client/peer/guard.ts'
import { findFork, readHeld } from '../../range/client/peer/held-record.ts'
import {
  formatSignal,
  parseSignal,
  type Signal,
  type SignalRefusal,
} from '../../range/client/peer/signal.ts'
import { sha256 } from '../../range/ledger/sha256.ts'
import type { Replica } from './replica.ts'

const REFRESH_MS = 30_000
/** As long as there is no copy yet. */
const RETRY_MS = 3000

/** Why what was pasted is not taken up. */
export type PasteError = SignalRefusal | 'other-exercise' | 'other-log' | 'wrong-kind'

/** Where handing a copy on, or taking one, has got to. */
export type Step =
  | { readonly kind: 'idle' }
  /** The browser looks for its own addresses. */
  | { readonly kind: 'preparing' }
  /** `text` is to be carried to the other browser; a giver then waits for its answer. */
  | { readonly kind: 'carry'; readonly text: string }
  | { readonly kind: 'meeting' }
  /** A giver: so many of so many values went over. */
  | { readonly kind: 'handing'; readonly values: number; readonly of: number }
  /** A taker: so many of so many entries are verified. */
  | { readonly kind: 'taking'; readonly checked: number; readonly size: number }
  | { readonly kind: 'taken'; readonly size: number; readonly keyFrom: 'before' | 'peer' }
  /** Verified, and another history than the copy that was held. */
  | { readonly kind: 'forked' }
  | { readonly kind: 'refused'; readonly code: CopyError }
  | { readonly kind: 'dropped'; readonly drop: PeerDrop }
  | { readonly kind: 'no-webrtc' }

/**
 * The copy of the record that this browser holds, and its ways from and to other browsers. What the
 * server hands out and what a browser hands out is verified alike; neither is believed.
 */
export class Exchange {
  /** The newest verified copy, and whether a browser brought it rather than the server. */
  copy = $state.raw<RecordCopy | undefined>()
  fromPeer = $state(false)
  /** Verified so far of the copy that is being taken from the server. */
  progress = $state.raw<{ readonly checked: number; readonly size: number } | undefined>()
  /** A proof that two copies this browser has verified contradict each other. */
  fork = $state<string | undefined>()
  /** Whether this page was asked to keep a copy. */
  keeping = $state(false)
  server = $state<'unknown' | 'here' | 'gone'>('unknown')
  giving = $state.raw<Step>({ kind: 'idle' })
  taking = $state.raw<Step>({ kind: 'idle' })
  /** Why what was pasted last on either way was not taken up. */
  pasteErrors = $state.raw<{ readonly give?: PasteError; readonly take?: PasteError }>({})

  readonly #exercise: string
  readonly #replica: Replica
  readonly #taken: (note: string) => void
  /** The log's key as this browser knows it from the server; a peer's word never becomes it. */
  #vkey: string | undefined
  #copyKey: string | undefined
  #giver: PeerSeat | undefined
  #offered: RecordCopy | undefined
  #taker: PeerSeat | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #refreshing: Promise<void> | undefined
  #over = false

  /** `taken` hears the signed note of each copy that another browser brought. */
  constructor(exercise: string, replica: Replica, taken: (note: string) => void) {
    this.#exercise = exercise
    this.#replica = replica
    this.#taken = taken
  }

  /** The log's key as this browser knows it; undefined where it knows none. */
  begin(vkey: string | undefined): void {
    this.#vkey = vkey
  }

  /** Begins to keep a copy, as long as the page is open. Nothing is fetched before. */
  async keep(): Promise<void> {
    if (this.keeping) return this.refresh()
    this.keeping = true
    const round = async (): Promise<void> => {
      await this.refresh()
      const wait = this.copy === undefined ? RETRY_MS : REFRESH_MS
      if (!this.#over) this.#timer = setTimeout(() => void round(), wait)
    }
    await round()
  }

  end(): void {
    this.#over = true
    clearTimeout(this.#timer)
    this.#giver?.close()
    this.#taker?.close()
  }

  /** Brings the copy up to the newest checkpoint, where the server still answers. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#copyFromServer().finally(() => (this.#refreshing = undefined))
    return this.#refreshing
  }

  async #copyFromServer(): Promise<void> {
    try {
      const checkpointKey = await this.#replica.askNewest()
      this.server = 'here'
      if (this.#vkey === undefined || checkpointKey === undefined) return
      if (checkpointKey === this.copy?.checkpointKey) return
      const vkey = this.#vkey
      const claim = { vkey, checkpointKey, before: this.copy }
      const told = (checked: number, size: number): void => {
        if (this.copy === undefined) this.progress = { checked, size }
      }
      const taken = await takeCopy(this.#replica.fetchByHash, claim, told)
      if (taken.ok) await this.#compareAndKeep(taken.copy, vkey, false)
    } catch {
      this.server = 'gone'
    } finally {
      this.progress = undefined
    }
  }

  /**
   * Keeps the longer of two copies, unless they contradict each other: then the first seen, and the
   * proof. What an offer that is out stands for is kept as well: its taker may be slow.
   */
  async #compareAndKeep(copy: RecordCopy, vkey: string, fromPeer: boolean): Promise<boolean> {
    // Another key than the copy held has: both were hearsay, of which the last one stays.
    const held = this.#copyKey === vkey ? this.copy : undefined
    if (held !== undefined) {
      const { fetchByHash } = this.#replica
      const fork = await findFork(held, copy, vkey, fetchByHash).catch(() => undefined)
      if (fork !== undefined) this.fork = fork
    }
    if (this.fork === undefined && copy.size >= (held?.size ?? 0)) {
      this.copy = copy
      this.#copyKey = vkey
      this.fromPeer = fromPeer
    }
    const offered = this.#offered?.names ?? []
    this.#replica.keepOnly([...(this.copy?.names ?? []), ...offered])
    return this.fork === undefined
  }

  /** The copy held, read as the server is; undefined where there is none. */
  reader(): ((path: string) => Promise<Uint8Array | undefined>) | undefined {
    return this.copy && readHeld(this.copy, this.#replica.fetchByHash)
  }

  /** Makes an offer of the copy held, for another browser. */
  async give(): Promise<void> {
    this.giving = { kind: 'preparing' }
    // Not waited for longer than a server needs that is there.
    if (this.server !== 'gone') await this.keep()
    const { copy } = this
    const vkey = this.#copyKey
    if (copy === undefined || vkey === undefined) {
      this.giving = { kind: 'idle' }
      return
    }
    const seat = this.#replica.peers.open({
      open: () => this.#giverIs(seat, { kind: 'handing', values: 0, of: copy.names.size }),
      served: (values) =>
        this.#giverIs(seat, { kind: 'handing', values, of: Math.max(values, copy.names.size) }),
      closed: (drop) => this.#giverIs(seat, { kind: 'dropped', drop }),
    })
    this.#giver = seat
    this.#offered = copy
    const end = await seat.end
    if (this.#giver !== seat) return
    if (end === undefined) {
      this.giving = { kind: 'no-webrtc' }
      return
    }
    const { checkpointKey } = copy
    const signal = { kind: 'offer', exercise: this.#exercise, vkey, checkpointKey, end } as const
    this.giving = { kind: 'carry', text: formatSignal(signal, sha256) }
  }

  #giverIs(seat: PeerSeat, step: Step): void {
    if (this.#giver === seat) this.giving = step
  }

  /** Takes the other's answer to the offer. */
  accept(pasted: string): void {
    const signal = this.#read(pasted, 'answer')
    if (signal === undefined || this.#giver === undefined) return
    this.giving = { kind: 'meeting' }
    this.#giver.accept(signal.end)
  }

  /** Answers another browser's offer, and takes its copy once it is there. */
  async take(pasted: string): Promise<void> {
    const signal = this.#read(pasted, 'offer')
    if (signal?.kind !== 'offer') return
    const { vkey, checkpointKey, end } = signal
    this.taking = { kind: 'preparing' }
    const keyFrom = this.#vkey === undefined ? 'peer' : 'before'
    const seat = this.#replica.peers.open(
      {
        open: () => void this.#copyFrom(seat, { vkey, checkpointKey, keyFrom }),
        closed: (drop) => {
          if (!['taken', 'forked', 'refused'].includes(this.taking.kind))
            this.#takerIs(seat, { kind: 'dropped', drop })
        },
      },
      end,
    )
    this.#taker = seat
    const mine = await seat.end
    const told: Step =
      mine === undefined
        ? { kind: 'no-webrtc' }
        : { kind: 'carry', text: formatSignal({ kind: 'answer', end: mine }, sha256) }
    if (this.taking.kind === 'preparing') this.#takerIs(seat, told)
  }

  #takerIs(seat: PeerSeat, step: Step): void {
    if (this.#taker === seat) this.taking = step
  }

  async #copyFrom(
    seat: PeerSeat,
    told: {
      readonly vkey: string
      readonly checkpointKey: string
      readonly keyFrom: 'before' | 'peer'
    },
  ): Promise<void> {
    const { vkey, checkpointKey, keyFrom } = told
    this.#takerIs(seat, { kind: 'taking', checked: 0, size: 0 })
    const { peer } = seat
    const taken = await takeCopy(
      (space, key) => this.#replica.fetchByHash(space, key, { peer }),
      { vkey, checkpointKey, before: this.copy },
      (checked, size) => this.#takerIs(seat, { kind: 'taking', checked, size }),
    )
    if (this.#taker !== seat || this.taking.kind === 'dropped') return
    if (!taken.ok) {
      this.taking = { kind: 'refused', code: taken.code }
      return
    }
    const { note, size } = taken.copy
    const agrees = await this.#compareAndKeep(taken.copy, vkey, true)
    this.taking = agrees ? { kind: 'taken', size, keyFrom } : { kind: 'forked' }
    this.#taken(note)
  }

  /** Goes back to the beginning of one way, and ends its link. */
  again(way: 'give' | 'take'): void {
    this.pasteErrors = {}
    if (way === 'give') {
      this.#giver?.close()
      this.#giver = undefined
      this.giving = { kind: 'idle' }
    } else {
      this.#taker?.close()
      this.#taker = undefined
      this.taking = { kind: 'idle' }
    }
  }

  #read(pasted: string, wanted: Signal['kind']): Signal | undefined {
    const parsed = parseSignal(pasted, sha256)
    const error = parsed.ok ? this.#refusal(parsed.signal, wanted) : parsed.code
    const way = wanted === 'offer' ? 'take' : 'give'
    this.pasteErrors = error === undefined ? {} : { [way]: error }
    return parsed.ok && error === undefined ? parsed.signal : undefined
  }

  #refusal(signal: Signal, wanted: Signal['kind']): PasteError | undefined {
    if (signal.kind !== wanted) return 'wrong-kind'
    if (signal.kind === 'answer') return undefined
    if (signal.exercise !== this.#exercise) return 'other-exercise'
    return this.#vkey !== undefined && this.#vkey !== signal.vkey ? 'other-log' : undefined
  }
}
