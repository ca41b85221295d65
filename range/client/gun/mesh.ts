// @ts-expect-error Gun's own types describe another build.
import Gun from 'gun/gun'
import type { Space } from '../../ledger/replica.ts'

/** Where a message came from; later there are other browsers besides the relay. */
export type MeshEnd = 'relay'

interface GunMesh {
  hear: ((message: object, peer: object) => void) & Record<string, unknown>
  hi: (peer: object) => void
  wire: unknown
}

/** Gun in this frame: it keeps checked values, and sends on to others what one peer brought. */
export interface BrowserMesh {
  hear(message: object, from: MeshEnd): void
  known(space: Space, key: string): string | undefined
}

/** Starts Gun without any transport or storage of its own. `toRelay` sends what it wants to say. */
export function startMesh(toRelay: (raw: string) => void): BrowserMesh {
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
  const relay = { id: 'relay0000000000000000000', wire: { send: toRelay, close: () => undefined } }
  mesh.hi(relay)
  return {
    hear: (message) => mesh.hear(message, relay),
    known(space, key) {
      const value = root.graph[`${space}#`]?.[key]
      return typeof value === 'string' ? value : undefined
    },
  }
}

interface GunRoot {
  once?: unknown
  opt: { mesh?: GunMesh }
  graph: Record<string, Record<string, unknown>>
}
