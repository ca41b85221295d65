import { describe, expect, it } from 'vitest'
import { verifyEntry, type Claim } from '../../../range/client/proof.ts'
import { parseProof } from '../../../range/ledger/proof.ts'
import { parseTilePath } from '../../../range/ledger/tile.ts'
import { valueKey, type Space } from '../../../range/ledger/replica.ts'
import { PARTIALS_KEPT, Replica } from '../../../range/server/gun/replica.ts'
import { ValueStore } from '../../../range/server/gun/store.ts'
import type { Log } from '../../../range/server/ledger/log.ts'
import { nativeSha256 } from '../../../range/server/ledger/native.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { entry, freshDir, quickDisk } from './rig.ts'

/** A hub without sockets: what a browser could fetch. */
class Shelf {
  readonly store = new ValueStore()
  readonly held = new Set<string>()

  publish(space: Space, value: string): string {
    const key = this.store.keep(space, value)
    this.held.add(`${space} ${key}`)
    return key
  }

  forget(space: Space, key: string): void {
    this.store.forget(space, key)
    this.held.delete(`${space} ${key}`)
  }

  fetchByHash = async (space: Space, key: string): Promise<string> => {
    const value = this.store.get(space, key)
    if (value === undefined) throw new Error('missing')
    return value
  }
}

async function fill(size: number) {
  const log = await openLog(freshDir(), {
    origin: 'simulated/proof',
    mode: { seed: '1' },
    disk: quickDisk,
  })
  const shelf = new Shelf()
  const replica = new Replica(log, shelf)
  const step = size > 10_000 ? 4000 : 500
  for (let n = 0; n < size; n += step) {
    await log.append(Array.from({ length: Math.min(step, size - n) }, (_, i) => entry(n + i)))
    await log.publish(n)
    replica.update()
  }
  return { log, shelf, replica }
}

function claim(log: Log, index: number, checkpointKey?: string): Claim {
  const { opening } = parseProof(log.prove(index)!)!
  const key = checkpointKey === undefined ? {} : { checkpointKey }
  return { ledger: 'x', vkey: log.vkey, index, opening, ...key }
}

function overHttp(log: Log) {
  return async (path: string): Promise<Uint8Array | undefined> => {
    const name = path.replace('/ledger/x/', '')
    if (name === 'checkpoint') return Buffer.from(log.checkpoint!)
    const tile = parseTilePath(name)
    return tile && log.tile(tile)
  }
}

describe('verifying in the browser', () => {
  it.each([1, 2, 255, 256, 257, 3000, 65_536 + 700])(
    '[L23] finds every tile from one hash, at %i leaves, through Gun alone',
    async (size) => {
      const { log, shelf, replica } = await fill(size)
      const places = [0, 1, 255, 256, 999, size - 257, size - 2, size - 1]
      for (const index of new Set(places.filter((i) => i >= 0 && i < size))) {
        const sources = { fetchByHash: shelf.fetchByHash, fetchPath: null }
        const verdict = await verifyEntry(claim(log, index, replica.newest), sources)
        expect(verdict).toMatchObject({
          ok: true,
          source: 'gun',
          index,
          size,
          entry: { n: index },
        })
        expect(verdict.steps.at(-1)?.result ?? (verdict.ok && verdict.leafHash)).toBe(
          verdict.ok && verdict.root,
        )
        const plain = await verifyEntry(claim(log, index), { fetchPath: overHttp(log) })
        expect({ ...plain, source: 'gun' }).toEqual(verdict)
      }
      await log.close()
    },
    60_000,
  )

  it('[L23] takes plain HTTP where Gun lacks a value, never where the proof is bad', async () => {
    const { log, shelf, replica } = await fill(700)
    const fetchPath = overHttp(log)
    const nothing = () => Promise.reject(new Error('silent'))
    const good = claim(log, 5, replica.newest)
    expect(await verifyEntry(good, { fetchByHash: nothing, fetchPath })).toMatchObject({
      ok: true,
      source: 'http',
    })
    expect(await verifyEntry(good, { fetchByHash: nothing, fetchPath: null })).toMatchObject({
      ok: false,
      code: 'checkpoint-missing',
    })
    const bent = { ...good, opening: { ...good.opening, entry: entry(6) } }
    expect(await verifyEntry(bent, { fetchByHash: shelf.fetchByHash, fetchPath })).toMatchObject({
      ok: false,
      code: 'root-differs',
      source: 'gun',
    })
    await log.close()
  })

  it('[L23] refuses another key, an index beyond, hostile tiles and checkpoints', async () => {
    const { log, shelf, replica } = await fill(700)
    const good = claim(log, 5, replica.newest)
    const check = async (change: Partial<Claim>, swap: (value: string) => string, code: string) => {
      const fetchByHash = async (space: Space, key: string) =>
        swap(await shelf.fetchByHash(space, key))
      const verdict = await verifyEntry({ ...good, ...change }, { fetchByHash, fetchPath: null })
      expect(verdict).toMatchObject({ ok: false, code })
    }
    const other = await openLog(freshDir(), { origin: 'simulated/other', mode: { seed: '2' } })
    const same = (value: string) => value
    await check({ vkey: other.vkey }, same, 'wrong-origin')
    await check({ index: 700 }, same, 'index-beyond-checkpoint')
    await check({ index: 1.5 }, same, 'index-beyond-checkpoint')
    await check({}, () => '{', 'checkpoint-missing')
    await check({}, (value) => value.replace('"level":0', '"level":1'), 'tiles-missing')
    await check({}, (value) => value.replace(/("hashes":")..../, '$1AAAA'), 'root-differs')
    await check({}, (value) => value.replace('700', '600'), 'bad-signature')
    await other.close()
    await log.close()
  })

  it('[L21] keeps full tiles and checkpoints, and forgets old partial ones', async () => {
    const log = await openLog(freshDir(), {
      origin: 'simulated/ticks',
      mode: { seed: '1' },
      leavesPerTick: 16,
      disk: quickDisk,
    })
    const shelf = new Shelf()
    const replica = new Replica(log, shelf)
    for (let tick = 0; tick < 200; tick++) {
      await log.publish(tick)
      replica.update()
      expect(replica.update()).toBe(replica.newest)
    }
    const count = (space: Space) =>
      [...shelf.held].filter((name) => name.startsWith(`${space} `)).length
    expect(count('cp')).toBe(200)
    // 12 full bundles and tiles; partial ones of the last checkpoints, at two levels.
    expect(count('entry')).toBeLessThanOrEqual(12 + PARTIALS_KEPT)
    expect(count('tile')).toBeLessThanOrEqual(12 + 2 * PARTIALS_KEPT)
    const values = [...shelf.held].map((name) => name.split(' ') as [Space, string])
    for (const [space, key] of values) {
      const value = shelf.store.get(space, key)!
      expect(valueKey(value, nativeSha256)).toBe(key)
      expect(value.length).toBeLessThan(65_536)
    }
    await log.close()
  })
})
