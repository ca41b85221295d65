import { chromium, expect, test, type Browser, type Page } from '@playwright/test'
import type { ReceiptMessage } from '../../range/protocol/message.ts'
import type { Debrief } from '../../range/protocol/view.ts'
import { browserToUse } from './browser.ts'
import {
  buy,
  joinTable,
  launch,
  lootOf,
  openTable,
  person,
  runPlaybook,
  shopOf,
  signUp,
  speed,
  type Table,
} from './play.ts'
import { startTestServer, type TestServer } from './server.ts'

/**
 * One exercise from the set-up link to the proof, in four browsers, through the screens that people
 * use.
 */
test.describe.configure({ mode: 'serial' })
let server: TestServer
const browsers: Browser[] = []
const strangers: string[] = []
let trainer: Page
let defender: Page
let attacker: Page
let customer: Page
let table: Table
let card = ''

test.beforeAll(async () => {
  server = await startTestServer()
  const use = await browserToUse()
  for (let i = 0; i < 4; i++) browsers.push(await chromium.launch(use))
  ;[trainer, defender, attacker, customer] = (await Promise.all(
    browsers.map((one) => person(one, server, strangers)),
  )) as [Page, Page, Page, Page]
})
test.afterAll(async () => {
  await Promise.all(browsers.map((one) => one.close()))
  await server.stop()
})
const row = (page: Page, text: string | RegExp) =>
  page.locator('.strips li button', { hasText: text })

test('a trainer signs up, opens an exercise, and three people join by its code', async () => {
  await signUp(trainer, server)
  table = await openTable(trainer, 'Market day', 11)
  await joinTable(defender, server, table.code, 'Mo', 'team', 'You guard the shop')
  await joinTable(attacker, server, table.code, 'Slick', 'team', 'You are the crew')
  await joinTable(customer, server, table.code, 'Pim', 'customer', 'You are a customer')
  for (const name of ['Mo', 'Slick', 'Pim'])
    await expect(trainer.locator('.seats', { hasText: name })).toBeVisible()
  await trainer.getByRole('button', { name: 'Start', exact: true }).click()
  await expect(defender.locator('.desk')).toBeVisible()
  await expect(attacker.locator('.crew')).toBeVisible()
  await expect(customer.locator('.customer')).toBeVisible()
})

test('a skimmer is planted, and the card that a customer pays with reaches the drop', async () => {
  await launch(attacker, 'W1', { stealth: '0', rate: '1' })
  await expect(attacker.locator('.probe')).toContainText('still')
  card = await buy(customer, 'product/')
  await expect(lootOf(attacker, card)).toHaveCount(1)
})

test('an incident is raised; the playbook restores the page and the leak is over', async () => {
  await speed(trainer, '60')
  await expect(row(defender, 'Shop page').first()).toBeVisible()
  await speed(trainer, '4')
  await row(defender, 'Shop page').first().click()
  await expect(defender.locator('.checks')).toContainText(
    'The page equals its signed baseline: not yet',
  )
  await runPlaybook(defender)
  await expect(defender.locator('.done-list')).toContainText(/page restored: works/)
  const again = await buy(customer, 'product/')
  expect(again).toBe(card)
  await expect(shopOf(customer).locator('h1')).toContainText('Order')
  await speed(trainer, '60')
  await expect(defender.locator('.checks')).toContainText(
    'The page equals its signed baseline: yes',
  )
  await expect(defender.locator('.checks')).toContainText('Two quiet minutes since: yes')
  await expect(lootOf(attacker, card)).toHaveCount(1)
  await expect(customer.locator('.orders li')).toHaveCount(2)
})

test('a defender fills in a template, sees what it would have raised, and switches it on', async () => {
  const own = defender.locator('.own')
  await own.getByRole('button', { name: 'New detection' }).click()
  await own.getByLabel('Begin with a template').selectOption('path-asked')
  await own.getByLabel('Word in the path').fill('checkout')
  await expect(own.getByLabel('The detection')).toHaveValue(/path\|contains: 'checkout'/)
  await own.getByRole('button', { name: 'Back-test' }).click()
  await expect(own.locator('.result')).toContainText('Somebody asks for checkout')
  await expect(own.locator('.result .alerts li').first()).toBeVisible()
  await own.getByRole('button', { name: 'Switch on', exact: true }).click()
  const dialog = defender.getByRole('dialog', { name: 'Switch it on?' })
  await expect(dialog).toContainText(/would have raised \d+ alerts? since 09:00/)
  await dialog.getByRole('button', { name: 'Switch on' }).click()
  await expect(own.locator('.own-list li')).toContainText('switched on by Mo')
  await expect(row(defender, 'Your own rule').first()).toBeVisible()
  await expect(attacker.locator('body')).not.toContainText('Somebody asks for checkout')
  await own.getByRole('button', { name: 'Switch off' }).click()
  await defender.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click()
  await expect(own.locator('.own-list li')).toContainText('switched off by Mo')
})

test('a van is led away; a parcel aboard is held', async () => {
  await launch(attacker, 'D1', { stealth: '0' })
  await expect(row(defender, 'Delivery').first()).toBeVisible()
  await row(defender, 'Delivery').first().click()
  const hold = defender.locator('.playbook li', { hasText: 'Hold parcel' }).first()
  await expect(hold).toBeVisible()
  await hold.getByRole('checkbox').check()
  await runPlaybook(defender)
  await expect(defender.locator('.done-list')).toContainText(/parcel held: works/)
})

