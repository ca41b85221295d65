import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Browser, type Page } from '@playwright/test'
import { connectSeat } from '../../range/client/socket/seat.ts'
import { openExercise, startTestServer } from './server.ts'

/** A proof page in a browser of its own. */
async function openProof(browser: Browser, address: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(address)
  await expect(page.locator('.proof-key')).toContainText('doorstep.local/')
  return page
}

test('[L60] [L64] the server is killed, and the record goes from browser to browser all the same', async ({
  browser,
}) => {
  const server = await startTestServer()
  try {
    const { trainer } = await openExercise(server, 's1-lab', [])
    const seat = connectSeat({ ...trainer, url: server.url, headers: { origin: server.url } })
    expect(await seat.act({ kind: 'Phase', phase: 'running' })).toEqual({ ok: true })
    seat.close()
    const address = `${server.url}/proof/${trainer.exercise}`
    const [giver, taker] = [await openProof(browser, address), await openProof(browser, address)]
    const held = giver.locator('.hand-facts')
    await giver.getByRole('button', { name: 'Keep a copy here' }).click()
    await expect(held).toContainText('entries, all verified')
    await expect(taker.locator('.hand-facts')).toContainText('None yet')

    await server.kill()
    await giver.getByRole('button', { name: 'Give my copy' }).click()
    const offer = await giver.getByRole('textbox', { name: 'The offer' }).inputValue()
    await expect(held).toContainText('does not answer')
    await expect(giver.getByAltText('The offer as a QR code')).toBeVisible()

    await taker.getByRole('button', { name: 'Take a copy' }).press('Enter')
    const box = taker.getByRole('textbox', { name: 'The offer' })
    await expect(box).toBeFocused()
    const say = async (text: string): Promise<void> => {
      await box.fill(text)
      await taker.getByRole('button', { name: 'Make an answer' }).press('Enter')
    }
    await say(offer.replace('p', 'q'))
    await expect(taker.getByRole('alert')).toContainText('neither an offer nor an answer')
    await say(offer.slice(0, -9))
    await expect(taker.getByRole('alert')).toContainText('Something is missing')
    await say(`  ${offer.replaceAll(' ', '\n')}\n`)
    const answer = taker.getByRole('textbox', { name: 'The answer' })
    await expect(answer).toBeFocused()
    await giver.getByRole('textbox', { name: 'The answer' }).fill(await answer.inputValue())
    await giver.getByRole('button', { name: 'Connect' }).click()

    const sum = /^(\d+) entries/.exec((await held.locator('.state').textContent())!.trim())![1]!
    const done = `All ${sum} entries are verified, without the server, from another browser`
    await expect(taker.getByText(done)).toBeVisible()
    await expect(taker.getByText(done).locator('..')).toBeFocused()
    await expect(giver.getByText('has the whole record')).toBeVisible()
    await expect(taker.locator('.hand-facts')).toContainText('fetched from another browser')
    await expect(taker.getByRole('button', { name: 'Give my copy' })).toBeEnabled()

    // What only the server has is missed in words.
    await taker.getByRole('button', { name: 'Check it here' }).click()
    await expect(taker.getByRole('alert')).toContainText('The server does not answer')
    const seen = await new AxeBuilder({ page: taker }).include('.hand').analyze()
    expect(seen.violations.map(({ id }) => id)).toEqual([])
  } finally {
    await server.stop()
  }
})
