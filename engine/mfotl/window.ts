import { keyOf } from './relation.ts'
import type { Value } from './ast.ts'
import type { Fact } from './monitor.ts'

/** One time-point of a piece of a log. */
export interface WindowPoint {
  readonly timePoint: number
  /** Seconds. */
  readonly timestamp: number
  readonly facts: readonly Fact[]
  /** Name of the telemetry event the facts were read from. */
  readonly uid?: string
}

/** Why a verdict has no explanation. */
export class Unexplained extends Error {
  readonly reason: 'work' | 'gap'
  constructor(reason: 'work' | 'gap') {
    super(reason === 'work' ? 'too much to look through' : 'the time-points beside it are not kept')
    this.reason = reason
  }
}

const NONE: readonly Fact[] = []

/**
 * A piece of a log, oldest first, each fact once a time-point. Time-points may be left out where
 * nothing happened: `neighbour` refuses to guess at those. `toIndex` and `fromIndex` are of the
 * points kept.
 */
export class LogWindow {
  readonly points: readonly WindowPoint[]
  /** By index, of the points that were asked for and hold more than one fact. */
  readonly #byName = new Map<number, ReadonlyMap<string, readonly Fact[]>>()

  constructor(points: readonly WindowPoint[]) {
    this.points = points.map((p) => (p.facts.length < 2 ? p : { ...p, facts: distinct(p.facts) }))
  }

  facts(index: number, name: string): readonly Fact[] {
    const facts = this.points[index]?.facts ?? NONE
    if (facts.length < 2) return facts[0]?.name === name ? facts : NONE
    let named = this.#byName.get(index)
    if (named === undefined) this.#byName.set(index, (named = byName(facts)))
    return named.get(name) ?? NONE
  }

  at(index: number): WindowPoint {
    return this.points[index] as WindowPoint
  }

  indexOf(timePoint: number): number {
    return this.points.findIndex((p) => p.timePoint === timePoint)
  }

  /** Index of the time-point right before or after; null at an end of the log. */
  neighbour(index: number, step: 1 | -1): number | null {
    const here = this.at(index).timePoint
    const other = this.points[index + step]
    if (other === undefined) {
      if (step === -1 && here > 0) throw new Unexplained('gap')
      return null
    }
    if (other.timePoint !== here + step) throw new Unexplained('gap')
    return index + step
  }

  /** The same piece with other facts at one point. */
  with(index: number, change: (facts: readonly Fact[]) => readonly Fact[]): LogWindow {
    return new LogWindow(
      this.points.map((p, i) => (i === index ? { ...p, facts: change(p.facts) } : p)),
    )
  }

  /** The same time-points with some of the facts. */
  only(keep: ReadonlySet<Fact>): LogWindow {
    return new LogWindow(
      this.points.map((p) =>
        p.facts.every((f) => keep.has(f)) ? p : { ...p, facts: p.facts.filter((f) => keep.has(f)) },
      ),
    )
  }
}

function distinct(facts: readonly Fact[]): readonly Fact[] {
  if (facts.length < 2) return facts
  const seen = new Map<string, Fact>()
  for (const fact of facts) {
    const key = `${fact.name}(${keyOf(fact.args)}`
    if (!seen.has(key)) seen.set(key, fact)
  }
  return [...seen.values()]
}

function byName(facts: readonly Fact[]): ReadonlyMap<string, readonly Fact[]> {
  const map = new Map<string, Fact[]>()
  for (const fact of facts) map.set(fact.name, [...(map.get(fact.name) ?? []), fact])
  return map
}

export function sameFact(a: Fact, b: Fact): boolean {
  return a.name === b.name && a.args.every((v: Value, i) => v === b.args[i])
}
