import { defineConfig } from '@playwright/test'
import { browserToUse } from './test/e2e/browser.ts'

const browser = await browserToUse()

export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '*.spec.ts',
  timeout: 60_000,
  expect: { timeout: 20_000 },
  workers: 1,
  retries: 0,
  reporter: [['list']],
  outputDir: 'test-results',
  use: {
    headless: true,
    actionTimeout: 20_000,
    screenshot: 'only-on-failure',
    launchOptions: browser,
  },
})
