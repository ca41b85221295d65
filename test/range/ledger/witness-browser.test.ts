import { chromium, type Page } from '@playwright/test'
import { rolldown } from 'rolldown'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { verifyForkProof } from '../../../range/ledger/fork-proof.ts'
import { nativeTools } from '../../../range/server/ledger/native.ts'
import { findBrowser } from './find-browser.ts'
import { forkedLogs, grow, openTown } from './witness-town.ts'

async function pageScript(): Promise<string> {
  const input = fileURLToPath(new URL('./witness-browser-page.ts', import.meta.url))
  const build = await rolldown({ input, platform: 'browser' })
  const { output } = await build.generate({ format: 'iife' })
  return output[0].code
}

const PAGE = '<!doctype html><meta charset="utf-8"><body><script src="/page.js"></script>'
const browserPath = await findBrowser()

it.skipIf(browserPath === undefined)(
  '[L35] two tabs of a real browser never sign two histories, and a wiped one is a new witness',
  async () => {
    const [mine, other] = await forkedLogs(2)
    const pages = new Map([
      ['/', PAGE],
      ['/page.js', await pageScript()],
    ])
    const town = await openTown(mine, { pages })
    town.other = other
    const browser = await chromium.launch({
      executablePath: browserPath!,
      args: ['--no-sandbox', '--host-resolver-rules=MAP doorstep.test 127.0.0.1'],
    })
    try {
      const context = await browser.newContext()
      const tabs = await Promise.all([context.newPage(), context.newPage()])
      const origin = new URL(town.url).origin
      await Promise.all(tabs.map((tab) => tab.goto(`${origin}/`)))
      const [one, two] = tabs
      const found = await Promise.all([look(one, 'x', mine.vkey), look(two, 'y', mine.vkey)])
      expect(found.map(({ status }) => status.kind).sort()).toEqual(['alarm', 'good'])
      expect(found.map(({ handedIn }) => handedIn).sort()).toEqual([0, 1])
      const { status } = found.find((tab) => tab.status.kind === 'alarm')!
      expect(verifyForkProof(status.fork!, mine.vkey, nativeTools)).toMatchObject({ ok: true })
      // What was caught stays caught, in either tab, and after a reload.
      await grow(mine, 1)
      await one.reload()
      const again = await look(one, 'x', mine.vkey)
      expect(again).toMatchObject({ status: { refused: 'fork-known' }, handedIn: 0 })

      const before = town.desks.get('x')!.policy().witnesses
      await one.evaluate('wipe()')
      const fresh = await look(one, 'x', mine.vkey)
      expect(fresh).toMatchObject({ status: { kind: 'good', counted: true }, handedIn: 1 })
      expect(before).not.toContain(fresh.status.vkey)
      expect(town.desks.get('x')!.policy().witnesses).toEqual([fresh.status.vkey])
      expect(['extractable false', 'bytes']).toContain(fresh.kept)

      const plain = await context.newPage()
      await plain.goto(`http://doorstep.test:${new URL(origin).port}/`)
      expect(await look(plain, 'x', mine.vkey)).toEqual({ secure: false, store: false })
    } finally {
      await browser.close()
    }
  },
  60_000,
)

interface Looked {
  readonly status: { readonly kind: string; readonly fork?: string; readonly vkey?: string }
  readonly handedIn: number
  readonly kept: string
}

function look(tab: Page, face: 'x' | 'y', vkey: string): Promise<Looked> {
  return tab.evaluate(`lookAt('${face}', '${vkey}')`)
}
