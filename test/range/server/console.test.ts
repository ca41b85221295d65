import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Debrief, TrainerView } from '../../../range/protocol/view.ts'
import type { SeatState } from '../../../range/client/socket/seat.ts'
import { parseProof } from '../../../range/ledger/proof.ts'
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
let trainer: Player
const trainerOf = ({ view }: SeatState): TrainerView | null =>
  view?.role === 'trainer' ? view : null
const injectOf = (state: SeatState): TrainerView['injects'][number] | undefined =>
  trainerOf(state)?.injects.find(({ id }) => id === 'look-odometer')

beforeAll(async () => {
  harness = await startHarness()
  cookie = await trainerCookie(harness)
  const made = await harness.post('/api/exercises', { scenario: 'market-day', seed: 7 }, { cookie })
  trainer = connect(harness, made.body)
  await until(trainer.connection, (state) => trainerOf(state) !== null)
}, 60_000)
afterAll(async () => {
  trainer.connection.close()
  await harness.stop()
})

test('a fired inject waits ten seconds of the room and can be taken back until then', async () => {
  const { connection } = trainer
  await connection.act({ kind: 'Speed', speed: 1 })
  await connection.act({ kind: 'Phase', phase: 'running' })
  await connection.act({ kind: 'Phase', phase: 'paused' })
  expect(await connection.act({ kind: 'Fire', inject: 'look-odometer' })).toEqual({ ok: true })
  const waiting = await until(connection, (state) => (injectOf(state)?.due ?? null) !== null)
  expect(injectOf(waiting)).toMatchObject({
    fired: null,
    due: (trainerOf(waiting)?.clock.now ?? 0) + 10_000,
  })
  expect(await connection.act({ kind: 'Undo', inject: 'look-odometer' })).toEqual({ ok: true })
  await until(connection, (state) => injectOf(state)?.due === null)
  expect(await connection.act({ kind: 'Undo', inject: 'look-odometer' })).toEqual({
    ok: false,
    reason: 'fired-already',
  })
  await connection.act({ kind: 'Fire', inject: 'look-odometer' })
  await connection.act({ kind: 'Phase', phase: 'running' })
  await connection.act({ kind: 'Speed', speed: 60 })
  const gone = await until(connection, (state) => (injectOf(state)?.fired ?? null) !== null)
  expect(injectOf(gone)?.due).toBeNull()
  expect(trainerOf(gone)?.lanes.find(({ id }) => id === 'injects')?.items).toContainEqual(
    expect.objectContaining({ label: 'inject', from: injectOf(gone)?.fired }),
  )
}, 60_000)

test('another device of the trainer gets a seat at the same console; a stranger does not', async () => {
  const path = `/api/exercises/${trainer.exercise}/seat`
  const other = await harness.post(path, {}, { cookie })
  expect(other.body).toMatchObject({ ok: true, role: 'trainer' })
  expect((await harness.post(path, {})).status).toBe(401)
}, 60_000)

test('every point of a debrief names an entry of the log: its input, or the digest of its second', async () => {
  await trainer.connection.act({ kind: 'Phase', phase: 'ended' })
  // The log is sealed a moment after the end; then its entries are open to everybody.
  await vi.waitFor(
    async () => {
      const ledger = await harness.get(`/api/exercises/${trainer.exercise}/ledger`)
      expect(await ledger.json()).toMatchObject({ sealed: true })
    },
    { timeout: 20_000, interval: 200 },
  )
  const answer = await harness.get(`/api/exercises/${trainer.exercise}/debrief`, { cookie })
  const { debrief } = (await answer.json()) as { debrief: Debrief }
  const lane = debrief.lanes.find(({ id }) => id === 'injects')?.items[0]
  const told = [...debrief.score.lines.map(({ at }) => at), lane?.from ?? -1]
  for (const at of told) {
    const entry = debrief.entries.seconds[String(at)]
    expect(entry).toBeTypeOf('number')
    const opened = await harness.get(`/api/exercises/${trainer.exercise}/opening/${entry}`)
    expect(parseProof(await opened.text())?.opening.entry).toMatchObject({ kind: 'digest' })
  }
}, 60_000)
