import { equalBytes, toBase64 } from '../ledger/bytes.ts'
import { ownNote, parseCheckpoint, parseNote, verifyCheckpoint } from '../ledger/checkpoint.ts'
import type { VerifySignature } from '../ledger/checkpoint.ts'
import { makeWitnessVkey, parseWitnessVkey } from '../ledger/cosignature.ts'
import { verifyEd25519 } from '../ledger/ed25519.ts'
import { formatForkProof } from '../ledger/fork-proof.ts'
import { sha256 } from '../ledger/sha256.ts'
import type { TileId } from '../ledger/tile.ts'
import { witnessStep, type WitnessStep } from '../ledger/witness-step.ts'
import { randomId } from './random-id.ts'
import {
  freshRecord,
  signAs,
  StoreChanged,
  type WitnessRecord,
  type WitnessStore,
} from './witness-store.ts'

type Refused = Extract<WitnessStep, { readonly ok: false }>['refused']

/** How a witness stands. Times are Unix milliseconds. */
export type WitnessStatus =
  | { readonly kind: 'starting' }
  /** Nothing new could be had or decided; what is known stands. */
  | { readonly kind: 'waiting'; readonly why: 'unreachable' | 'no-checkpoint' | Refused }
  /** What is shown continues what was seen. `counted`: the server took the cosignature. */
  | {
      readonly kind: 'good'
      readonly vkey: string
      readonly size: number
      readonly at: number
      readonly counted: boolean
    }
  /** The log misbehaves. `fork` is a portable proof where there is one. */
  | { readonly kind: 'alarm'; readonly refused: Refused; readonly fork?: string }

/** Where a witness has things from, and where it hands its cosignatures. Nothing is trusted. */
export interface WitnessSources {
  /** The newest checkpoint shown now, and the key shown now; undefined: none there. */
  readonly checkpoint: () => Promise<string | undefined>
  readonly key: () => Promise<string | undefined>
  readonly tile: (tile: TileId) => Promise<Uint8Array | undefined>
  /** Makes a witness key known; whether it counts. */
  readonly enrol: (vkey: string) => Promise<boolean>
  readonly handIn: (note: string) => Promise<boolean>
  /** Tells what was seen before of a log that shows something else now, for others to judge. */
  readonly accuse?: (note: string) => Promise<unknown>
}

export interface WitnessOptions {
  /** The log's key as this browser pinned it. */
  readonly vkey: string
  /** What is kept; `memoryStore` where nothing may be. */
  readonly store: WitnessStore
  /** Without, it watches and remembers, but signs nothing. */
  readonly signs: boolean
  readonly sources: WitnessSources
  readonly onStatus: (status: WitnessStatus) => void
  /** Unix milliseconds. */
  readonly now?: () => number
}

/** Good signatures of late: what a witness knows was verified when it came. */
const good = new Set<string>()
const GOOD_MAX = 16

/** As `verifyEd25519`, but each good signature once: a round then costs one and not two. */
const verifyOnce: VerifySignature = (publicKey, message, signature) => {
  const name = [publicKey, sha256(message), signature].map(toBase64).join()
  if (good.has(name)) return true
  if (!verifyEd25519(publicKey, message, signature)) return false
  good.add(name)
  if (good.size > GOOD_MAX) good.delete(good.values().next().value!)
  return true
}

const tools = { sha256, verify: verifyOnce }
/** May be over at the next look; all else is the log's misbehaviour. */
const PASSING: readonly Refused[] = ['clock-off', 'tiles-missing']
const CONTRADICTIONS: readonly Refused[] = [
  'smaller-size',
  'same-size-other-root',
  'history-rewritten',
]
const SEEN_MAX = 256

/**
 * The witness of one log in this browser. It reads the newest checkpoint while it has the store
 * alone, so that of two tabs the later never shows the earlier something older; it stores before it
 * signs; and a store that was wiped makes it a new witness with a new key.
 */
export class BrowserWitness {
  readonly #options: WitnessOptions
  /** Notes by size, as this page has seen them. */
  readonly #seen = new Map<number, string>()
  #running: Promise<void> | undefined
  #again = false
  #enrolled = ''
  #accused = ''
  #counted = false
  /** The checkpoint that everything has been done for. */
  #settled: { readonly note: string; readonly status: WitnessStatus } | undefined

  constructor(options: WitnessOptions) {
    this.#options = options
  }

  /**
   * Looks at the newest checkpoint; looks that come meanwhile are made up for by one more. `hint`
   * is one that was read just before.
   */
  look(hint?: string): Promise<void> {
    if (this.#running === undefined) {
      this.#running = this.#run(hint).finally(() => (this.#running = undefined))
    } else this.#again = true
    return this.#running
  }

