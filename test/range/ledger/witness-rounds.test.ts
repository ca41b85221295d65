import { expect, test } from 'vitest'
import { WitnessRounds } from '../../../range/server/witness-rounds.ts'
import type { PublishedLog } from '../../../range/server/ledger/published.ts'

const noteOf = (size: number): string => `log.example\n${size}\nroot\n`

test('[L36] a round lasts as long as its server can bear, and tells how many take part', async () => {
  const log = { checkpoint: noteOf(16) }
  let lasts = 0
  const rounds = new WitnessRounds(log as PublishedLog, () => lasts)
  expect(rounds.note()).toBe(noteOf(16))
  const waiting = [1, 2, 3].map(() => rounds.next(16))
  expect(rounds.witnesses).toBe(3)
  lasts = 1e9
  log.checkpoint = noteOf(32)
  expect(rounds.note()).toBe(noteOf(16))
  lasts = 0
  await Promise.all(waiting)
  expect(rounds.note()).toBe(noteOf(32))
  expect(rounds.witnesses).toBe(3)
})
