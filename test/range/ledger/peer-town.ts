import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { rolldown } from 'rolldown'
import type { Log } from '../../../range/server/ledger/log.ts'
import { createGunHub } from '../../../range/server/gun/hub.ts'
import { Replica } from '../../../range/server/gun/replica.ts'
import { platformHeaders } from '../../../range/server/platform-headers.ts'

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

/** A published log with its relay and a page at an address, as the server has them. */
export interface PeerTown {
  readonly url: string
  readonly relay: string
  readonly claim: { readonly vkey: string; readonly checkpointKey: string }
  /** Takes page, relay and log away at once. */
  end(): Promise<void>
}

export async function openPeerTown(log: Log): Promise<PeerTown> {
  const hub = createGunHub()
  const replica = new Replica(log, hub)
  replica.update()
  const scripts = new Map([
    ['/_astro/frame-test.js', await bundle('../../../range/client/gun/frame.ts')],
    ['/_astro/page.js', await bundle('./peer-browser-page.ts')],
  ])
  const server = createServer((req, res) => {
    const url = req.url ?? ''
    platformHeaders(res, `http://${req.headers.host}`, { secure: false, path: url })
    const script = scripts.get(url)
    if (url.includes('/frame-')) res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    res.setHeader('Content-Type', script === undefined ? 'text/html' : 'text/javascript')
    res.setHeader('Content-Security-Policy', POLICY)
    res.end(script ?? PAGE)
  })
  server.on('upgrade', (req, socket, head) => hub.handleUpgrade(req, socket as Socket, head))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  let ended = false
  return {
    url: `http://127.0.0.1:${port}/proof/x`,
    relay: `ws://127.0.0.1:${port}/gun`,
    claim: { vkey: log.vkey, checkpointKey: replica.newest! },
    async end() {
      if (ended) return
      ended = true
      server.close()
      server.closeAllConnections()
      await hub.close()
      await log.close()
    },
  }
}

/** Runs a function of the page by its text. */
export const call = <T>(page: Page, script: string): Promise<T> => page.evaluate(script)
export const said = (value: unknown): string => JSON.stringify(value)

/** Carries offer and answer by hand, as two people with two screens do. */
export async function meet(giver: Page, taker: Page, claim: object): Promise<void> {
  const offer = await call<string>(giver, `offer(${said(claim)})`)
  const answer = await call<string>(taker, `answer(${said(offer)})`)
  await call(giver, `accept(${said(answer)})`)
  await call(taker, 'opened()')
}
