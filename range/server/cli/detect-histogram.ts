import { escape, number } from './detect-html.ts'

/** Bars of equal width over scores from 0 to 1. */
export const BINS = 50
const [WIDTH, HEIGHT] = [960, 320]
const [LEFT, RIGHT, TOP, BOTTOM] = [64, 16, 56, 46]

/** Lines by score; the height of a bar is the logarithm of its count, the budget stands at one half. */
export function histogramSvg(scores: readonly number[], say: (key: string) => string): string {
  const counts = Array.from({ length: BINS }, () => 0)
  for (const score of scores) {
    const bin = Math.min(BINS - 1, Math.max(0, Math.floor(score * BINS)))
    counts[bin] = (counts[bin] as number) + 1
  }
  const decades = Math.max(1, Math.ceil(Math.log10(Math.max(...counts, 1) + 1)))
  const across = (score: number): number => LEFT + score * (WIDTH - LEFT - RIGHT)
  const down = (count: number): number =>
    HEIGHT - BOTTOM - (Math.log10(count + 1) / decades) * (HEIGHT - TOP - BOTTOM)
  const base = HEIGHT - BOTTOM
  const bars = counts.map((count, bin) =>
    count === 0
      ? ''
      : barOf(across(bin / BINS), across((bin + 1) / BINS), down(count), base, { count, bin }),
  )
  const grid = Array.from({ length: decades + 1 }, (_, k) => {
    const y = down(k === 0 ? 0 : 10 ** k - 1)
    const label = k === 0 ? '0' : number(10 ** k)
    return `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y}" y2="${y}"/><text class="tick" x="${LEFT - 8}" y="${y + 4}" text-anchor="end">${label}</text>`
  })
  const marks = [0, 0.25, 0.5, 0.75, 1].map(
    (score) =>
      `<text class="tick" x="${across(score)}" y="${base + 20}" text-anchor="middle">${score}</text>`,
  )
  const cut = across(0.5)
  return `<figure class="plot"><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escape(describe(counts, say))}">
<defs><pattern id="hatch" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-back" width="7" height="7"/><rect class="hatch-line" width="2.6" height="7"/></pattern></defs>
${grid.join('')}${bars.join('')}${marks.join('')}
<line class="budget" x1="${cut}" x2="${cut}" y1="${TOP - 40}" y2="${base}"/>
<text class="label" x="${cut + 8}" y="${TOP - 30}">${escape(say('budget'))}</text><text class="tick" x="${cut + 8}" y="${TOP - 12}">${escape(say('budget_note'))}</text>
<text class="tick" x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">${escape(say('axis_score'))} →</text>
<text class="tick" x="${LEFT}" y="${TOP - 20}">↑ ${escape(say('axis_lines'))}</text></svg></figure>`
}

function barOf(
  from: number,
  to: number,
  top: number,
  base: number,
  of: { readonly count: number; readonly bin: number },
): string {
  const beyond = of.bin >= BINS / 2
  return `<rect class="bar ${beyond ? 'beyond' : ''}" x="${(from + 1).toFixed(1)}" y="${top.toFixed(1)}" width="${(to - from - 2).toFixed(1)}" height="${Math.max(1, base - top).toFixed(1)}"><title>${number(of.count)}</title></rect>`
}

function describe(counts: readonly number[], say: (key: string) => string): string {
  const below = counts.slice(0, BINS / 2).reduce((sum, each) => sum + each, 0)
  const beyond = counts.slice(BINS / 2).reduce((sum, each) => sum + each, 0)
  return `${number(below)} ${say('ordinary')}, ${number(beyond)} ${say('flagged')}`
}
