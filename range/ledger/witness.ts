import { equalBytes } from './bytes.ts'
import { parseNote, verifyCheckpoint } from './checkpoint.ts'
import type { Checkpoint, CheckpointError } from './checkpoint.ts'
import { formatForkProof } from './fork-proof.ts'
import type { ProofTools } from './proof.ts'
import { prefixRoots } from './tree.ts'

/**
 * What a witness keeps of a log, and must have stored before a cosignature leaves it. Without one
 * it has seen nothing yet and pins what it sees first.
 */
export interface WitnessState {
  /** The log's key as pinned. */
  readonly vkey: string
  /** The signed note of the largest tree it has cosigned. */
  readonly note: string
  /** Unix seconds of its last cosignature. */
  readonly time: number
  /** A fork proof, once it has caught the log: from then on it cosigns nothing of it. */
  readonly fork?: string
}

/** A checkpoint that asks to be cosigned. */
export interface Offer {
  /** The log's key as it is shown now; it must be the pinned one. */
  readonly vkey: string
  readonly note: string
  /**
   * `prefixPath` from the size the witness knows to the offered one; empty for the first, for an
   * equal size and from size 0.
   */
  readonly path: readonly Uint8Array[]
}

export type WitnessRefusal =
  | CheckpointError
  /** The log shows another key than the pinned one. */
  | 'new-log-identity'
  /** Fewer entries than were cosigned: a tail was cut off or an old copy restored. */
  | 'smaller-size'
  /** Proven fork: two roots at one size. */
  | 'same-size-other-root'
  /** Proven fork: the path leads to the offered root, but not over the known one. */
  | 'history-rewritten'
  /** The path does not lead to the offered root: nothing is proven either way. */
  | 'bad-proof'
  /** Log and witness disagree about the time, or a clock went back. */
  | 'clock-off'
  /** This log was caught before. */
  | 'fork-known'

export type WitnessOutcome =
  | {
      readonly ok: true
      /** To be signed (`cosign`), after `state` is stored. `time` is Unix seconds. */
      readonly cosign: { readonly text: string; readonly time: number }
      readonly checkpoint: Checkpoint
      readonly state: WitnessState
    }
  | {
      readonly ok: false
      readonly refused: WitnessRefusal
      /** A portable proof, where the log was caught; `state` then remembers it. */
      readonly fork?: string
      readonly state?: WitnessState
    }

/** Log and witness may differ by this much. */
export const CLOCK_MS_MAX = 600_000

/**
 * One step of a witness: whether it may cosign what is offered. Pure: `now` is Unix milliseconds,
 * and the caller stores `state` durably before the signature is made. A refusal never moves what is
 * known; a proven fork is kept and ends all further cosigning.
 */
export function witness(
  state: WitnessState | undefined,
  offer: Offer,
  now: number,
  tools: ProofTools,
): WitnessOutcome {
  if (state?.fork !== undefined) return { ok: false, refused: 'fork-known', fork: state.fork }
  if (state !== undefined && state.vkey !== offer.vkey) return refuse('new-log-identity')
  const head = verifyCheckpoint(offer.note, offer.vkey, tools)
  if (!head.ok) return refuse(head.code)
  const next = head.checkpoint
  const known = state && verifyCheckpoint(state.note, state.vkey, tools)
  // What was stored was verified then; if it is not now, the store cannot be trusted.
  if (known?.ok === false) return refuse(known.code)
  if (state !== undefined && known !== undefined) {
    const refused = discontinuity(known.checkpoint, next, offer.path, tools)
    if (refused === 'same-size-other-root' || refused === 'history-rewritten') {
      const { vkey, note: older } = state
      const fork = formatForkProof({ vkey, older, newer: offer.note, path: offer.path })
      return { ok: false, refused, fork, state: { ...state, fork } }
    }
    if (refused !== undefined) return refuse(refused)
  }
  const time = Math.floor(now / 1000)
  if (clockOff(known?.checkpoint, next, state?.time, now)) return refuse('clock-off')
  const { text } = parseNote(offer.note)!
  const fresh = { vkey: offer.vkey, note: offer.note, time: Math.max(time, state?.time ?? 0) }
  return { ok: true, cosign: { text, time: fresh.time }, checkpoint: next, state: fresh }
}

function discontinuity(
  known: Checkpoint,
  next: Checkpoint,
  path: readonly Uint8Array[],
  { sha256 }: ProofTools,
): WitnessRefusal | undefined {
  if (next.size < known.size) return 'smaller-size'
  if (next.size === known.size) {
    if (!equalBytes(next.root, known.root)) return 'same-size-other-root'
    return path.length === 0 ? undefined : 'bad-proof'
  }
  if (known.size === 0) return path.length === 0 ? undefined : 'bad-proof'
  const roots = prefixRoots(known.size, next.size, path, sha256)
  if (roots === undefined || !equalBytes(roots.newer, next.root)) return 'bad-proof'
  return equalBytes(roots.older, known.root) ? undefined : 'history-rewritten'
}

/** A checkpoint may be old, for an exercise may be paused; it may not come out of the future. */
function clockOff(
  known: Checkpoint | undefined,
  next: Checkpoint,
  lastTime: number | undefined,
  now: number,
): boolean {
  const ahead = (next.time ?? 0) - now > CLOCK_MS_MAX
  const back = (known?.time ?? 0) - (next.time ?? Infinity) > CLOCK_MS_MAX
  const ownBack = (lastTime ?? 0) * 1000 - now > CLOCK_MS_MAX
  return ahead || back || ownBack
}

function refuse(refused: WitnessRefusal): WitnessOutcome {
  return { ok: false, refused }
}
