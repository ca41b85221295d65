import { describe, expect, it } from 'vitest'
import { BrowserWitness, type WitnessSources } from '../../../range/client/witness.ts'
import type { WitnessOptions, WitnessStatus } from '../../../range/client/witness.ts'
import { memoryStore, StoreChanged } from '../../../range/client/witness-store.ts'
import { readWitnessed } from '../../../range/client/witnessed.ts'
import { verifyForkProof } from '../../../range/ledger/fork-proof.ts'
import { tilePath } from '../../../range/ledger/tile.ts'
import { nativeTools } from '../../../range/server/ledger/native.ts'
import { freshDir } from './rig.ts'
import { cosigned, witnessKey } from './witness-rig.ts'
import { forkedLogs, grow, openedLog, openTown, type Town } from './witness-town.ts'

/** A browser's sources, over real HTTP. */
function sourcesOf(town: Town, seat: string, handedIn: string[] = []): WitnessSources {
  const read = async (path: string): Promise<Uint8Array | undefined> => {
    const answer = await fetch(`${town.url}/${path}`)
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : undefined
  }
  const text = async (path: string) => Buffer.from((await read(path)) ?? []).toString('utf8')
  const post = async (path: string, body: string): Promise<boolean> => {
    const headers = { 'x-seat': seat, origin: new URL(town.url).origin }
    return (await fetch(`${town.url}/${path}`, { method: 'POST', body, headers })).ok
  }
  return {
    checkpoint: () => text('checkpoint'),
    key: async () => (await text('key.pub')).trim(),
    tile: (tile) => read(tilePath(tile)),
    enrol: (vkey) => post('witness', vkey),
    handIn(note) {
      handedIn.push(note)
      return post('add-cosignature', note)
    },
    accuse: (note) => post('add-cosignature', note),
  }
}

function browser(town: Town, seat: string, more: Partial<WitnessOptions> = {}) {
  const seen: WitnessStatus[] = []
  const handedIn: string[] = []
  const made = new BrowserWitness({
    vkey: town.log.vkey,
    store: memoryStore(),
    signs: true,
    sources: sourcesOf(town, seat, handedIn),
    onStatus: (status) => seen.push(status),
    ...more,
  })
  const look = async () => {
    await made.look()
    return seen.at(-1)!
  }
  return { look, hear: (note: string) => made.hear(note), handedIn, seen }
}

const reading = (town: Town) => async (name: string) => {
  const answer = await fetch(`${town.url}/${name}`)
  return answer.ok ? answer.text() : undefined
}

