import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test, type Page } from '@playwright/test'
import { io } from 'socket.io-client'
import type { MoveAnswer } from '../../range/protocol/message.ts'
import { listenTo, type Heard } from './frames.ts'
import {
  buy,
  joinTable,
  launch,
  lootOf,
  openTable,
  person,
  signUp,
  speed,
  type Table,
} from './play.ts'
import { post, startTestServer, type TestServer } from './server.ts'

/** The exercise once more, with the server killed in the middle. */
test.describe.configure({ mode: 'serial' })
const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const COMPLAINTS = 40
const BACK_WITHIN_MS = 5000
let server: TestServer
let table: Table
const seats: { readonly page: Page; readonly heard: Heard }[] = []
const complained = new Map<string, MoveAnswer>()
let clockBefore = ''
let card = ''
let pageOf: (nth: number) => Page

test.beforeAll(async ({ browser }) => {
  server = await startTestServer()
  for (let i = 0; i < 4; i++) {
    const page = await person(browser, server)
    seats.push({ page, heard: listenTo(page) })
  }
  pageOf = (nth) => seats[nth]!.page
})
test.afterAll(async () => {
  for (const { page } of seats) await page.context().close()
  await server.stop()
})
interface Logged {
  readonly kind: string
  readonly id?: string
  readonly by?: string
  readonly input?: Record<string, unknown>
}
function logged(): readonly Logged[] {
  const text = readFileSync(
    `${server.data}/exercises/${table.exercise}/ledger/openings.jsonl`,
    'utf8',
  )
  return text
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => (JSON.parse(line) as { entry: Logged }).entry)
}
function doorstep(...args: string[]): Promise<{ code: number; text: string }> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      ['range/server/cli.ts', ...args],
      { cwd: ROOT },
      (error, out, err) => {
        done({ code: error === null ? 0 : Number(error.code ?? 1), text: out + err })
      },
    )
  })
}
const townTime = (page: Page): Promise<string> => page.locator('.clock time').first().innerText()

/** Sends complaints of one seat all at once; resolves with the answers by message id. */
function complain(
  seat: { exercise: string; token: string },
  ids: readonly string[],
  onAnswer: (id: string, answer: MoveAnswer) => void,
): Promise<void> {
  const socket = io(server.url, {
    auth: { exercise: seat.exercise, token: seat.token },
    extraHeaders: { origin: server.url },
    transports: ['websocket'],
    reconnection: false,
  })
  return new Promise((done, reject) => {
    let left = ids.length
    socket.on('connect_error', reject)
    socket.on('disconnect', () => {
      done()
    })
    socket.on('connect', () => {
      for (const id of ids) {
        socket.emit(
          'move',
          { id, move: { kind: 'Complain', order: 0, text: `where is ${id}?` } },
          (answer: MoveAnswer) => {
            onAnswer(id, answer)
            if (--left === 0) {
              socket.close()
              done()
            }
          },
        )
      }
    })
  })
}
let angry: { exercise: string; token: string }
const ids = Array.from({ length: COMPLAINTS }, (_, i) => `complaint-${i}`)

test('a game is under way: a skimmer runs, somebody has paid, complaints arrive', async () => {
  await signUp(pageOf(0), server)
  table = await openTable(pageOf(0), 'Market day', 12)
  await joinTable(pageOf(1), server, table.code, 'Mo', 'team', 'You guard the shop')
  await joinTable(pageOf(2), server, table.code, 'Slick', 'team', 'You are the crew')
  await joinTable(pageOf(3), server, table.code, 'Pim', 'customer', 'You are a customer')
  angry = (
    await post(server, '/api/join', { code: table.code, nickname: 'Angry', role: 'customer' })
  ).body as typeof angry
  await pageOf(0).getByRole('button', { name: 'Start', exact: true }).click()
  await expect(pageOf(2).locator('.crew')).toBeVisible()
  await launch(pageOf(2), 'W1', { stealth: '0' })
  card = await buy(pageOf(3), 'product/')
  await expect(lootOf(pageOf(2), card)).toHaveCount(1)
})

