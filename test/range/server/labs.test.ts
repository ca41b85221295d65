import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createRun } from '../../../range/exercise/run.ts'
import { openStore, type Store } from '../../../range/server/database.ts'
import { loadEngineParts, newEngine } from '../../../range/server/engine-parts.ts'
import { LAB_SEEDS } from '../../../range/server/lab-seeds.ts'
import type { Room } from '../../../range/server/room.ts'
import { Rooms } from '../../../range/server/rooms.ts'
import { loadScenario } from '../../../range/server/scenarios.ts'

const MINUTE = 60_000
const LAB = { scenario: 's1-lab', mode: 'lab', owner: null } as const

let dir: string
let store: Store
let rooms: Rooms
let now = 1_800_000_000_000
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'doorstep-labs-'))
  store = openStore(dir)
  rooms = await Rooms.open(store, () => now)
})
afterEach(async () => {
  await rooms.close()
  store.close()
  rmSync(dir, { recursive: true, force: true })
})
async function lab(): Promise<Room> {
  const made = await rooms.create(LAB)
  if (!made.ok) throw new Error(made.reason)
  return made.room
}
/** Until what was asked of the room before has been made durable and applied. */
async function settled(room: Room): Promise<void> {
  await room.submit({ kind: 'Noted', text: '.' })
}

test('[N39] twenty labs play at once; the next one is told that all are taken, and may come when one ends', async () => {
  const first = await lab()
  for (let i = 1; i < 20; i++) await lab()
  expect(await rooms.create(LAB)).toEqual({ ok: false, status: 503, reason: 'full' })
  const made = await rooms.create({ scenario: 'w1', mode: 'class', owner: 't1' })
  expect(made.ok).toBe(true)
  await first.submit({ kind: 'PhaseSet', phase: 'ended' })
  expect((await rooms.create(LAB)).ok).toBe(true)
}, 240_000)

test('[N39] a lab that nobody touches for half an hour ends; what its machine player does is no touch', async () => {
  const [left, used] = [await lab(), await lab()]
  const learner = await rooms.seat(used, 'defender', 'You')
  if (!learner.ok) throw new Error(learner.reason)
  now += 20 * MINUTE
  await left.submit({ kind: 'Noted', text: 'a machine player' }, undefined, 'machine')
  await used.submit({
    kind: 'Moved',
    seat: learner.seat,
    move: { kind: 'TakeIncident', incident: 'none' },
  })
  now += 9 * MINUTE
  rooms.sweep()
  expect([left, used].map((room) => room.run.phase())).not.toContain('ended')
  now += 2 * MINUTE
  rooms.sweep()
  await settled(left)
  expect(left.run.phase()).toBe('ended')
  expect(used.run.phase()).not.toBe('ended')
  now += 30 * MINUTE
  rooms.sweep()
  await settled(used)
  expect(used.run.phase()).toBe('ended')
}, 60_000)

test('[N39] a class with somebody in it is never ended for idleness', async () => {
  const made = await rooms.create({ scenario: 'w1', mode: 'class', owner: 't1' })
  if (!made.ok) throw new Error(made.reason)
  const quiet = { id: 'm', seat: 's', emit: () => undefined, patch: () => undefined }
  const seat = await rooms.seat(made.room, 'defender', 'Dee')
  if (!seat.ok) throw new Error(seat.reason)
  const member = { ...quiet, seat: seat.seat, backlogBytes: () => 0, drop: () => undefined }
  made.room.audience.join(member)
  now += 24 * 60 * MINUTE
  rooms.sweep()
  await Promise.resolve()
  expect(made.room.run.phase()).not.toBe('ended')
  made.room.audience.leave('m')
  rooms.sweep()
  await settled(made.room)
  expect(made.room.run.phase()).toBe('ended')
}, 60_000)

test('[N40] on every day that a lab may be, its skimmer is the first thing that is raised, in time to act', async () => {
  const parts = await loadEngineParts()
  const loaded = loadScenario('s1-lab')
  if (!loaded.ok) throw new Error(loaded.mistakes.join())
  const { scenario, playbooks } = loaded
  expect(LAB_SEEDS).toContain((await lab()).run.seed)
  for (const seed of LAB_SEEDS) {
    const [id, engine] = ['x', newEngine(parts, seed)]
    const options = { id, code: 'AAAAAA', mode: 'lab', scenario, playbooks, seed, engine } as const
    const run = createRun({ ...options, shopPath: () => '/x' })
    const at = run.now()
    const crew = { seat: 'r', role: 'attacker', nickname: 'crew', robot: true } as const
    run.apply({ at, kind: 'SeatTaken', ...crew })
    run.apply({ at, kind: 'PhaseSet', phase: 'running' })
    while (run.state.incidents.length === 0 && run.now() < run.endsAt() - 4 * MINUTE) {
      run.tick()
      for (const input of run.robots()) run.apply(input)
    }
    expect([seed, run.state.incidents.map(({ attack }) => attack)]).toEqual([seed, ['W1']])
  }
}, 120_000)
