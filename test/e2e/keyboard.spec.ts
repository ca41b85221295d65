import { chromium, expect, test, type Browser, type Frame, type Page } from '@playwright/test'
import { awake } from './awake.ts'
import { browserToUse } from './browser.ts'
import { openTable, person, signUp } from './play.ts'
import { startTestServer, type TestServer } from './server.ts'

/**
 * A whole exercise without a mouse: join, wait, attack, decide, buy, end, look back. Every stop of
 * the tabulator shows that it has the focus, and none holds it.
 */
test.describe.configure({ mode: 'serial', timeout: 150_000 })
const STOPS_MAX = 140
let server: TestServer
let browser: Browser
let trainer: Page
let defender: Page
let attacker: Page
let customer: Page
let code = ''

test.beforeAll(async () => {
  server = await startTestServer()
  browser = await chromium.launch(await browserToUse())
  ;[trainer, defender, attacker, customer] = (await Promise.all(
    [1, 2, 3, 4].map(() => person(browser, server)),
  )) as [Page, Page, Page, Page]
})
test.afterAll(async () => {
  await browser.close()
  await server.stop()
})

interface Stop {
  readonly name: string
  readonly shown: boolean
}
/** Where the focus is, and whether it can be seen: an outline here or on what holds the control. */
function here(page: Page | Frame): Promise<Stop> {
  return page.evaluate(() => {
    const element = document.activeElement ?? document.body
    const outlined = (one: Element | null): boolean => {
      if (!one) return false
      const style = getComputedStyle(one)
      return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1.5
    }
    const words =
      element.getAttribute('aria-label') ??
      (element instanceof HTMLInputElement ? element.labels?.[0]?.textContent : null) ??
      element.textContent ??
      ''
    return {
      name: `${element.tagName.toLowerCase()} ${words.trim().replace(/\s+/g, ' ').slice(0, 60)}`,
      shown:
        element === document.body ||
        element.tagName === 'IFRAME' ||
        outlined(element) ||
        outlined(element.closest('label')),
    }
  })
}

/** Goes on with the tabulator until a stop is named so; each stop on the way must be seen. */
async function tabTo(page: Page, name: RegExp, frame?: () => Frame | undefined): Promise<void> {
  const passed: string[] = []
  for (let i = 0; i < STOPS_MAX; i++) {
    await page.keyboard.press('Tab')
    const inside = frame?.()
    const outer = await here(page)
    const stop = inside && outer.name.startsWith('iframe') ? await here(inside) : outer
    expect(stop.shown, `the focus on “${stop.name}” is not seen`).toBe(true)
    if (name.test(stop.name)) return
    passed.push(stop.name)
  }
  throw new Error(`the tabulator never reaches ${String(name)}: ${passed.slice(0, 40).join(' | ')}`)
}
const press = (page: Page, ...keys: string[]): Promise<void> =>
  keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve())

async function join(page: Page, nickname: string, side: 'team' | 'customer'): Promise<void> {
  await page.goto(`${server.url}/join`)
  await awake(page)
  await expect(page.getByRole('button', { name: 'Take a seat' })).toBeEnabled()
  await press(page, 'Tab')
  expect(await here(page)).toEqual({ name: 'a Go to the content', shown: true })
  await press(page, 'Enter', 'Tab')
  expect((await here(page)).name, 'the first stop after the skip link').toMatch(/^input Code/)
  await page.keyboard.type(code)
  await tabTo(page, /^input Name in the game/)
  await page.keyboard.type(nickname)
  await tabTo(page, /^input In a team/)
  if (side === 'customer') await press(page, 'ArrowDown')
  await tabTo(page, /^button Take a seat/)
  await press(page, 'Enter')
  await page.waitForURL('**/exercise/x*')
  await expect(page.getByText('Waiting for the start')).toBeVisible()
}

