import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'

const HOST = /^(?:[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i

/**
 * The origin at which a browser reached us, e.g. `http://127.0.0.1:3000`; null where the Host
 * header is none.
 */
export function originOf(req: IncomingMessage, publicUrl?: URL): string | null {
  if (publicUrl !== undefined) return publicUrl.origin
  const host = req.headers.host ?? ''
  if (!HOST.test(host)) return null
  return `${isSecure(req) ? 'https' : 'http'}://${host.toLowerCase()}`
}

export function isSecure(req: IncomingMessage): boolean {
  return (req.socket as Partial<TLSSocket>).encrypted === true
}

/**
 * Whether a request that changes something, or opens a socket, comes from our own pages. A browser
 * always sends Origin with those; the cage's opaque origin says `null` and is refused here.
 */
export function sameOrigin(req: IncomingMessage, publicUrl?: URL): boolean {
  const own = originOf(req, publicUrl)
  return own !== null && req.headers.origin?.toLowerCase() === own
}

/** The address to count attempts by. */
export function addressOf(req: IncomingMessage, publicUrl?: URL): string {
  const forwarded =
    publicUrl === undefined
      ? undefined
      : String(req.headers['x-forwarded-for'] ?? '')
          .split(',')
          .at(-1)
          ?.trim()
  return forwarded || (req.socket.remoteAddress ?? 'unknown')
}
