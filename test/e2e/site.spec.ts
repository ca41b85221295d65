import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { awake } from './awake.ts'
import { onlyOwnHost } from './play.ts'
import { startTestServer, type TestServer } from './server.ts'

let server: TestServer
test.beforeAll(async () => {
  server = await startTestServer()
})
test.afterAll(async () => {
  await server.stop()
})

/** Moves on with the tabulator until the named control has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const wanted = page.getByRole('button', { name }).or(page.getByRole('link', { name })).first()
  await expect(wanted).toBeVisible()
  for (let i = 0; i < 40; i++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`the tabulator never reaches ${String(name)}`)
}

test('the game on the home page is played with keys alone', async ({ page }) => {
  await page.goto(server.url)
  await awake(page)
  await expect(page.getByRole('heading', { name: 'Real or scam?' })).toBeVisible()
  for (let message = 1; ; message++) {
    await page.keyboard.press(message % 2 === 1 ? '2' : '1')
    await expect(page.locator('.answer .verdict')).toBeVisible()
    if (await page.locator('.tally').isVisible()) break
    await tabTo(page, 'Next message')
    await page.keyboard.press('Enter')
    await expect(page.locator('.answer .verdict')).toHaveCount(0)
    expect(message).toBeLessThan(20)
  }
  await expect(page.locator('.tally')).toContainText('scams')
  await expect(page.locator('.tally')).toContainText('honest messages')
  await tabTo(page, /Choose a door/)
  await page.keyboard.press('Enter')
  await expect(page.locator('#doors')).toBeInViewport()
})

test('a sealed answer shows its reasons and stays; the module knows how far one got', async ({
  page,
}) => {
  await page.goto(`${server.url}/courses/sme/s1/1`)
  const ticket = page.locator('form.ticket', { hasText: 'S1-1-02' })
  await ticket.scrollIntoViewIfNeeded()
  await ticket.getByRole('button', { name: 'Seal my answer' }).click()
  await expect(ticket.getByRole('status')).toHaveText('Choose an answer first.')
  await ticket.getByText('Nobody between the customer').click()
  await ticket.getByRole('button', { name: 'Seal my answer' }).click()
  await expect(ticket.getByRole('status')).toContainText('Say how sure you are')
  await ticket.getByText('Certain', { exact: true }).click()
  await ticket.getByRole('button', { name: 'Seal my answer' }).click()
  await expect(ticket.getByRole('status')).toContainText('Right.')
  await expect(ticket.getByText('It protects the line.')).toBeVisible()

  await page.reload()
  const quiz = page.locator('.quiz').filter({ hasText: 'S1-1-03' })
  await expect(quiz.locator('h3')).toContainText('2 of 4')
  await page.getByRole('checkbox', { name: /Write down all hands/ }).check()
  await page.goto(`${server.url}/courses/sme/s1`)
  const row = page.locator('[data-lesson-row="s1-1"]')
  await expect(row.locator('[data-state]')).toHaveText('Done')
  await expect(page.locator('[data-lesson-row="s1-2"] [data-state]')).toHaveText('10 min')
})

test('all questions of a lesson are on paper, with their reasons', async ({ page }) => {
  await page.goto(`${server.url}/courses/sme/s1/3`)
  await page.emulateMedia({ media: 'print' })
  for (const item of ['S1-3-01', 'S1-3-02', 'S1-3-03', 'S1-3-04', 'S1-3-05']) {
    await expect(page.locator('.quiz-print .asked', { hasText: item })).toBeVisible()
    await expect(page.locator('.quiz-print dt', { hasText: item })).toBeVisible()
  }
  await expect(page.locator('form.ticket').first()).toBeHidden()
})

test('a wrong code is refused with help', async ({ page }) => {
  await page.goto(`${server.url}/join`)
  await awake(page)
  const code = page.getByLabel('Code')
  await code.fill('ab0def')
  await expect(page.getByText('A code never has “0”. Look again: is it Q or D?')).toBeVisible()
  await code.fill('abc')
  await page.getByLabel('Name in the game').fill('Pim')
  await page.getByRole('button', { name: 'Take a seat' }).click()
  await expect(page.getByText('This one has 3.')).toBeVisible()
  await expect(code).toBeFocused()
  await code.fill('zzz zzz')
  await page.getByRole('button', { name: 'Take a seat' }).click()
  await expect(page.getByText('Code not found.')).toBeVisible()
})

test('the lab says when it is full, when to slow down, and when the server is silent', async ({
  page,
}) => {
  await page.goto(`${server.url}/courses/sme/s1/lab`)
  await awake(page)
  const refusals = [
    [503, 'All places are taken.'],
    [429, 'Too many tries.'],
    [500, 'The shop could not be opened.'],
  ] as const
  for (const [status, words] of refusals) {
    await page.route('**/api/lab', (route) => route.fulfill({ status, json: { ok: false } }))
    await page.getByRole('button', { name: /Start the lab|Try again/ }).click()
    await expect(page.getByText(words)).toBeVisible()
    await page.unroute('**/api/lab')
  }
  await page.route('**/api/lab', (route) => route.abort())
  await page.getByRole('button', { name: 'Try again' }).click()
  await expect(page.getByText('The server does not answer.')).toBeVisible()
})

