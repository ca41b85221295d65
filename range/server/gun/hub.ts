import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { gunPut, type GunMessage } from '../../ledger/gun-message.ts'
import { valueKey, type Space } from '../../ledger/replica.ts'
import { nativeSha256 } from '../ledger/native.ts'
import { refuse } from '../upgrade.ts'
import { Crowd, type Member } from './crowd.ts'
import { SocketFilter } from './filter.ts'
import { Inlet } from './inlet.ts'
import { Mesh } from './mesh.ts'
import { Outlet } from './outlet.ts'
import type { PublishOptions } from './replica.ts'
import { ValueStore, type ValueSource } from './store.ts'

const FRAME_BYTES_MAX = 65_536
/** Pieces a frame may come in: a browser sends one, and TCP cuts 64 KiB into fifty. */
const FRAGMENTS_MAX = 64
const CHUNKS_MAX = 1024
const CLOSE_FULL = 1013
/** A socket that does not answer a ping until the next one is dropped. */
const PING_MS = 30_000
const CLOSE_MS = 1000

export interface GunHub {
  /** Takes over a socket whose right to be here was checked before. */
  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /**
   * Keeps `value` and answers gets for it; with `announce` it is sent to everybody through Gun as
   * well. With `sourced` it is not kept: an attached source has it. Returns its key. At most
   * 64 KiB.
   */
  publish(space: Space, value: string, options?: PublishOptions): string
  /** Stops answering for a value of ours. */
  forget(space: Space, key: string): void
  /** Asks `source` for values that are not kept here, until it is detached. */
  attach(source: ValueSource): void
  detach(source: ValueSource): void
  readonly store: ValueStore
  /** Sockets open, values held for peers, bytes unread by them, starts of the worker so far. */
  status(): GunStatus
  /** Resolves when Gun's worker is up. Gets are answered without it. */
  workerReady(): Promise<void>
  /** Ends the worker as a crash would; it comes back by itself. For drills. */
  crashWorker(): Promise<void>
  close(): Promise<void>
}

export interface GunStatus {
  readonly sockets: number
  readonly guestValues: number
  readonly guestBytes: number
  readonly unreadBytes: number
  readonly workerStarts: number
}

/**
 * The WebSocket end of the Gun replica. Frames are filtered here, gets are answered from `store`,
 * and only checked puts reach Gun in its worker, which fans them out. What peers may take of the
 * server is bounded for each socket (`filter.ts`, `inlet.ts`) and for all (`crowd.ts`).
 */
export function createGunHub(options: { readonly store?: ValueStore } = {}): GunHub {
  return new Hub(options.store ?? new ValueStore())
}

interface Peer extends Member {
  readonly id: string
  readonly socket: WebSocket
  answeredPing: boolean
}

class Hub implements GunHub {
  readonly store: ValueStore
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: FRAME_BYTES_MAX,
    maxFragments: FRAGMENTS_MAX,
    maxBufferedChunks: CHUNKS_MAX,
  })
  readonly #peers = new Map<string, Peer>()
  readonly #crowd = new Crowd()
  readonly #outlet = new Outlet()
  readonly #ours = randomPeer()
  readonly #mesh: Mesh
  readonly #pings: NodeJS.Timeout

  constructor(store: ValueStore) {
    this.store = store
    this.#mesh = new Mesh((id, raw) => {
      const peer = this.#peers.get(id)
      if (peer !== undefined) this.#outlet.send(peer.socket, raw)
    })
    this.#mesh.join(this.#ours)
    this.#pings = setInterval(() => this.#ping(), PING_MS).unref()
  }

  handleUpgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const address = req.socket.remoteAddress ?? ''
    if (!this.#crowd.mayCome(address)) return refuse(socket, '429 Too Many Requests')
    this.#server.handleUpgrade(req, socket, head, (ws) => this.#accept(ws, address))
  }

  publish(space: Space, value: string, options: PublishOptions = {}): string {
    const { announce = false, sourced = false } = options
    const key = sourced ? valueKey(value, nativeSha256) : this.store.keep(space, value)
    if (announce) {
      this.#mesh.put(this.#ours, { id: randomId(), ack: undefined, space, key, value })
    }
    return key
  }

  forget(space: Space, key: string): void {
    this.store.forget(space, key)
  }

  attach(source: ValueSource): void {
    this.store.attach(source)
  }

  detach(source: ValueSource): void {
    this.store.detach(source)
  }

  status(): GunStatus {
    const { values, bytes } = this.store.guests()
    return {
      sockets: this.#peers.size,
      guestValues: values,
      guestBytes: bytes,
      unreadBytes: this.#outlet.waiting,
      workerStarts: this.#mesh.starts,
    }
  }

  workerReady(): Promise<void> {
    return this.#mesh.ready()
  }

  crashWorker(): Promise<void> {
    return this.#mesh.crash()
  }

  async close(): Promise<void> {
    clearInterval(this.#pings)
    for (const { socket } of this.#peers.values()) socket.terminate()
    this.#server.close()
    await this.#mesh.close()
  }

  #accept(socket: WebSocket, address: string): void {
    const makeRoom = (): void => close(socket, CLOSE_FULL)
    const peer: Peer = { id: randomPeer(), socket, address, makeRoom, answeredPing: true }
    socket.on('error', () => socket.terminate())
    if (!this.#crowd.join(peer)) return makeRoom()
    this.#peers.set(peer.id, peer)
    this.#mesh.join(peer.id)
    const filter = new SocketFilter(performance.now(), (tokens) => this.#crowd.pay(address, tokens))
    new Inlet(socket, filter, {
      take: (message) => this.#answer(peer, message),
      end: (code) => close(socket, code),
    })
    socket.on('pong', () => (peer.answeredPing = true))
    socket.on('close', () => {
      this.#crowd.leave(peer)
      this.#peers.delete(peer.id)
      this.#mesh.leave(peer.id)
    })
  }

  #answer(peer: Peer, message: GunMessage): void {
    if (message.kind === 'get') {
      const value = this.store.get(message.space, message.key)
      const { id: ack, space, key } = message
      const reply = value === undefined ? { '#': randomId(), '@': ack } : undefined
      const answer = reply ?? gunPut({ id: randomId(), ack, space, key, value: value! })
      this.#outlet.send(peer.socket, JSON.stringify(answer))
    } else if (message.kind === 'put') {
      const { space, key, value } = message
      if (!this.store.admit(space, key, value, peer.address)) return
      // An answer to nobody's question: pass it on as news.
      if (this.#crowd.mayTell(peer.address)) this.#mesh.put(peer.id, { ...message, ack: undefined })
    }
  }

  #ping(): void {
    for (const peer of this.#peers.values()) {
      // What is not read now cannot be heard.
      if (!peer.answeredPing && !peer.socket.isPaused) peer.socket.terminate()
      peer.answeredPing = false
      if (peer.socket.readyState === peer.socket.OPEN) peer.socket.ping()
    }
  }
}

/** Says why, and does not wait long for the other to agree. */
function close(socket: WebSocket, code: number): void {
  socket.resume()
  socket.close(code)
  setTimeout(() => socket.terminate(), CLOSE_MS).unref()
}

/** All of one length: Gun joins a peer's id and a counter, and must not confuse two. */
function randomPeer(): string {
  return randomBytes(12).toString('hex')
}

function randomId(): string {
  return randomBytes(8).toString('hex')
}
