import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkOwnMoves } from '../../../range/client/own-moves.ts'
import { checkSlip } from '../../../range/client/slip-check.ts'
import { connectSeat, type SeatConnection } from '../../../range/client/socket/seat.ts'
import { parseProof } from '../../../range/ledger/proof.ts'
import type { CustodyTrail, OrderSlip } from '../../../range/protocol/custody.ts'
import type { ReceiptMessage } from '../../../range/protocol/message.ts'
import { inspectDir } from '../../../range/server/ledger/inspect.ts'
import { readRecording } from '../../../range/server/recording.ts'
import type { Order } from '../../../range/world/types-shop.ts'
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
  readonly seat: string
  readonly token: string
  readonly code: string
  readonly connection: SeatConnection
  readonly receipts: ReceiptMessage[]
}
function sit(made: Record<string, unknown>): Sat {
  const { exercise, seat, token, code } = made as Record<string, string> & Sat
  const receipts: ReceiptMessage[] = []
  const connection = connectSeat({
    exercise,
    token,
    url: harness.url,
    headers: { origin: harness.url },
    onReceipt: (message) => receipts.push(message),
  })
  connections.push(connection)
  return { exercise, seat, token, code, connection, receipts }
}
async function told<T>(path: string, headers: Record<string, string> = {}): Promise<T> {
  const answer = await harness.get(path, headers)
  const body = (await answer.json()) as Record<string, unknown>
  return (body['custody'] ?? body['slips'] ?? body['reason']) as T
}

const erase = (body: object, as: Record<string, string> = { cookie }) =>
  harness.post(`/api/exercises/${game.exercise}/erase`, body, as)

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
  const say = { kind: 'Say', to: ['customer'], text: 'Pim owes me a coffee' } as const
  expect(await game.connection.act(say)).toEqual({ ok: true })
  expect((await erase({ what: 'texts' })).body).toEqual({ ok: false, reason: 'not-ended' })
}, 60_000)

test('[L82] afterwards whoever holds a receipt sees that parcel’s way, of players and simulated customers', async () => {
  await game.connection.act({ kind: 'Speed', speed: 60 })
  const { run } = harness.running.services.rooms.get(game.exercise)!
  const isOther = (one: Order): boolean => one.number !== order && one.status === 'paid'
  const ready = (): boolean => {
    const all = run.world().shop.orders
    return all.some((one) => one.number === order && one.parcel !== null) && all.some(isOther)
  }
  await expect.poll(ready, { timeout: 60_000 }).toBe(true)
  await game.connection.act({ kind: 'Phase', phase: 'ended' })
  const path = `/api/exercises/${game.exercise}/slips`
  const sheet = await told<OrderSlip[]>(path, { cookie })
  expect(sheet[0]!.order).toBe(order)
  const { number } = run.world().shop.orders.find(isOther)!
  const other = await told<OrderSlip>(`${path}/${number}`, { cookie })
  const of = async ({ order: asked, code }: Pick<OrderSlip, 'order' | 'code'>) => {
    const finding = await checkSlip(claim(true), asked, code)
    if (finding.state !== 'logged') throw new Error(finding.state)
    const base = `/api/exercises/${game.exercise}/opening/${finding.index}`
    return JSON.stringify(parseProof(await (await harness.get(base)).text())?.opening)
  }
  expect(await of({ order, code: slip })).toContain('"path":"/checkout/pay"')
  expect(await of(other)).toContain('"kind":"digest"')
  const way = `/api/exercises/${game.exercise}/custody/${order}`
  const trail = await told<CustodyTrail>(`${way}?slip=${slip}`)
  expect(trail.order.number).toBe(order)
  expect(await told(way)).toBe('not-yours')
  const foreign = `/api/exercises/${game.exercise}/custody/${number}?slip=${slip}`
  expect(await told(foreign)).toBe('not-yours')
  // After a restart the record tells the same.
  await harness.restart()
  expect(await told<OrderSlip[]>(path, { cookie })).toEqual(sheet)
}, 120_000)

/** All that is stored of the exercise: its ledger's files, the database, and what waits for it. */
function stored(): string {
  const ledger = `${harness.data}/exercises/${game.exercise}/ledger`
  const files = ['log', 'openings.jsonl'].map((name) => `${ledger}/${name}`)
  const data = ['doorstep.sqlite', 'doorstep.sqlite-wal'].map((name) => `${harness.data}/${name}`)
  return [...files, ...data].map((path) => readFileSync(path, 'latin1')).join('')
}
const openings = async (): Promise<string> =>
  (await harness.get(`/ledger/${game.exercise}/openings.jsonl`)).text()
