import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { gunPut, type GunMessage } from '../../ledger/gun-message.ts'
import type { Space } from '../../ledger/replica.ts'
import { SocketFilter } from './filter.ts'
import { Mesh } from './mesh.ts'
import { ValueStore } from './store.ts'

/**
 * Bounds of the hub. At `SOCKETS_MAX` a newcomer is refused with 1013; a slow reader is dropped.
 */
export const SOCKETS_MAX = 1000
export const SOCKET_BACKLOG_BYTES_MAX = 4 * 1024 * 1024
const FRAME_BYTES_MAX = 65_536
const CLOSE_POLICY = 1008
const CLOSE_FULL = 1013

export interface GunHub {
  /** Takes over a socket whose right to be here was checked before. */
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /**
   * Keeps `value` and answers gets for it; with `announce` it is sent to everybody through Gun as
   * well. Returns its key. At most 64 KiB.
   */
  publish(space: Space, value: string, options?: { readonly announce?: boolean }): string
  /** Stops answering for a value of ours. */
  forget(space: Space, key: string): void
  readonly store: ValueStore
  /** Sockets open, values held for peers, and starts of the worker so far. */
  status(): { sockets: number; guestValues: number; guestBytes: number; workerStarts: number }
  /** Resolves when Gun's worker is up. Gets are answered without it. */
  workerReady(): Promise<void>
  /** Ends the worker as a crash would; it comes back by itself. For drills. */
  crashWorker(): Promise<void>
  close(): Promise<void>
}

/**
 * The WebSocket end of the Gun replica. Frames are filtered here, gets are answered from `store`,
 * and only checked puts reach Gun in its worker, which fans them out.
 */
export function createGunHub(options: { readonly store?: ValueStore } = {}): GunHub {
  const store = options.store ?? new ValueStore()
  const server = new WebSocketServer({ noServer: true, maxPayload: FRAME_BYTES_MAX })
  const sockets = new Map<string, WebSocket>()
  const mesh = new Mesh((peer, raw) => {
    const socket = sockets.get(peer)
    if (socket !== undefined) sendOrDrop(socket, raw)
  })
  const ours = randomPeer()
  mesh.join(ours)

  function accept(socket: WebSocket): void {
    if (sockets.size >= SOCKETS_MAX) return socket.close(CLOSE_FULL)
    const peer = randomPeer()
    const filter = new SocketFilter(performance.now())
    sockets.set(peer, socket)
    mesh.join(peer)
    socket.on('message', (data, isBinary) => {
      if (isBinary || !Buffer.isBuffer(data)) return socket.close(CLOSE_POLICY)
      const admission = filter.admit(data, performance.now(), Date.now())
      if (admission.kind === 'refused' && admission.close) socket.close(CLOSE_POLICY)
      if (admission.kind !== 'pass') return
      for (const message of admission.messages) answer(socket, peer, message)
    })
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      sockets.delete(peer)
      mesh.leave(peer)
    })
  }

  function answer(socket: WebSocket, peer: string, message: GunMessage): void {
    if (message.kind === 'get') {
      const value = store.get(message.space, message.key)
      const { id: ack, space, key } = message
      const reply = value === undefined ? { '#': randomId(), '@': ack } : undefined
      sendOrDrop(
        socket,
        JSON.stringify(reply ?? gunPut({ id: randomId(), ack, space, key, value: value! })),
      )
    } else if (message.kind === 'put' && store.admit(message.space, message.key, message.value)) {
      // An answer to nobody's question: pass it on as news.
      mesh.put(peer, { ...message, ack: undefined })
    }
  }

  return {
    store,
    handleUpgrade: (req, socket, head) => server.handleUpgrade(req, socket, head, accept),
    publish(space, value, { announce = false } = {}) {
      const key = store.keep(space, value)
      if (announce) mesh.put(ours, { id: randomId(), ack: undefined, space, key, value })
      return key
    },
    forget: (space, key) => store.forget(space, key),
    status: () => ({
      sockets: sockets.size,
      guestValues: store.guests().values,
      guestBytes: store.guests().bytes,
      workerStarts: mesh.starts,
    }),
    workerReady: () => mesh.ready(),
    crashWorker: () => mesh.crash(),
    async close() {
      for (const socket of sockets.values()) socket.terminate()
      server.close()
      await mesh.close()
    },
  }
}

function sendOrDrop(socket: WebSocket, raw: string): void {
  if (socket.readyState !== socket.OPEN) return
  if (socket.bufferedAmount > SOCKET_BACKLOG_BYTES_MAX) return socket.terminate()
  socket.send(raw)
}

/** All of one length: Gun joins a peer's id and a counter, and must not confuse two. */
function randomPeer(): string {
  return randomBytes(12).toString('hex')
}

function randomId(): string {
  return randomBytes(8).toString('hex')
}