  /**
   * A checkpoint that others tell of, cosigned or not: compared with what was seen here, and a
   * reason to look where it is newer. Of another log: nothing.
   */
  async hear(told: string): Promise<void> {
    const { vkey, store, onStatus } = this.#options
    const note = ownNote(told, vkey, sha256)
    const size = note === undefined ? undefined : parseCheckpoint(parseNote(note)!.text)?.size
    if (note === undefined || size === undefined) return
    if (size > Math.max(0, ...this.#seen.keys())) void this.look()
    const mine = this.#seen.get(size)
    if (mine === undefined || mine === note) return
    const [one, other] = [mine, note].map((text) => verifyCheckpoint(text, vkey, tools))
    if (!one?.ok || !other?.ok) return
    if (equalBytes(one.checkpoint.root, other.checkpoint.root)) return
    const fork = formatForkProof({ vkey, older: mine, newer: note, path: [] })
    await store.alone(async () => {
      const known = await ready(store)
      if (known.state === undefined || known.state.fork !== undefined) return
      const state = { ...known.state, fork }
      await store.write({ ...known, version: known.version + 1, state }, known.version)
    })
    onStatus({ kind: 'alarm', refused: 'same-size-other-root', fork })
  }

  async #run(first: string | undefined): Promise<void> {
    let hint = first
    do {
      this.#again = false
      // A look that another tab or a wiped store came between is simply made again.
      const status = await this.#lookOnce(hint).catch((error: unknown): WitnessStatus => {
        if (error instanceof StoreChanged) this.#again = true
        return { kind: 'waiting', why: 'unreachable' }
      })
      hint = undefined
      if (!this.#again) this.#options.onStatus(status)
    } while (this.#again)
  }

  #lookOnce(hint: string | undefined): Promise<WitnessStatus> {
    const { sources, store, vkey } = this.#options
    return store.alone(async () => {
      const hinted = hint === undefined ? undefined : await this.#take(hint)
      // Another tab may have seen more since the hint was read: only what is read now accuses.
      if (hinted?.kind === 'good') return hinted
      const [shown, note] = await Promise.all([sources.key(), sources.checkpoint()])
      if (shown === undefined || note === undefined) {
        return { kind: 'waiting', why: 'no-checkpoint' }
      }
      if (shown !== vkey) return { kind: 'alarm', refused: 'new-log-identity' }
      return this.#take(note)
    })
  }

  async #take(note: string): Promise<WitnessStatus> {
    const own = ownNote(note, this.#options.vkey, sha256) ?? note
    const done = this.#counted || !this.#options.signs
    if (done && own === this.#settled?.note) return this.#settled.status
    const status = await this.#step(own)
    this.#settled = status.kind === 'good' ? { note: own, status } : undefined
    return status
  }

  async #step(note: string): Promise<WitnessStatus> {
    const { sources, store, signs, vkey: logKey, now = Date.now } = this.#options
    const known = await ready(store)
    const vkey = makeWitnessVkey(known.name, known.publicKey, sha256)
    let { version } = known
    const outcome = await witnessStep(
      {
        key: parseWitnessVkey(vkey, sha256)!,
        sign: (message) => (signs ? signAs(known, message) : new Uint8Array(64)),
        state: known.state,
        async save(state) {
          await store.write({ ...known, version: version + 1, state }, version)
          version += 1
        },
        tile: sources.tile,
        now,
        tools,
      },
      { vkey: logKey, note },
    )
    if (!outcome.ok) {
      if (CONTRADICTIONS.includes(outcome.refused)) this.#accuse(known.state?.note)
      return refusal(outcome)
    }
    const { size } = outcome.checkpoint
    this.#remember(size, note)
    if (signs) await this.#share(vkey, outcome.note)
    return { kind: 'good', vkey, size, at: now(), counted: this.#counted }
  }

  async #share(vkey: string, cosigned: string): Promise<void> {
    const { enrol, handIn } = this.#options.sources
    if (this.#enrolled !== vkey && (await enrol(vkey))) this.#enrolled = vkey
    this.#counted = this.#enrolled === vkey && (await handIn(cosigned))
  }

  /** Once is enough: whoever was told keeps it. */
  #accuse(seen: string | undefined): void {
    if (seen === undefined || seen === this.#accused) return
    this.#accused = seen
    this.#options.sources.accuse?.(seen).catch(() => (this.#accused = ''))
  }

  #remember(size: number, note: string): void {
    this.#seen.set(size, note)
    if (this.#seen.size > SEEN_MAX) this.#seen.delete(this.#seen.keys().next().value!)
  }
}

/** The record, with a key made and kept first where there is none. */
async function ready(store: WitnessStore): Promise<WitnessRecord> {
  const known = await store.read()
  if (known !== undefined) return known
  const fresh = await freshRecord(`browser.doorstep/${randomId(8)}`)
  await store.write(fresh, undefined)
  return fresh
}

function refusal(step: Extract<WitnessStep, { readonly ok: false }>): WitnessStatus {
  const { refused, fork } = step
  if (PASSING.includes(refused)) return { kind: 'waiting', why: refused }
  return { kind: 'alarm', refused, ...(fork === undefined ? {} : { fork }) }
}
