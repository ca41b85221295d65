import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { LEAF_BYTES, sealLeaf } from '../../../range/ledger/leaf.ts'
import { verifyProof } from '../../../range/ledger/proof.ts'
import { bundleBytes, tileBytes, tilePath, TILE_WIDTH } from '../../../range/ledger/tile.ts'
import { hashLeaf, Tree } from '../../../range/ledger/tree.ts'
import { auditStored, storedLeaves } from '../../../range/server/ledger/audit.ts'
import { nodeDisk } from '../../../range/server/ledger/disk.ts'
import { TILES_CACHED } from '../../../range/server/ledger/leaves.ts'
import type { Log } from '../../../range/server/ledger/log.ts'
import { Marks, MARKS_KEY_BYTES } from '../../../range/server/ledger/marks.ts'
import { nativeSha256, nativeTools } from '../../../range/server/ledger/native.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { leafAt, pathsIn } from '../../../range/server/ledger/recover.ts'
import { editOpenings, forgeLog } from './forge.ts'
import { entry, freshDir, LIVE, quickDisk } from './rig.ts'

/** A log as it was before: every leaf, hash and entry in memory. The slow, obvious oracle. */
class Model {
  readonly leaves: Buffer[] = []
  readonly erased = new Set<number>()
  readonly tree = new Tree(nativeSha256)

  /** Takes in what a log has appended, from its file as it stands just then. */
  learn(dir: string, origin: string): void {
    const stored = storedLeaves(readFileSync(join(dir, 'ledger/log')), origin)
    for (let i = this.leaves.length; i < stored.length / LEAF_BYTES; i++) {
      this.leaves.push(Buffer.from(leafAt(stored, i)))
      this.tree.push(hashLeaf(this.leaves[i]!, nativeSha256))
    }
  }

  audit(dir: string, origin: string) {
    return auditStored(nodeDisk, pathsIn(dir), {
      origin,
      count: this.leaves.length,
      leaf: (index) => this.leaves[index]!,
      erased: (index) => this.erased.has(index),
    })
  }
}

/** Everything a log answers at some places, against the model. */
function compare(log: Log, model: Model, places: readonly number[]): void {
  const size = log.publishedSize
  const { leaves, tree } = model
  for (const place of places) {
    const index = place % size
    expect(Buffer.from(log.leaf(index)!)).toEqual(leaves[index])
    const proof = log.prove(index)
    expect(proof === undefined).toBe(model.erased.has(index))
    if (proof !== undefined)
      expect(verifyProof(proof, log.vkey, nativeTools)).toMatchObject({ ok: true, index })
    expect(Buffer.from(log.root(index + 1))).toEqual(Buffer.from(tree.root(index + 1)))
    expect(log.consistency(index + 1).map(hex)).toEqual(tree.consistency(index + 1, size).map(hex))
    const tile = Math.floor(index / TILE_WIDTH)
    const width = Math.min(TILE_WIDTH, size - tile * TILE_WIDTH)
    const id = { level: 0, index: tile, width }
    expect(Buffer.from(log.tile(id)!)).toEqual(Buffer.from(tileBytes(id, tree.node)))
    const first = tile * TILE_WIDTH
    expect(log.tile({ ...id, level: 'entries' })).toEqual(
      bundleBytes(leaves.slice(first, first + width)),
    )
  }
  const from = places[0]! % size
  const told = [...log.entries(from)].map(({ index }) => index)
  expect(told[0] ?? from).toBeGreaterThanOrEqual(from)
  expect(told.some((index) => model.erased.has(index))).toBe(false)
}

const step = fc.record({ count: fc.integer({ min: 1, max: 3000 }), erase: fc.nat(1e6) })

