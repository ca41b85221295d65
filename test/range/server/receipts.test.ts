import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkOwnMoves } from '../../../range/client/own-moves.ts'
import { checkSlip } from '../../../range/client/slip-check.ts'
import { connectSeat, type SeatConnection } from '../../../range/client/socket/seat.ts'
import type { CustodyTrail, OrderSlip } from '../../../range/protocol/custody.ts'
import type { ReceiptMessage } from '../../../range/protocol/message.ts'
import { startHarness, trainerCookie, until, type Harness } from './harness.ts'

let harness: Harness
let cookie: string
const connections: SeatConnection[] = []
beforeAll(async () => {
  harness = await startHarness()
  cookie = await trainerCookie(harness)
}, 60_000)
afterAll(async () => {
  for (const connection of connections) connection.close()
  await harness.stop()
})

interface Sat {
  readonly exercise: string
  readonly token: string
  readonly code: string
  readonly connection: SeatConnection
  readonly receipts: ReceiptMessage[]
}
function sit(made: Record<string, unknown>): Sat {
  const { exercise, token, code } = made as { exercise: string; token: string; code: string }
  const receipts: ReceiptMessage[] = []
  const connection = connectSeat({
    exercise,
    token,
    url: harness.url,
    headers: { origin: harness.url },
    onReceipt: (message) => receipts.push(message),
  })
  connections.push(connection)
  return { exercise, token, code, connection, receipts }
}
async function told<T>(path: string, headers: Record<string, string> = {}): Promise<T> {
  const answer = await harness.get(path, headers)
  const body = (await answer.json()) as Record<string, unknown>
  return (body['custody'] ?? body['slips'] ?? body['reason']) as T
}

let game: Sat
let pim: Sat
let bo: Sat
let order = ''
let slip = ''
let vkey = ''
const claim = (ended: boolean) => ({
  ledger: game.exercise,
  vkey,
  ended,
  fetchPath: async (path: string) => {
    const answer = await harness.get(path)
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : undefined
  },
})

/** A customer buys the first thing of the shop with the first card of the wallet. */
async function buy(): Promise<void> {
  const { view } = await until(pim.connection, ({ view: seen }) => seen?.role === 'customer')
  if (view?.role !== 'customer') throw new Error('no customer')
  const post = async (path: string, form: Record<string, string>): Promise<Response> =>
    fetch(`${harness.url}${view.shop}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: 'null', 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form),
    })
  const home = await (await harness.get(view.shop)).text()
  const [, product = ''] = /product\/([a-z0-9-]+)/.exec(home) ?? []
  const page = await (await harness.get(`${view.shop}product/${product}`)).text()
  const [, id = ''] = /name="product" value="([^"]+)"/.exec(page) ?? []
  expect((await post('cart/add', { product: id, count: '1' })).status).toBe(303)
  const paid = await post('checkout/pay', { card: view.wallet[0]!.number })
  expect(paid.status).toBe(303)
  expect(JSON.stringify([...paid.headers]) + (await paid.text())).not.toContain('doorstep-receipt')
  const [, number = ''] = /order\/(\w+)$/.exec(paid.headers.get('location') ?? '') ?? []
  expect((await post(`order/${number}/confirm`, { agree: 'yes' })).status).toBe(303)
}

test('[L80] an order is receipted to its seat’s own line, never in the shop, and never to others', async () => {
  const made = await harness.post('/api/exercises', { scenario: 'quiet-day', seed: 7 }, { cookie })
  game = sit(made.body)
  const join = async (nickname: string, role: string): Promise<Sat> =>
    sit((await harness.post('/api/join', { code: game.code, nickname, role })).body)
  pim = await join('Pim Personal', 'customer')
  bo = await join('Bo', 'customer')
  vkey = (await (await harness.get(`/ledger/${game.exercise}/key.pub`)).text()).trim()
  await until(bo.connection, ({ view }) => view !== null)
  await game.connection.act({ kind: 'Phase', phase: 'running' })
  await until(pim.connection, ({ view }) => view?.clock.phase === 'running')
  await buy()
  await expect.poll(() => pim.receipts.length).toBe(3)
  const [cart, paid] = pim.receipts
  expect(cart).not.toHaveProperty('order')
  expect(paid!.order).toMatch(/^[A-Z0-9]{6}$/)
  order = paid!.order!
  slip = paid!.slip!
  expect(bo.receipts).toEqual([])
  const found = async (): Promise<unknown> => {
    const result = await checkOwnMoves(claim(false), pim.receipts)
    return result.ok ? result.findings.map(({ state }) => state) : result
  }
  await expect.poll(found, { timeout: 10_000 }).toEqual(['logged', 'logged', 'logged'])
}, 60_000)

test('[L82] while it runs a receipt leads to a sealed entry; its own customer and the trainer can have it again', async () => {
  expect(await checkSlip(claim(false), order, slip)).toMatchObject({ state: 'logged' })
  const path = `/api/exercises/${game.exercise}/slips/${order}`
  const again = await told<OrderSlip>(path, { 'x-seat': pim.token })
  expect(again.order).toBe(order)
  expect(await checkSlip(claim(false), order, again.code)).toMatchObject({ state: 'logged' })
  expect((await told<OrderSlip>(path, { 'x-seat': game.token })).code).toBe(again.code)
  expect(await told(path, { 'x-seat': bo.token })).toBe('not-yours')
  expect(await told(path)).toBe('not-yours')
  expect(await told(path.replace(`/${order}`, ''), { 'x-seat': pim.token })).toBe('not-yours')
  const way = `/api/exercises/${game.exercise}/custody/${order}`
  expect(await told(`${way}?slip=${slip}`)).toBe('not-ended')
}, 60_000)

test('[L82] afterwards whoever holds a receipt sees that parcel’s way, of players and simulated customers', async () => {
  await game.connection.act({ kind: 'Speed', speed: 60 })
  await until(
    pim.connection,
    ({ view }) =>
      view?.role === 'customer' &&
      view.orders[0]?.parcel != null &&
      view.clock.now > view.clock.start + 420_000,
    60_000,
  )
  await game.connection.act({ kind: 'Phase', phase: 'ended' })
  const sheet = await told<OrderSlip[]>(`/api/exercises/${game.exercise}/slips`, { cookie })
  expect(sheet[0]!.order).toBe(order)
  const other = sheet.find((one) => one.order !== order)!
  for (const one of [{ order, code: slip }, other]) {
    const finding = await checkSlip(claim(true), one.order, one.code)
    if (finding.state !== 'logged') throw new Error(finding.state)
    const way = `/api/exercises/${game.exercise}/custody/${one.order}`
    const trail = await told<CustodyTrail>(`${way}?slip=${one.code}`)
    expect(trail.order.number).toBe(one.order)
    expect(await told(way)).toBe('not-yours')
    const second = trail.seconds.find(({ entry }) => entry === finding.index)
    if (one === other) expect(second?.parts[1]).toContain(`"order:${other.order}"`)
    else expect(second).toBeUndefined()
  }
  const foreign = `/api/exercises/${game.exercise}/custody/${other.order}?slip=${slip}`
  expect(await told(foreign)).toBe('not-yours')
  // After a restart the record tells the same.
  await harness.restart()
  const path = `/api/exercises/${game.exercise}/slips`
  expect(await told<OrderSlip[]>(path, { cookie })).toEqual(sheet)
}, 120_000)
