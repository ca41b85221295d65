import type { Series } from '../../../range/protocol/view.ts'

/** Where a curve is drawn: `span` minutes from `start` lie across `width`. */
export interface Box {
  readonly start: number
  readonly span: number
  readonly top: number
  readonly height: number
  readonly width: number
}

const HEADROOM = 8
/**
 * A minute without a report counts nothing: a longer silence brings the curve down to the ground.
 */
const SILENCE_MS = 90_000

/**
 * An SVG path of the series; closed along its ground where `filled`. `high` is the top of the
 * scale, by default the highest value.
 */
export function curvePath(
  points: Series,
  box: Box,
  filled: boolean,
  high: number = Math.max(1, highest(points)),
): string {
  const x = (time: number): string =>
    (((time - box.start) / 60_000 / box.span) * box.width).toFixed(1)
  const y = (value: number): string =>
    (box.top + box.height - 1 - (value / high) * (box.height - HEADROOM)).toFixed(1)
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last) return ''
  const steps = grounded(points).map(([time, value]) => `${x(time)} ${y(value)}`)
  const line = `M${steps.join('L')}`
  return filled ? `${line}L${x(last[0])} ${y(0)}L${x(first[0])} ${y(0)}Z` : line
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
    const before = points[i - 1]
    if (!before || point[0] - before[0] <= SILENCE_MS || before[1] === 0 || before[1] > 10_000)
      return [point]
    return [[before[0] + 60_000, 0] as const, [point[0] - 60_000, 0] as const, point]
  })
}
