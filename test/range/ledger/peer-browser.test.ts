import { chromium, type Page } from '@playwright/test'
import { expect, it } from 'vitest'
import { openLog } from '../../../range/server/ledger/open.ts'
import { findBrowser } from './find-browser.ts'
import { call, meet, openPeerTown, said, type PeerTown } from './peer-town.ts'
import { entry, freshDir, LIVE } from './rig.ts'

const TICKS = 30
const browserPath = await findBrowser()

async function openTown(): Promise<PeerTown> {
  const log = await openLog(freshDir(), LIVE)
  for (let tick = 0; tick < TICKS; tick++) {
    await log.append([entry(tick)])
    await log.publish(tick)
  }
  return openPeerTown(log)
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
