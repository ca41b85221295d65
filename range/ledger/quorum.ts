import { bytesToHex } from '@noble/hashes/utils.js'
import { parseCheckpoint, parseNote } from './checkpoint.ts'
import { findCosignature, parseWitnessVkey } from './cosignature.ts'
import type { ProofTools } from './proof.ts'
import { CLOCK_MS_MAX } from './witness.ts'

/** When a checkpoint counts as witnessed. Keys are witness keys (`makeWitnessVkey`). */
export interface WitnessPolicy {
  /** Whose cosignatures count; one key counts once, whatever its names. */
  readonly witnesses: readonly string[]
  /** How many of them it takes, at least 1. */
  readonly quorum: number
  /** At least one of these must be among them; empty means that nobody in particular must. */
  readonly oneOf: readonly string[]
}

export interface Witnessed {
  /** Whether the policy is met. */
  readonly ok: boolean
  /** The witness keys with a good cosignature, in the policy's order. */
  readonly by: readonly { readonly vkey: string; readonly time: number }[]
  /** Whether one of `oneOf` is among them; true where nobody is named. */
  readonly named: boolean
}

/** More than half, at least two: two checkpoints that both reach it share a witness. */
export function majority(witnesses: number): number {
  return Math.max(2, Math.floor(witnesses / 2) + 1)
}

/**
 * Which witnesses of `policy` cosigned `note`, and whether that is enough. The log's own signature
 * is `verifyCheckpoint`'s business. A cosignature much older than the checkpoint's claimed time
 * does not count, nor does one from the future where `now` (Unix milliseconds) is given.
 */
export function isWitnessed(
  note: string,
  policy: WitnessPolicy,
  tools: ProofTools,
  now?: number,
): Witnessed {
  const head = parseCheckpoint(parseNote(note)?.text ?? '')
  const by: { vkey: string; time: number }[] = []
  const seen = new Set<string>()
  for (const vkey of head === undefined ? [] : policy.witnesses) {
    const key = parseWitnessVkey(vkey, tools.sha256)
    const identity = key && bytesToHex(key.publicKey)
    if (identity === undefined || seen.has(identity)) continue
    const found = findCosignature(note, vkey, tools)
    if (found === undefined) continue
    const ms = found.time * 1000
    if (ms < (head?.time ?? 0) - CLOCK_MS_MAX || ms > (now ?? Infinity) + CLOCK_MS_MAX) continue
    seen.add(identity)
    by.push({ vkey, time: found.time })
  }
  const named = policy.oneOf.length === 0 || by.some(({ vkey }) => policy.oneOf.includes(vkey))
  return { ok: named && policy.quorum >= 1 && by.length >= policy.quorum, by, named }
}
