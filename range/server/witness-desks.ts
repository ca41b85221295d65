import type { GunHub } from './gun/hub.ts'
import type { LogShelf } from './ledger/http.ts'
import type { PublishedLog } from './ledger/published.ts'
import { WitnessDesk } from './ledger/witness-desk.ts'
import { PER_WITNESS_MS, ROUND_MS, WitnessRounds } from './witness-rounds.ts'

const DESKS_MAX = 96
/** Cosigned notes of one log that stay in Gun, and how long latecomers are waited for. */
const NOTES_KEPT = 64
const LATECOMERS_MS = 1000

export interface Desks {
  /** The desk of an exercise; undefined where there is no such log. */
  get(id: string): WitnessDesk | undefined
  /** Which checkpoint the witnesses of an exercise are asked to cosign just now. */
  rounds(id: string): WitnessRounds | undefined
  /** The log's newest checkpoint with the cosignatures it has. */
  cosigned(id: string, log: PublishedLog): string | undefined
}

export interface DesksParts {
  readonly logs: LogShelf
  readonly dirOf: (id: string) => string
  /** Witness keys of named servers. */
  readonly named: readonly string[]
  readonly now: () => number
  readonly hub: Pick<GunHub, 'publish' | 'forget'>
  /** How long one checkpoint is offered to few witnesses; `ROUND_MS` by default. */
  readonly roundMs?: number
}

interface Kept {
  readonly desk: WitnessDesk
  readonly share: Sharer
  readonly rounds: WitnessRounds
}

/** One desk a log, made when somebody asks for it; the longest unused go. */
export function createDesks(parts: DesksParts): Desks {
  const desks = new Map<string, Kept>()
  const roundMs = (): number => {
    let witnesses = 0
    for (const { rounds } of desks.values()) witnesses += rounds.witnesses
    return Math.max(parts.roundMs ?? ROUND_MS, witnesses * PER_WITNESS_MS)
  }
  function get(id: string): Kept | undefined {
    const log = parts.logs.get(id)
    if (log === undefined) return undefined
    const known = desks.get(id)
    desks.delete(id)
    // A log that was read anew, from disk or after a restart, gets a desk of its own.
    if (known?.desk.log === log) {
      desks.set(id, known)
      return known
    }
    const share = new Sharer(parts.hub)
    const { named, now } = parts
    const onCosigned = (note: string, witnessed: boolean): void => {
      share.take(note, witnessed)
    }
    const desk = new WitnessDesk({ log, named, now, dir: parts.dirOf(id), onCosigned })
    const kept = { desk, share, rounds: new WitnessRounds(log, roundMs) }
    known?.share.close()
    desks.set(id, kept)
    for (const [old, { share: gone }] of desks) {
      if (desks.size <= DESKS_MAX) break
      gone.close()
      desks.delete(old)
    }
    return kept
  }
  return {
    get: (id) => get(id)?.desk,
    rounds: (id) => get(id)?.rounds,
    cosigned: (id, log) => get(id)?.desk.checkpoint() ?? log.checkpoint,
  }
}

/**
 * Hands cosigned notes to Gun: one at once when it reaches its quorum, and the newest again when
 * latecomers had a moment. Nothing of it is waited for.
 */
class Sharer {
  readonly #hub: DesksParts['hub']
  readonly #keys: string[] = []
  #newest: string | undefined
  #reached = ''
  #timer: NodeJS.Timeout | undefined

  constructor(hub: DesksParts['hub']) {
    this.#hub = hub
  }

  take(note: string, witnessed: boolean): void {
    this.#newest = note
    const text = note.slice(0, note.lastIndexOf('\n\n'))
    if (witnessed && text !== this.#reached) {
      this.#reached = text
      this.#publish(note)
    }
    if (this.#timer !== undefined) return
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (this.#newest !== undefined) this.#publish(this.#newest)
    }, LATECOMERS_MS).unref()
  }

  /** Forgets what was handed to Gun; nothing is handed after that. */
  close(): void {
    clearTimeout(this.#timer)
    for (const key of this.#keys.splice(0)) this.#hub.forget('cosig', key)
  }

  #publish(note: string): void {
    const key = this.#hub.publish('cosig', note, { announce: true })
    if (this.#keys.includes(key)) return
    this.#keys.push(key)
    if (this.#keys.length > NOTES_KEPT) this.#hub.forget('cosig', this.#keys.shift()!)
  }
}
