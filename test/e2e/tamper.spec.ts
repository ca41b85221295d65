import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { startTestServer, type TestServer } from './server.ts'

let server: TestServer
test.beforeAll(async () => {
  server = await startTestServer()
})
test.afterAll(async () => {
  await server.stop()
})

/** Ticks who is thought to notice, runs the checks, and gives the names of those who did. */
async function noticed(page: Page, foreseen: readonly string[]): Promise<string[]> {
  for (const name of foreseen) {
    await page.getByRole('checkbox', { name: new RegExp(`^${name}`) }).check()
  }
  await page.getByRole('button', { name: 'Run the checks' }).click()
  await expect(page.getByRole('heading', { name: 'What the checks found' })).toBeFocused()
  return page.locator('.tl-slip.noticed h3').allTextContents()
}

test('the tamper lab: change the record by keyboard, foresee, and see who notices', async ({
  page,
}) => {
  test.setTimeout(120_000)
  await page.setViewportSize({ width: 360, height: 740 })
  // What fades in has its colours only in the end.
  await page.emulateMedia({ reducedMotion: 'reduce' })
  await page.goto(`${server.url}/labs/tamper`)
  const key = (name: string) => page.getByRole('button', { name, exact: true })
  const tool = (name: RegExp) => page.getByRole('radio', { name })
  const rows = page.locator('.tl-row')
  await expect(rows).toHaveCount(24)
  await key('Run the checks').click()
  await expect(page.getByText('First do something to the record.')).toBeVisible()

  // With the database alone: the auditor lays the rows beside the seals.
  await key('Change entry 13').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Enter')
  await expect(rows.nth(12)).toContainText('stayed closed')
  await expect(key('Change entry 13')).toBeFocused()
  expect(await noticed(page, ['Mo, the auditor'])).toEqual(['Mo, the auditor'])
  await expect(page.getByText('You foresaw 5 of 5.')).toBeVisible()
  await expect(page.getByText('Entry 13 does not fit its seal any more.')).toBeVisible()

  // The same with the key: everything fits, and those who remember notice.
  await tool(/^Also the key/).check()
  expect(await noticed(page, ['Mo, the auditor'])).toEqual(['Ida’s tablet', 'The three witnesses'])
  await expect(page.getByText('You foresaw 2 of 5.')).toBeVisible()
  await expect(page.locator('.tl-words pre')).toContainText('doorstep/fork-proof@v1')

  // Reorder by buttons; the focus stays with the entry. Undo takes it back.
  await tool(/^Swap/).check()
  await key('Move entry 2 down').press('Enter')
  await expect(key('Move entry 3 down')).toBeFocused()
  await expect(rows.nth(2)).toContainText('bank pays')
  await key('Undo').click()
  await expect(rows.nth(1)).toContainText('bank pays')

  // A lie, openly logged: nobody.
  await tool(/^Log a lie/).check()
  await key('Hand it in').click()
  expect(await noticed(page, ['Nobody'])).toEqual([])

  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map((one) => `${one.id}: ${one.nodes[0]?.html ?? ''}`)).toEqual([])
  const sideways = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  )
  expect(sideways).toBeLessThanOrEqual(0)

  // The device keeps the tries, the keys and the record as it was left.
  await page.reload()
  await expect(rows).toHaveCount(25)
  await expect(page.locator('.tl-tries tr.done')).toHaveCount(3)
  await expect(page.locator('.tl-tries td.yes')).toHaveCount(3)
})
