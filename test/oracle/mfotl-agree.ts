import type { Signature, Value } from '../../engine/mfotl/ast.ts'
import { compile, createMonitor, type Verdict } from '../../engine/mfotl/monitor.ts'
import { parseFormula } from '../../engine/mfotl/parse.ts'
import { parseSignature } from '../../engine/mfotl/signature.ts'
import { Oracle, type LogPoint } from './mfotl-oracle.ts'
import {
  drawFrom,
  randomDomain,
  randomFormula,
  randomLog,
  RANDOM_SIGNATURE,
} from './mfotl-random.ts'

const parsed = parseSignature(RANDOM_SIGNATURE)
const signature: Signature = parsed.ok ? parsed.value : new Map()

/** `log` may end in quiet time-points, behind the `length` that are compared. */
export interface Case {
  readonly source: string
  readonly log: readonly LogPoint[]
  readonly length: number
}

export function caseOf(seed: number): Case {
  const draw = drawFrom(seed)
  const free = ['x', 'y'].slice(0, draw(3))
  const source = randomFormula(draw, free, 1 + draw(4))
  return caseFrom(source, randomLog(draw, 1 + draw(9)))
}

export function caseFrom(source: string, log: readonly LogPoint[]): Case {
  const { length } = log
  return { source, log: source.includes('NEXT') ? [...log, ...quiet(log)] : log, length }
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
  const oracle = new Oracle(closed, randomDomain(source))
  const verdicts: Verdict[] = []
  log.slice(0, length).forEach(({ timestamp }, timePoint) => {
    const tuples = oracle.answers(formula.value, timePoint) as Value[][]
    const sorted = tuples.toSorted(byValues)
    if (sorted.length > 0) verdicts.push({ timePoint, timestamp, tuples: sorted })
  })
  return oracle.escaped ? null : show(verdicts, c.length)
}

function byValues(a: readonly Value[], b: readonly Value[]): number {
  const at = a.findIndex((value, i) => value !== b[i])
  return at < 0 ? 0 : Number(a[at]) - Number(b[at])
}

/** What the monitor says, saved and restored before time-point `saveAt`; null where refused. */
function monitored({ source, log, length }: Case, saveAt: number | null): string[] | null {
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
  return show(verdicts, length)
}

export interface Compared {
  readonly actual: readonly string[]
  readonly wanted: readonly string[]
  /** The case for a reader. */
  readonly text: string
}

/** Monitor beside definition; null where one of them has nothing to say. */
export function compared(c: Case, saveAt: number | null = null): Compared | null {
  const actual = monitored(c, saveAt)
  if (actual === null) return null
  const wanted = expected(c)
  return wanted === null ? null : { actual, wanted, text: textOf(c) }
}

export function textOf({ source, log }: Case): string {
  const points = log.map(
    (p) => `@${p.timestamp} ${p.facts.map((f) => `${f.name}(${f.args.join()})`).join(' ')}`,
  )
  return `${source}\n${points.join('\n')}`
}
