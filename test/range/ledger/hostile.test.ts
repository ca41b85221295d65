import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { gunGet } from '../../../range/ledger/gun-message.ts'
import { valueKey } from '../../../range/ledger/replica.ts'
import { sha256 } from '../../../range/ledger/sha256.ts'
import { ATTACKS } from './hostile-attacks.ts'
import { HostileRange } from './hostile-range.ts'

/** Megabytes that all of the attacks together may add: [L41]. */
const GROWTH_MB_MAX = 200

// Longer and wider: `npm run soak ledger-hostile`.
describe('a hostile Gun peer over the wire, against a whole server with a class in play', () => {
  let range: HostileRange
  beforeAll(async () => {
    range = await HostileRange.open(1)
  }, 120_000)
  afterAll(() => range.close(), 60_000)

  const attacks = Object.entries(ATTACKS)
  it.each(attacks)(
    '[L41] %s: moves are answered meanwhile',
    async (_name, attack) => {
      const before = range.moves
      await attack(range.target)
      await expect.poll(() => range.moves, { timeout: 60_000 }).toBeGreaterThan(before)
      expect(range.alive).toBe(true)
    },
    120_000,
  )

  it('[L41] after all of it: no connection begun, memory bounded, a good peer answered', async () => {
    const { outgoing, trapped, rssBefore, rssMost } = await range.harm()
    expect({ outgoing, trapped }).toEqual({ outgoing: [], trapped: 0 })
    expect(rssMost - rssBefore).toBeLessThan(GROWTH_MB_MAX)
    const good = new WebSocket(`ws://127.0.0.1:${range.target.port}/gun`, { origin: 'null' })
    await once(good, 'open')
    good.send(JSON.stringify(gunGet('good', 'tile', valueKey('nobody has it', sha256))))
    const [answer] = await once(good, 'message')
    expect(JSON.parse(String(answer))).toMatchObject({ '@': 'good' })
    good.close()
  })
})
