import { describe, expect, it } from 'vitest'
import type { DefenderView } from '../../range/protocol/view.ts'
import { actionText } from '../../site/exercise/defender/actions.ts'
import { inForce } from '../../site/exercise/defender/by-hand.ts'

const state = {
  blockedHosts: ['cdn.example'],
  blockedIps: ['192.0.2.7'],
  suspended: ['a.b'],
  refundsFrozen: true,
  velocityPerMinute: 4,
  lockedVans: [0],
}

describe('measures in force', () => {
  it('each has the action that lifts it, a blocked host as well, and words for it', () => {
    const view = { state, parcels: [{ parcel: 3, held: true }] } as unknown as DefenderView
    const undo = inForce(view).map((one) => one.undo)
    expect(undo).toEqual([
      { kind: 'UnblockHost', host: 'cdn.example' },
      { kind: 'UnblockSource', ip: '192.0.2.7' },
      { kind: 'RestoreAccount', account: 'a.b' },
      { kind: 'ThawRefunds' },
      { kind: 'SetVelocityRule', perMinute: null },
      { kind: 'ReleaseParcel', parcel: 3 },
      { kind: 'LockCargo', van: 0, locked: false },
    ])
    for (const action of undo) expect(actionText(action)).not.toMatch(/[[\]]/)
  })
})
