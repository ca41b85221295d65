import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'
import type { GunHub } from '../../../range/server/gun/hub.ts'
import { platformHeaders } from '../../../range/server/platform-headers.ts'

/** A classic script, as the site's build makes it. */
async function bundle(path: string): Promise<string> {
  const input = fileURLToPath(new URL(path, import.meta.url))
  const build = await rolldown({ input, platform: 'browser' })
  const { output } = await build.generate({ format: 'iife' })
  return output[0].code
}

const PAGE = '<!doctype html><meta charset="utf-8"><body><script src="/_astro/page.js"></script>'
/** The site's policy, which the frame inherits. */
const POLICY =
  "default-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'"

/** One page, its script and Gun's frame at an address, and the relay behind them. */
export interface PageServer {
  readonly port: number
  /** The paths that were asked for. */
  readonly asked: readonly string[]
  close(): void
}

/** Serves the page of the script at `path` as the server serves its own. */
export async function openPage(path: string, hub: GunHub): Promise<PageServer> {
  const scripts = new Map([
    ['/_astro/frame-test.js', await bundle('../../../range/client/gun/frame.ts')],
    ['/_astro/page.js', await bundle(path)],
  ])
  const asked: string[] = []
  const server = createServer((req, res) => {
    const url = req.url ?? ''
    asked.push(url)
    platformHeaders(res, `http://${req.headers.host}`, { secure: false, path: url })
    const script = scripts.get(url)
    // As site.ts serves it: the frame's origin is opaque.
    if (url.includes('/frame-')) res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    res.setHeader('Content-Type', script === undefined ? 'text/html' : 'text/javascript')
    res.setHeader('Content-Security-Policy', POLICY)
    res.end(script ?? PAGE)
  })
  server.on('upgrade', (req, socket, head) => hub.handleUpgrade(req, socket as Socket, head))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
