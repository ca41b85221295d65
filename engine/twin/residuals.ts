import type { TwinPlan } from './plan.ts'

/** What a tracker reported at once: milliseconds, millimetres. */
export interface Fix {
  readonly time: number
  readonly x: number
  readonly y: number
  readonly odometer: number
}

export type Residual =
  | 'further-than-driven'
  | 'driven-while-standing'
  | 'wrong-mast'
  | 'off-road'
  | 'door-away-from-stop'
  | 'scan-elsewhere'

/** `most` is the evidence that one reading of a residual can add at best (an alert needs 6). */
export const RESIDUALS: Readonly<
  Record<Residual, { readonly most: number; readonly title: string }>
> = {
  'further-than-driven': { most: 4, title: 'the reported track is longer than the wheels turned' },
  'driven-while-standing': { most: 3, title: 'the wheels turned while the reported track stood' },
  'wrong-mast': { most: 5, title: 'the serving mast cannot be that of the reported place' },
  'off-road': { most: 0.5, title: 'the reported place is on no road' },
  'door-away-from-stop': { most: 3, title: 'the cargo door opened away from every planned stop' },
  'scan-elsewhere': { most: 3, title: 'a parcel was scanned far from where the van says it is' },
}

/**
 * A poor fix, between walls, errs by this many sigmas of the type plate at most (4.3 sigmas of
 * three times the noise).
 */
export const FIX_SIGMAS = 13
/** Evidence of one per this much beyond what is possible. */
export const PER_MM = 100_000
/** Fixes that must agree: one or two that err are not evidence against all later ones. */
export const WITNESSES = 3
/** Earlier fixes are compared up to this age. */
export const COMPARE_MS = 15 * 60_000
/**
 * Share of the driven way that straight lines between fixes keep in the worst case: every corner
 * cut, every stop a turn.
 */
export const CHORD_SHARE = 0.65
/** Fixes further apart, by the odometer, say nothing about the way between. */
export const GAP_MAX_MM = 400_000
export const STANDING_WINDOW_MS = 240_000
/** Slack of that comparison: turning round at two doors. */
export const STANDING_SLACK_MM = 150_000
/**
 * Fading of masts: by this much of its reach another mast may serve instead of the best one (3.5
 * sigmas of two).
 */
export const MAST_SLACK = 0.25
export const PER_REACH = 0.15
/** Fading changes this often: readings within are one piece of evidence. */
export const FADING_MS = 120_000
/** Between kerb, door and the middle of the road. */
export const SCAN_REACH_MM = 150_000
export const SINCE_FIX_MM_PER_S = 14_000

/** Weights, 0 and up, of one reading against map, masts and type plates. Millimetres; no state. */
export class Geometry {
  readonly #plan: TwinPlan
  readonly #slack: number
  readonly #stretch: number
  readonly #roads: readonly (readonly [number, number, number, number])[]
  readonly #places = new Map<string, { readonly x: number; readonly y: number }>()

  constructor(plan: TwinPlan) {
    this.#plan = plan
    this.#slack = FIX_SIGMAS * plan.gpsSigmaMm * 1.5
    this.#stretch = plan.odometerPpmMax / 1_000_000
    const nodes = new Map(plan.nodes.map((node) => [node.id, node]))
    this.#roads = plan.edges.flatMap(({ from, to }) => {
      const [a, b] = [nodes.get(from), nodes.get(to)]
      return a === undefined || b === undefined ? [] : [[a.x, a.y, b.x, b.y] as const]
    })
    for (const { id, node } of plan.places) {
      const at = nodes.get(node)
      if (at !== undefined) this.#places.set(id, at)
    }
  }

  /**
   * The straight line from earlier fixes is longer than the wheels turned since, by the third
   * strongest of them.
   */
  furtherThanDriven(fixes: readonly Fix[], fix: Fix): number {
    const top = new Array<number>(WITNESSES).fill(0)
    for (const earlier of fixes) {
      if (fix.time - earlier.time > COMPARE_MS) continue
      const driven = Math.max(0, fix.odometer - earlier.odometer) * (1 + this.#stretch) + 1_000
      const excess = distance(earlier, fix) - driven - this.#slack
      for (let i = 0, value = excess; i < WITNESSES; i += 1) {
        const held = top[i] as number
        if (value > held) [top[i], value] = [value, held]
      }
    }
    return capped('further-than-driven', (top[WITNESSES - 1] as number) / PER_MM)
  }

  /**
   * In the last minutes the wheels turned, and the fixes, close together though they came, hardly
   * moved.
   */
  drivenWhileStanding(fixes: readonly Fix[]): number {
    const now = fixes.at(-1)?.time ?? 0
    let [driven, moved] = [0, 0]
    for (let i = fixes.length - 1; i > 0; i -= 1) {
      const [to, from] = [fixes[i] as Fix, fixes[i - 1] as Fix]
      if (now - from.time > STANDING_WINDOW_MS) break
      const way = to.odometer - from.odometer
      if (way <= 0 || way > GAP_MAX_MM) continue
      driven += way * (1 - this.#stretch)
      moved += distance(from, to)
    }
    return capped(
      'driven-while-standing',
      (driven * CHORD_SHARE - moved - STANDING_SLACK_MM) / PER_MM,
    )
  }

  fadingSlot(time: number): number {
    return Math.floor(time / FADING_MS)
  }

  /**
   * Another mast would serve the reported place by far. A mast that the plan does not know is no
   * evidence.
   */
  wrongMast(fix: Fix, cell: string): number {
    let [best, serving] = [Number.MAX_VALUE, -1]
    for (const mast of this.#plan.masts) {
      const cost = distance(mast, fix) / mast.radiusMm
      if (cost < best) best = cost
      if (mast.id === cell) serving = cost
    }
    return serving < 0 ? 0 : capped('wrong-mast', (serving - best - MAST_SLACK) / PER_REACH)
  }

  offRoad(fix: Fix): number {
    let least = Number.MAX_VALUE
    for (const [ax, ay, bx, by] of this.#roads)
      least = Math.min(least, squaredToRoad(fix, ax, ay, bx, by))
    if (this.#roads.length === 0) return 0
    return capped('off-road', (Math.sqrt(least) - this.#slack) / PER_MM)
  }

  scanElsewhere(fix: Fix, place: string, now: number): number {
    const at = this.#places.get(place)
    if (at === undefined) return 0
    const reach = SCAN_REACH_MM + ((now - fix.time) * SINCE_FIX_MM_PER_S) / 1000
    return capped('scan-elsewhere', (distance(at, fix) - reach) / PER_MM)
  }
}

interface Point {
  readonly x: number
  readonly y: number
}

function distance(a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  return Math.sqrt(dx * dx + dy * dy)
}

function capped(residual: Residual, weight: number): number {
  return Math.min(RESIDUALS[residual].most, Math.max(0, weight))
}

function squaredToRoad(p: Point, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay]
  const length = dx * dx + dy * dy
  const t = length === 0 ? 0 : ((p.x - ax) * dx + (p.y - ay) * dy) / length
  const k = Math.min(1, Math.max(0, t))
  const [ex, ey] = [ax + k * dx - p.x, ay + k * dy - p.y]
  return ex * ex + ey * ey
}
