import { expect, it } from 'vitest'
import { takeCopy, type CopyResult, type RecordCopy } from '../../../range/client/peer/copy.ts'
import {
  formatBundleValue,
  formatCheckpointValue,
  formatTileValue,
  parseBundleValue,
  parseTileValue,
  valueKey,
  type Space,
} from '../../../range/ledger/replica.ts'
import { findFork, readHeld } from '../../../range/client/peer/held-record.ts'
import { verifyForkProof } from '../../../range/ledger/fork-proof.ts'
import {
  parseBundle,
  tileBytes,
  tilePath,
  tilesAt,
  tileWidthAt,
  TILE_WIDTH,
} from '../../../range/ledger/tile.ts'
import { nativeSha256, nativeTools } from '../../../range/server/ledger/native.ts'
import { history, logKey, noteOf } from './witness-rig.ts'

/** As `history` makes them. */
const leafAt = (i: number, forkedAt: number) =>
  Buffer.from(`${i < forkedAt ? 'true' : 'other'} ${i}`)

/** A record as the replica has it, in a map: `space#key` to value. */
function shelve(size: number, forkedAt = size) {
  const tree = history(size, forkedAt)
  const values = new Map<string, string>()
  const keep = (space: Space, value: string): string => {
    const key = valueKey(value, nativeSha256)
    values.set(`${space}#${key}`, value)
    return key
  }
  const keys: string[][] = []
  const partials: string[] = []
  for (let level = 0, count = size; count > 0; level++, count = Math.floor(count / TILE_WIDTH)) {
    const row: string[] = []
    for (let index = 0; index * TILE_WIDTH < count; index++) {
      const width = tileWidthAt(level, index, size)
      const first = index * TILE_WIDTH
      const leaves = Array.from({ length: width }, (_, i) => leafAt(first + i, forkedAt))
      const below =
        level === 0
          ? [keep('entry', formatBundleValue(leaves))]
          : keys[level - 1]!.slice(first, first + width)
      const hashes = tileBytes({ level, index, width }, tree.node)
      row.push(keep('tile', formatTileValue({ level, index, hashes, below })))
    }
    keys.push(row)
    partials.push(count % TILE_WIDTH === 0 ? '' : row.at(-1)!)
  }
  const note = noteOf(tree, size)
  const checkpointKey = keep('cp', formatCheckpointValue({ checkpoint: note, tiles: partials }))
  return { values, keep, keys, partials, note, checkpointKey }
}

const { vkey } = logKey()
type Shelf = ReturnType<typeof shelve>

function take(shelf: Shelf, checkpointKey = shelf.checkpointKey, before?: RecordCopy) {
  const asked: string[] = []
  const fetchValue = async (space: Space, key: string): Promise<string> => {
    asked.push(`${space}#${key}`)
    const value = shelf.values.get(`${space}#${key}`)
    if (value === undefined) throw new Error('missing')
    return value
  }
  return takeCopy(fetchValue, { vkey, checkpointKey, before }).then((result) => ({ result, asked }))
}
const codeOf = (result: CopyResult) => (result.ok ? 'ok' : result.code)

it.each([0, 1, 16, 255, 256, 257, 384, 512, 1000, 65_536, 66_000])(
  '[L62] a record of %i entries is led to the signed root, whole',
  async (size) => {
    const shelf = shelve(size)
    const { result } = await take(shelf)
    expect(result).toMatchObject({ ok: true, copy: { size, note: shelf.note } })
    expect(result.ok && result.copy.names).toEqual(new Set(shelf.values.keys()))
  },
)

it('[L62] a later copy of the same log asks for what is new, and only for that', async () => {
  const [first, second] = [await take(shelve(700)), shelve(1100)]
  const before = first.result.ok ? first.result.copy : undefined
  const { result, asked } = await take(second, second.checkpointKey, before)
  expect(result).toMatchObject({ ok: true, copy: { size: 1100 } })
  expect(result.ok && result.copy.names).toEqual(new Set(second.values.keys()))
  // Head, top tile, the third and fourth tile that were not full before, the edge: with bundles.
  expect(asked.length).toBe(2 + 3 * 2)
})

it('[L62] each value that is left out is missed', async () => {
  const shelf = shelve(600)
  for (const name of shelf.values.keys()) {
    const without = { ...shelf, values: new Map(shelf.values) }
    without.values.delete(name)
    expect(codeOf((await take(without)).result), name).toBe('missing')
  }
})