test('three people join, and the trainer starts', async () => {
  await signUp(trainer, server)
  code = (await openTable(trainer, 'Market day', 11)).code
  await join(defender, 'Mo', 'team')
  await join(attacker, 'Slick', 'team')
  await join(customer, 'Pim', 'customer')
  await tabTo(trainer, /^button Start$/)
  await press(trainer, 'Enter')
  await expect(attacker.locator('.crew')).toBeVisible()
})

test('an attacker launches a job', async () => {
  await tabTo(attacker, /^button W1/)
  await press(attacker, 'Enter')
  await tabTo(attacker, /^input Stealth/)
  await press(attacker, 'Home')
  await tabTo(attacker, /^button Start the job/)
  await press(attacker, 'Enter')
  await expect(attacker.locator('.runs li', { hasText: 'W1' }).first()).toBeVisible()
})

test('a customer buys with a card from the wallet', async () => {
  const shop = (): Frame | undefined => customer.frames().find((one) => one.url().includes('/x/'))
  await expect(customer.frameLocator('iframe').locator('a[href*="product/"]').first()).toBeVisible()
  await tabTo(customer, /^button Shop’s front page/)
  await tabTo(customer, /€/, shop)
  await press(customer, 'Enter')
  await expect(customer.frameLocator('iframe').getByText('Put in basket')).toBeVisible()
  await tabTo(customer, /Put in basket/, shop)
  await press(customer, 'Enter')
  await expect(customer.frameLocator('iframe').getByText('To checkout')).toBeVisible()
  await tabTo(customer, /To checkout/, shop)
  await press(customer, 'Enter')
  await expect(customer.locator('.wallet-say')).toContainText('The page asks for a card')
  await expect.poll(async () => (await here(customer)).name).toContain('Pay with this card')
  await press(customer, 'Enter')
  await expect(
    customer.frameLocator('iframe').getByRole('heading', { name: /^Order/ }),
  ).toBeVisible()
  await expect.poll(() => customer.locator('.orders li').count()).toBeGreaterThan(0)
})

test('a defender reads an incident and runs its playbook', async () => {
  await tabTo(trainer, /^input (0\.25|0\.5|1|2|4|10|30|60)$/)
  for (let i = 0; i < 8; i++) {
    if ((await here(trainer)).name === 'input 60') break
    await press(trainer, 'ArrowRight')
  }
  const incident = defender.locator('.strips li button', { hasText: 'Shop page' }).first()
  await expect(incident).toBeVisible({ timeout: 90_000 })
  await tabTo(defender, /^button .*Shop page/)
  await press(defender, 'Enter')
  await tabTo(defender, /^button Run \d/)
  await press(defender, 'Enter')
  await expect(defender.locator('.done-list')).toContainText(/page restored/, { timeout: 30_000 })
})

test('the map has a list that says the same', async () => {
  await tabTo(defender, /^button Show as table/)
  await press(defender, 'Enter')
  await expect(defender.locator('.townmap-table')).toContainText('Van 1')
})

test('Escape takes a question back; the trainer ends, and the debrief is scrubbed', async () => {
  await tabTo(trainer, /^button End the exercise/)
  await press(trainer, 'Enter')
  await expect(trainer.getByRole('dialog')).toBeVisible()
  await press(trainer, 'Escape')
  await expect(trainer.getByRole('dialog')).toBeHidden()
  expect((await here(trainer)).name).toContain('End the exercise')
  await press(trainer, 'Enter')
  await tabTo(trainer, /^button End it for everybody/)
  await press(trainer, 'Enter')
  await expect(defender.getByRole('link', { name: 'See what really happened' })).toBeVisible()
  await tabTo(defender, /^a See what really happened/)
  await press(defender, 'Enter')
  await expect(defender.locator('#scrub')).toBeVisible()
  await tabTo(defender, /^input At \d/)
  const before = await defender.locator('#scrub').inputValue()
  await press(defender, 'ArrowRight', 'ArrowRight')
  expect(Number(await defender.locator('#scrub').inputValue())).toBe(Number(before) + 2)
})
