import {
  expect,
  type Browser,
  type BrowserContext,
  type FrameLocator,
  type Locator,
  type Page,
} from '@playwright/test'
import { awake } from './awake.ts'
import type { TestServer } from './server.ts'

/** What people do on the screens, step by step, with the words that stand on them. */
export interface Table {
  readonly trainer: Page
  readonly exercise: string
  readonly code: string
}

/**
 * A browser of its own that may reach the server under test and nothing else; what it asked
 * elsewhere is kept.
 */
export async function person(
  browser: Browser,
  server: TestServer,
  strangers: string[] = [],
): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  await onlyOwnHost(context, server.url, strangers)
  return context.newPage()
}

/** Notes every request to another host than the server's. */
export async function onlyOwnHost(
  context: BrowserContext,
  own: string,
  strangers: string[],
): Promise<void> {
  context.on('request', (request) => {
    const url = new URL(request.url())
    if (/^(https?|wss?):$/.test(url.protocol) && url.host !== new URL(own).host)
      strangers.push(url.href)
  })
}

/** The first trainer signs up with the printed link. */
export async function signUp(page: Page, server: TestServer): Promise<void> {
  await page.goto(server.url + server.setup)
  await awake(page)
  await page.getByLabel('Your name').fill('Tess')
  await page.getByLabel('Password').fill('a long enough sentence')
  await page.getByRole('button', { name: 'Open the training room' }).click()
  await page.waitForURL('**/trainer')
}

/**
 * Opens an exercise in the training room. The seed, which the screen leaves to chance, is set on
 * its way.
 */
export async function openTable(page: Page, scenario: string, seed: number): Promise<Table> {
  await page.route('**/api/exercises', (route) =>
    route.continue({
      postData: JSON.stringify({ ...(route.request().postDataJSON() as object), seed }),
    }),
  )
  await page.getByRole('radio', { name: scenario }).check()
  await page.getByRole('button', { name: 'Open the exercise' }).click()
  await page.waitForURL('**/trainer/x*')
  await page.unroute('**/api/exercises')
  const code = (await page.locator('.ticket .code').innerText()).replace(/\s/g, '')
  expect(code).toMatch(/^[2-9A-HJ-NP-Z]{6}$/)
  return { trainer: page, exercise: page.url().split('/').at(-1)!, code }
}

/** Joins by code and nickname; the first of a team defends, the second attacks. */
export async function joinTable(
  page: Page,
  server: TestServer,
  code: string,
  nickname: string,
  side: 'team' | 'customer',
  briefing: string,
): Promise<void> {
  await page.goto(`${server.url}/join`)
  await awake(page)
  await page.getByLabel('Code').fill(code.toLowerCase())
  await page.getByLabel('Name in the game').fill(nickname)
  if (side === 'customer') await page.getByRole('radio', { name: 'As a customer' }).check()
  await page.getByRole('button', { name: 'Take a seat' }).click()
  await page.waitForURL('**/exercise/x*')
  await expect(page.getByRole('heading', { name: briefing })).toBeVisible()
}

export async function speed(trainer: Page, times: string): Promise<void> {
  const dial = trainer.getByRole('radio', { name: times, exact: true })
  await dial.locator('xpath=..').click()
  await expect(dial).toBeChecked()
}

/** Starts a job from its sheet; `dials` are set by name. */
export async function launch(
  attacker: Page,
  job: string,
  dials: Readonly<Record<string, string>> = {},
): Promise<void> {
  await attacker.locator('.palette .job', { hasText: job }).click()
  await expect(attacker.locator('.jobhead .id').first()).toContainText(job)
  for (const [name, value] of Object.entries(dials))
    await attacker.locator(`#p-${name}`).fill(value)
  await attacker.getByRole('button', { name: 'Start the job' }).click()
  await expect(attacker.locator('.tear [role=status]')).toBeVisible()
  await expect(attacker.locator('.runs li', { hasText: job }).first()).toBeVisible()
}

/** Runs the ticked steps of the playbook on the desk: one decision. */
export async function runPlaybook(defender: Page): Promise<void> {
  await defender
    .locator('.playbook')
    .getByRole('button', { name: /^Run \d/ })
    .click()
}

/** Pins a note to the team's board on the page. */
export async function pinNote(page: Page, text: string): Promise<void> {
  const board = page.locator('.board')
  await board.getByRole('textbox').fill(text)
  await board.getByRole('button').click()
  await expect(board.locator('li', { hasText: text })).toBeVisible()
}

/** What of a card has reached the crew's drop. */
export function lootOf(attacker: Page, card: string): Locator {
  return attacker.locator('.drop tbody tr', { hasText: card.slice(-4) })
}

export function shopOf(customer: Page): FrameLocator {
  return customer.frameLocator('iframe[src*="/x/"]')
}

/**
 * Puts one thing into the basket and pays with the nth card of the wallet; gives the card's number.
 */
export async function buy(customer: Page, product: string, nth = 0): Promise<string> {
  const shop = shopOf(customer)
  const orders = await customer.locator('.orders li').count()
  await customer.getByRole('button', { name: 'Shop’s front page' }).click()
  await shop.locator(`a[href*="${product}"]`).first().click()
  await shop.getByRole('button', { name: 'Put in basket' }).click()
  await shop.getByRole('link', { name: 'To checkout' }).click()
  await expect(shop.locator('form[data-pay]')).toBeAttached()
  const card = customer.locator('.bank-card').nth(nth)
  const number = (await card.locator('b').innerText()).replace(/\D/g, '')
  await expect(customer.locator('.wallet-say')).toContainText('The page asks for a card')
  await card.getByRole('button').click()
  await expect(shop.getByRole('heading', { name: /^Order/ })).toBeVisible()
  const bank = shop.getByRole('button', { name: 'Yes, pay' })
  if (await bank.isVisible()) await bank.click()
  await expect(customer.locator('.orders li')).toHaveCount(orders + 1)
  return number
}
