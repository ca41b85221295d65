import { existsSync } from 'node:fs'
import { parseVkey } from '../../ledger/checkpoint.ts'
import { tileWidthAt, type TileId } from '../../ledger/tile.ts'
import { formatProof } from '../../ledger/proof.ts'
import { hashLeaf } from '../../ledger/tree.ts'
import { nodeDisk } from './disk.ts'
import { LedgerError } from './error.ts'
import { Leaves } from './leaves.ts'
import { nativeSha256 } from './native.ts'
import { parseOpeningLine } from './openings.ts'
import { pathsIn, recover } from './recover.ts'
import { renderTile } from './tiles.ts'

/** What anybody may read of a log, running or ended. `Log` is one. */
export interface PublishedLog {
  readonly vkey: string
  readonly checkpoint: string | undefined
  readonly publishedSize: number
  readonly sealed: boolean
  /** A tile or bundle of the published tree, of any width it has had. */
  tile(id: TileId): Uint8Array | undefined
  /** The same as its derived file has it, unchecked, where that is there: for a quick look. */
  storedTile?(id: TileId): Uint8Array | undefined
  leaf(index: number): Uint8Array | undefined
  /** Root over the first `size` entries, at most `publishedSize`; else it is read out of tiles. */
  root?(size: number): Uint8Array
  prove(index: number): string | undefined
  publicOpenings(): Buffer | undefined
}

/**
 * Reads the log of an ended exercise out of `dir`, without taking it over. Throws the
 * `LedgerError` that `openLog` would; `key-refused` where no public key lies beside it.
 */
export function readPublished(dir: string): PublishedLog {
  const paths = pathsIn(dir)
  const vkey = nodeDisk.read(paths.publicKey)?.toString('utf8').trim()
  const origin = vkey === undefined ? undefined : parseVkey(vkey, nativeSha256)?.name
  if (vkey === undefined || origin === undefined) {
    throw new LedgerError('key-refused', `no readable key.pub in ${paths.folder}`)
  }
  const recovered = recover(nodeDisk, paths, origin, vkey)
  const { tree, note, checkpoint } = recovered
  const readOpenings = (at: number, length: number) => nodeDisk.readPart(paths.openings, at, length)
  const leaves = new Leaves(recovered, { disk: nodeDisk, paths, readOpenings })
  tree.readLeaves((index) => hashLeaf(leaves.leaf(index), nativeSha256))
  const publishedSize = checkpoint?.size ?? 0
  const source = { node: tree.node, leaf: (index: number) => leaves.leaf(index) }
  const sealed = existsSync(paths.sealed)
  return {
    vkey,
    checkpoint: note,
    publishedSize,
    sealed,
    tile({ level, index, width }) {
      const within = width <= tileWidthAt(level === 'entries' ? 0 : level, index, publishedSize)
      return within ? renderTile({ level, index, width }, source) : undefined
    },
    root: (size) => tree.root(size),
    leaf: (index) => (index < publishedSize ? leaves.leaf(index) : undefined),
    prove(index) {
      const there = Number.isInteger(index) && index >= 0 && index < publishedSize
      const line = there ? leaves.line(index) : undefined
      if (line === undefined) return undefined
      const text = readOpenings(line.from, line.to - line.from - 1).toString('utf8')
      const opening = parseOpeningLine(text)
      if (opening === undefined || note === undefined) return undefined
      const path = tree.inclusion(index, publishedSize)
      return formatProof({ opening, index, path, checkpoint: note })
    },
    publicOpenings: () => (sealed ? nodeDisk.read(paths.openings) : undefined),
  }
}
