import { existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { chromium } from '@playwright/test'

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
]
export interface BrowserToUse {
  readonly executablePath?: string
  readonly args?: string[]
}

/**
 * The browser for tests: CHROMIUM_PATH, else one that Playwright has downloaded, else the system's,
 * else the Chromium that comes as a package (Linux on x64 only). That one unpacks into the
 * temporary folder, which must be ours.
 */
export async function browserToUse(): Promise<BrowserToUse> {
  const args = ['--no-sandbox']
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') return { executablePath: named, args }
  if (existsSync(chromium.executablePath())) return { args }
  const system = SYSTEM.find((path) => existsSync(path))
  if (system !== undefined) return { executablePath: system, args }
  const temporary = fileURLToPath(new URL('../../node_modules/.cache/browser', import.meta.url))
  mkdirSync(temporary, { recursive: true })
  process.env['TMPDIR'] = temporary
  const { default: packaged } = await import('@sparticuz/chromium')
  return { executablePath: await packaged.executablePath(), args: packaged.args }
}

/**
 * The browser for tests that record what reaches a page: its sandboxed frames stay in the page's
 * process, since Playwright may miss the first socket of a frame that has one of its own.
 */
export async function recordedBrowser(): Promise<BrowserToUse> {
  const { args = [], ...use } = await browserToUse()
  return { ...use, args: [...args, '--disable-features=IsolateSandboxedIframes'] }
}
