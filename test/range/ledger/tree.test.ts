import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concat, equalBytes, utf8 } from '../../../range/ledger/bytes.ts'
import { sha256 } from '../../../range/ledger/sha256.ts'
import { nodesFromTiles, tilesForInclusion } from '../../../range/ledger/tile-reader.ts'
import { parseTilePath, tileBytes, tilePath, tilesAt } from '../../../range/ledger/tile.ts'
import { bundleBytes, parseBundle } from '../../../range/ledger/tile.ts'
import { climb, hashLeaf, hashNode, provesConsistency, Tree } from '../../../range/ledger/tree.ts'

const leafHash = (index: number) => hashLeaf(utf8(`leaf ${index}`), sha256)

function grow(size: number): Tree {
  const tree = new Tree(sha256)
  for (let i = 0; i < size; i++) tree.push(leafHash(i))
  return tree
}

/** RFC 6962, section 2.1, word for word: the slow, obvious oracle. */
function slowRoot(hashes: readonly Uint8Array[]): Uint8Array {
  if (hashes.length === 0) return sha256(new Uint8Array(0))
  if (hashes.length === 1) return hashes[0]!
  let k = 1
  while (k * 2 < hashes.length) k *= 2
  return hashNode(slowRoot(hashes.slice(0, k)), slowRoot(hashes.slice(k)), sha256)
}

const sizes = fc.integer({ min: 1, max: 700 })
const sizeAndIndex = sizes.chain((size) =>
  fc.tuple(fc.constant(size), fc.integer({ min: 0, max: size - 1 })),
)

describe('the tree', () => {
  it('[L1] has the roots of the published vectors', () => {
    const file = new URL('../../vectors/ledger-roots.json', import.meta.url)
    const { leaves, roots } = JSON.parse(readFileSync(file, 'utf8'))
    const tree = new Tree(sha256)
    expect(Buffer.from(tree.root()).toString('hex')).toBe(roots[0])
    leaves.forEach((hex: string, i: number) => {
      tree.push(hashLeaf(Buffer.from(hex, 'hex'), sha256))
      expect(Buffer.from(tree.root()).toString('hex')).toBe(roots[i + 1])
    })
  })

  it('[L1] has at every size the root of the slow definition', () => {
    const tree = grow(300)
    const hashes = Array.from({ length: 300 }, (_, i) => leafHash(i))
    for (let size = 0; size <= 300; size++) {
      expect(equalBytes(tree.root(size), slowRoot(hashes.slice(0, size))), `size ${size}`).toBe(
        true,
      )
    }
  })

  it('[L2] proves the inclusion of every leaf, and of no other', () => {
    const tree = grow(700)
    fc.assert(
      fc.property(sizeAndIndex, ([size, index]) => {
        const path = tree.inclusion(index, size)
        const reached = climb(index, size, leafHash(index), path, sha256)?.at(-1)?.result
        expect(equalBytes(reached ?? leafHash(index), tree.root(size))).toBe(true)
        const other = climb(index, size, leafHash(index + 1), path, sha256)?.at(-1)?.result
        expect(equalBytes(other ?? leafHash(index + 1), tree.root(size))).toBe(false)
      }),
    )
  })

  it('[L2] refuses every mutated path: bit, length, order, index', () => {
    const tree = grow(700)
    const mutation = fc.constantFrom('bit', 'shorter', 'longer', 'index')
    fc.assert(
      fc.property(sizeAndIndex, mutation, fc.nat(), ([size, index], kind, at) => {
        let path: Uint8Array[] = tree.inclusion(index, size).map((hash) => Uint8Array.from(hash))
        let place = index
        if (kind === 'bit' && path.length > 0) path[at % path.length]![at % 32]! ^= 1 << (at % 8)
        else if (kind === 'shorter' && path.length > 0) path = path.slice(1)
        else if (kind === 'index' && size > 1) place = (index + 1 + (at % (size - 1))) % size
        else path = [...path, leafHash(0)]
        const steps = climb(place, size, leafHash(index), path, sha256)
        const reached = steps && (steps.at(-1)?.result ?? leafHash(index))
        expect(reached !== undefined && equalBytes(reached, tree.root(size))).toBe(false)
      }),
    )
  })

  it('[L3] proves that a tree continues an older one, and refuses every mutation', () => {
    const tree = grow(400)
    const pair = fc
      .tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 400 }))
      .map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const)
    fc.assert(
      fc.property(pair, fc.nat(), ([m, n], at) => {
        const [older, newer] = [head(tree, m), head(tree, n)]
        const path = tree.consistency(m, n)
        expect(provesConsistency(older, newer, path, sha256)).toBe(true)
        const lie = { size: m, root: flip(older.root, at) }
        expect(provesConsistency(lie, newer, path, sha256)).toBe(false)
        const twist = { size: n, root: flip(newer.root, at) }
        expect(provesConsistency(older, twist, path, sha256)).toBe(false)
        if (path.length === 0) return
        const bent = path.map((hash, i) => (i === at % path.length ? flip(hash, at) : hash))
        expect(provesConsistency(older, newer, bent, sha256)).toBe(false)
        expect(provesConsistency(older, newer, path.slice(1), sha256)).toBe(false)
        expect(provesConsistency(older, newer, [...path, leafHash(0)], sha256)).toBe(false)
      }),
    )
  })

  it('[L1] [L2] [L3] is the same where full tiles are hashed again from their leaves', () => {
    const whole = grow(1)
    const lean = new Tree(sha256, leafHash)
    lean.push(leafHash(0))
    expect(() => whole.readLeaves(leafHash)).toThrow('keeps every hash')
    const early = [0, 1, 2].map((level) => ({ level, hash: undefined as Uint8Array | undefined }))
    for (let size = 2; size <= 1300; size++) {
      for (const tree of [whole, lean]) tree.push(leafHash(size - 1))
      if (size === 4) for (const one of early) one.hash = lean.node(one.level, 0)
      if (size % 37 !== 0 && size % 256 > 1) continue
      expect(lean.size).toBe(size)
      expect(lean.root()).toEqual(whole.root())
      const older = 1 + ((size * 7) % size)
      expect(lean.consistency(older)).toEqual(whole.consistency(older))
      for (const index of [0, size >> 1, size - 1]) {
        expect(lean.inclusion(index)).toEqual(whole.inclusion(index))
      }
      for (let level = 0; 2 ** level <= size; level++) {
        const last = Math.floor(size / 2 ** level) - 1
        for (const index of [0, last >> 1, last]) {
          expect(lean.node(level, index)).toEqual(whole.node(level, index))
        }
        expect(() => lean.node(level, last + 1)).toThrow(RangeError)
      }
    }
    for (const { level, hash } of early) expect(hash).toEqual(whole.node(level, 0))
  })
})

