// @ts-expect-error Gun's own types describe another build.
import Gun from 'gun/gun'
import { gunPut } from '../../ledger/gun-message.ts'
import type { Space } from '../../ledger/replica.ts'
import { randomId } from '../random-id.ts'

/** Where a message came from: the relay, or another browser by its number. */
export type MeshEnd = 'relay' | number

/** News that Gun holds, to know doubles by; the oldest go first. */
const GRAPH_VALUES_MAX = 1024
const GRAPH_CHARS_MAX = 4 * 1024 * 1024

interface GunMesh {
  hear: ((message: object, peer: object) => void) & Record<string, unknown>
  hi: (peer: object) => void
  bye: (peer: object) => void
  wire: unknown
}

/** Gun in this frame: it sends on to others what one end brought, each value once. */
export interface BrowserMesh {
  /** Takes a checked value. */
  hear(put: MeshPut, from: MeshEnd): void
  join(end: MeshEnd, send: (raw: string) => void): void
  leave(end: MeshEnd): void
}

export interface MeshPut {
  readonly id: string
  readonly space: Space
  readonly key: string
  readonly value: string
}

/** Starts Gun without any transport or storage of its own, and without anybody to talk to yet. */
export function startMesh(): BrowserMesh {
  const root = startGun()
  const mesh = root.opt.mesh!
  const ends = new Map<MeshEnd, object>()
  const held: { readonly soul: string; readonly key: string; readonly chars: number }[] = []
  let chars = 0
  return {
    hear({ id, space, key, value }, from) {
      const end = ends.get(from)
      if (end === undefined) return
      mesh.hear(gunPut({ id, space, key, value }), end)
      held.push({ soul: `${space}#`, key, chars: value.length })
      chars += value.length
      while (held.length > GRAPH_VALUES_MAX || chars > GRAPH_CHARS_MAX) {
        const oldest = held.shift()!
        chars -= oldest.chars
        delete root.graph[oldest.soul]?.[oldest.key]
        delete root.graph[oldest.soul]?._['>'][oldest.key]
      }
    },
    join(end, send) {
      // All of one length: Gun joins an id and a counter, and must not confuse two.
      const peer = { id: randomId(12), wire: { send, close: () => undefined } }
      ends.set(end, peer)
      mesh.hi(peer)
    },
    leave(end) {
      const peer = ends.get(end)
      ends.delete(end)
      if (peer !== undefined) mesh.bye(peer)
    },
  }
}

function startGun(): GunRoot {
  Gun.log.off = true
  Gun.on('opt', function (this: { to: { next: (at: unknown) => void } }, at: GunRoot) {
    this.to.next(at)
    if (!at.once) at.opt.mesh ??= Gun.Mesh(at)
  })
  const off = { axe: false, multicast: false, stats: false, localStorage: false, radisk: false }
  const none = { rfs: false, WebSocket: false, RTCPeerConnection: false, peers: {} }
  const root: GunRoot = Gun({ ...off, ...none })._
  const mesh = root.opt.mesh!
  mesh.wire = () => undefined
  for (const command of ['!', '?', 'mob', 'opt']) delete mesh.hear[command]
  return root
}

interface GunRoot {
  once?: unknown
  opt: { mesh?: GunMesh }
  graph: Record<string, { _: { '>': Record<string, number> } } & Record<string, unknown>>
}
