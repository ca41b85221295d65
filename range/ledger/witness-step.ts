import type { VerifierKey } from './checkpoint.ts'
import { parseCheckpoint, parseNote } from './checkpoint.ts'
import { cosignedMessage, formatCosignature } from './cosignature.ts'
import type { ProofTools } from './proof.ts'
import { nodesFromTiles, tilesForPrefix } from './tile-reader.ts'
import type { TileId } from './tile.ts'
import { HASH_BYTES, prefixPath } from './tree.ts'
import { witness, type WitnessRefusal, type WitnessState } from './witness.ts'
import type { Checkpoint } from './checkpoint.ts'

/** What a witness stands on. Whoever calls makes sure that only one step runs on a store. */
export interface WitnessParts {
  readonly key: VerifierKey
  readonly sign: (message: Uint8Array) => Promise<Uint8Array> | Uint8Array
  readonly state: WitnessState | undefined
  /** Stores durably before it resolves; only then is anything signed. */
  readonly save: (state: WitnessState) => Promise<void>
  /** The bytes of a tile of the offered tree; undefined where it cannot be had. Not trusted. */
  readonly tile: (tile: TileId & { readonly level: number }) => Promise<Uint8Array | undefined>
  /** Unix milliseconds. */
  readonly now: () => number
  readonly tools: ProofTools
}

export type WitnessStep =
  | {
      readonly ok: true
      /** The offered note with the cosignature below it, to be handed in. */
      readonly note: string
      readonly checkpoint: Checkpoint
    }
  | {
      readonly ok: false
      /** `tiles-missing`: the hashes that would show continuity are not to be had. */
      readonly refused: WitnessRefusal | 'tiles-missing'
      readonly fork?: string
    }

/**
 * One step of a witness, with its reading and storing: fetches the tiles that lead from the tree it
 * knows to the offered one, decides (`witness`), stores, signs. What `save` rejects with, this
 * rejects with, and nothing was signed.
 */
export async function witnessStep(
  parts: WitnessParts,
  offer: { readonly vkey: string; readonly note: string },
): Promise<WitnessStep> {
  const { state, tools, now } = parts
  const from = sizeOf(state?.note)
  const to = sizeOf(offer.note)
  const grows = state?.fork === undefined && from !== undefined && to !== undefined && from < to
  const path = grows && from > 0 ? await pathBetween(parts, from, to) : []
  if (path === undefined) return { ok: false, refused: 'tiles-missing' }
  const outcome = witness(state, { ...offer, path }, now(), tools)
  if (!outcome.ok) {
    if (outcome.state !== undefined) await parts.save(outcome.state)
    const { refused, fork } = outcome
    return { ok: false, refused, ...(fork === undefined ? {} : { fork }) }
  }
  await parts.save(outcome.state)
  const { text, time } = outcome.cosign
  const signature = await parts.sign(cosignedMessage(text, time))
  const line = formatCosignature(parts.key, time, signature)
  return { ok: true, note: offer.note + line, checkpoint: outcome.checkpoint }
}

function sizeOf(note: string | undefined): number | undefined {
  const parsed = note === undefined ? undefined : parseNote(note)
  return parsed && parseCheckpoint(parsed.text)?.size
}

async function pathBetween(
  { tile, tools }: WitnessParts,
  from: number,
  to: number,
): Promise<Uint8Array[] | undefined> {
  const tiles = new Map<string, Uint8Array>()
  const wanted = tilesForPrefix(from, to)
  const got = await Promise.all(wanted.map((one) => tile(one).catch(() => undefined)))
  for (const [i, { level, index, width }] of wanted.entries()) {
    const bytes = got[i]
    if (bytes?.length !== width * HASH_BYTES) return undefined
    tiles.set(`${level}/${index}`, bytes)
  }
  const read = nodesFromTiles((level, index) => tiles.get(`${level}/${index}`), tools.sha256)
  return prefixPath(from, to, read, tools.sha256)
}
