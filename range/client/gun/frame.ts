import { sha256 } from '../../ledger/sha256.ts'
import { gunGet, gunPut, parseGunFrame, type GunMessage } from '../../ledger/gun-message.ts'
import { SPACES, type Space } from '../../ledger/replica.ts'
import { randomId } from '../random-id.ts'
import { FRAME_HELLO, FRAME_READY, type FromFrame, type ToFrame } from './frame-protocol.ts'
import { startMesh, type MeshEnd } from './mesh.ts'

// Runs inside <iframe sandbox="allow-scripts">: Gun adds to built-in objects, and there it adds to
// nobody else's. Everything that comes in passes the filter the server uses.

const ASK_AGAIN_MS = 1500
const ASKS_MAX = 3
const WAITING_MAX = 4096

interface Waiting {
  readonly id: number
  readonly space: Space
  readonly key: string
  asks: number
  timer: number
}

const byAsk = new Map<string, Waiting>()
const byKey = new Map<string, Set<Waiting>>()
const mesh = startMesh(toRelay)
let port: MessagePort | undefined
let socket: WebSocket | undefined
const held: string[] = []

addEventListener('message', (event) => {
  if (port !== undefined || event.source !== parent || event.data !== FRAME_HELLO) return
  port = event.ports[0]
  port?.addEventListener('message', ({ data }: MessageEvent<ToFrame>) => obey(data))
  port?.start()
})
parent.postMessage(FRAME_READY, '*')

function obey(order: ToFrame): void {
  if (order.kind === 'connect') connect(order.url)
  else fetchValue(order.id, order.space, order.key)
}

function connect(url: string): void {
  if (socket !== undefined) return
  const fresh = new WebSocket(url)
  socket = fresh
  fresh.onopen = () => {
    tell({ kind: 'link', up: true })
    for (const raw of held.splice(0)) fresh.send(raw)
  }
  fresh.onmessage = ({ data }) => hear(String(data), 'relay')
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

function fetchValue(id: number, space: Space, key: string): void {
  if (!SPACES.includes(space)) return
  const known = mesh.known(space, key)
  if (known !== undefined) return tell({ kind: 'value', id, value: known })
  if (byAsk.size >= WAITING_MAX) return tell({ kind: 'silent', id })
  ask({ id, space, key, asks: 0, timer: 0 })
}

function ask(waiting: Waiting): void {
  if (waiting.asks === ASKS_MAX) {
    drop(waiting)
    return tell({ kind: 'silent', id: waiting.id })
  }
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

function drop(waiting: Waiting): void {
  clearTimeout(waiting.timer)
  byKey.delete(waiting.key)
  for (const [askId, one] of byAsk) if (one === waiting) byAsk.delete(askId)
}

function hear(text: string, from: MeshEnd): void {
  const frame = parseGunFrame(text, Date.now(), sha256)
  if (!frame.ok) return
  for (const message of frame.messages) take(message, from)
}

function take(message: GunMessage, from: MeshEnd): void {
  if (message.kind === 'put') {
    const { space, key, value } = message
    mesh.hear(gunPut({ ...message, ack: undefined }), from)
    const waiting = byKey.get(key)
    for (const one of waiting ?? []) {
      if (one.space !== space) continue
      drop(one)
      tell({ kind: 'value', id: one.id, value })
    }
    const news = space === 'cp' || space === 'cosig'
    if (waiting === undefined && news) tell({ kind: 'news', space, key, value })
  } else if (message.kind === 'none') {
    const waiting = byAsk.get(message.ack)
    if (waiting === undefined) return
    drop(waiting)
    tell({ kind: 'missing', id: waiting.id })
  }
}

function tell(message: FromFrame): void {
  port?.postMessage(message)
}
