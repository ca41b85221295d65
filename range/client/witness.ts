import { equalBytes } from '../ledger/bytes.ts'
import { ownNote, parseCheckpoint, parseNote, verifyCheckpoint } from '../ledger/checkpoint.ts'
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

export interface BrowserWitness {
  /**
   * Looks at the newest checkpoint; looks that come meanwhile are made up for by one more. `hint` is
   * one that was read just before.
   */
  look(hint?: string): Promise<void>
  /**
   * A checkpoint that others tell of, cosigned or not: compared with what was seen here, and a
   * reason to look where it is newer. Of another log: nothing.
   */
  hear(note: string): Promise<void>
}

const tools = { sha256, verify: verifyEd25519 }
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
export function createWitness(options: WitnessOptions): BrowserWitness {
  const seen = new Map<number, string>()
  let running: Promise<void> | undefined
  let again = false
  let enrolled = ''
  let counted = false
  /** The checkpoint that everything has been done for. */
  let settled: { readonly note: string; readonly status: WitnessStatus } | undefined

  async function lookOnce(hint: string | undefined): Promise<WitnessStatus> {
    const { sources, store } = options
    return store.alone(async () => {
      const hinted = hint === undefined ? undefined : await take(hint)
      // Another tab may have seen more since the hint was read: only what is read now accuses.
      if (hinted?.kind === 'good') return hinted
      const [shown, note] = await Promise.all([sources.key(), sources.checkpoint()])
      if (shown === undefined || note === undefined) {
        return { kind: 'waiting', why: 'no-checkpoint' }
      }
      if (shown !== options.vkey) return { kind: 'alarm', refused: 'new-log-identity' }
      return take(note)
    })
  }

  async function take(note: string): Promise<WitnessStatus> {
    const own = ownNote(note, options.vkey, sha256) ?? note
    if (own === settled?.note && (counted || !options.signs)) return settled.status
    const status = await step(own)
    settled = status.kind === 'good' ? { note: own, status } : undefined
    return status
  }

  async function step(note: string): Promise<WitnessStatus> {
    const { sources, store, signs } = options
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
        now: options.now ?? Date.now,
        tools,
      },
      { vkey: options.vkey, note },
    )
    if (!outcome.ok) {
      if (known.state !== undefined && CONTRADICTIONS.includes(outcome.refused)) {
        void sources.accuse?.(known.state.note).catch(() => undefined)
      }
      return refusal(outcome)
    }
    remember(outcome.checkpoint.size, note)
    if (signs) await share(vkey, outcome.note)
    const at = (options.now ?? Date.now)()
    return { kind: 'good', vkey, size: outcome.checkpoint.size, at, counted }
  }

  async function share(vkey: string, cosigned: string): Promise<void> {
    const { enrol, handIn } = options.sources
    if (enrolled !== vkey && (await enrol(vkey))) enrolled = vkey
    counted = enrolled === vkey && (await handIn(cosigned))
  }

  function remember(size: number, note: string): void {
    seen.set(size, note)
    if (seen.size > SEEN_MAX) seen.delete(seen.keys().next().value!)
  }

  async function hear(told: string): Promise<void> {
    const note = ownNote(told, options.vkey, sha256)
    const size = note === undefined ? undefined : parseCheckpoint(parseNote(note)!.text)?.size
    if (size !== undefined && size > Math.max(0, ...seen.keys())) void look()
    const mine = size === undefined ? undefined : seen.get(size)
    if (note === undefined || size === undefined || mine === undefined || mine === note) return
    const [one, other] = [mine, note].map((text) => verifyCheckpoint(text, options.vkey, tools))
    if (!one?.ok || !other?.ok) return
    if (equalBytes(one.checkpoint.root, other.checkpoint.root)) return
    const fork = formatForkProof({ vkey: options.vkey, older: mine, newer: note, path: [] })
    await options.store.alone(async () => {
      const known = await ready(options.store)
      if (known.state === undefined || known.state.fork !== undefined) return
      const state = { ...known.state, fork }
      await options.store.write({ ...known, version: known.version + 1, state }, known.version)
    })
    options.onStatus({ kind: 'alarm', refused: 'same-size-other-root', fork })
  }

  async function run(first: string | undefined): Promise<void> {
    let hint = first
    do {
      again = false
      // A look that another tab or a wiped store came between is simply made again.
      const status = await lookOnce(hint).catch((error: unknown): WitnessStatus => {
        if (error instanceof StoreChanged) again = true
        return { kind: 'waiting', why: 'unreachable' }
      })
      hint = undefined
      if (!again) options.onStatus(status)
    } while (again)
  }

  function look(hint?: string): Promise<void> {
    if (running === undefined) running = run(hint).finally(() => (running = undefined))
    else again = true
    return running
  }

  return { look, hear }
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
