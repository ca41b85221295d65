import { expect, test } from 'vitest'
import { custodyOrders, custodyTrail } from '../../../range/exercise/custody-trail.ts'
import { ordersPaid } from '../../../range/exercise/order-receipt.ts'
import type { CustodyTrail } from '../../../range/protocol/custody.ts'
import { optionsOf, Play } from './rig.ts'

const SECONDS = 460

function played(): {
  play: Play
  seconds: Map<number, number>
  digests: Map<number, string>
  paid: Map<string, number>
} {
  const play = new Play(optionsOf('market-day', 11))
  play.seat('s1', 'defender')
  play.start()
  const seconds = new Map<number, number>()
  const digests = new Map<number, string>()
  const paid = new Map<string, number>()
  for (let i = 0; i < SECONDS; i++) {
    const { at, digest, telemetry } = play.run.tick()
    for (const number of ordersPaid(telemetry)) paid.set(number, at)
    seconds.set(at, 2 + i)
    digests.set(at, digest)
  }
  return { play, seconds, digests, paid }
}

function trailOf(
  number: string,
  { play, seconds }: ReturnType<typeof played>,
): CustodyTrail | null {
  const log = { inputs: [], seconds }
  const until = play.run.now()
  const work = custodyTrail(
    optionsOf('market-day', 11),
    { inputs: play.inputs, until, log },
    play.run.state,
    number,
  )
  for (;;) {
    const step = work.next()
    if (step.done) return step.value
  }
}

/** As a browser does it, with what Node brings: nothing of ours. */
async function digestOfParts(parts: readonly string[]): Promise<string> {
  const bytes = new TextEncoder().encode(parts.map((part) => `${part}\0`).join(''))
  return Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')
}

test('[X20] the parts of each second of a trail hash to what the log holds of it, and tell of the order', async () => {
  const day = played()
  const [order] = custodyOrders(day.play.run.state)
  const trail = trailOf(order!.number, day)!
  expect(trail.order).toEqual(order)
  expect(trail.more).toBe(0)
  expect(trail.seconds.length).toBeGreaterThan(2)
  for (const { at, entry, parts } of trail.seconds) {
    expect(await digestOfParts(parts)).toBe(day.digests.get(at))
    expect(entry).toBe(day.seconds.get(at))
    expect(parts[1]).toMatch(new RegExp(`"${order!.parcel}"|"order:${order!.number}"`))
  }
  expect(trailOf('NOSUCH', day)).toBeNull()
})

test('[L82] the second in which an order’s payment was reported is one of its trail', () => {
  const day = played()
  const [order] = custodyOrders(day.play.run.state)
  const trail = trailOf(order!.number, day)!
  const at = day.paid.get(order!.number)
  expect(trail.seconds.map((second) => second.at)).toContain(at)
})
