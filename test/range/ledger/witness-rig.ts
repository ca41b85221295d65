import { formatCheckpoint, signNote, type Signer } from '../../../range/ledger/checkpoint.ts'
import { cosign, makeWitnessVkey } from '../../../range/ledger/cosignature.ts'
import { parseVkey } from '../../../range/ledger/checkpoint.ts'
import { hashLeaf, prefixPath, Tree } from '../../../range/ledger/tree.ts'
import type { Offer } from '../../../range/ledger/witness.ts'
import { nativeSha256 } from '../../../range/server/ledger/native.ts'
import { signerFromSeed } from '../../../range/server/ledger/signer.ts'

export const ORIGIN = 'doorstep.local/exercise/TEST'
export const NOW = 1_790_000_000_000

/** A log's key made of one byte. */
export function logKey(byte = 7, origin = ORIGIN): Signer {
  return signerFromSeed(origin, Buffer.alloc(32, byte))
}

/** A witness's key made of one byte. */
export function witnessKey(byte: number, name = `witness.example/${byte}`): Signer {
  const { vkey, sign } = signerFromSeed(name, Buffer.alloc(32, byte))
  const { publicKey } = parseVkey(vkey, nativeSha256)!
  return { vkey: makeWitnessVkey(name, publicKey, nativeSha256), sign }
}

/** A history: `size` leaves, those from `forkedAt` on other than in the history without. */
export function history(size: number, forkedAt = size): Tree {
  const tree = new Tree(nativeSha256)
  for (let i = 0; i < size; i++) {
    tree.push(hashLeaf(Buffer.from(`${i < forkedAt ? 'true' : 'other'} ${i}`), nativeSha256))
  }
  return tree
}

/** The signed checkpoint of a history at `size`. */
export function noteOf(
  tree: Tree,
  size: number,
  options: { readonly key?: Signer; readonly time?: number; readonly origin?: string } = {},
): string {
  const { key = logKey(), time = NOW, origin = ORIGIN } = options
  return signNote(
    formatCheckpoint({ origin, size, root: tree.root(size), time }),
    key,
    nativeSha256,
  )
}

/** What a log with `tree` would offer a witness that knows `from`. */
export function offerOf(tree: Tree, from: number, size: number, note = noteOf(tree, size)): Offer {
  const path = from === 0 || from >= size ? [] : prefixPath(from, size, tree.node, nativeSha256)
  return { vkey: logKey().vkey, note, path }
}

/** `note` with the cosignatures of `keys` below its signatures. */
export function cosigned(note: string, keys: readonly Signer[], time = NOW / 1000): string {
  const text = note.slice(0, note.lastIndexOf('\n\n') + 1)
  return note + keys.map((key) => cosign(text, time, key, nativeSha256)).join('')
}
