import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { valueKey, type Space } from '../../../range/ledger/replica.ts'
import { createGunHub } from '../../../range/server/gun/hub.ts'
import { KeptLines } from '../../../range/server/gun/kept-lines.ts'
import { KeyIndex } from '../../../range/server/gun/key-index.ts'
import { PARTIALS_KEPT, Replica } from '../../../range/server/gun/replica.ts'
import { nativeSha256 } from '../../../range/server/ledger/native.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { TILES_CACHED } from '../../../range/server/ledger/leaves.ts'
import { freshDir, quickDisk } from './rig.ts'

const keyOf = (text: string) => valueKey(text, nativeSha256)

/** A sink that keeps every value, as the store did before: the oracle. */
class Keeping {
  readonly values = new Map<string, string>()

  publish(space: Space, value: string): string {
    const key = keyOf(value)
    this.values.set(`${space} ${key}`, value)
    return key
  }

  forget(space: Space, key: string): void {
    this.values.delete(`${space} ${key}`)
  }
}

/** A log of many seconds in a hub, and beside it one that keeps all. */
async function shared(seconds: number) {
  const dir = freshDir()
  const log = await openLog(dir, {
    origin: 'simulated/values',
    mode: { seed: '4' },
    leavesPerTick: 128,
    disk: quickDisk,
  })
  const hub = createGunHub()
  const kept = new Keeping()
  const replica = new Replica(log, hub, `${dir}/checkpoints`)
  const oracle = new Replica(log, kept)
  for (let tick = 0; tick < seconds; tick++) {
    await log.publish(tick)
    expect(replica.update()).toBe(oracle.update())
  }
  const get = (name: string) => {
    const [space, key] = name.split(' ') as [Space, string]
    return hub.store.get(space, key)
  }
  return { dir, log, hub, replica, kept: kept.values, get }
}

describe('what the server shares of a log', () => {
  it('[L21] answers for every full tile and checkpoint, and holds only what is partial', async () => {
    const { log, hub, replica, kept, get } = await shared(90)
    expect(kept.size).toBeGreaterThan(90 + 2 * 45)
    for (const [name, value] of kept) expect(get(name), name).toBe(value)
    // Again, out of what was made for the first.
    for (const [name, value] of [...kept].reverse()) expect(get(name), name).toBe(value)
    expect(hub.store.ownValues).toBeLessThanOrEqual(3 * (PARTIALS_KEPT + 1))
    replica.close()
    expect(hub.store.ownValues).toBe(0)
    expect([...kept.keys()].filter((name) => get(name) !== undefined)).toEqual([])
    await log.close()
    await hub.close()
  })

  it('[L19] [L21] tells nothing that was changed on the disk, and makes it again where it can', async () => {
    const { dir, log, hub, replica, kept, get } = await shared(2 * (TILES_CACHED + 4))
    const bundle = (index: number) => {
      const bytes = log.tile({ level: 'entries', index, width: 256 })!
      return `entry ${keyOf(Buffer.from(bytes).toString('base64'))}`
    }
    const names = [0, 1].map(bundle)
    // Out of what is held lately.
    for (let index = 2; index < TILES_CACHED + 3; index++) bundle(index)
    for (const path of ['tile/entries/000', 'tile/entries/001']) spoil(join(dir, 'ledger', path))
    expect(get(names[0]!)).toBe(kept.get(names[0]!))
    spoil(join(dir, 'ledger/log'))
    expect(get(names[1]!)).toBeUndefined()
    expect(kept.has(names[1]!)).toBe(true)
    spoil(join(dir, 'checkpoints'))
    const left = [...kept.keys()].filter((name) => name.startsWith('cp ') && get(name))
    expect(left.length).toBe(0)
    replica.close()
    await log.close()
    await hub.close()
  })

  it('[L21] finds the checkpoints of an earlier run again, without what was torn or changed', () => {
    const path = join(freshDir(), 'checkpoints')
    const first = new KeptLines(path)
    const lines = ['one', 'a longer line '.repeat(300), 'three']
    for (const line of lines) expect(first.add(line)).toBe(true)
    first.close()
    appendFileSync(path, 'torn')
    const again = new KeptLines(path)
    expect(lines.map((line) => again.get(keyOf(line)))).toEqual(lines)
    expect(again.get(keyOf('torn'))).toBeUndefined()
    expect(again.add('four')).toBe(true)
    expect(again.get(keyOf('four'))).toBe('four')
    writeFileSync(path, readFileSync(path, 'latin1').replace('three', 'thrEe'))
    expect(again.get(keyOf('three'))).toBeUndefined()
    expect(again.get(keyOf('one'))).toBe('one')
    again.close()
  })

  it('[L21] finds numbers by key as a map does', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(400), fc.nat(0xfffffffd))), (rows) => {
        const [index, map] = [new KeyIndex(), new Map<string, number>()]
        for (const [name, number] of rows) {
          index.set(keyOf(String(name)), number)
          map.set(keyOf(String(name)), number)
        }
        expect(index.size).toBe(map.size)
        for (let name = 0; name <= 400; name++) {
          expect(index.get(keyOf(String(name)))).toBe(map.get(keyOf(String(name))))
        }
      }),
      { numRuns: 30 },
    )
  })
})

/** Changes a letter or bit in every 64 bytes. */
function spoil(path: string): void {
  const bytes = readFileSync(path)
  for (let at = 40; at < bytes.length; at += 64) bytes[at]! ^= 1
  writeFileSync(path, bytes)
}
