import { chromium } from '@playwright/test'
import { expect, it } from 'vitest'
import { parseProof } from '../../../range/ledger/proof.ts'
import { createGunHub } from '../../../range/server/gun/hub.ts'
import { Replica } from '../../../range/server/gun/replica.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { findBrowser } from './find-browser.ts'
import { openPage } from './page-server.ts'
import { entry, freshDir, LIVE } from './rig.ts'

const browserPath = await findBrowser()

// Both a loopback address and a host name over plain HTTP, where WebCrypto is missing.
it.skipIf(browserPath === undefined).each(['127.0.0.1', 'doorstep.test'])(
  '[L23] a real browser at %s proves an entry through Gun in its frame, and stays clean',
  async (host) => {
    const log = await openLog(freshDir(), LIVE)
    const hub = createGunHub()
    const replica = new Replica(log, hub)
    for (let tick = 0; tick < 20; tick++) {
      await log.append([entry(tick)])
      await log.publish(tick)
      replica.update()
    }
    const server = await openPage('./browser-page.ts', hub)
    const { port, asked } = server
    const browser = await chromium.launch({
      executablePath: browserPath!,
      args: ['--no-sandbox', '--host-resolver-rules=MAP doorstep.test 127.0.0.1'],
    })
    try {
      const page = await browser.newPage()
      await page.goto(`http://${host}:${port}/`)
      const claim = {
        ledger: 'x',
        vkey: log.vkey,
        index: 32,
        opening: parseProof(log.prove(32)!)!.opening,
        checkpointKey: replica.newest!,
      }
      const socketUrl = `ws://${host}:${port}/gun`
      const found = await page.evaluate(inPage, { claim, socketUrl })
      expect(found).toMatchObject({
        secure: host === '127.0.0.1',
        clean: true,
        missing: 'missing',
        good: { ok: true, source: 'gun', index: 32, size: 320, entry: entry(2) },
        bent: { ok: false, code: 'root-differs' },
      })
      await log.publish(20)
      const newest = replica.update()!
      await page.waitForFunction((key) => Reflect.get(globalThis, 'news').includes(key), newest)
      // Cosigned checkpoints come the same way, in a space of their own.
      const note = `${log.checkpoint}— witness.example/w AAAA`
      hub.publish('cosig', note, { announce: true })
      await page.waitForFunction((text) => Reflect.get(globalThis, 'news').includes(text), note)
      expect(asked.filter((url) => url.startsWith('/ledger/'))).toEqual([])
    } finally {
      await browser.close()
      await hub.close()
      server.close()
      await log.close()
    }
  },
  60_000,
)

/** Runs in the page. */
async function inPage({ claim, socketUrl }: { claim: { opening: object }; socketUrl: string }) {
  const page = globalThis as unknown as {
    createGunClient: typeof import('../../../range/client/gun/client.ts').createGunClient
    verifyEntry: typeof import('../../../range/client/proof.ts').verifyEntry
    news: string[]
  }
  const names = () => [Object, String, JSON, Object.prototype].flatMap(Object.getOwnPropertyNames)
  const before = names().join()
  page.news = []
  const client = page.createGunClient(document, {
    scriptUrl: '/_astro/frame-test.js',
    socketUrl,
    onCheckpoint: (key) => page.news.push(key),
    onCosigned: (note) => page.news.push(note),
  })
  const sources = { fetchByHash: client.fetchByHash, fetchPath: null }
  const good = await page.verifyEntry(claim as never, sources)
  const bent = { ...claim, opening: { ...claim.opening, entry: { kind: 'input' } } }
  return {
    good,
    bent: await page.verifyEntry(bent as never, sources),
    missing: await client
      .fetchByHash('tile', `${'A'.repeat(43)}=`)
      .catch((error: { code: string }) => error.code),
    secure: isSecureContext,
    clean: names().join() === before,
  }
}
