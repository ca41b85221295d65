import { expect, it } from 'vitest'
import { killRuns } from './kill-runs.ts'

// A thousand of them: `npm run soak ledger-kill`.
it('[L7] fifty kills -9 under load lose nothing acknowledged, split no batch, sign no fork', async () => {
  const { runs, acknowledged, signed, complaints } = await killRuns({ runs: 50, lanes: 2, seed: 7 })
  expect(complaints).toEqual([])
  expect(runs).toBe(50)
  expect(acknowledged).toBeGreaterThan(100)
  expect(signed).toBeGreaterThan(0)
}, 120_000)
