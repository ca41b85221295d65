import { equalBytes } from '../ledger/bytes.ts'
import { verifyCheckpoint, type Checkpoint, type CheckpointError } from '../ledger/checkpoint.ts'
import { verifyEd25519 } from '../ledger/ed25519.ts'
import {
  follows,
  standing,
  verifyReceipt,
  type Link,
  type Receipt,
  type ReceiptError,
} from '../ledger/receipt.ts'
import { sha256 } from '../ledger/sha256.ts'
import { nodesFromTiles, tilesForInclusion } from '../ledger/tile-reader.ts'
import { parseBundle, tilePath, tileWidthAt, TILE_WIDTH } from '../ledger/tile.ts'
import { climb, hashLeaf, inclusionPath } from '../ledger/tree.ts'
import type { ReceiptMessage } from '../protocol/message.ts'
import { fetchFromServer } from './proof.ts'

/** What became of one acknowledged message. */
export type Finding =
  | { readonly state: 'logged'; readonly index: number }
  /** Not in the record yet, and not overdue. */
  | { readonly state: 'due' }
  /** The log promised it and does not have it: receipt and checkpoint together prove that. */
  | { readonly state: 'unlogged' }
  /** Signed, and contradicts the receipt before it: the actor's chain was bent. */
  | { readonly state: 'bent' }
  | { readonly state: 'refused'; readonly code: ReceiptError }

export type OwnMovesResult =
  | {
      readonly ok: true
      /** Size of the checked record. */
      readonly size: number
      /** One for each message, in their order. */
      readonly findings: readonly Finding[]
    }
  | { readonly ok: false; readonly code: CheckpointError | 'not-there' | 'bundle-differs' }

export interface OwnMovesClaim {
  /** Id of the exercise, as in `/ledger/<id>/`. */
  readonly ledger: string
  readonly vkey: string
  /** Whether the log is sealed. */
  readonly ended: boolean
  /** As `Sources.fetchPath` of `proof.ts`, also its default. It is checked, not trusted. */
  readonly fetchPath?: FetchPath
}
type FetchPath = (path: string) => Promise<Uint8Array | undefined>

/** Thrown inside, told outside: a part of the record is not there, or is not what was signed. */
class Unreadable extends Error {
  readonly code: 'not-there' | 'bundle-differs'
  constructor(code: 'not-there' | 'bundle-differs') {
    super(code)
    this.code = code
  }
}

/**
 * Looks up every message that this seat holds a receipt for in the record, in the order in which
 * they were acknowledged. Of the record only what may hold them is read: at most as many
 * leaves from where each receipt begins as it says.
 */
export async function checkOwnMoves(
  claim: OwnMovesClaim,
  messages: readonly ReceiptMessage[],
): Promise<OwnMovesResult> {
  const tools = { sha256, verify: verifyEd25519 }
  const base = `/ledger/${encodeURIComponent(claim.ledger)}`
  const fetchPath: FetchPath = (path) =>
    (claim.fetchPath ?? fetchFromServer)(path).catch(() => undefined)
  const note = await fetchPath(`${base}/checkpoint`)
  if (note === undefined) return { ok: false, code: 'not-there' }
  const head = verifyCheckpoint(new TextDecoder().decode(note), claim.vkey, tools)
  if (!head.ok) return head
  const record = new CheckedRecord(head.checkpoint, base, fetchPath)
  const { size } = head.checkpoint
  const findings: Finding[] = []
  let before: { readonly link: Link; readonly leaf: Uint8Array } | null = null
  try {
    for (const { receipt: text, opening } of messages) {
      const read = verifyReceipt(text, opening, claim.vkey, tools)
      if (!read.ok) {
        findings.push({ state: 'refused', code: read.code })
        continue
      }
      const { receipt, link } = read
      const bent = link === null || follows(before, link) === 'broken'
      if (link !== null) before = { link, leaf: receipt.leaf }
      findings.push(bent ? { state: 'bent' } : await find(record, receipt, claim.ended))
    }
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, code: error.code }
    throw error
  }
  return { ok: true, size, findings }
}

async function find(record: CheckedRecord, receipt: Receipt, ended: boolean): Promise<Finding> {
  const { size } = record
  const last = Math.min(size, receipt.from + receipt.within)
  for (let from = receipt.from; from < last;) {
    const to = Math.min(last, (Math.floor(from / TILE_WIDTH) + 1) * TILE_WIDTH)
    const leaves = await record.leaves(from, to)
    const found = standing({ ...receipt, from }, leaves, { size, ended })
    if (found.state === 'logged') return found
    from = to
  }
  return standing(receipt, [], { size, ended })
}

/** Leaves out of bundles, each checked against the signed root before it is believed. */
class CheckedRecord {
  readonly size: number
  readonly #root: Uint8Array
  readonly #base: string
  readonly #fetchPath: FetchPath
  readonly #bundles = new Map<number, readonly Uint8Array[]>()
  readonly #tiles = new Map<string, Uint8Array>()

  constructor(head: Checkpoint, base: string, fetchPath: FetchPath) {
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
