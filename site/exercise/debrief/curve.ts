import type { Series } from '../../../range/protocol/view.ts'

/** Where a curve is drawn: `span` minutes from `start` lie across `width`. */
export interface Box {
  readonly start: number
  readonly span: number
  readonly top: number
  readonly height: number
  readonly width: number
  /** Left free above the highest point, for the curve's name. */
  readonly headroom: number
}
export interface Curve {
  /** The curve itself. */
  readonly line: string
  /** What lies under it, down to the ground. */
  readonly area: string
}

/**
 * A minute without a report counts nothing: a longer silence brings the curve down to the ground.
 */
const SILENCE_MS = 90_000

/**
 * The series as SVG paths. `high` is the top of the scale, by default the highest value; `counts`
 * says that it counts reports, so that silence is nothing; other series stay where they were.
 */
export function curveOf(
  points: Series,
  box: Box,
  { counts = false, high = Math.max(1, highest(points)) } = {},
): Curve {
  const x = (time: number): string =>
    (((time - box.start) / 60_000 / box.span) * box.width).toFixed(1)
  const y = (value: number): string =>
    (box.top + box.height - 1 - (value / high) * (box.height - box.headroom)).toFixed(1)
  const drawn = counts ? grounded(points) : points
  const [first, last] = [drawn[0], drawn.at(-1)]
  if (!first || !last) return { line: '', area: '' }
  const line = `M${drawn.map(([time, value]) => `${x(time)} ${y(value)}`).join('L')}`
  return { line, area: `${line}L${x(last[0])} ${y(0)}L${x(first[0])} ${y(0)}Z` }
}

export function highest(points: Series): number {
  return points.reduce((high, [, value]) => Math.max(high, value), 0)
}

/** The newest value at or before `time`; 0 before the first, or where it is older than `fresh`. */
export function valueAt(points: Series, time: number, fresh = Infinity): number {
  const last = points.filter(([at]) => at <= time).at(-1)
  return last && time - last[0] <= fresh ? last[1] : 0
}

function grounded(points: Series): Series {
  return points.flatMap((point, i) => {
    const [before, after] = [points[i - 1], points[i + 1]]
    const from = !before || point[0] - before[0] > SILENCE_MS
    const to = !after || after[0] - point[0] > SILENCE_MS
    return [
      ...(from ? [[point[0] - 60_000, 0] as const] : []),
      point,
      ...(to ? [[point[0] + 60_000, 0] as const] : []),
    ]
  })
}
