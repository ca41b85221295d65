import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { gunGet, gunPut } from '../../../range/ledger/gun-message.ts'
import { valueKey, type Space } from '../../../range/ledger/replica.ts'
import { TOKENS_MAX } from '../../../range/server/gun/filter.ts'
import { createGunHub } from '../../../range/server/gun/hub.ts'
import { nativeSha256 } from '../../../range/server/ledger/native.ts'

const hub = createGunHub()
const server = createServer((_, res) => res.writeHead(404).end())
server.on('upgrade', (req, socket, head) => hub.handleUpgrade(req, socket as Socket, head))
let url = ''

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await hub.workerReady()
  url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/gun`
})

afterAll(async () => {
  await hub.close()
  server.close()
})

/** A bare socket that keeps what it hears, as parsed messages. */
class Peer {
  readonly socket: WebSocket
  readonly heard: Record<string, unknown>[] = []
  readonly #waiting: {
    wanted: (m: Record<string, unknown>) => boolean
    found: (m: object) => void
  }[] = []

  constructor() {
    this.socket = new WebSocket(url)
    this.socket.on('error', () => undefined)
    this.socket.on('message', (data) => {
      const frame: unknown = JSON.parse(String(data))
      for (const message of (Array.isArray(frame) ? frame : [frame]) as Record<string, unknown>[]) {
        this.heard.push(message)
        for (const waiter of this.#waiting) if (waiter.wanted(message)) waiter.found(message)
      }
    })
  }

  async open(): Promise<this> {
    await once(this.socket, 'open')
    return this
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message))
  }

  until(wanted: (m: Record<string, unknown>) => boolean): Promise<object> {
    const past = this.heard.find(wanted)
    if (past !== undefined) return Promise.resolve(past)
    return new Promise((found) => this.#waiting.push({ wanted, found }))
  }

  ask(id: string, space: Space, key: string): Promise<object> {
    this.send(gunGet(id, space, key))
    return this.until((message) => message['@'] === id)
  }
}

const valueIn = (message: object, space: Space, key: string) =>
  (message as { put?: Record<string, Record<string, unknown>> }).put?.[`${space}#`]?.[key]

const news = (space: Space, value: string, id = 'news1') => {
  const key = valueKey(value, nativeSha256)
  return { key, message: gunPut({ id, space, key, value }) }
}

