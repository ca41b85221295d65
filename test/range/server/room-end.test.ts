import { expect, test } from 'vitest'
import type { Member } from '../../../range/server/audience.ts'
import { Room, type RoomParts } from '../../../range/server/room.ts'

/** A room whose exercise and log do as little as an end needs; the seal waits to be let through. */
function ending(seal: () => Promise<{ size: number; note: string }>): Room {
  let phase = 'running'
  const run = {
    scenario: { world: { start: 0 } },
    state: { seats: new Map([['s', { role: 'customer' }]]), ledger: {} },
    now: () => 0,
    phase: () => phase,
    view: () => ({ role: 'customer', phase }),
    apply() {
      phase = 'ended'
      return { ok: true, happened: [] }
    },
  }
  let sealed = false
  const log = {
    append: () => Promise.resolve({ first: 0 }),
    get sealed() {
      return sealed
    },
    async seal() {
      const published = await seal()
      sealed = true
      return published
    },
    close: () => Promise.resolve(),
  }
  const parts = { id: 'x', code: 'C', owner: null, run, log, now: () => 9_999, onBroken: () => 0 }
  return new Room({ ...parts, onEnded: () => undefined } as unknown as RoomParts)
}

async function turns(count: number): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve))
}

test('[L85] the end of an exercise is shown and answered once its log is sealed, and answered also where that fails', async () => {
  const steps: string[] = []
  const end = async (room: Room): Promise<void> => {
    const patch: Member['patch'] = (_seq, ops) => steps.push(ops.includes('ended') ? 'shown' : ops)
    const silent = { emit: () => undefined, backlogBytes: () => 0, drop: () => undefined }
    room.audience.join({ id: 'm', seat: 's', patch, ...silent })
    expect(await room.submit({ kind: 'PhaseSet', phase: 'ended' })).toMatchObject({ ok: true })
    steps.push('answered')
    await turns(3)
    await room.close()
  }
  const later = async (): Promise<void> => {
    await turns(3)
    steps.push('sealed')
  }
  await end(ending(() => later().then(() => ({ size: 1, note: '' }))))
  expect(steps).toEqual(['sealed', 'shown', 'answered'])
  steps.length = 0
  await end(ending(() => turns(3).then(() => Promise.reject(new Error('the disk is full')))))
  expect(steps).toEqual(['answered'])
})
