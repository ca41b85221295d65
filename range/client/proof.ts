import { toBase64 } from '../ledger/bytes.ts'
import { parseVkey, verifyCheckpoint } from '../ledger/checkpoint.ts'
import { verifyEd25519 } from '../ledger/ed25519.ts'
import type { Entry, Opening } from '../ledger/leaf.ts'
import { verifyProofParts, type ProofError, type ProofResult } from '../ledger/proof.ts'
import {
  parseCheckpointValue,
  parseTileValue,
  type Space,
  type TileValue,
} from '../ledger/replica.ts'
import { sha256 } from '../ledger/sha256.ts'
import { nodesFromTiles, tilesForInclusion } from '../ledger/tile-reader.ts'
import { tilePath, tileWidthAt, TILE_WIDTH } from '../ledger/tile.ts'
import { HASH_BYTES, inclusionPath, type HashStep } from '../ledger/tree.ts'

/** What is to be shown to be in the log. */
export interface Claim {
  /** Id of the exercise, as in `/ledger/<id>/`. */
  readonly ledger: string
  /**
   * Key of the log, from a source one trusts: the join greeting, a QR code, the trainer's screen.
   */
  readonly vkey: string
  readonly index: number
  readonly opening: Opening
  /**
   * Key of the checkpoint's value in the replica, from the room's greeting. Without it: plain
   * HTTP.
   */
  readonly checkpointKey?: string
}

/**
 * Where bytes may come from. Neither is trusted: all that counts is hashed and climbed to the
 * root.
 */
export interface Sources {
  /** Gun; `GunClient` has this. */
  readonly fetchByHash?: (space: Space, key: string) => Promise<string>
  /**
   * Plain HTTP; undefined for "not there". By default `fetch` of the page's own server; null:
   * none.
   */
  readonly fetchPath?: ((path: string) => Promise<Uint8Array | undefined>) | null
}

/** One step for the eye: the running hash meets a sibling on one side. Hashes are base64. */
export interface ProofStep {
  readonly side: 'left' | 'right'
  readonly sibling: string
  readonly result: string
}

export type VerdictError = ProofError | 'tiles-missing' | 'checkpoint-missing'

export type Verdict =
  | {
      readonly ok: true
      readonly source: 'gun' | 'http'
      readonly entry: Entry
      readonly index: number
      readonly size: number
      readonly origin: string
      readonly root: string
      readonly leafHash: string
      readonly steps: readonly ProofStep[]
      /** The signed note, to be kept or compared with others'. */
      readonly checkpoint: string
    }
  | {
      readonly ok: false
      readonly code: VerdictError
      readonly source: 'gun' | 'http'
      readonly steps: readonly ProofStep[]
      /** Size of the log under its signed head, where that one was good. */
      readonly size?: number
    }

const tools = { sha256, verify: verifyEd25519 }

/**
 * Verifies in this browser that the claimed entry is in the log: fetches checkpoint and tiles
 * through Gun (else, or where Gun lacks something, over plain HTTP), checks the log's signature,
 * opens the leaf and climbs to the signed root. Never rejects; a bad proof and a missing tile have
 * codes of their own. A refused signature or a root that differs is final: it is not asked for
 * again elsewhere.
 */
export async function verifyEntry(claim: Claim, sources: Sources = {}): Promise<Verdict> {
  const { fetchByHash } = sources
  if (claim.checkpointKey !== undefined && fetchByHash !== undefined) {
    const verdict = await verifyOver('gun', claim, gunMaterial(claim.checkpointKey, fetchByHash))
    const lacking = !verdict.ok && isLacking(verdict.code)
    if (!lacking || sources.fetchPath === null) return verdict
  }
  const fetchPath = sources.fetchPath === undefined ? fetchFromServer : sources.fetchPath
  if (fetchPath === null) return { ok: false, code: 'checkpoint-missing', source: 'gun', steps: [] }
  return verifyOver('http', claim, httpMaterial(claim.ledger, fetchPath))
}

/** How checkpoint and tiles are had, one way or the other. */
interface Material {
  note(): Promise<string | undefined>
  tile(level: number, index: number, size: number): Promise<Uint8Array | undefined>
}

