import { expect, test } from 'vitest'
import { Room, type RoomParts } from '../../../range/server/room.ts'

/** A room whose exercise and log do as little as an end needs; the seal waits to be let through. */
function ending(seal: () => Promise<{ size: number; note: string }>): Room {
  let phase = 'running'
  const run = {
    scenario: { world: { start: 0 } },
    state: { seats: new Map(), ledger: {} },
    now: () => 0,
    phase: () => phase,
    apply() {
      phase = 'ended'
      return { ok: true, happened: [] }
    },
  }
  const log = { append: () => Promise.resolve({ first: 0 }), seal, close: () => Promise.resolve() }
  const parts = { id: 'x', code: 'C', owner: null, run, log, now: () => 0, onBroken: () => 0 }
  return new Room({ ...parts, onEnded: () => undefined } as unknown as RoomParts)
}

test('[L85] who ends an exercise is answered once its log is sealed, and also where that fails', async () => {
  const steps: string[] = []
  const end = async (room: Room): Promise<void> => {
    expect(await room.submit({ kind: 'PhaseSet', phase: 'ended' })).toMatchObject({ ok: true })
    steps.push('answered')
    await room.close()
  }
  const later = async (): Promise<void> => {
    for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
    steps.push('sealed')
  }
  await end(ending(() => later().then(() => ({ size: 1, note: '' }))))
  expect(steps).toEqual(['sealed', 'answered'])
  await end(ending(() => Promise.reject(new Error('the disk is full'))))
  expect(steps).toEqual(['sealed', 'answered', 'answered'])
})