describe('tiles', () => {
  it('[L4] writes and reads paths as C2SP spells them', () => {
    const check = (id: Parameters<typeof tilePath>[0], path: string) => {
      expect(tilePath(id)).toBe(path)
      expect(parseTilePath(path)).toEqual(id)
    }
    check({ level: 0, index: 0, width: 256 }, 'tile/0/000')
    check({ level: 0, index: 5, width: 17 }, 'tile/0/005.p/17')
    check({ level: 1, index: 1234067, width: 256 }, 'tile/1/x001/x234/067')
    check({ level: 'entries', index: 1000, width: 1 }, 'tile/entries/x001/000.p/1')
  })

  it.each([
    'tile/0/0',
    'tile/0/x000/001',
    'tile/00/000',
    'tile/9/000',
    'tile/0/000.p/256',
    'tile/0/000.p/0',
    'tile/0/000.p/01',
    'tile/0/../000',
    'tile/0/000/',
    'tile/-1/000',
    'tile/data/000',
  ])('[L4] refuses the path %s', (path) => {
    expect(parseTilePath(path)).toBeUndefined()
  })

  it('[L4] hold what every inclusion path needs, at any size', () => {
    const tree = grow(700)
    fc.assert(
      fc.property(sizeAndIndex, ([size, index]) => {
        const tiles = new Map(
          tilesForInclusion(index, size).map((tile) => [
            `${tile.level}/${tile.index}`,
            tileBytes(tile, tree.node),
          ]),
        )
        const read = nodesFromTiles((level, at) => tiles.get(`${level}/${at}`), sha256)
        expect(read(0, index)).toEqual(leafHash(index))
        expect(tiles.size).toBeLessThanOrEqual(4)
        const known = new Set(tilesAt(size).map((tile) => `${tile.level}/${tile.index}`))
        for (const key of tiles.keys()) expect(known.has(key)).toBe(true)
      }),
    )
  })

  it('[L4] bundle entries and give them back; a torn bundle is refused', () => {
    const entries = [utf8('a'), utf8(''), utf8('three')]
    const bytes = bundleBytes(entries)
    expect(parseBundle(bytes)).toEqual(entries)
    expect(parseBundle(bytes.subarray(0, -1))).toBeUndefined()
    expect(parseBundle(concat(bytes, Uint8Array.of(0)))).toBeUndefined()
  })
})

function head(tree: Tree, size: number) {
  return { size, root: tree.root(size) }
}

function flip(hash: Uint8Array, at: number): Uint8Array {
  const out = Uint8Array.from(hash)
  out[at % 32]! ^= 1 << (at % 8)
  return out
}
