import { expect, test } from '@playwright/test'
import { browserToUse } from './browser.ts'
import { startTestServer, type TestServer } from './server.ts'

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
