import { expect, test } from '@playwright/test'
import { browserToUse } from './browser.ts'
import { connectSeat } from '../../range/client/socket/seat.ts'
import { buy, joinTable, onlyOwnHost } from './play.ts'
import { post, startTestServer, type Seat, type TestServer } from './server.ts'

/** A host name that is not loopback: browsers treat it as they would another machine's. */
let server: TestServer
test.beforeAll(async () => {
  server = await startTestServer(['--lan'])
})
test.afterAll(async () => {
  await server.stop()
})

test('[N38] --lan answers HTTP and HTTPS on one port under another name, and says how to trust it', async ({
  playwright,
}) => {
  const { executablePath, args = [] } = await browserToUse()
  const browser = await playwright.chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: [...args, '--host-resolver-rules=MAP range.test 127.0.0.1'],
  })
  try {
    const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage()
    await page.goto(`http://range.test:${server.port}/join`)
    await expect(page.getByRole('heading').first()).toBeVisible()
    expect(await page.evaluate('isSecureContext')).toBe(false)
    await page.goto(`https://range.test:${server.port}/join`)
    expect(await page.evaluate('isSecureContext')).toBe(true)
    await page.goto(`http://range.test:${server.port}/trust`)
    await expect(page.locator('.fingerprint')).toHaveText(/^([0-9A-F]{2} ){31}[0-9A-F]{2}$/)
    const certificate = await page.request
      .get(`http://range.test:${server.port}/trust/authority.crt`)
      .catch(() => null)
    const text = await (
      certificate ?? (await page.request.get(`http://127.0.0.1:${server.port}/trust/authority.crt`))
    ).text()
    expect(text).toContain('BEGIN CERTIFICATE')
  } finally {
    await browser.close()
  }
})

/**
 * A class without certificates: one plays and checks the record over plain HTTP, and once more over
 * HTTPS.
 */
for (const scheme of ['http', 'https'] as const) {
  test(`[N38] over ${scheme} from another name people join, shop, and check an entry themselves`, async ({
    playwright,
  }) => {
    const { executablePath, args = [] } = await browserToUse()
    const browser = await playwright.chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [...args, '--host-resolver-rules=MAP range.test 127.0.0.1'],
    })
    const opened = await openWith(server, scheme)
    const trainer = connectSeat({
      ...opened.trainer,
      url: server.url,
      headers: { origin: server.url },
    })
    try {
      const place = { ...server, url: `${scheme}://range.test:${server.port}` }
      const strangers: string[] = []
      const context = await browser.newContext({ ignoreHTTPSErrors: true })
      await onlyOwnHost(context, place.url, strangers)
      const page = await context.newPage()
      await joinTable(page, place, opened.code, 'Pim', 'customer', 'You are a customer')
      expect(await page.evaluate('typeof crypto.subtle')).toBe(
        scheme === 'http' ? 'undefined' : 'object',
      )
      expect(await trainer.act({ kind: 'Phase', phase: 'running' })).toEqual({ ok: true })
      await buy(page, 'product/')
      expect(await trainer.act({ kind: 'Phase', phase: 'ended' })).toEqual({ ok: true })
      await expect(page.getByRole('heading', { name: 'The exercise is over' })).toBeVisible()

      await page.goto(`${place.url}/proof/${opened.trainer.exercise}?entry=2`)
      const said = page.locator('.proof-key', { hasText: 'This page came over plain HTTP' })
      await expect(said).toHaveCount(scheme === 'http' ? 1 : 0)
      await expect(page.locator('.proof-key')).toContainText('Gun, checked by hash')
      await page.getByRole('button', { name: 'Check it here' }).click()
      await expect(page.getByRole('heading', { name: 'Unchanged' })).toBeVisible()
      await page.getByRole('checkbox').check()
      await page.getByRole('button', { name: 'Check it here' }).click()
      await expect(page.getByRole('heading', { name: 'This does not hold' })).toBeVisible()
      expect(strangers).toEqual([])
    } finally {
      trainer.close()
      await browser.close()
    }
  })
}

let cookie = ''
async function openWith(
  on: TestServer,
  name: string,
): Promise<{ readonly code: string; readonly trainer: Seat }> {
  if (cookie === '')
    cookie = (
      await post(on, '/api/setup', {
        token: on.setup.split('=')[1],
        name: 'Tess',
        password: 'a long enough one',
      })
    ).cookie
  const made = await post(on, '/api/exercises', { scenario: 'w1', seed: 11 }, cookie)
  expect(made.status, name).toBe(201)
  return { code: String(made.body['code']), trainer: made.body as unknown as Seat }
}