describe('a log that does not hold its older leaves', () => {
  it('[L5] [L7] [L13] [L15] answers as one that does, before and after it is opened again', async () => {
    const runs = fc.tuple(
      fc.array(step, { minLength: 2, maxLength: 8 }),
      fc.array(fc.nat(1e6), { minLength: 12, maxLength: 12 }),
    )
    let farthest = 0
    await fc.assert(
      fc.asyncProperty(runs, async ([steps, places]) => {
        const dir = freshDir()
        const options = { ...LIVE, disk: quickDisk, leavesPerTick: 0 }
        let log = await openLog(dir, options)
        const model = new Model()
        for (const { count, erase } of steps) {
          const { first } = await log.append(Array.from({ length: count }, (_, i) => entry(i)))
          model.learn(dir, LIVE.origin)
          expect(log.opening(first + count - 1)?.entry).toEqual(entry(count - 1))
          await log.publish(first)
          const index = erase % (first + count)
          if (erase % 3 === 0) {
            await log.erase(index)
            model.erased.add(index)
          }
        }
        farthest = Math.max(farthest, log.size)
        compare(log, model, places)
        expect(await log.audit()).toEqual({ ok: true, count: log.size })
        await log.close()
        log = await openLog(dir, options)
        compare(log, model, places)
        expect(await log.audit()).toEqual({ ok: true, count: log.size })
        await log.close()
      }),
      { numRuns: 5, seed: 5 },
    )
    expect(farthest).toBeGreaterThan(TILE_WIDTH * (TILES_CACHED + 1))
  })

  it('[L8] [L17] never shows an older leaf that was changed, and takes a copy that was not', async () => {
    const dir = freshDir()
    const log = await openLog(dir, { ...LIVE, disk: quickDisk, leavesPerTick: 0 })
    for (let batch = 0; batch < TILES_CACHED / 8; batch++) {
      await log.append(Array.from({ length: TILE_WIDTH * 9 }, (_, i) => entry(i)))
    }
    await log.publish(1)
    const model = new Model()
    model.learn(dir, LIVE.origin)
    flipBit(join(dir, 'ledger/log'), 300 + 28)
    expect(Buffer.from(log.leaf(7)!)).toEqual(model.leaves[7])
    expect(await log.audit()).toMatchObject({ ok: false, what: 'leaf' })
    flipBit(join(dir, 'ledger/tile/entries/001'), 300)
    flipBit(join(dir, 'ledger/log'), 300 + 28 + TILE_WIDTH * LEAF_BYTES)
    const refused = expect.objectContaining({ code: 'tile-changed', at: TILE_WIDTH })
    expect(() => log.leaf(TILE_WIDTH)).toThrow(refused)
    expect(() => log.prove(TILE_WIDTH + 9)).toThrow(refused)
    expect(() => log.tile({ level: 0, index: 1, width: TILE_WIDTH })).toThrow(refused)
    expect(log.tile({ level: 1, index: 0, width: 36 })).toBeDefined()
    expect(Buffer.from(log.leaf(0)!)).toEqual(model.leaves[0])
    await log.close()
  })
})