test('the lab is played alone: its coach ticks what the desk shows, and the course keeps it', async ({
  page,
}) => {
  test.setTimeout(120_000)
  await page.goto(`${server.url}/courses/sme/s1/lab`)
  await awake(page)
  await page.getByRole('button', { name: 'Start the lab' }).click()
  await page.waitForURL('**/exercise/x*')
  await page.getByRole('button', { name: 'To my desk' }).click()
  const coach = page.getByRole('region', { name: 'Your lesson' })
  const here = coach.locator('[aria-current=step]')
  await expect(here).toContainText('Know what is normal')
  await coach.getByRole('button', { name: 'Hint, free' }).click()
  await expect(coach.getByText('The key stands here')).toBeVisible()
  expect((await new AxeBuilder({ page }).analyze()).violations.map((one) => one.id)).toEqual([])
  await coach.getByRole('button', { name: 'Pages of the shop' }).click()
  await expect(page.getByText('as signed, revision').first()).toBeVisible()
  await page.getByRole('button', { name: 'Back to the desk' }).click()
  await expect(here).toContainText('See what changed')

  await page.getByLabel('Speed').selectOption('30')
  await expect(page.getByRole('heading', { name: /script on/i }).first()).toBeVisible({
    timeout: 40_000,
  })
  await page.getByLabel('Speed').selectOption('1')
  await coach.getByRole('button', { name: 'Pages of the shop' }).click()
  await page.getByRole('button', { name: 'Show the difference' }).click()
  await expect(page.getByRole('dialog').getByText('sendBeacon').last()).toBeVisible()
  await page.getByRole('button', { name: 'Back to the desk' }).click()
  await expect(here).toContainText('Name the stranger')
  await coach.getByRole('radio', { name: 'js.paynorth.example' }).check()
  await coach.getByRole('button', { name: 'It is this one' }).click()
  await expect(coach.getByText('js.paynorth.example is on the signed list')).toBeVisible()
  const signed = /larchlane|paynorth|visitlog|helpful|tellus/
  const stranger = coach.locator('label').filter({ hasNotText: signed })
  await expect(stranger).toHaveCount(1)
  await stranger.getByRole('radio').check()
  await coach.getByRole('button', { name: 'It is this one' }).click()
  await expect(here).toContainText('Stop the leak')

  await page.reload()
  await expect(here).toContainText('Stop the leak')
  await page.getByRole('button', { name: /Run 2 steps/ }).click()
  await page.getByLabel('Speed').selectOption('4')
  await expect(here).toContainText('Tell the card holders')
  await coach.getByRole('button', { name: 'Pages of the shop' }).click()
  await expect(page.getByRole('dialog').getByText('not as signed')).toHaveCount(0)
  await page.getByRole('button', { name: 'Back to the desk' }).click()

  await page.getByRole('button', { name: 'Finish…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Finish' }).first().click()
  await expect(page.getByText(/^5 of 7 steps done\./)).toBeVisible()
  await page.getByRole('link', { name: 'Back to the course' }).click()
  await page.waitForURL('**/courses/sme/s1')
  await expect(page.locator('[data-lab-row] [data-state]')).toHaveText(/5 of 7 steps/)
})

