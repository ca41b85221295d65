import { expect, test } from '@playwright/test'
import { awake } from './awake.ts'
import { startTestServer, type TestServer } from './server.ts'

let server: TestServer
test.beforeAll(async () => {
  server = await startTestServer()
})
test.afterAll(async () => {
  await server.stop()
})

test('[N1] the first trainer signs up by the printed link, opens an exercise, and a player joins by its code', async ({
  browser,
}) => {
  const trainer = await (await browser.newContext()).newPage()
  await trainer.goto(server.url + server.setup)
  await awake(trainer)
  await trainer.getByLabel('Your name').fill('Tess Trainer')
  await trainer.getByLabel('Password').fill('a long enough one')
  await trainer.getByRole('button', { name: 'Open the training room' }).click()
  await trainer.waitForURL('**/trainer')
  await trainer.getByRole('button', { name: 'Open the exercise' }).click()
  await trainer.waitForURL('**/trainer/x*')
  const { exercises } = (await (
    await trainer.request.get(`${server.url}/api/exercises`)
  ).json()) as { exercises: readonly { code: string }[] }
  const code = exercises[0]!.code

  const player = await (await browser.newContext()).newPage()
  await player.goto(`${server.url}/join?code=${code}`)
  await awake(player)
  await player.getByLabel('Name in the game').fill('Ada')
  await player.getByRole('button', { name: 'Take a seat' }).click()
  await player.waitForURL('**/exercise/x*')
  await expect(trainer.getByText('Ada').first()).toBeVisible()
})

test('[N37] a set-up link works once; the trainer signs out and in again', async ({ page }) => {
  await page.goto(server.url + server.setup)
  await awake(page)
  await expect(page.getByRole('heading', { name: 'This link is spent' })).toBeVisible()
  await page.goto(`${server.url}/trainer`)
  await page.waitForURL('**/signin')
  await page.getByLabel('Your name').fill('tess trainer')
  await page.getByLabel('Password').fill('a long enough one')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/trainer')
  await page.goto(`${server.url}/account`)
  await awake(page)
  await page.getByRole('button', { name: 'Make a link' }).click()
  await expect(page.getByLabel('One-time link')).toHaveValue(/\/setup\?token=/)
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/signin')
})

test('[N40] a trainer rehearses alone with one click: the clock runs, and somebody is on the other side', async ({
  page,
}) => {
  await page.goto(`${server.url}/signin`)
  await awake(page)
  await page.getByLabel('Your name').fill('Tess Trainer')
  await page.getByLabel('Password').fill('a long enough one')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL('**/trainer')
  await page.getByRole('button', { name: 'Alone as defender' }).click()
  await page.waitForURL('**/exercise/x*')
  await expect(page.getByText('You').first()).toBeVisible()
  const { exercises } = (await (await page.request.get(`${server.url}/api/exercises`)).json()) as {
    exercises: readonly { mode: string; phase: string; seats: number }[]
  }
  expect(exercises[0]).toMatchObject({ mode: 'rehearsal', phase: 'running', seats: 2 })
})
