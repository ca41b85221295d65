import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../../engine/alert/finding.ts'
import { createForwardScorer } from '../../../engine/anomaly/forward.ts'
import { parseModel } from '../../../engine/anomaly/model.ts'
import { createPaymentDetector } from '../../../engine/anomaly/payment-detector.ts'
import { FEATURES, KEPT_MAX, PaymentWindows } from '../../../engine/anomaly/payment-window.ts'
import type { Scorer } from '../../../engine/anomaly/scorer.ts'
import { loadScorer } from '../../../engine/anomaly/tfjs.ts'
import type { Telemetry } from '../../../engine/event/telemetry.ts'
import { payment } from '../made-telemetry.ts'

const TEXT = readFileSync(
  new URL('../../../engine/models/payment-window/model.json', import.meta.url),
  'utf8',
)
let scorer: Scorer

beforeAll(async () => {
  scorer = await loadScorer(TEXT)
})

/** A try each `everyMs`; `make` says of what. */
function tries(
  count: number,
  everyMs: number,
  make: (n: number) => Parameters<typeof payment>[1],
): Telemetry[] {
  return Array.from({ length: count }, (_, n) => payment((n + 1) * everyMs, make(n)))
}
/** An hour of a small shop: a customer every four minutes, a card each, most answered yes. */
const ordinary = (everyMs = 240_000): Telemetry[] =>
  tries(Math.floor(3_600_000 / everyMs), everyMs, (n) => {
    return {
      ip: `10.0.${n}.1`,
      card: `tok_${n}`,
      order: `O${n}`,
      bin: `9901${20 + (n % 9)}`,
      amount: 3_900 + 700 * (n % 7),
      code: n % 20 === 7 ? '51' : '00',
    }
  })

function run(events: readonly Telemetry[], until = 3_900_000): Finding[] {
  const detector = createPaymentDetector(scorer, 0.3)
  const found: Finding[] = []
  const sorted = [...events].sort((a, b) => a.time - b.time)
  for (let now = 1_000, next = 0; now <= until; now += 1_000) {
    for (; next < sorted.length && (sorted[next] as Telemetry).time <= now; next += 1)
      detector.see(sorted[next] as Telemetry)
    found.push(...detector.tick(now))
  }
  return found
}

describe('[A6] the model', () => {
  const rows = Float32Array.from({ length: 40 * FEATURES.length }, (_, i) => ((i * 37) % 101) / 25)
  it('[A6] scores a row alone as in a batch, bit for bit', () => {
    const batch = scorer.score(rows, 40)
    const alone = Array.from(
      { length: 40 },
      (_, i) => scorer.score(rows.slice(i * FEATURES.length, (i + 1) * FEATURES.length), 1)[0],
    )
    expect(alone).toEqual(Array.from(batch))
  })
  it('[A6] agrees with plain float64 arithmetic', () => {
    const [fast, slow] = [scorer.score(rows, 40), createForwardScorer(TEXT).score(rows, 40)]
    for (const [i, each] of fast.entries())
      expect(Math.abs(each - (slow[i] as number))).toBeLessThan(1e-4 * (1 + each))
  })
  it('[A5] contributions of a row sum to its score', () => {
    const [scores, parts] = [scorer.score(rows, 40), scorer.contributions(rows, 40)]
    const sum = parts.slice(0, FEATURES.length).reduce((total, each) => total + each, 0)
    expect(sum).toBeCloseTo(scores[0] as number, 4)
  })
  it('[A6] refuses a model that does not fit itself, and one for other features', () => {
    const { model } = parseModel(TEXT)
    const broken = { ...model, layers: model.layers.slice(1) }
    expect(() => parseModel(JSON.stringify(broken))).toThrow(
      'layer 0 takes 12 values and is given 23',
    )
    expect(() => createPaymentDetector({ ...scorer, features: ['x'] }, 1)).toThrow(
      'has other columns',
    )
  })
})

describe('[A4] windows', () => {
  it('[A4] tells an address that tries card after card, with what moved the score', () => {
    const attack = tries(30, 20_000, (n) => ({
      ip: '203.0.113.50',
      card: `bought_${n}`,
      order: `X${n}`,
      amount: 250,
      code: n % 5 === 0 ? '00' : '14',
      session: `s${n}`,
    }))
    const found = run([...ordinary(), ...attack]).filter(({ severity }) => severity >= 4)
    expect(found[0]).toMatchObject({
      kind: 'M',
      family: 'payment',
      attack: 'P2',
      lead: ['ip:203.0.113.50'],
    })
    expect(found[0]?.contributions?.length).toBeGreaterThan(2)
    expect(found[0]?.entities.some((ref) => ref.startsWith('card:bought_'))).toBe(true)
  })
  const benign: readonly (readonly [string, Telemetry[]])[] = [
    ['an ordinary hour', ordinary()],
    ['a sale: four times as many customers', ordinary(60_000)],
    [
      'one customer with an empty account, trying three times',
      [
        ...ordinary(),
        ...tries(3, 40_000, () => ({ ip: '10.9.0.1', card: 'tok_own', order: 'E1', code: '51' })),
      ],
    ],
  ]
  it.each(benign)('[A4] opens nothing for %s', (_name, events) => {
    expect(run(events).filter(({ severity }) => severity >= 4)).toEqual([])
  })
  it('[A1] closes a minute once, for subjects with a try in it', () => {
    const windows = new PaymentWindows()
    windows.see(payment(30_000, { ip: '10.0.0.1', bin: '990001' }))
    expect(windows.close(59_000)).toEqual([])
    expect(
      windows
        .close(60_000)
        .map(({ kind, subject }) => `${kind} ${subject}`)
        .sort(),
    ).toEqual(['bin 990001', 'ip 10.0.0.1', 'shop shop'])
    expect(windows.close(61_000)).toEqual([])
    expect(windows.close(120_000)).toEqual([])
  })
  it('[A2] keeps a bounded number of authorisations', () => {
    const windows = new PaymentWindows()
    for (let n = 0; n < KEPT_MAX + 2_000; n += 1)
      windows.see(payment(n, { ip: `10.0.${n % 250}.1` }))
    expect((windows.save() as { tries: unknown[] }).tries.length).toBeLessThanOrEqual(KEPT_MAX)
  })
})
