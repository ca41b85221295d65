import { chromium } from '@playwright/test'
import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** A Chromium to run: named, or Playwright's own, or the one out of the package registry. */
export async function findBrowser(): Promise<string | undefined> {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined) return named
  if (existsSync(chromium.executablePath())) return chromium.executablePath()
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  const cache = fileURLToPath(new URL('../../../node_modules/.cache/browser', import.meta.url))
  mkdirSync(cache, { recursive: true })
  process.env['TMPDIR'] = cache
  const { default: packaged } = await import('@sparticuz/chromium')
  return packaged.executablePath()
}