const debrief = async (): Promise<Record<string, unknown>> =>
  (await (
    await harness.get(`/api/exercises/${game.exercise}/debrief`, { cookie })
  ).json()) as Record<string, unknown>

test('[L84] what people are called and what a trainer writes stands in no entry, and is gone once erased', async () => {
  const told = await openings()
  for (const word of ['Pim Personal', 'Tess Trainer', 'owes me a coffee'])
    expect(told.includes(word)).toBe(false)
  expect(told.match(/"words":"[\w-]{43}"/g)).toHaveLength(4)
  const path = `/api/exercises/${game.exercise}/erasures`
  expect((await harness.get(path)).status).toBe(401)
  expect((await harness.get(path, { 'x-seat': pim.token })).status).toBe(401)
  const people = async (): Promise<unknown> =>
    ((await (await harness.get(path, { cookie })).json()) as { erasures: { people: object[] } })
      .erasures.people
  expect(await people()).toContainEqual(
    expect.objectContaining({ seat: pim.seat, role: 'customer', name: 'Pim Personal' }),
  )
  const before = await debrief()
  expect((await erase({ what: 'name', seat: pim.seat }, {})).status).toBe(401)
  expect((await erase({ what: 'all' })).status).toBe(400)
  expect((await erase({ what: 'name', seat: pim.seat })).body).toMatchObject({
    words: 1,
    entries: 0,
  })
  expect((await erase({ what: 'texts' })).body).toMatchObject({ words: 1, entries: 0 })
  expect(await people()).toContainEqual(expect.objectContaining({ seat: pim.seat, name: null }))
  expect(stored().includes('Pim Personal')).toBe(false)
  expect(stored().includes('owes me a coffee')).toBe(false)
  // Nothing else is gone: the exercise is played again from its record, name or no name.
  const shown = (told: unknown): string => JSON.stringify(told).replace(/"erased \w{6}"/, '"…"')
  expect(shown(await debrief())).toBe(shown(before).replace('"Pim owes me a coffee"', '"…"'))
  expect(before['ok']).toBe(true)
}, 60_000)

test('[L85] what a seat handed in is erased on request: all proofs hold, and what needs it says so by name', async () => {
  const base = `/api/exercises/${game.exercise}`
  const proof = await (await harness.get(`${base}/opening/0`)).text()
  const finding = await checkSlip(claim(true), order, slip)
  const place = finding.state === 'logged' ? finding.index : -1
  expect((await harness.get(`${base}/opening/${place}`)).status).toBe(200)
  const { body } = await erase({ what: 'everything', seat: pim.seat })
  expect(body['entries']).toBeGreaterThan(3)
  expect(stored().includes(pim.seat)).toBe(false)
  const gone = await harness.get(`${base}/opening/${place}`)
  expect([gone.status, await gone.json()]).toEqual([410, { ok: false, reason: 'erased' }])
  expect(await (await harness.get(`${base}/opening/0`)).text()).toBe(proof)
  expect(await checkSlip(claim(true), order, slip)).toEqual(finding)
  expect(inspectDir(`${harness.data}/exercises/${game.exercise}`)).toMatchObject({ ok: true })
  const first = 1 + (await openings()).split('\n').findIndex((line) => line.includes('"erased"'))
  const reason = `erased:${first - 1}`
  for (const path of ['debrief', 'export.csv', 'custody', `custody/${order}`, 'slips']) {
    const answer = await harness.get(`${base}/${path}`, { cookie })
    expect([path, answer.status, ((await answer.json()) as { reason: string }).reason]).toEqual([
      path,
      404,
      reason,
    ])
  }
  expect((await harness.post(`${base}/counterfactual`, { choice: 'x' }, { cookie })).body).toEqual({
    ok: false,
    reason,
  })
  expect(readRecording(`${harness.data}/exercises/${game.exercise}`)).toEqual({
    error: expect.stringContaining(
      `entry ${first - 1} was erased, and a replay needs it`,
    ) as string,
  })
  await harness.restart()
  expect((await debrief())['reason']).toBe(reason)
}, 60_000)
