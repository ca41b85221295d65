import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  connect,
  startHarness,
  trainerCookie,
  until,
  type Harness,
  type Player,
} from './harness.ts'

let harness: Harness
let cookie: string
const players: Player[] = []
beforeAll(async () => {
  harness = await startHarness()
  cookie = await trainerCookie(harness)
}, 60_000)
afterAll(async () => {
  for (const { connection } of players) connection.close()
  await harness.stop()
})
function seat(made: Record<string, unknown>): Player {
  const player = connect(harness, made)
  players.push(player)
  return player
}

test('[N1] a class plays: create, join, start, move, shop, end, debrief', async () => {
  const made = await harness.post('/api/exercises', { scenario: 'w1', seed: 7 }, { cookie })
  expect(made.status).toBe(201)
  const trainer = seat(made.body)
  const code = String(made.body['code'])
  const attacker = seat(
    (
      await harness.post('/api/join', {
        code: code.toLowerCase(),
        nickname: 'Ada',
        role: 'attacker',
      })
    ).body,
  )
  const customer = seat(
    (await harness.post('/api/join', { code, nickname: 'Cleo', role: 'customer' })).body,
  )
  await until(attacker.connection, ({ view }) => view?.role === 'attacker')
  expect(await trainer.connection.act({ kind: 'Phase', phase: 'running' })).toEqual({ ok: true })
  expect(await attacker.connection.act({ kind: 'Phase', phase: 'ended' })).toMatchObject({
    ok: false,
    reason: 'not-yours',
  })
  await until(attacker.connection, ({ view }) => view?.clock.phase === 'running')

  const { view } = await until(customer.connection, (state) => state.view?.role === 'customer')
  const shop = view?.role === 'customer' ? view.shop : ''
  const home = await harness.get(shop)
  expect(home.status).toBe(200)
  const html = await home.text()
  expect(html).toContain('~shim.js')
  expect(home.headers.get('content-security-policy')).toContain('sandbox allow-scripts allow-forms')
  expect(home.headers.get('set-cookie')).toBeNull()

  const launch = { kind: 'Launch', technique: 'p2', params: {}, startInMinutes: 0 } as const
  const answer = await attacker.connection.move(launch)
  expect(answer).toHaveProperty('ok')
  await until(
    trainer.connection,
    (state) =>
      state.view?.role === 'trainer' && state.view.clock.now > state.view.clock.start + 1000,
  )

  expect(await trainer.connection.act({ kind: 'Phase', phase: 'paused' })).toEqual({ ok: true })
  const write = await fetch(`${harness.url}${shop}cart/add`, {
    method: 'POST',
    headers: { origin: 'null', 'content-type': 'application/x-www-form-urlencoded' },
    body: 'product=x&count=1',
  })
  expect(write.status).toBe(503)
  expect(await write.text()).toContain('paused')
  expect((await harness.get(shop)).status).toBe(200)

  expect(await trainer.connection.act({ kind: 'Phase', phase: 'ended' })).toEqual({ ok: true })
  await until(attacker.connection, (state) => state.view?.clock.phase === 'ended')
  const debrief = await harness.get(`/api/exercises/${trainer.exercise}/debrief`, {
    'x-seat': attacker.token,
  })
  expect(debrief.status).toBe(200)
  const { debrief: told } = (await debrief.json()) as { debrief: { exercise: { seed: number } } }
  expect(told.exercise.seed).toBe(7)
  const csv = await harness.get(`/api/exercises/${trainer.exercise}/export.csv`, { cookie })
  expect(await csv.text()).toMatch(/^time,until,lane/)
  const ledger = async (): Promise<{ sealed: boolean; size: number }> =>
    (await (await harness.get(`/api/exercises/${trainer.exercise}/ledger`)).json()) as {
      sealed: boolean
      size: number
    }
  await expect.poll(async () => (await ledger()).sealed).toBe(true)
  expect((await ledger()).size % 16).toBe(0)
}, 60_000)

