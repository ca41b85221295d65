/**
 * The page's own colours as numbers for a canvas, read from the tokens in force (theme included).
 */
export interface MapColours {
  readonly ink: number
  readonly sheet: number
  readonly muted: number
  readonly water: number
  readonly sea: number
  readonly signal: number
  readonly street: number
  readonly lineA: number
  readonly lineB: number
  readonly lineC: number
  readonly css: {
    readonly ink: string
    readonly muted: string
    readonly sheet: string
    readonly sea: string
    readonly signal: string
    readonly text: string
    readonly display: string
  }
}

export function readColours(holder: HTMLElement): MapColours {
  const probe = document.createElement('i')
  probe.hidden = true
  holder.append(probe)
  const read = (token: string): string => {
    probe.style.color = `var(${token})`
    return getComputedStyle(probe).color
  }
  const style = getComputedStyle(holder)
  const font = (token: string): string => style.getPropertyValue(token).trim() || 'sans-serif'
  const css = {
    ink: read('--ink'),
    muted: read('--muted'),
    sheet: read('--sheet'),
    sea: read('--sea'),
    signal: read('--signal'),
    text: font('--text'),
    display: font('--display'),
  }
  const colours: MapColours = {
    ink: toNumber(css.ink),
    sheet: toNumber(css.sheet),
    muted: toNumber(css.muted),
    water: toNumber(read('--water')),
    sea: toNumber(css.sea),
    signal: toNumber(css.signal),
    street: toNumber(read('--seam')),
    lineA: toNumber(read('--line-a')),
    lineB: toNumber(read('--line-b')),
    lineC: toNumber(read('--line-c')),
    css,
  }
  probe.remove()
  return colours
}

/** `rgb(20, 33, 61)` or `color(srgb 0.1 0.2 0.3)` to 0x14213d. */
function toNumber(colour: string): number {
  const parts = (colour.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number)
  const scale = colour.startsWith('color(') ? 255 : 1
  const [r = 0, g = 0, b = 0] = parts.map((part) =>
    Math.max(0, Math.min(255, Math.round(part * scale))),
  )
  return (r << 16) | (g << 8) | b
}
