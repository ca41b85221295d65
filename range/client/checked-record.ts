import { equalBytes } from '../ledger/bytes.ts'
import { verifyCheckpoint, type Checkpoint, type CheckpointError } from '../ledger/checkpoint.ts'
import { verifyEd25519 } from '../ledger/ed25519.ts'
import { sha256 } from '../ledger/sha256.ts'
import { nodesFromTiles, tilesForInclusion } from '../ledger/tile-reader.ts'
import { parseBundle, tilePath, tileWidthAt, TILE_WIDTH } from '../ledger/tile.ts'
import { climb, hashLeaf, inclusionPath } from '../ledger/tree.ts'
import { fetchFromServer } from './proof.ts'

export type FetchPath = (path: string) => Promise<Uint8Array | undefined>

/** Which record, under which key. */
export interface RecordClaim {
  /** Id of the exercise, as in `/ledger/<id>/`. */
  readonly ledger: string
  readonly vkey: string
  /** As `Sources.fetchPath` of `proof.ts`, also its default. It is checked, not trusted. */
  readonly fetchPath?: FetchPath
}

export type RecordError = CheckpointError | 'not-there' | 'bundle-differs'

/** Thrown inside, told outside: a part of the record is not there, or is not what was signed. */
export class Unreadable extends Error {
  readonly code: 'not-there' | 'bundle-differs'
  constructor(code: 'not-there' | 'bundle-differs') {
    super(code)
    this.code = code
  }
}

/** The record under its newest signed checkpoint, or why it cannot be had. */
export async function openRecord(
  claim: RecordClaim,
): Promise<CheckedRecord | { readonly ok: false; readonly code: RecordError }> {
  const base = `/ledger/${encodeURIComponent(claim.ledger)}`
  const fetchPath: FetchPath = (path) =>
    (claim.fetchPath ?? fetchFromServer)(path).catch(() => undefined)
  const note = await fetchPath(`${base}/checkpoint`)
  if (note === undefined) return { ok: false, code: 'not-there' }
  const tools = { sha256, verify: verifyEd25519 }
  const head = verifyCheckpoint(new TextDecoder().decode(note), claim.vkey, tools)
  return head.ok ? new CheckedRecord(head.checkpoint, base, fetchPath) : head
}

/** Leaves out of bundles, each checked against the signed root before it is believed. */
export class CheckedRecord {
  readonly origin: string
  readonly size: number
  readonly #root: Uint8Array
  readonly #base: string
  readonly #fetchPath: FetchPath
  readonly #bundles = new Map<number, readonly Uint8Array[]>()
  readonly #tiles = new Map<string, Uint8Array>()

  constructor(head: Checkpoint, base: string, fetchPath: FetchPath) {
    this.origin = head.origin
    this.size = head.size
    this.#root = head.root
    this.#base = base
    this.#fetchPath = fetchPath
  }

  /** Leaves [from, to) of one bundle. */
  async leaves(from: number, to: number): Promise<readonly Uint8Array[]> {
    const index = Math.floor(from / TILE_WIDTH)
    const bundle = this.#bundles.get(index) ?? (await this.#bundle(index))
    this.#bundles.set(index, bundle)
    return bundle.slice(from - index * TILE_WIDTH, to - index * TILE_WIDTH)
  }

  /**
   * The path of a bundle's first leaf passes all the others of its tile: if it leads to the root,
   * every hash of the tile is as signed.
   */
  async #bundle(index: number): Promise<readonly Uint8Array[]> {
    const width = tileWidthAt(0, index, this.size)
    const leaves = parseBundle(await this.#get(tilePath({ level: 'entries', index, width })))
    const first = index * TILE_WIDTH
    for (const { level, index: at, width: wide } of tilesForInclusion(first, this.size)) {
      const key = `${level}/${at}`
      if (!this.#tiles.has(key))
        this.#tiles.set(key, await this.#get(tilePath({ level, index: at, width: wide })))
    }
    const read = nodesFromTiles((level, at) => this.#tiles.get(`${level}/${at}`), sha256)
    if (leaves?.length !== width) throw new Unreadable('bundle-differs')
    const path = inclusionPath(first, this.size, read, sha256)
    const steps = climb(first, this.size, read(0, first), path, sha256)
    const root = steps?.at(-1)?.result ?? read(0, first)
    const same = leaves.every((leaf, i) => equalBytes(hashLeaf(leaf, sha256), read(0, first + i)))
    if (steps === undefined || !same || !equalBytes(root, this.#root))
      throw new Unreadable('bundle-differs')
    return leaves
  }

  async #get(path: string): Promise<Uint8Array> {
    const bytes = await this.#fetchPath(`${this.#base}/${path}`)
    if (bytes === undefined) throw new Unreadable('not-there')
    return bytes
  }
}
