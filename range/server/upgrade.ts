import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import { sameOrigin } from './origin.ts'

/** Takes over a socket whose origin was checked. */
export type UpgradeHandler = (req: IncomingMessage, socket: Duplex, head: Buffer) => void
export interface UpgradeRoute {
  readonly path: string
  readonly handle: UpgradeHandler
  readonly opaqueOrigin?: boolean
}

/**
 * The one `upgrade` listener of a server. A path that nobody owns is answered 404, another site's
 * page 403. A route with `opaqueOrigin` is reached from a sandboxed frame (`Origin: null`) and
 * checks a token itself.
 */
export function routeUpgrades(
  server: Server,
  routes: readonly UpgradeRoute[],
  publicUrl?: URL,
): void {
  server.on('upgrade', (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy())
    const path = (req.url ?? '/').split('?', 1)[0]!
    const route = routes.find((one) => path === one.path || path === `${one.path}/`)
    if (route === undefined) return refuse(socket, '404 Not Found')
    const opaque = route.opaqueOrigin === true && req.headers.origin === 'null'
    if (!opaque && !sameOrigin(req, publicUrl)) return refuse(socket, '403 Forbidden')
    route.handle(req, socket, head)
  })
}

export function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