test('a control is switched off, the shortest attack is read as a story, and played', async ({
  page,
}) => {
  await page.goto(`${server.url}/labs/design`)
  await expect(page.getByRole('img', { name: 'Stamp: PROVED' })).toBeVisible()
  await expect(page.locator('.verdict')).toContainText('269,361')
  await page.getByRole('switch', { name: 'Four eyes' }).press('Space')
  await page.getByText('A large refund goes out on one person’s word.').click()
  await page.getByRole('button', { name: 'See if I am right' }).click()
  await expect(page.getByText('You saw it coming.')).toBeVisible()
  await expect(page.locator('.story > li')).toContainText([
    'Ann asks for refund 1',
    'Four eyes would have stopped it here.',
    'The shop pays refund 1 out.',
    'Harm is done.',
  ])
  await expect(page).toHaveURL(/\/labs\/design\/returns-and-refunds\?without=fourEyes$/)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('img', { name: 'Stamp: PROVED' })).toBeVisible()
  await page.goto(`${server.url}/labs/design/returns-and-refunds?without=fourEyes`)
  await page.getByRole('button', { name: 'Play the attack' }).click()
  await page.waitForURL('**/exercise/**')
  await page.getByRole('button', { name: 'To my desk' }).click()
  await expect(page.getByText('Ann says yes to refund 1, which Ann asked for.')).toBeVisible()
  await expect(page.locator('.job')).toHaveCount(1)
  await expect(page.locator('.job')).toContainText('Self-approved refunds')
  await page.getByRole('button', { name: 'Start the job' }).click()
  await page.getByRole('button', { name: 'Finish and see the debrief' }).click()
  await page.getByRole('link', { name: 'Back to the proof' }).click()
  await expect(page.getByRole('img', { name: 'Stamp: BROKEN' })).toBeVisible()
})

const PAGES = [
  '/',
  '/courses',
  '/courses/sme/s1',
  '/courses/sme/s1/1',
  '/courses/sme/s1/2',
  '/courses/sme/s1/3',
  '/courses/sme/s1/lab',
  '/labs/design/posted-goods?without=signedHandover',
  '/join',
  '/guide',
  '/about',
  '/no-such-page',
]
for (const width of [360, 1440]) {
  test(`no page asks another host, scrolls sideways, complains or fails axe, light and dark: ${width} px`, async ({
    browser,
  }) => {
    test.setTimeout(300_000)
    const strangers: string[] = []
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      reducedMotion: 'reduce',
    })
    await onlyOwnHost(context, server.url, strangers)
    const page = await context.newPage()
    const said: string[] = []
    page.on('console', (line) => {
      if (line.type() === 'error' && !line.text().includes('404')) said.push(line.text())
    })
    page.on('pageerror', (error) => said.push(error.message))
    for (const path of PAGES) {
      await page.emulateMedia({ colorScheme: 'light' })
      await page.goto(server.url + path, { waitUntil: 'networkidle' })
      expect(await faults(new AxeBuilder({ page })), path).toEqual([])
      const sideways = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      )
      expect(sideways, `${path} scrolls sideways`).toBeLessThanOrEqual(0)
      // Darkness changes colours and nothing else.
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.evaluate(settled)
      const inColour = new AxeBuilder({ page }).withRules(['color-contrast', 'link-in-text-block'])
      expect(await faults(inColour), `${path}, dark`).toEqual([])
    }
    expect(strangers).toEqual([])
    expect(said).toEqual([])
    await context.close()
  })
}
/**
 * Until no colour is on its way: with less motion each change takes a millisecond, one part of the
 * page after the other.
 */
async function settled(): Promise<void> {
  const frame = () => new Promise((done) => requestAnimationFrame(done))
  for (let quiet = 0; quiet < 3;) {
    await frame()
    const running = document.getAnimations().some((one) => one instanceof CSSTransition)
    quiet = running ? 0 : quiet + 1
  }
}
async function faults(axe: AxeBuilder): Promise<string[]> {
  const { violations } = await axe.analyze()
  return violations.map((one) => `${one.id}: ${one.nodes[0]?.html ?? ''}`)
}
