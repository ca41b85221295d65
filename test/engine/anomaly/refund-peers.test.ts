import { describe, expect, it } from 'vitest'
import type { Telemetry } from '../../../engine/event/telemetry.ts'
import { createRefundPeers } from '../../../engine/anomaly/refund-peers.ts'
import { call, payment } from '../made-telemetry.ts'

interface Refund {
  readonly staff: string
  readonly foreign: boolean
  readonly card?: string
}

/** Each refund on an order of its own, paid half an hour before. */
function day(refunds: readonly Refund[]): string[] {
  const check = createRefundPeers()
  const events: Telemetry[] = refunds.flatMap(({ staff, foreign, card }, n) => {
    const time = n * 300_000
    const destination = foreign ? (card ?? `other-${n}`) : `tok-${n}`
    return [
      payment(time, { order: `${n}`, card: `tok-${n}` }),
      call(time + 60_000, {
        operation: 'refund.execute',
        user: staff,
        resources: [`refund:R-${n}`, `order:${n}`],
        unmapped: { amount_minor: 4_900, destination },
      }),
    ]
  })
  return events
    .flatMap((event) => check.see(event))
    .map(({ lead, severity }) => `${lead.join(' ')} ${severity}`)
}
const honest = (staff: string, n: number): Refund[] =>
  Array.from({ length: n }, () => ({ staff, foreign: false }))
const foreign = (staff: string, n: number, card?: string): Refund[] => {
  return Array.from({ length: n }, () => ({
    staff,
    foreign: true,
    ...(card === undefined ? {} : { card }),
  }))
}

describe('[A7] refunds against colleagues', () => {
  it('[A7] tells the one who refunds to a card that did not pay', () => {
    const found = day([...honest('ann', 8), ...honest('ben', 8), ...foreign('eve', 5, 'own')])
    expect(found.length).toBeGreaterThan(0)
    expect(new Set(found.map((each) => each.split(' ')[0]))).toEqual(new Set(['staff:eve']))
    expect(found.at(-1)).toBe('staff:eve 4')
  })
  const benign: readonly (readonly [string, readonly Refund[]])[] = [
    ['a busy person who refunds to the paying cards', [...honest('ann', 30), ...honest('ben', 3)]],
    [
      'two expired cards, refunded to others of their holders',
      [...honest('ann', 10), ...foreign('ann', 2), ...honest('ben', 10)],
    ],
    [
      'a day on which everybody has some',
      [...['ann', 'ben', 'cas'].flatMap((staff) => [...foreign(staff, 2), ...honest(staff, 6)])],
    ],
  ]
  it.each(benign)('[A7] says nothing of %s', (_name, refunds) => {
    expect(day(refunds)).toEqual([])
  })
  it('[A7] leaves out orders whose payment was not seen', () => {
    const check = createRefundPeers()
    const events = Array.from({ length: 9 }, (_, n) =>
      call(n, {
        operation: 'refund.execute',
        user: 'eve',
        resources: [`order:${n}`],
        unmapped: { destination: 'own' },
      }),
    )
    expect(events.flatMap((event) => check.see(event))).toEqual([])
  })
})