describe('auditing a log that does not hold its older leaves', () => {
  const ORIGIN = 'simulated/audit'
  const SIZE = 1100
  let dir: string
  let log: Log
  const model = new Model()
  const honest = new Map<string, Buffer>()

  beforeAll(async () => {
    dir = freshDir()
    log = await openLog(dir, { origin: ORIGIN, mode: { seed: '3' }, disk: quickDisk })
    for (let n = 0; n < SIZE; n += 11) {
      await log.append(Array.from({ length: 11 }, (_, i) => entry(n + i)))
    }
    await log.publish(1)
    model.learn(dir, ORIGIN)
    for (const tile of [0, 1, 2, 3]) remember(bundle(tile))
    remember('log')
    remember('openings.jsonl')
  })
  afterAll(() => log.close())

  const remember = (name: string) => honest.set(name, readFileSync(join(dir, 'ledger', name)))
  const bundle = (index: number) => tilePath({ level: 'entries', index, width: TILE_WIDTH })

  /** One change of the list of leaves or of lines, at a place and another one. */
  type Change = <Row>(rows: Row[], at: number, to: number, fresh: (row: Row) => Row) => void
  const changes: Record<string, Change> = {
    edit: (rows, at, _, fresh) => (rows[at] = fresh(rows[at]!)),
    two: (rows, at, to, fresh) => {
      rows[at] = fresh(rows[at]!)
      rows[to] = fresh(rows[to]!)
    },
    drop: (rows, at) => rows.splice(at, 1),
    insert: (rows, at, _, fresh) => rows.splice(at, 0, fresh(rows[at]!)),
    exchange: (rows, at, to) => ([rows[at], rows[to]] = [rows[to]!, rows[at]!]),
    cut: (rows, at) => rows.splice(at),
  }
  const salt = Buffer.alloc(32, 9)
  const text = '{"kind":"input","n":-1}'
  const freshLeaf = () => Buffer.from(sealLeaf(salt, text, nativeSha256))
  const freshLine = (line: string) =>
    `${line.split(',')[0]!},"salt":"${salt.toString('base64')}","entry":${text}}`

  function changeLog(change: Change, at: number, to: number): void {
    forgeLog(dir, (leaves) => change(leaves, at, to, freshLeaf), ORIGIN)
  }
  function changeLines(change: Change, at: number, to: number, number: boolean): void {
    editOpenings(dir, (rows) => {
      change(rows, at, to, freshLine)
      if (!number) return
      rows.forEach((row, i) => (rows[i] = row.replace(/^\{"index":\d+/, `{"index":${i}`)))
    })
  }
  function changeBundles(): void {
    const stored = Buffer.from(storedLeaves(readFileSync(join(dir, 'ledger/log')), ORIGIN))
    for (const tile of [0, 1, 2, 3]) {
      const leaves = Array.from({ length: TILE_WIDTH }, (_, i) =>
        leafAt(stored, tile * TILE_WIDTH + i),
      )
      writeFileSync(join(dir, 'ledger', bundle(tile)), bundleBytes(leaves))
    }
  }

  const place = fc.nat(SIZE - 1)
  const kind = fc.constantFrom(...Object.keys(changes))
  const where = fc.constantFrom('log', 'lines', 'both', 'all')

  it('[L15] names the same entry, in the same way, as one that holds all, whatever was changed', async () => {
    await fc.assert(
      fc.asyncProperty(kind, where, place, place, async (name, files, at, to) => {
        const change = changes[name]!
        if (files !== 'lines') changeLog(change, at, to)
        if (files !== 'log') changeLines(change, at, to, files === 'all')
        if (files === 'all') changeBundles()
        const found = await log.audit()
        const expected = model.audit(dir, ORIGIN)
        for (const [file, bytes] of honest) writeFileSync(join(dir, 'ledger', file), bytes)
        expect(found).toEqual(expected)
      }),
      { numRuns: 50, seed: 8 },
    )
    expect(await log.audit()).toEqual({ ok: true, count: SIZE })
  })
})

describe('marks', () => {
  it('[L15] tell a leaf from another, and let one in 65,536 of others pass', () => {
    const marks = new Marks(Buffer.from(Array.from({ length: MARKS_KEY_BYTES }, (_, i) => 7 * i)))
    const leaf = (n: number) => sealLeaf(Buffer.alloc(32), String(n), nativeSha256)
    const leaves = Array.from({ length: 500 }, (_, n) => leaf(n))
    marks.add(Buffer.concat(leaves), leaves.length)
    expect(leaves.every((one, index) => marks.matches(index, one))).toBe(true)
    let passed = 0
    for (let n = 500; n < 600; n++) {
      for (let index = 0; index < 500; index++) if (marks.matches(index, leaf(n))) passed += 1
    }
    // Of 50,000 pairs one or so.
    expect(passed).toBeLessThan(10)
    expect(marks.matches(500, leaf(0))).toBe(false)
  })
})

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

function flipBit(path: string, at: number): void {
  const bytes = readFileSync(path)
  bytes[at]! ^= 16
  writeFileSync(path, bytes)
}