test('[N47] detections: asked about and switched by defenders, refused to others, kept over a restart', async () => {
  const made = await harness.post('/api/exercises', { scenario: 'w1', seed: 9 }, { cookie })
  const trainer = seat(made.body)
  const join = async (nickname: string, role: string): Promise<Player> =>
    seat((await harness.post('/api/join', { code: made.body['code'], nickname, role })).body)
  const [dee, ada] = [await join('Dee', 'defender'), await join('Ada', 'attacker')]
  await trainer.connection.act({ kind: 'Speed', speed: 60 })
  await trainer.connection.act({ kind: 'Phase', phase: 'running' })
  await until(
    dee.connection,
    ({ view }) => view !== null && view.clock.now > view.clock.start + 60_000,
  )
  const text = `title: Any request\nlogsource: {category: webserver}
detection: {s: {class_uid: 4002}, condition: s}\nlevel: medium\n`
  const asked = { kind: 'BackTest', text } as const
  expect(await ada.connection.question(asked)).toEqual({ kind: 'Refused', reason: 'not-yours' })
  expect(await dee.connection.question({ kind: 'BackTest', text: 'title: x' })).toMatchObject({
    kind: 'Mistakes',
  })
  const report = await dee.connection.question(asked)
  if (report.kind !== 'BackTested') throw new Error(JSON.stringify(report))
  expect(report.alerts).toBeGreaterThan(0)
  expect(report.shown.length).toBe(Math.min(50, report.alerts))
  const switchOn = { kind: 'SwitchOnDetection', text } as const
  expect(await ada.connection.move(switchOn)).toEqual({ ok: false, reason: 'not-your-role' })
  expect(await dee.connection.move(switchOn)).toEqual({ ok: true })
  const listed = await until(
    dee.connection,
    ({ view }) => view?.role === 'defender' && (view.detections[0]?.alerts ?? 0) > 0,
  )
  const before = listed.view?.role === 'defender' ? listed.view.detections[0] : undefined
  expect(before).toMatchObject({ id: 'own-1', title: 'Any request', on: true, by: 'Dee' })
  await trainer.connection.act({ kind: 'Phase', phase: 'paused' })
  await harness.restart()
  const { view } = await until(
    dee.connection,
    (state) => state.line === 'here' && state.view?.clock.phase === 'paused',
    30_000,
  )
  const after = view?.role === 'defender' ? view.detections[0] : undefined
  expect(after).toMatchObject({ id: 'own-1', on: true })
  expect(after?.alerts).toBeGreaterThanOrEqual(before?.alerts ?? 1)
  expect(await dee.connection.question({ kind: 'DetectionText', detection: 'own-1' })).toEqual({
    kind: 'Text',
    text,
  })
  const answers = await Promise.all(
    Array.from({ length: 16 }, () => dee.connection.question(asked)),
  )
  expect(answers).toContainEqual({ kind: 'Refused', reason: 'slow-down' })
}, 60_000)

test('[N2] after a restart a running exercise goes on, and seats come back by their tokens', async () => {
  const made = await harness.post('/api/exercises', { scenario: 'w1', seed: 8 }, { cookie })
  const trainer = seat(made.body)
  const defender = seat(
    (
      await harness.post('/api/join', {
        code: made.body['code'],
        nickname: 'Dee',
        role: 'defender',
      })
    ).body,
  )
  await trainer.connection.act({ kind: 'Phase', phase: 'running' })
  const before = await until(
    defender.connection,
    ({ view }) => view !== null && view.clock.now > view.clock.start + 2000,
  )
  await trainer.connection.act({ kind: 'Phase', phase: 'paused' })
  const paused = await until(defender.connection, ({ view }) => view?.clock.phase === 'paused')
  await harness.restart()
  await until(defender.connection, ({ line }) => line !== 'here').catch(() => undefined)
  const back = await until(
    defender.connection,
    ({ line, view }) => line === 'here' && view !== null,
  )
  expect(back.view!.clock.phase).toBe('paused')
  expect(back.view!.clock.now).toBe(paused.view!.clock.now)
  expect(back.view!.clock.now).toBeGreaterThanOrEqual(before.view!.clock.now)
  expect(await trainer.connection.act({ kind: 'Phase', phase: 'running' })).toEqual({ ok: true })
  await until(defender.connection, ({ view }) => view!.clock.now > paused.view!.clock.now)
}, 60_000)
