import fc from 'fast-check'
import { expect, test } from 'vitest'
import { caseOf, compared } from '../../oracle/mfotl-agree.ts'

const RUNS = Number(process.env['MFOTL_RUNS'] ?? 5100)
/** Generous: a busy machine is slow, not wrong. */
const TIMEOUT_MS = 120_000 + RUNS * 20

function agree(seed: number, saveAt: (length: number) => number | null): boolean {
  const c = caseOf(seed)
  const both = compared(c, saveAt(c.length))
  if (both) expect(both.actual, `seed ${seed}\n${both.text}`).toEqual(both.wanted)
  return both !== null
}

test(
  '[F20] the streaming monitor gives what the definition says, for random formulas and logs',
  () => {
    let count = 0
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        if (agree(seed, () => null)) count++
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    expect(count).toBeGreaterThan(RUNS * 0.985)
  },
  TIMEOUT_MS,
)

test(
  '[F21] a monitor restored in the middle of a log goes on with the same verdicts',
  () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), fc.nat(8), (seed, at) => {
        agree(seed, (length) => at % length)
      }),
      { numRuns: Math.floor(RUNS / 3), endOnFailure: true },
    )
  },
  TIMEOUT_MS,
)