describe("a witness in a participant's browser", () => {
  it('[L35] cosigns as the log grows, and trainer and players make a quorum', async () => {
    const log = await openedLog()
    await grow(log, 1)
    const town = await openTown(log)
    const all = ['trainer-t', 'defender-a', 'defender-b'].map((seat) => browser(town, seat))
    for (let round = 0; round < 3; round++) {
      for (const one of all) expect(await one.look()).toMatchObject({ kind: 'good', counted: true })
      const desk = town.desks.get('x')!
      expect(desk.view()).toMatchObject({ quorum: 2, witnessed: log.publishedSize })
      expect(await readWitnessed(reading(town), log.vkey, Date.now())).toMatchObject({
        of: 3,
        quorum: 2,
        best: {
          ok: true,
          by: 3,
          size: log.publishedSize,
          kinds: [
            { kind: 'trainer', of: 1, by: 1 },
            { kind: 'player', of: 2, by: 2 },
          ],
        },
        fork: undefined,
      })
      await grow(log, 5, round + 1)
    }
  })

  it('[L27] one honest witness among five catches a fork that four others cosign', async () => {
    const [mine, other] = await forkedLogs(4)
    const town = await openTown(mine)
    const honest = browser(town, 'defender-honest')
    expect(await honest.look()).toMatchObject({ kind: 'good', size: 96 })
    const desk = town.desks.get('x')!
    const bent = [1, 2, 3, 4].map((byte) => witnessKey(byte))
    bent.forEach(({ vkey }, i) => desk.enrol(`s${i}`, i === 0 ? 'trainer' : 'player', vkey))

    // The server shows the other history from now on, and four of five say that it is the one.
    town.log = other
    const forked = town.desks.get('x')!
    const time = Math.floor(Date.now() / 1000)
    expect(forked.handIn(cosigned(other.checkpoint!, bent, time))).toMatchObject({
      witnessed: true,
    })

    const status = await honest.look()
    expect(status).toMatchObject({ kind: 'alarm', refused: 'same-size-other-root' })
    expect(honest.handedIn).toHaveLength(1)
    const fork = status.kind === 'alarm' ? status.fork! : ''
    expect(verifyForkProof(fork, mine.vkey, nativeTools)).toMatchObject({ ok: true })
    await grow(other, 3)
    expect(await honest.look()).toMatchObject({ kind: 'alarm', refused: 'fork-known' })
    // It has told the server what it saw before; whoever asks there finds the proof, and checks it.
    await expect
      .poll(async () => (await readWitnessed(reading(town), mine.vkey, Date.now()))?.fork)
      .toMatch(/^doorstep\/fork-proof@v1/)
  })

  it('[L27] catches the fork when it has grown, and when others only tell of it', async () => {
    const [mine, other] = await forkedLogs(4)
    const town = await openTown(mine)
    const [grown, told] = [browser(town, 'defender-a'), browser(town, 'defender-b')]
    await grown.look()
    await told.look()
    await told.hear(mine.checkpoint!)
    expect(told.seen.at(-1)).toMatchObject({ kind: 'good' })
    await told.hear(cosigned(other.checkpoint!, [witnessKey(1)]))
    expect(told.seen.at(-1)).toMatchObject({ kind: 'alarm', refused: 'same-size-other-root' })
    await grow(other, 9)
    town.log = other
    expect(await grown.look()).toMatchObject({ kind: 'alarm', refused: 'history-rewritten' })
  })

  it('[L26] refuses an old snapshot, a new log identity, and a clock a day off', async () => {
    const [old, log] = await forkedLogs(0)
    await grow(log, 2)
    const town = await openTown(log)
    const one = browser(town, 'defender-a')
    expect(await one.look()).toMatchObject({ kind: 'good', size: 64 })
    town.log = old
    expect(await one.look()).toEqual({ kind: 'alarm', refused: 'smaller-size' })
    town.log = await openedLog()
    expect(await one.look()).toEqual({ kind: 'alarm', refused: 'new-log-identity' })
    town.log = log
    await grow(log, 1)
    const store = memoryStore()
    const behind = browser(town, 'defender-b', { store, now: () => Date.now() - 86_400_000 })
    expect(await behind.look()).toEqual({ kind: 'waiting', why: 'clock-off' })
    const ahead = browser(town, 'defender-c', { now: () => Date.now() + 86_400_000 })
    expect(await ahead.look()).toMatchObject({ kind: 'good', counted: false })
  })

  it('[L35] two tabs on one store never sign two histories', async () => {
    const [mine, other] = await forkedLogs(3)
    const [one, two] = [await openTown(mine), await openTown(other)]
    const store = memoryStore()
    const tabs = [browser(one, 'defender-a', { store }), browser(two, 'defender-a', { store })]
    const found = await Promise.all(tabs.map((tab) => tab.look()))
    expect(found.map(({ kind }) => kind).sort()).toEqual(['alarm', 'good'])
    expect(tabs.flatMap((tab) => tab.handedIn)).toHaveLength(1)
  })

  it('[L35] a wiped store makes a new witness with a new key, which replaces the old', async () => {
    const log = await openedLog()
    await grow(log, 1)
    const town = await openTown(log)
    const keys = []
    for (const store of [memoryStore(), memoryStore()]) {
      const status = await browser(town, 'defender-a', { store }).look()
      expect(status).toMatchObject({ kind: 'good', counted: true })
      keys.push(status.kind === 'good' ? status.vkey : '')
      expect(town.desks.get('x')!.policy().witnesses).toEqual([keys.at(-1)])
    }
    expect(keys[0]).not.toBe(keys[1])
  })

  it('[L35] a store that was wiped or written in between is not written over', async () => {
    const store = memoryStore()
    const record = { name: 'n', publicKey: new Uint8Array(32), secret: new Uint8Array(32) }
    await store.write({ ...record, version: 0 }, undefined)
    await expect(store.write({ ...record, version: 0 }, undefined)).rejects.toThrow(StoreChanged)
    await store.write({ ...record, version: 1 }, 0)
    await expect(store.write({ ...record, version: 1 }, 0)).rejects.toThrow(StoreChanged)
  })

  it('[L35] where it may not sign it watches all the same, and hands nothing in', async () => {
    const [mine, other] = await forkedLogs(2)
    const town = await openTown(mine)
    const plain = browser(town, 'defender-a', { signs: false })
    expect(await plain.look()).toMatchObject({ kind: 'good', counted: false })
    const stranger = browser(town, 'nobody')
    expect(await stranger.look()).toMatchObject({ kind: 'good', counted: false })
    expect([...plain.handedIn, ...stranger.handedIn]).toEqual([])
    town.log = other
    expect(await plain.look()).toMatchObject({ kind: 'alarm' })
  })

  it('[L35] a server that is away is waited for', async () => {
    const log = await openedLog(freshDir())
    await grow(log, 1)
    const town = await openTown(log)
    const sources = sourcesOf(town, 'defender-a')
    const one = browser(town, 'defender-a', {
      sources: { ...sources, checkpoint: () => Promise.reject(new TypeError('fetch failed')) },
    })
    expect(await one.look()).toEqual({ kind: 'waiting', why: 'unreachable' })
  })
})
