import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Counterfactual, Debrief } from '../../../range/protocol/view.ts'
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

test('[N40] a lab begins at once for anybody, with its module’s own scenario', async () => {
  const made = await harness.post('/api/lab', { module: 's1' })
  expect(made.status).toBe(200)
  expect(made.body).toMatchObject({ role: 'defender', href: `/exercise/${made.body['exercise']}` })
  const learner = seat(made.body)
  const { view } = await until(learner.connection, (state) => state.view?.clock.phase === 'running')
  expect(view!.exercise).toMatchObject({ scenario: 's1-lab', mode: 'lab' })
  const unknown = await harness.post('/api/lab', { module: 'no-such-module' })
  expect(unknown.status).toBe(200)
  expect((await harness.post('/api/lab', { module: '../w1' })).status).toBe(400)
}, 60_000)

test('[N40] a rehearsal is for trainers, and a machine player sits on the other side', async () => {
  expect((await harness.post('/api/rehearse', { scenario: 'w1' })).status).toBe(401)
  expect((await harness.post('/api/rehearse', { scenario: 'nowhere' }, { cookie })).status).toBe(
    400,
  )
  const made = await harness.post('/api/rehearse', { scenario: 'w1', role: 'attacker' }, { cookie })
  expect(made.body).toMatchObject({ ok: true, role: 'attacker' })
  const { view } = await until(seat(made.body).connection, (state) => state.view !== null)
  expect(view!.clock.phase).toBe('running')
  const room = harness.running.services.rooms.get(String(made.body['exercise']))!
  expect(room.run.seats().map(({ role, robot }) => `${role} ${robot}`)).toEqual([
    'attacker false',
    'defender true',
  ])
}, 60_000)

test('[N41] after the end: debrief within 10 s, one decision changed, exports without names', async () => {
  const made = await harness.post('/api/exercises', { scenario: 'p2', seed: 21 }, { cookie })
  const trainer = seat(made.body)
  const asked = { code: made.body['code'], nickname: 'Zebedee', role: 'attacker' }
  const attacker = seat((await harness.post('/api/join', asked)).body)
  await trainer.connection.act({ kind: 'Phase', phase: 'running' })
  await trainer.connection.act({ kind: 'Speed', speed: 60 })
  const launch = { kind: 'Launch', technique: 'P2', params: {}, startInMinutes: 0 } as const
  expect(await attacker.connection.move(launch)).toEqual({ ok: true, run: 0 })
  await until(
    trainer.connection,
    ({ view }) => view !== null && view.clock.now > view.clock.start + 180_000,
    60_000,
  )
  const base = `/api/exercises/${trainer.exercise}`
  const mine = { 'x-seat': attacker.token }
  expect((await harness.get(`${base}/debrief`, mine)).status).toBe(409)
  expect((await harness.get(`${base}/export.csv`, { cookie })).status).toBe(409)
  expect((await harness.get(`${base}/opening/0`, mine)).status).toBe(403)
  expect((await harness.get(`${base}/opening/0`, { 'x-seat': trainer.token })).status).toBe(200)

  const from = performance.now()
  await trainer.connection.act({ kind: 'Phase', phase: 'ended' })
  const told = await harness.get(`${base}/debrief`, mine)
  expect(told.status).toBe(200)
  expect(performance.now() - from).toBeLessThan(10_000)
  const { debrief } = (await told.json()) as { debrief: Debrief }
  const without = debrief.choices.find(({ kind }) => kind === 'without')!
  expect(without.params['attack']).toBe('P2')

  expect((await harness.get(`${base}/debrief`)).status).toBe(403)
  expect((await harness.post(`${base}/counterfactual`, { choice: without.id })).status).toBe(403)
  expect((await harness.post(`${base}/counterfactual`, { choice: 7 }, mine)).status).toBe(400)
  expect((await harness.post(`${base}/counterfactual`, { choice: 'x' }, mine)).status).toBe(409)
  const other = await harness.post(`${base}/counterfactual`, { choice: without.id }, mine)
  expect(other.status).toBe(200)
  const found = other.body['counterfactual'] as Counterfactual
  expect(found.choice).toBe(without.id)
  expect(found.was).toEqual(debrief.meters)
  expect(found.would.lostMinor).toBeLessThanOrEqual(found.was.lostMinor)

  const csv = await (await harness.get(`${base}/export.csv`, { cookie })).text()
  const json = await (await harness.get(`${base}/export.json`, { cookie })).text()
  expect(csv.split('\r\n')[0]).toBe('time,until,lane,what,details,points,ref')
  expect(csv.split('\r\n').length).toBeGreaterThan(2)
  expect(csv.split('\r\n')[1]).toMatch(/^\d\d:\d\d:\d\d,/)
  expect(csv).toMatch(/euros: \d+\.\d\d/)
  expect(csv).not.toContain('minor')
  expect(JSON.parse(json)).toMatchObject({ debrief: { exercise: { seed: 21 } } })
  for (const text of [csv, json]) expect(text).not.toContain('Zebedee')
  expect((await harness.get(`${base}/export.xml`, { cookie })).status).toBe(404)
  expect((await harness.get(`${base}/opening/0`, mine)).status).toBe(200)
}, 120_000)
