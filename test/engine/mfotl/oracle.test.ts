import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseFormula } from '../../../engine/mfotl/parse.ts'
import { parseSignature } from '../../../engine/mfotl/signature.ts'
import { compile, createMonitor, type Verdict } from '../../../engine/mfotl/monitor.ts'
import type { Signature, Value } from '../../../engine/mfotl/ast.ts'
import { Oracle, type LogPoint } from '../../oracle/mfotl-oracle.ts'
import {
  drawFrom,
  randomFormula,
  randomLog,
  RANDOM_DOMAIN,
  RANDOM_SIGNATURE,
} from '../../oracle/mfotl-random.ts'

const parsed = parseSignature(RANDOM_SIGNATURE)
const signature: Signature = parsed.ok ? parsed.value : new Map()
const RUNS = Number(process.env['MFOTL_RUNS'] ?? 6000)
/** Generous: a busy machine is slow, not wrong. */
const TIMEOUT_MS = 120_000 + RUNS * 20

/** `log` may end in quiet time-points, behind the `length` that are compared. */
interface Case {
  readonly source: string
  readonly log: readonly LogPoint[]
  readonly length: number
}

function caseOf(seed: number): Case {
  const draw = drawFrom(seed)
  const free = ['x', 'y'].slice(0, draw(3))
  const source = randomFormula(draw, free, 1 + draw(4))
  const log = randomLog(draw, 1 + draw(9))
  return {
    source,
    log: source.includes('NEXT') ? [...log, ...quiet(log)] : log,
    length: log.length,
  }
}

/**
 * Time-points that let NEXT see what follows: what it needs beyond the log's end nobody can
 * decide.
 */
function quiet(log: readonly LogPoint[]): LogPoint[] {
  const last = log.at(-1)?.timestamp ?? 0
  return [1, 2, 3, 4].map((n) => ({ timestamp: last + 100 * n, facts: [] }))
}

function show(verdicts: readonly Verdict[], before: number): string[] {
  return verdicts
    .filter((v) => v.timePoint < before)
    .map((v) => `@${v.timestamp} ${v.timePoint}: ${JSON.stringify(v.tuples)}`)
}

/** What the definition says; null where a value leaves the domain the oracle can try. */
function expected(c: Case): string[] | null {
  const { source, log, length } = c
  const formula = parseFormula(source, signature)
  if (!formula.ok) throw new Error(`${source}: ${JSON.stringify(formula.diagnostics)}`)
  const closed = [...log, { timestamp: Number.MAX_SAFE_INTEGER, facts: [] }]
  const oracle = new Oracle(closed, RANDOM_DOMAIN)
  const verdicts: Verdict[] = []
  log.slice(0, length).forEach(({ timestamp }, timePoint) => {
    const tuples = oracle.answers(formula.value, timePoint) as Value[][]
    if (tuples.length > 0) verdicts.push({ timePoint, timestamp, tuples })
  })
  return oracle.escaped ? null : show(verdicts, c.length)
}

function monitored(c: Case, saveAt: number | null): string[] | null {
  const { source, log } = c
  const compiled = compile(source, signature)
  if (!compiled.ok) return null
  let monitor = createMonitor(compiled.value)
  const verdicts: Verdict[] = []
  log.forEach(({ timestamp, facts }, i) => {
    if (i === saveAt) {
      const saved = JSON.parse(JSON.stringify(monitor.save())) as unknown
      monitor = createMonitor(compiled.value)
      monitor.restore(saved)
    }
    verdicts.push(...monitor.step(timestamp, facts))
  })
  verdicts.push(...monitor.end())
  return show(verdicts, c.length)
}

function agree(seed: number, saveAt: (length: number) => number | null): boolean {
  const c = caseOf(seed)
  const actual = monitored(c, saveAt(c.length))
  if (actual === null) return false
  const wanted = expected(c)
  if (wanted === null) return false
  const log = c.log.map(
    (p) => `@${p.timestamp} ${p.facts.map((f) => `${f.name}(${f.args.join()})`).join(' ')}`,
  )
  expect(actual, `seed ${seed}\n${c.source}\n${log.join('\n')}`).toEqual(wanted)
  return true
}

test(
  '[F20] the streaming monitor gives what the definition says, for random formulas and logs',
  () => {
    let compared = 0
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 ** 31 }), (seed) => {
        if (agree(seed, () => null)) compared++
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    expect(compared).toBeGreaterThan(RUNS * 0.7)
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