test('the trainer fires an inject, which only its readers see', async () => {
  await trainer.locator('.library label', { hasText: 'A newspaper calls' }).click()
  await trainer.getByRole('button', { name: 'Fire now' }).click()
  await expect(defender.locator('.slips')).toContainText('The Harbour Post asks')
  await expect(trainer.locator('.library label', { hasText: 'A newspaper calls' })).toContainText(
    'fired',
  )
  await expect(attacker.locator('.slips')).not.toContainText('Harbour Post')
})

test('the end: a debrief within ten seconds, and a history with one decision changed', async () => {
  await trainer.getByRole('button', { name: 'End the exercise…' }).click()
  const from = Date.now()
  await trainer.getByRole('button', { name: 'End it for everybody' }).click()
  await expect(defender.getByRole('link', { name: 'See what really happened' })).toBeVisible()
  await defender.getByRole('link', { name: 'See what really happened' }).click()
  await expect(
    defender.getByRole('heading', { name: 'What was true, what could be seen, what you did' }),
  ).toBeVisible()
  expect(Date.now() - from).toBeLessThan(10_000)
  const lanes = defender.locator('.unroll .lane')
  await expect(lanes.nth(0).locator('.bar--danger')).toHaveCount(2)
  const token = await defender.evaluate(
    (key) => localStorage.getItem(key),
    `doorstep.seat.${table.exercise}`,
  )
  const answer = await defender.request.get(
    `${server.url}/api/exercises/${table.exercise}/debrief`,
    { headers: { 'x-seat': token ?? '' } },
  )
  const { debrief } = (await answer.json()) as { debrief: Debrief }
  const alarms = debrief.lanes.find(({ id }) => id === 'alarms')!.items
  await expect(lanes.nth(2).locator('.mark')).toHaveCount(alarms.length)
  // Each attack was seen, and in an incident of its own.
  expect(debrief.attacks.map(({ attack }) => attack)).toEqual(['W1', 'D1'])
  expect(new Set(debrief.attacks.map(({ incident }) => incident)).size).toBe(2)
  for (const { incident } of debrief.attacks)
    expect(alarms.filter(({ ref }) => ref === incident)).toHaveLength(1)
  // Two responses, and a detection switched on and off.
  await expect(lanes.nth(3).locator('.mark')).toHaveCount(4)
  await defender.getByRole('button', { name: 'Run it' }).click()
  await expect(defender.getByRole('heading', { name: 'What would have happened' })).toBeVisible()
  await expect(defender.locator('.weigh dd').first()).toContainText('instead of')
})

test('an entry of the record holds in the browser, a forged one does not', async () => {
  await customer.goto(`${server.url}/proof/${table.exercise}?entry=5`)
  await expect(customer.locator('.proof-key')).toContainText('Gun, checked by hash')
  await customer.getByRole('button', { name: 'Check it here' }).click()
  await expect(customer.getByRole('heading', { name: 'Unchanged' })).toBeVisible()
  await customer.getByRole('checkbox').check()
  await customer.getByRole('button', { name: 'Check it here' }).click()
  await expect(customer.getByRole('heading', { name: 'This does not hold' })).toBeVisible()
  expect(strangers).toEqual([])
})

test('[L82] [L83] whoever scans a receipt sees that parcel’s way; a forged one is named', async () => {
  const kept = await customer.evaluate(
    (key) => localStorage.getItem(key),
    `doorstep.receipts.${table.exercise}`,
  )
  const receipts = (kept ?? '').split('\n').map((line) => JSON.parse(line) as ReceiptMessage)
  const { order, slip } = receipts.find((one) => one.slip !== undefined)!
  const passer = await person(browsers[2]!, server, strangers)
  const address = `${server.url}/parcel/${table.exercise}?order=${order}&slip=${slip}`
  await passer.goto(address)
  await expect(passer.getByRole('heading', { name: 'Genuine, and in the record' })).toBeVisible()
  await expect(passer.locator('.chain-link.good').first()).toBeVisible({ timeout: 20_000 })
  await passer.goto(address.replace(`order=${order}`, 'order=AAAAAA'))
  await expect(
    passer.getByRole('heading', { name: 'This receipt does not belong to this record' }),
  ).toBeVisible()
  expect(strangers).toEqual([])
})

test('each link of a parcel’s way is verified, signed and witnessed; a bent one is named', async () => {
  await customer.goto(`${server.url}/parcel/${table.exercise}`)
  const links = customer.locator('.chain-link')
  const show = customer.getByRole('button', { name: 'Show its way' })
  await show.click()
  await expect(customer.locator('.custody-sheet')).toContainText(/(\d+) of \1 links verified/)
  await expect(customer.locator('.custody-sheet')).toContainText(/(\d+) of \1 are in a head/)
  await expect(customer.locator('.chain-link.broken')).toHaveCount(0)
  await expect(links.first()).toContainText('witnessed')
  await expect(customer.locator('.device-seal.good').first()).toContainText('did:key:z6Mk')
  await expect(customer.locator('.device-seal.bad')).toHaveCount(0)
  await customer.getByRole('checkbox').check()
  await show.click()
  await expect(customer.locator('.chain-link.broken')).toHaveCount(1)
  await expect(customer.locator('.chain-link.broken')).toContainText('broken here: the reports')
})