it('[L62] what was changed, and hashed anew all the way up, does not lead to the signed root', async () => {
  const shelf = shelve(600)
  const { keys, keep, note } = shelf
  const value = (space: Space, key: string) => shelf.values.get(`${space}#${key}`)!
  const low = parseTileValue(value('tile', keys[0]![1]!))!
  const top = parseTileValue(value('tile', keys[1]![0]!))!
  const climbTo = (tile: string) => {
    const below = top.below.map((key, i) => (i === 1 ? tile : key))
    const tiles = [shelf.partials[0]!, keep('tile', formatTileValue({ ...top, below }))]
    return keep('cp', formatCheckpointValue({ checkpoint: note, tiles }))
  }
  const leaves = parseBundleValue(value('entry', low.below[0]!))!
  const bent = leaves.map((leaf, i) => (i === 7 ? Buffer.from('false') : leaf))
  const bundle = keep('entry', formatBundleValue(bent))
  const short = keep('entry', formatBundleValue(leaves.slice(1)))
  const hashes = low.hashes.slice()
  hashes[5]! ^= 1
  const rows: readonly (readonly [string, object, string])[] = [
    ['another leaf', { below: [bundle] }, 'root-differs'],
    ['another hash', { hashes }, 'root-differs'],
    ['a leaf short', { below: [short] }, 'malformed'],
    ['no bundle', { below: [] }, 'missing'],
    ['another place', { index: 0 }, 'malformed'],
    ['another level', { level: 1 }, 'malformed'],
  ]
  for (const [name, change, code] of rows) {
    const tile = keep('tile', formatTileValue({ ...low, ...change }))
    expect(codeOf((await take(shelf, climbTo(tile))).result), name).toBe(code)
  }
  const swapped = { ...top, below: top.below.toReversed() }
  const tiles = [shelf.partials[0]!, keep('tile', formatTileValue(swapped))]
  const crossed = keep('cp', formatCheckpointValue({ checkpoint: note, tiles }))
  expect(codeOf((await take(shelf, crossed)).result)).toBe('malformed')
})

it('[L62] a checkpoint of another key, or of none, is refused before anything is fetched', async () => {
  const shelf = shelve(300)
  const other = noteOf(history(300), 300, { key: logKey(9) })
  const cp = (checkpoint: string) =>
    shelf.keep('cp', formatCheckpointValue({ checkpoint, tiles: shelf.partials }))
  for (const [key, code] of [
    [cp(other), 'unknown-key'],
    [cp('nothing'), 'checkpoint-malformed'],
    [shelf.keep('cp', '{}'), 'malformed'],
    [cp(shelf.note.replace('\n300\n', '\n299\n')), 'bad-signature'],
  ] as const) {
    const { result, asked } = await take(shelf, key)
    expect([codeOf(result), asked.length]).toEqual([code, 1])
  }
})

it('[L62] two copies of which one is not the beginning of the other are a fork, proven', async () => {
  const copyOf = async (shelf: Shelf): Promise<RecordCopy> => {
    const { result } = await take(shelf)
    if (!result.ok) throw new Error(result.code)
    return result.copy
  }
  const sizes = [0, 1, 300, 512, 700, 900]
  const honest = await Promise.all(sizes.map((size) => copyOf(shelve(size))))
  const forked = [shelve(700, 310), shelve(900, 310), shelve(900, 899)] as const
  const all = [...sizes.map((size) => shelve(size)), ...forked]
  const values = new Map(all.flatMap((shelf) => [...shelf.values]))
  const read = async (space: Space, key: string) => values.get(`${space}#${key}`)!
  for (const one of honest)
    for (const other of honest) expect(await findFork(one, other, vkey, read)).toBeUndefined()

  const [seven, nine, late] = [
    await copyOf(forked[0]),
    await copyOf(forked[1]),
    await copyOf(forked[2]),
  ]
  const [, , , , honest7, honest9] = honest
  for (const [one, other] of [
    [honest7, seven],
    [honest7, nine],
    [seven, honest9],
    [late, honest9],
  ]) {
    for (const pair of [
      [one!, other!],
      [other!, one!],
    ] as const) {
      const proof = await findFork(...pair, vkey, read)
      expect(verifyForkProof(proof!, vkey, nativeTools)).toMatchObject({ ok: true })
    }
  }
  // Shorter than the fork, or the same side of it.
  expect(await findFork(honest[2]!, nine, vkey, read)).toBeUndefined()
  expect(await findFork(seven, nine, vkey, read)).toBeUndefined()
})

it('[L62] a held copy is read by the paths of the server, at its size and no other', async () => {
  const shelf = shelve(600)
  const { result } = await take(shelf)
  if (!result.ok) throw new Error(result.code)
  const read = readHeld(result.copy, async (space, key) => shelf.values.get(`${space}#${key}`)!)
  const at = (path: string) => read(`/ledger/x/${path}`)
  expect(Buffer.from((await at('checkpoint'))!).toString()).toBe(shelf.note)
  const tree = history(600)
  for (const tile of tilesAt(600)) {
    const { level, index, width } = tile
    if (typeof level !== 'number') continue
    expect(await at(tilePath(tile))).toEqual(tileBytes({ level, index, width }, tree.node))
  }
  const leaves = parseBundle((await at('tile/entries/002.p/88'))!)
  expect(Buffer.from(leaves![87]!).toString()).toBe('true 599')
  for (const path of ['tile/0/002', 'tile/0/002.p/87', 'tile/0/003', 'tile/x', 'key.pub', ''])
    expect(await at(path), path).toBeUndefined()
})
