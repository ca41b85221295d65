import { ed25519 } from '@noble/curves/ed25519.js'
import { concat, toBase64, utf8 } from '../../range/ledger/bytes.ts'
import { formatCheckpoint, makeVkey, signNote } from '../../range/ledger/checkpoint.ts'
import type { Signer, VerifySignature } from '../../range/ledger/checkpoint.ts'
import { makeWitnessVkey } from '../../range/ledger/cosignature.ts'
import { verifyEd25519 } from '../../range/ledger/ed25519.ts'
import { leafOf, type Entry, type Opening } from '../../range/ledger/leaf.ts'
import { sha256 } from '../../range/ledger/sha256.ts'
import { hashLeaf, Tree } from '../../range/ledger/tree.ts'

/** One thing that happened, as it is logged: `at` is an hour such as `09:02`, `what` a sentence. */
export interface StoryEntry extends Entry {
  readonly at: string
  readonly what: string
}

/** A row of the shop's database. `id` stays with the row wherever it is moved to. */
export interface Row {
  readonly id: number
  readonly entry: StoryEntry
  /** Base64 of 32 bytes. */
  readonly salt: string
}

/**
 * The record as somebody is shown it: the shop's rows, and what the ledger publishes: sealed
 * leaves, their tree, and one signed head (a signed note) for each size that it was signed at, the
 * newest last.
 */
export interface View {
  readonly rows: readonly Row[]
  readonly leaves: readonly Uint8Array[]
  readonly tree: Tree
  readonly heads: readonly Head[]
}

export interface Head {
  readonly size: number
  readonly note: string
}

/** The keys of the lab, all made from one secret of 32 random bytes. */
export interface Keys {
  readonly log: Signer
  readonly witnesses: Readonly<Record<WitnessId, Signer>>
  /** The salt of the row with this id. */
  readonly saltOf: (id: number) => string
}

export type WitnessId = 'carrier' | 'insurer' | 'bakery'
export const WITNESSES: readonly WitnessId[] = ['carrier', 'insurer', 'bakery']

/** The log signed its head at these sizes, and once more at its end. */
export const SIGNED_AT: readonly number[] = [6, 12, 18, 22]

/** What the checks of the ledger need. */
export const tools = { sha256, verify: onceEach(verifyEd25519) }

const ORIGIN = 'larchlane.example/record'

/** Makes the keys: Ed25519, in this browser, from `secret`. The same secret gives the same keys. */
export function makeKeys(secret: Uint8Array): Keys {
  const derive = (label: string): Uint8Array => sha256(concat(secret, utf8(label)))
  const signer = (label: string, vkey: (publicKey: Uint8Array) => string): Signer => {
    const own = derive(label)
    return {
      vkey: vkey(ed25519.getPublicKey(own)),
      sign: (message) => ed25519.sign(message, own),
    }
  }
  const witness = (id: WitnessId): Signer =>
    signer(`witness ${id}`, (key) => makeWitnessVkey(`${id}.example`, key, sha256))
  return {
    log: signer('log', (key) => makeVkey(ORIGIN, key, sha256)),
    witnesses: {
      carrier: witness('carrier'),
      insurer: witness('insurer'),
      bakery: witness('bakery'),
    },
    saltOf: (id) => toBase64(derive(`salt ${id}`)),
  }
}

export function openingOfRow({ salt, entry }: Row): Opening {
  return { salt, entry }
}

/** The hash of a row's leaf, as it stands in the tree. */
export function rowHash(row: Row): Uint8Array {
  return hashLeaf(sealOf(row), sha256)
}

/** The rows of a story, each under its own salt; ids are their places. */
export function rowsOf(story: readonly StoryEntry[], keys: Keys): Row[] {
  return story.map((entry, id) => ({ id, entry, salt: keys.saltOf(id) }))
}

/** What the log's software makes of these rows: seals, tree, and a signature at each head. */
export function publish(rows: readonly Row[], keys: Keys, alsoAt: readonly number[] = []): View {
  const leaves = rows.map(sealOf)
  const tree = new Tree(sha256)
  for (const leaf of leaves) tree.push(hashLeaf(leaf, sha256))
  const earlier = [...SIGNED_AT, ...alsoAt].filter((size) => size < rows.length)
  const heads = [...earlier, rows.length].map((size) => ({
    size,
    note: signNote(
      formatCheckpoint({ origin: ORIGIN, size, root: tree.root(size) }),
      keys.log,
      sha256,
    ),
  }))
  return { rows, leaves, tree, heads }
}

/** The head that a visitor is handed: the newest. A view has one, were it of nothing. */
export function newest(view: View): Head {
  return view.heads.at(-1)!
}

const VERIFIED_MAX = 1000
/** Six people verify the same head; whether it is good depends on these three inputs alone. */
function onceEach(verify: VerifySignature): VerifySignature {
  const known = new Map<string, boolean>()
  return (publicKey, message, signature) => {
    const id = toBase64(sha256(concat(sha256(publicKey), sha256(message), signature)))
    const before = known.get(id)
    if (before !== undefined) return before
    if (known.size >= VERIFIED_MAX) known.clear()
    const good = verify(publicKey, message, signature)
    known.set(id, good)
    return good
  }
}

function sealOf(row: Row): Uint8Array {
  const leaf = leafOf(openingOfRow(row), sha256)
  if (leaf === undefined) throw new Error('a row is too long to be logged')
  return leaf
}