test('killed in the middle, it goes on: seats are back within five seconds by themselves', async () => {
  clockBefore = await townTime(pageOf(1))
  // The kill falls among complaints of which some are durable and not yet answered.
  let killed: Promise<void> | undefined
  const cut = complain(angry, ids, (id, answer) => {
    complained.set(id, answer)
    if (complained.size === 5) killed ??= server.kill()
  })
  await cut
  await (killed ?? server.kill())
  for (const { page } of seats) await expect(page.locator('.line-state')).toBeVisible()
  // A job is sent while nobody listens; it must arrive, once.
  await pageOf(2).locator('.palette .job', { hasText: 'P2' }).click()
  await pageOf(2).getByRole('button', { name: 'Start the job' }).click()
  await server.restart()
  const from = Date.now()
  for (const { page } of seats)
    await expect(page.locator('.line-state')).toBeHidden({ timeout: BACK_WITHIN_MS })
  expect(Date.now() - from).toBeLessThan(BACK_WITHIN_MS)
  await expect(pageOf(2).locator('.runs li')).toHaveCount(2)
  await expect(lootOf(pageOf(2), card)).toHaveCount(1)
  expect((await townTime(pageOf(1))) >= clockBefore).toBe(true)
})

test('a client that never heard its answers sends all again and gets the first ones', async () => {
  const again = new Map<string, MoveAnswer>()
  await complain(angry, ids, (id, answer) => {
    again.set(id, answer)
  })
  for (const [id, answer] of complained) expect(again.get(id), id).toEqual(answer)
  expect([...again.values()].filter(({ ok }) => ok)).toHaveLength(COMPLAINTS)
})

test('it is played to its end', async () => {
  expect(await buy(pageOf(3), 'product/')).toBe(card)
  await expect(lootOf(pageOf(2), card)).toHaveCount(2)
  await expect(pageOf(3).locator('.orders li')).toHaveCount(2)
  await speed(pageOf(0), '60')
  await expect(
    pageOf(1).locator('.strips li button', { hasText: 'Shop page' }).first(),
  ).toBeVisible()
  await pageOf(0).getByRole('button', { name: 'End the exercise…' }).click()
  await pageOf(0).getByRole('button', { name: 'End it for everybody' }).click()
  await expect(pageOf(1).getByRole('heading', { name: 'The exercise is over' })).toBeVisible()
})

test('nothing acknowledged is lost, nothing is there twice', async () => {
  const entries = logged().filter(({ kind }) => kind === 'input')
  const times = new Map<string, number>()
  for (const { id } of entries) if (id !== undefined) times.set(id, (times.get(id) ?? 0) + 1)
  for (const id of ids) expect(times.get(id), id).toBe(1)
  for (const { heard } of seats) {
    expect(heard.refused).toEqual(new Map())
    for (const [id, { event, move }] of heard.sent) {
      if (event === 'act' && move['kind'] === 'Step') continue
      // Others may have read of the end before its answer reached the trainer.
      await expect.poll(() => heard.accepted.has(id), { message: `${id} was answered` }).toBe(true)
      expect(times.get(id), `${JSON.stringify(move)} is logged once`).toBe(1)
    }
  }
  const orders = entries.filter(
    ({ input }) =>
      input?.['kind'] === 'Requested' &&
      (input['request'] as { path: string }).path.endsWith('/checkout/pay'),
  )
  expect(orders).toHaveLength(2)
})

test('the ledger verifies, and a replay equals what was recorded', async () => {
  const dir = `${server.data}/exercises/${table.exercise}`
  const verified = await doorstep('ledger', 'verify', `${dir}/ledger`)
  expect(verified.text).toMatch(
    /^\S+: all \d+ signed entries are unchanged\n[1-9]\d* moves? signed by [1-9]\d* players?, all good(, .*)?\nkey \S+\n$/,
  )
  expect(verified.code, verified.text).toBe(0)
  const replayed = await doorstep('replay', dir, '--json')
  expect(replayed.code, replayed.text).toBe(0)
  expect(
    (JSON.parse(replayed.text.slice(replayed.text.indexOf('{'))) as { diverged: unknown }).diverged,
  ).toBeNull()
})
