import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { gunGet, gunPut } from '../../../range/ledger/gun-message.ts'
import { valueKey } from '../../../range/ledger/replica.ts'
import { sha256 } from '../../../range/ledger/sha256.ts'

/** What an attack is given: where the server listens, and an address that nobody should call. */
export interface Target {
  readonly port: number
  readonly trap: string
  /** How much of it: 1 in CI. */
  readonly scale: number
}

/** An attack over the wire; resolves when it has done its worst. */
export type Attack = (target: Target) => Promise<unknown>

const url = ({ port }: Target) => `ws://127.0.0.1:${port}/gun`

/** A socket like that of the sandboxed frame, open, or refused and closed by now. */
async function open(target: Target): Promise<WebSocket> {
  const socket = new WebSocket(url(target), { perMessageDeflate: false, origin: 'null' })
  socket.on('error', () => undefined)
  await new Promise((resolve) => {
    socket.once('open', resolve)
    socket.once('close', resolve)
  })
  return socket
}

/** Sends all frames and resolves with the code the socket is closed with, 0 where it stays open. */
async function sendAll(
  target: Target,
  frames: Iterable<string | Buffer>,
  patience = 250,
): Promise<number> {
  const socket = await open(target)
  const closed = once(socket, 'close').then(([code]) => Number(code))
  for (const frame of frames) {
    if (socket.readyState !== socket.OPEN) break
    socket.send(frame, { binary: false })
    if (socket.bufferedAmount > 262_144) await setTimeout(1)
  }
  const code = await Promise.race([closed, setTimeout(patience, 0)])
  socket.terminate()
  return code
}

function put(value: string, id = 'abc'): string {
  return JSON.stringify(gunPut({ id, space: 'entry', key: valueKey(value, sha256), value }))
}

interface Hostile {
  readonly frame: unknown
}
const file = new URL('../../vectors/gun-hostile.json', import.meta.url)
const vectors: readonly Hostile[] = JSON.parse(readFileSync(file, 'utf8'))

function* times<T>(n: number, make: (i: number) => T): Generator<T> {
  for (let i = 0; i < n; i++) yield make(i)
}

