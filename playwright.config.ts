import { defineConfig } from '@playwright/test'
import { browserToUse } from './test/e2e/browser.ts'

const browser = await browserToUse()

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '*.spec.ts',
  timeout: 300_000,
  expect: { timeout: 60_000 },
  workers: 1,
  // A second try on a busy machine is reported as flaky, never as passed in silence.
  retries: process.env['CI'] === undefined ? 0 : 1,
  reporter: [['list']],
  outputDir: 'test-results',
  use: {
    headless: true,
    actionTimeout: 20_000,
    screenshot: 'only-on-failure',
    launchOptions: browser,
  },
})