describe('the Gun hub', () => {
  it('[L21] answers gets from its own store, and says when it has nothing', async () => {
    const key = hub.publish('tile', 'a tile')
    const peer = await new Peer().open()
    expect(valueIn(await peer.ask('q1', 'tile', key), 'tile', key)).toBe('a tile')
    expect(await peer.ask('q2', 'cp', key)).not.toHaveProperty('put')
    hub.forget('tile', key)
    expect(await peer.ask('q3', 'tile', key)).not.toHaveProperty('put')
    peer.socket.close()
  })

  it('[L21] fans out through Gun what one peer puts and what the server announces', async () => {
    const [a, b] = [await new Peer().open(), await new Peer().open()]
    const put = news('cosig', 'a cosignature')
    a.send(put.message)
    const heard = await b.until((m) => valueIn(m, 'cosig', put.key) !== undefined)
    expect(valueIn(heard, 'cosig', put.key)).toBe('a cosignature')
    const key = hub.publish('cp', 'a checkpoint', { announce: true })
    await Promise.all([a, b].map((p) => p.until((m) => valueIn(m, 'cp', key) === 'a checkpoint')))
    expect(valueIn(await b.ask('q4', 'cosig', put.key), 'cosig', put.key)).toBe('a cosignature')
    a.socket.close()
    b.socket.close()
  })

  it('[L21] serves a stock Gun client', async () => {
    const key = hub.publish('entry', 'an entry')
    const script = new URL('./stock-gun.mjs', import.meta.url)
    const client = new Worker(script, { workerData: { url: url.replace('ws:', 'http:') } })
    client.postMessage({ soul: 'entry#', key })
    const [answer] = await once(client, 'message')
    expect(answer).toEqual({ key, found: 'an entry' })
    const put = news('entry', 'from a stock client')
    const peer = await new Peer().open()
    client.postMessage({ soul: 'entry#', key: put.key, value: 'from a stock client' })
    await peer.until((m) => valueIn(m, 'entry', put.key) === 'from a stock client')
    peer.socket.close()
    await client.terminate()
  })

  it('[L19] closes a hostile socket with 1008 and harms nobody else', async () => {
    const file = new URL('../../vectors/gun-hostile.json', import.meta.url)
    const hostile: { frame: unknown }[] = JSON.parse(readFileSync(file, 'utf8'))
    const key = hub.publish('tile', 'still here')
    const good = await new Peer().open()
    for (let i = 0; i < hostile.length; i += 5) {
      const bad = await new Peer().open()
      const closed = once(bad.socket, 'close')
      for (const { frame } of hostile.slice(i, i + 5)) bad.send(frame)
      for (let more = 0; more < 5; more++) bad.send('{"dam":"mob"}')
      expect((await closed)[0]).toSatisfy((code: number) => code === 1008 || code === 1009)
    }
    expect(valueIn(await good.ask('q5', 'tile', key), 'tile', key)).toBe('still here')
    expect(hub.status().workerStarts).toBe(1)
    good.socket.close()
  })

  it('[L19] refuses binary frames and frames above 64 KiB', async () => {
    for (const [data, code] of [
      [Buffer.from([1]), 1008],
      ['x'.repeat(65_537), 1009],
    ] as const) {
      const bad = await new Peer().open()
      const closed = once(bad.socket, 'close')
      bad.socket.send(data)
      expect((await closed)[0]).toBe(code)
    }
  })

  it('[L20] keeps a flood of good puts within bounds, and a good client served', async () => {
    const key = hub.publish('tile', 'through the flood')
    const flooders = await Promise.all(Array.from({ length: 4 }, () => new Peer().open()))
    const good = await new Peer().open()
    flooders.forEach((peer, p) => {
      for (let i = 0; i < 3000; i++) {
        peer.send(news('entry', `${p} ${i} ${'x'.repeat(400)}`, `p${p}i${i}`).message)
      }
    })
    expect(valueIn(await good.ask('q6', 'tile', key), 'tile', key)).toBe('through the flood')
    // A flooder is read as slowly as its tokens come back, and nobody waits for it.
    const { guestValues, workerStarts } = hub.status()
    expect(guestValues).toBeLessThan(4 * 3000)
    expect(guestValues).toBeGreaterThan(0)
    expect(workerStarts).toBe(1)
    for (const peer of [...flooders, good]) peer.socket.terminate()
  }, 20_000)

  it('[L20] reads a burst slowly and to its end, and cuts whoever goes on', async () => {
    const key = hub.publish('tile', 'asked for often')
    const eager = await new Peer().open()
    for (let i = 0; i < TOKENS_MAX + 150; i++) eager.send(gunGet(`e${i}`, 'tile', key))
    await eager.until((m) => m['@'] === `e${TOKENS_MAX + 149}`)
    // Each once and in its order; what others announced meanwhile is not an answer.
    const answered = eager.heard.map((m) => m['@']).filter((id) => /^e\d+$/.test(String(id)))
    expect(answered).toEqual(Array.from({ length: TOKENS_MAX + 150 }, (_, i) => `e${i}`))
    eager.socket.close()
    const flooder = await new Peer().open()
    const closed = once(flooder.socket, 'close')
    for (let i = 0; i < 20_000; i++) flooder.send('[]')
    expect(await closed).toSatisfy(([code]: [number]) => code === 1008 || code === 1006)
  }, 20_000)

  it('[L22] outlives its worker: sockets stay, gets are answered, news flows again', async () => {
    const crashing = createGunHub()
    const other = createServer()
    other.on('upgrade', (req, socket, head) => crashing.handleUpgrade(req, socket as Socket, head))
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const home = url
    url = `ws://127.0.0.1:${(other.address() as AddressInfo).port}/gun`
    const [a, b] = [await new Peer().open(), await new Peer().open()]
    url = home
    await crashing.crashWorker()
    const key = crashing.publish('tile', 'answered all the same')
    expect(valueIn(await a.ask('q7', 'tile', key), 'tile', key)).toBe('answered all the same')
    await crashing.workerReady()
    const put = news('cosig', 'after the crash')
    a.send(put.message)
    await b.until((m) => valueIn(m, 'cosig', put.key) === 'after the crash')
    expect(crashing.status().workerStarts).toBe(2)
    await crashing.close()
    other.close()
  }, 20_000)
})