export const ATTACKS: Readonly<Record<string, Attack>> = {
  'names of object prototypes as souls, keys and ids, and every other hostile frame': (t) => {
    const frames = vectors.map(({ frame }) =>
      typeof frame === 'string' ? frame : JSON.stringify(frame),
    )
    const fours = Array.from({ length: frames.length / 4 + 1 }, (_, i) =>
      frames.slice(4 * i, 4 * i + 4),
    )
    return Promise.all(fours.map((some) => sendAll(t, some)))
  },

  'commands to open connections': (t) =>
    Promise.all(
      [
        { dam: 'mob', mob: 1, peers: { [t.trap]: {} } },
        { dam: 'opt', opt: { peers: [t.trap] } },
        { dam: 'hi', pid: t.trap, opt: { peers: t.trap } },
        { dam: '?', pid: 'x', '#': 'a', peers: { [t.trap]: { url: t.trap } } },
        { '#': 'a', opt: { peers: [t.trap], axe: true, multicast: { port: 8765 } }, put: null },
        { ...JSON.parse(put(t.trap)), opt: { peers: t.trap }, dam: undefined, '><': t.trap },
      ].map((frame) => sendAll(t, Array(6).fill(JSON.stringify(frame)))),
    ),

  'puts dated in the future': (t) => {
    const key = valueKey('later', sha256)
    const node = { _: { '#': 'entry#', '>': { [key]: 8.64e15 } }, [key]: 'later' }
    return sendAll(t, Array(6).fill(JSON.stringify({ '#': 'a', put: { 'entry#': node } })))
  },

  'deep nesting': (t) =>
    Promise.all(
      ['['.repeat(65_000), '{"a":'.repeat(13_000), `{"put":${'{"#":'.repeat(12_000)}`].map(
        (frame) => sendAll(t, Array(20 * t.scale).fill(frame)),
      ),
    ),

  'oversized frames, binary frames, wrong UTF-8': async (t) => {
    await sendAll(t, ['x'.repeat(70_000)])
    await sendAll(t, [put('x'.repeat(65_000))])
    const bad = await Promise.all([
      sendAll(t, [Buffer.from([0x22, 0xc3, 0x28, 0x22])], 20_000),
      sendAll(t, [Buffer.from([0xed, 0xa0, 0x80])], 20_000),
    ])
    if (bad.some((code) => code !== 1007)) throw new Error(`wrong UTF-8 ended with ${bad.join()}`)
  },

  'a flood of ten thousand good puts': (t) =>
    sendAll(
      t,
      times(10_000 * t.scale, (i) => put(`${i} ${'x'.repeat(200)}`, `f${i}`)),
    ),

  'a flood of large good puts': (t) =>
    sendAll(
      t,
      times(300 * t.scale, (i) => put(`${i} ${'y'.repeat(60_000)}`, `l${i}`)),
    ),

  'a flood of empty frames from twenty sockets': (t) =>
    Promise.all(
      times(20, () =>
        sendAll(
          t,
          times(10_000 * t.scale, () => '[]'),
        ),
      ),
    ),

  'batches of 128 gets': (t) => {
    const gets = Array.from({ length: 128 }, (_, i) =>
      gunGet(`g${i}`, 'tile', valueKey('', sha256)),
    )
    return sendAll(
      t,
      times(200 * t.scale, () => JSON.stringify(gets)),
    )
  },

  'asking for large values without reading any': async (t) => {
    const value = `wanted ${'z'.repeat(60_000)}`
    await sendAll(t, [put(value)])
    const ask = JSON.stringify(gunGet('big', 'entry', valueKey(value, sha256)))
    const sockets = await Promise.all(times(30 * t.scale, () => open(t)))
    for (const socket of sockets) {
      socket.pause()
      for (let i = 0; i < 400 && socket.readyState === socket.OPEN; i++) socket.send(ask)
    }
    await setTimeout(1000)
    for (const socket of sockets) socket.terminate()
  },

  'handshakes and frames that never end': async (t) => {
    const halves = await Promise.all(times(40 * t.scale, (i) => half(t, i)))
    await setTimeout(600)
    for (const socket of halves) socket.destroy()
  },

  'a crowd from one address': async (t) => {
    const crowd = await Promise.all(times(150 * t.scale, () => open(t)))
    for (const socket of crowd) if (socket.readyState === socket.OPEN) socket.send('[]')
    await setTimeout(100)
    for (const socket of crowd) socket.terminate()
  },
}

/** A raw socket that says only the beginning of something. */
async function half(target: Target, i: number): Promise<Socket> {
  const socket = connect(target.port, '127.0.0.1')
  socket.on('error', () => undefined)
  await once(socket, 'connect')
  const key = randomBytes(16).toString('base64')
  const hello =
    `GET /gun HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nConnection: Upgrade\r\n` +
    `Upgrade: websocket\r\nOrigin: null\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n`
  if (i % 4 === 0) socket.write(hello)
  else socket.write(`${hello}\r\n`)
  await setTimeout(50)
  // A text frame of 65,000 bytes of which one comes; or fragments of nothing without end.
  if (i % 4 === 1) socket.write(Buffer.from([0x81, 0xfe, 0xfd, 0xe8, 0, 0, 0, 0, 0x5b]))
  if (i % 4 === 2) {
    const empty = Buffer.from([0x00, 0x80, 0, 0, 0, 0])
    socket.write(Buffer.concat([Buffer.from([0x01, 0x80, 0, 0, 0, 0]), ...Array(500).fill(empty)]))
  }
  if (i % 4 === 3) {
    socket.setNoDelay(true)
    socket.write(Buffer.from([0x81, 0xfe, 0xfd, 0xe8, 0, 0, 0, 0]))
    for (let n = 0; n < 20 && !socket.destroyed; n++) {
      socket.write('[')
      await setTimeout(5)
    }
  }
  return socket
}
