import { expect, it } from 'vitest'
import { Replica } from '../../../range/server/gun/replica.ts'
import type { Space } from '../../../range/ledger/replica.ts'
import { openLog } from '../../../range/server/ledger/open.ts'
import { freshDir, LIVE, quickDisk } from './rig.ts'

interface Trace {
  readonly values: string[]
  readonly tiles: number[]
  readonly notes: number[]
}

/** Everything an outsider gets to see of a game in which `movesAt(tick)` unseen moves are made. */
async function play(movesAt: (tick: number) => number): Promise<Trace> {
  let tick = 0
  const now = () => 1_800_000_000_000 + tick * 1000
  const log = await openLog(freshDir(), { ...LIVE, now, disk: quickDisk })
  const trace: Trace = { values: [], tiles: [], notes: [] }
  const replica = new Replica(log, {
    publish(space: Space, value: string, options = {}) {
      trace.values.push(`${tick} ${space} ${value.length} ${options.announce === true}`)
      return `${String(trace.values.length).padStart(43, '0')}=`
    },
    forget: (space) => trace.values.push(`${tick} forget ${space}`),
  })
  for (; tick < 90; tick++) {
    for (let i = 0; i < movesAt(tick); i++) {
      await log.append([
        { kind: 'input', move: 'LaunchCardTesting', cards: 'x'.repeat(40 * i) } as never,
      ])
    }
    await log.append([{ kind: 'digest' }])
    trace.notes.push((await log.publish(tick)).note.length)
    trace.tiles.push(log.tile({ level: 'entries', index: 0, width: 16 })!.length)
    replica.update()
  }
  await log.close()
  return trace
}

it('[L10] two games that differ only in unseen moves look alike from outside, Gun included', async () => {
  const quiet = await play(() => 0)
  const busy = await play((tick) => (tick % 7 === 0 ? 30 : tick % 3))
  expect(busy).toEqual(quiet)
  expect(quiet.values.length).toBeGreaterThan(90 * 3)
})
