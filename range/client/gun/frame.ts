import { sha256 } from '../../ledger/sha256.ts'
import { gunGet, parseGunFrame, type GunMessage } from '../../ledger/gun-message.ts'
import { SPACES, type Space } from '../../ledger/replica.ts'
import { KeptValues } from '../peer/kept.ts'
import { Peers } from '../peer/peers.ts'
import type { PeerEnd } from '../peer/signal.ts'
import { randomId } from '../random-id.ts'
import { FRAME_HELLO, FRAME_READY, type FromFrame, type ToFrame } from './frame-protocol.ts'
import { startMesh, type MeshEnd, type MeshPut } from './mesh.ts'

// Runs inside <iframe sandbox="allow-scripts">: Gun adds to built-in objects, and there it adds to
// nobody else's. Everything that comes in passes the filter the server uses.

const ASK_AGAIN_MS = 1500
const ASKS_MAX = 3
const WAITING_MAX = 4096
/** A peer is asked once: its channel loses nothing. */
const PEER_PATIENCE_MS = 7000

interface Waiting {
  readonly id: number
  readonly space: Space
  readonly key: string
  readonly peer: number | undefined
  asks: number
  timer: number
}

const byAsk = new Map<string, Waiting>()
const byKey = new Map<string, Set<Waiting>>()
const kept = new KeptValues()
const mesh = startMesh()
const peers = new Peers(kept, {
  open(peer) {
    mesh.join(peer, (raw) => peers.send(peer, raw))
    tell({ kind: 'peer-open', peer })
  },
  closed(peer, drop) {
    mesh.leave(peer)
    for (const one of [...byAsk.values()]) if (one.peer === peer) silent(one)
    tell({ kind: 'peer-closed', peer, drop })
  },
  answer(askId, value) {
    const waiting = byAsk.get(askId)
    if (waiting === undefined) return
    if (value === undefined) miss(waiting)
    else answered(waiting, value)
  },
  news: (peer, { space, key, value }) => spread({ id: randomId(8), space, key, value }, peer),
  served: (peer, values) => tell({ kind: 'peer-served', peer, values }),
})
let port: MessagePort | undefined
let socket: WebSocket | undefined
const held: string[] = []
mesh.join('relay', toRelay)

addEventListener('message', (event) => {
  if (port !== undefined || event.source !== parent || event.data !== FRAME_HELLO) return
  port = event.ports[0]
  port?.addEventListener('message', ({ data }: MessageEvent<ToFrame>) => obey(data))
  port?.start()
})
parent.postMessage(FRAME_READY, '*')

function obey(order: ToFrame): void {
  switch (order.kind) {
    case 'connect':
      return connect(order.url)
    case 'fetch':
      return fetchValue(order.id, order.space, order.key, order.peer)
    case 'keep-only':
      return kept.keepOnly(order.names)
    case 'peer-offer':
      return void describe(order.peer, () => peers.offer(order.peer))
    case 'peer-answer':
      return void describe(order.peer, () => peers.answer(order.peer, order.end))
    case 'peer-accept':
      return void peers.accept(order.peer, order.end).catch(() => peers.end(order.peer))
    case 'peer-close':
      return peers.end(order.peer)
  }
}

/** Browsers may have WebRTC switched off; then there is no end to give. */
async function describe(peer: number, make: () => Promise<PeerEnd | undefined>): Promise<void> {
  tell({ kind: 'peer-end', peer, end: await make().catch(() => undefined) })
}

function connect(url: string): void {
  if (socket !== undefined) return
  const fresh = new WebSocket(url)
  socket = fresh
  fresh.onopen = () => {
    tell({ kind: 'link', up: true })
    for (const raw of held.splice(0)) fresh.send(raw)
  }
  fresh.onmessage = ({ data }) => hear(String(data))
  fresh.onclose = () => {
    socket = undefined
    tell({ kind: 'link', up: false })
    setTimeout(() => connect(url), ASK_AGAIN_MS)
  }
}

function toRelay(raw: string): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(raw)
  else if (held.length < WAITING_MAX) held.push(raw)
}

function fetchValue(id: number, space: Space, key: string, peer: number | undefined): void {
  if (!SPACES.includes(space)) return
  const known = kept.get(space, key)
  if (known !== undefined) return tell({ kind: 'value', id, value: known })
  if (byAsk.size >= WAITING_MAX) return tell({ kind: 'silent', id })
  const waiting = { id, space, key, peer, asks: 0, timer: 0 }
  if (peer === undefined) ask(waiting)
  else askPeer(waiting, peer)
}

function ask(waiting: Waiting): void {
  if (waiting.asks === ASKS_MAX) return silent(waiting)
  waiting.asks += 1
  const askId = randomId(8)
  byAsk.set(askId, waiting)
  const same = byKey.get(waiting.key) ?? new Set()
  byKey.set(waiting.key, same.add(waiting))
  toRelay(JSON.stringify(gunGet(askId, waiting.space, waiting.key)))
  waiting.timer = setTimeout(() => {
    byAsk.delete(askId)
    ask(waiting)
  }, ASK_AGAIN_MS) as unknown as number
}

function askPeer(waiting: Waiting, peer: number): void {
  const askId = randomId(8)
  byAsk.set(askId, waiting)
  waiting.timer = setTimeout(() => silent(waiting), PEER_PATIENCE_MS) as unknown as number
  if (!peers.ask(peer, askId, waiting.space, waiting.key)) silent(waiting)
}

function answered(waiting: Waiting, value: string): void {
  drop(waiting)
  kept.keep(waiting.space, waiting.key, value)
  tell({ kind: 'value', id: waiting.id, value })
}

function silent(waiting: Waiting): void {
  drop(waiting)
  tell({ kind: 'silent', id: waiting.id })
}

function miss(waiting: Waiting): void {
  drop(waiting)
  tell({ kind: 'missing', id: waiting.id })
}

function drop(waiting: Waiting): void {
  clearTimeout(waiting.timer)
  const same = byKey.get(waiting.key)
  same?.delete(waiting)
  if (same?.size === 0) byKey.delete(waiting.key)
  for (const [askId, one] of byAsk) if (one === waiting) byAsk.delete(askId)
}

function hear(text: string): void {
  const frame = parseGunFrame(text, Date.now(), sha256)
  if (!frame.ok) return
  for (const message of frame.messages) take(message)
}

/** What the relay says. Answers end here; news go on, through Gun, to whoever else is linked. */
function take(message: GunMessage): void {
  if (message.kind === 'put') {
    const { id, space, key, value } = message
    const waiting = [...(byKey.get(key) ?? [])].filter((one) => one.space === space)
    for (const one of waiting) answered(one, value)
    if (waiting.length === 0) spread({ id, space, key, value }, 'relay')
  } else if (message.kind === 'none') {
    const waiting = byAsk.get(message.ack)
    if (waiting !== undefined && waiting.peer === undefined) miss(waiting)
  }
}

function spread(put: MeshPut, from: MeshEnd): void {
  const { space, key, value } = put
  if (space !== 'cp' && space !== 'cosig') return
  mesh.hear(put, from)
  tell({ kind: 'news', space, key, value })
}

function tell(message: FromFrame): void {
  port?.postMessage(message)
}