async function verifyOver(
  source: 'gun' | 'http',
  claim: Claim,
  material: Material,
): Promise<Verdict> {
  const refuse = (code: VerdictError): Verdict => ({ ok: false, code, source, steps: [] })
  const note = await material.note().catch(() => undefined)
  if (note === undefined) return refuse('checkpoint-missing')
  const head = verifyCheckpoint(note, claim.vkey, tools)
  if (!head.ok) return refuse(head.code)
  const { size } = head.checkpoint
  if (!Number.isSafeInteger(claim.index) || claim.index < 0 || claim.index >= size) {
    return refuse('index-beyond-checkpoint')
  }
  const tiles = new Map<string, Uint8Array>()
  for (const { level, index } of tilesForInclusion(claim.index, size)) {
    const bytes = await material.tile(level, index, size).catch(() => undefined)
    if (bytes === undefined) return refuse('tiles-missing')
    tiles.set(`${level}/${index}`, bytes)
  }
  const read = nodesFromTiles((level, index) => tiles.get(`${level}/${index}`), sha256)
  const path = inclusionPath(claim.index, size, read, sha256)
  const proof = { opening: claim.opening, index: claim.index, path, checkpoint: note }
  return toVerdict(verifyProofParts(proof, claim.vkey, tools), source, note, size)
}

function toVerdict(
  result: ProofResult,
  source: 'gun' | 'http',
  note: string,
  size: number,
): Verdict {
  const steps = (result.steps ?? []).map(show)
  if (!result.ok) return { ok: false, code: result.code, source, steps, size }
  const { origin, root } = result.checkpoint
  return {
    ok: true,
    source,
    entry: result.entry,
    index: result.index,
    size,
    origin,
    root: toBase64(root),
    leafHash: toBase64(result.leafHash),
    steps,
    checkpoint: note,
  }
}

function show({ side, sibling, result }: HashStep): ProofStep {
  return { side, sibling: toBase64(sibling), result: toBase64(result) }
}

function isLacking(code: VerdictError): boolean {
  return code === 'tiles-missing' || code === 'checkpoint-missing'
}

function gunMaterial(
  checkpointKey: string,
  fetchByHash: (space: Space, key: string) => Promise<string>,
): Material {
  let partials: readonly string[] = []
  async function tileValue(
    level: number,
    index: number,
    size: number,
  ): Promise<TileValue | undefined> {
    const width = tileWidthAt(level, index, size)
    // A full tile's key stands in the tile above; the rightmost, partial one's beside the
    // checkpoint.
    const key =
      width < TILE_WIDTH
        ? partials[level]
        : (await tileValue(level + 1, Math.floor(index / TILE_WIDTH), size))?.below[
            index % TILE_WIDTH
          ]
    if (key === undefined || key === '') return undefined
    const tile = parseTileValue(await fetchByHash('tile', key))
    const fits = tile?.level === level && tile.index === index
    return fits && tile.hashes.length === width * HASH_BYTES ? tile : undefined
  }
  return {
    async note() {
      const value = parseCheckpointValue(await fetchByHash('cp', checkpointKey))
      partials = value?.tiles ?? []
      return value?.checkpoint
    },
    tile: async (level, index, size) => (await tileValue(level, index, size))?.hashes,
  }
}

function httpMaterial(
  ledger: string,
  fetchPath: (path: string) => Promise<Uint8Array | undefined>,
): Material {
  const base = `/ledger/${encodeURIComponent(ledger)}`
  return {
    async note() {
      const bytes = await fetchPath(`${base}/checkpoint`)
      return bytes === undefined ? undefined : new TextDecoder().decode(bytes)
    },
    async tile(level, index, size) {
      const width = tileWidthAt(level, index, size)
      const bytes = await fetchPath(`${base}/${tilePath({ level, index, width })}`)
      return bytes?.length === width * HASH_BYTES ? bytes : undefined
    },
  }
}

/** Plain HTTP from the page's own server; undefined for what is not there. */
export async function fetchFromServer(path: string): Promise<Uint8Array | undefined> {
  const response = await fetch(path)
  return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined
}

/**
 * Name of the log a key belongs to, for display beside the verdict; undefined for a malformed key.
 */
export function originOf(vkey: string): string | undefined {
  return parseVkey(vkey, sha256)?.name
}
