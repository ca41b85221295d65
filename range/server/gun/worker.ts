import { createRequire } from 'node:module'
import { parentPort } from 'node:worker_threads'
import type { FromWorker, ToWorker } from './worker-protocol.ts'

// Gun alone in its thread: it fans out and drops doubles. It sees only rebuilt, hashed puts, opens
// no
// connection, keeps nothing on disk, and is asked for nothing: gets are answered on the main
// thread.

interface Peer {
  id: string
  wire: { send: (raw: string) => void; close: () => void }
}

interface Mesh {
  hear: ((message: object, peer: Peer) => void) & Record<string, unknown>
  hi: (peer: Peer) => void
  bye: (peer: Peer) => void
  wire: unknown
}

interface GunRoot {
  opt: { mesh?: Mesh; [key: string]: unknown }
  once?: unknown
  graph: Record<string, { _: { '>': Record<string, number> } } & Record<string, unknown>>
  on: (event: string, handler: (this: Middleware, message: Record<string, unknown>) => void) => void
}

interface Middleware {
  to: { next: (value: unknown) => void }
}

/** Values Gun may hold in its graph, to know doubles by; the oldest go first. */
const GRAPH_VALUES_MAX = 4096
const GRAPH_BYTES_MAX = 16 * 1024 * 1024

const port = parentPort!
const root = startGun()
const mesh = root.opt.mesh!
const peers = new Map<string, Peer>()
const held: { soul: string; key: string; bytes: number }[] = []
let heldBytes = 0

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'join':
      return join(message.peer)
    case 'leave':
      return leave(message.peer)
    case 'put':
      hear(message)
      return send({ kind: 'done', bytes: message.bytes })
  }
})
send({ kind: 'ready' })

function startGun(): GunRoot {
  const Gun = createRequire(import.meta.url)('gun/gun')
  Gun.log.off = true
  Gun.on('opt', function (this: Middleware, at: GunRoot) {
    this.to.next(at)
    if (at.once === undefined || at.once === 0) at.opt.mesh ??= Gun.Mesh(at)
  })
  Gun.on('opt', function (this: Middleware, at: GunRoot) {
    if (at.once === undefined || at.once === 0) {
      at.on('out', function (message) {
        // Gets are not relayed.
        if (message['get'] !== undefined && message['put'] === undefined) return
        this.to.next(message)
      })
    }
    this.to.next(at)
  })
  const gun = Gun({
    axe: false,
    multicast: false,
    stats: false,
    localStorage: false,
    radisk: false,
    rfs: false,
    WebSocket: false,
    RTCPeerConnection: false,
    peers: {},
    super: true,
  })
  const at: GunRoot = gun._
  const own = at.opt.mesh!
  own.wire = () => undefined
  for (const command of ['!', '?', 'mob', 'opt']) delete own.hear[command]
  return at
}

function join(id: string): void {
  const peer: Peer = {
    id,
    wire: { send: (raw) => send({ kind: 'out', peer: id, raw }), close: () => undefined },
  }
  peers.set(id, peer)
  mesh.hi(peer)
}

function leave(id: string): void {
  const peer = peers.get(id)
  if (peer === undefined) return
  peers.delete(id)
  mesh.bye(peer)
}

function hear(message: ToWorker & { kind: 'put' }): void {
  const peer = peers.get(message.peer)
  if (peer === undefined) return
  mesh.hear(message.message, peer)
  held.push({ soul: message.soul, key: message.key, bytes: message.bytes })
  heldBytes += message.bytes
  while (held.length > GRAPH_VALUES_MAX || heldBytes > GRAPH_BYTES_MAX) evict()
}

function evict(): void {
  const oldest = held.shift()!
  heldBytes -= oldest.bytes
  const node = root.graph[oldest.soul]
  if (node === undefined) return
  delete node[oldest.key]
  delete node._['>'][oldest.key]
}

function send(message: FromWorker): void {
  port.postMessage(message)
}
