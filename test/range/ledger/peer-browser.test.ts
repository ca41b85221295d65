import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from '@playwright/test'
import { rolldown } from 'rolldown'
import { expect, it } from 'vitest'
import { createGunHub } from '../../../range/server/gun/hub.ts'
import { Replica } from '../../../range/server/gun/replica.ts'
import { platformHeaders } from '../../../range/server/platform-headers.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { findBrowser } from './find-browser.ts'
import { entry, freshDir, LIVE } from './rig.ts'

async function bundle(path: string): Promise<string> {
  const input = fileURLToPath(new URL(path, import.meta.url))
  const build = await rolldown({ input, platform: 'browser' })
  const { output } = await build.generate({ format: 'iife' })
  return output[0].code
}

const PAGE = '<!doctype html><meta charset="utf-8"><body><script src="/_astro/page.js"></script>'
const POLICY =
  "default-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; base-uri 'none'"
const TICKS = 30
const browserPath = await findBrowser()

/** A log with its relay at an address, as the server has it; `end` takes all of it away at once. */
async function openTown() {
  const log = await openLog(freshDir(), LIVE)
  const hub = createGunHub()
  const replica = new Replica(log, hub)
  for (let tick = 0; tick < TICKS; tick++) {
    await log.append([entry(tick)])
    await log.publish(tick)
  }
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
  const end = async (): Promise<void> => {
    if (ended) return
    ended = true
    server.close()
    server.closeAllConnections()
    await hub.close()
    await log.close()
  }
  const claim = { vkey: log.vkey, checkpointKey: replica.newest! }
  return {
    url: `http://127.0.0.1:${port}/proof/x`,
    relay: `ws://127.0.0.1:${port}/gun`,
    claim,
    end,
  }
}

const call = <T>(page: Page, script: string): Promise<T> => page.evaluate(script)
const said = (value: unknown): string => JSON.stringify(value)

/** Carries offer and answer by hand, as two people with two screens do. */
async function meet(giver: Page, taker: Page, claim: object): Promise<void> {
  const offer = await call<string>(giver, `offer(${said(claim)})`)
  const answer = await call<string>(taker, `answer(${said(offer)})`)
  await call(giver, `accept(${said(answer)})`)
  await call(taker, 'opened()')
}

it.skipIf(browserPath === undefined)(
  '[L60] [L62] [L63] a fresh browser takes and verifies all from another when the server is gone',
  async () => {
    const town = await openTown()
    const browser = await chromium.launch({
      executablePath: browserPath!,
      args: ['--no-sandbox'],
    })
    try {
      const open = async (): Promise<Page> => (await browser.newContext()).newPage()
      const pages = [await open(), await open(), await open()] as const
      const [giver, taker, stranger] = pages
      for (const page of pages) {
        await page.goto(town.url)
        await call(page, `start(${said(town.relay)})`)
      }
      const claim = said(town.claim)
      const all = { ok: true, size: TICKS * 16 }
      expect(await call(giver, `copyOf(${claim})`)).toMatchObject(all)

      await town.end()
      const gone = `fetch('/', { cache: 'no-store' }).then(() => 'here', () => 'gone')`
      expect(await call(taker, gone)).toBe('gone')
      await meet(giver, taker, town.claim)
      expect(await call(taker, `copyOf(${claim}, peerOf())`)).toMatchObject(all)
      // What was taken can be handed on: the giver is not needed any more.
      await giver.close()
      await meet(taker, stranger, town.claim)
      expect(await call(stranger, `copyOf(${claim}, peerOf())`)).toMatchObject(all)

      // What a peer asks for and what it says are judged alike; the first fault ends its link.
      for (const how of ['too-large', 'malformed', 'unasked', 'flood', 'wrong-hash']) {
        const offer = await call<string>(taker, `offer(${claim})`)
        const answer = await call<string>(stranger, `attack(${said(how)}, ${said(offer)})`)
        await call(taker, `accept(${said(answer)})`)
        await call(taker, 'opened()')
        if (how === 'wrong-hash') {
          const other = said({ ...town.claim, checkpointKey: `${'A'.repeat(43)}=` })
          const bent = await call(taker, `copyOf(${other}, peerOf())`)
          expect(bent).toMatchObject({ ok: false, code: 'missing' })
        }
        expect(await call(taker, 'dropped()')).toBe(how)
        expect(await call(taker, `'polluted' in {}`)).toBe(false)
      }
    } finally {
      await browser.close()
      await town.end()
    }
  },
  60_000,
)
