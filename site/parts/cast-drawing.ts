import { uneven } from './draw.ts'

export type CastId = 'pim' | 'ida' | 'otto' | 'mo' | 'fay' | 'slick'
export type Mood = 'calm' | 'glad' | 'alarm' | 'sly'
type Figure = {
  readonly w: number
  readonly h: number
  readonly tone: string
  readonly seed: number
  readonly patch: string
  readonly patchTone: string
}
export type Drawing = {
  readonly limbs: string
  readonly body: string
  readonly tone: string
  readonly patch: string
  readonly patchTone: string
  readonly eye: string
  readonly eyeY: number
  readonly mouth: string
}

/** Five primitives build everybody: box, dot, arc, limb, patch. */
const figures: Readonly<Record<CastId, Figure>> = {
  pim: {
    w: 48,
    h: 52,
    tone: 'kraft',
    seed: 3,
    patchTone: 'tape',
    patch: 'M-6.5 -52h13v11l-3.5 -2.5 -3 2.5 -3 -2.5 -3.5 2.5z',
  },
  ida: {
    w: 42,
    h: 66,
    tone: 'safe',
    seed: 14,
    patchTone: 'sheet',
    patch: 'M-14 -24h28v24h-28zM-9 -24v-8M9 -24v-8',
  },
  otto: {
    w: 58,
    h: 46,
    tone: 'sea',
    seed: 25,
    patchTone: 'ink',
    patch: 'M-25 -47q2 -14 25 -14t25 14h10v5h-60z',
  },
  mo: {
    w: 40,
    h: 58,
    tone: 'amber',
    seed: 31,
    patchTone: 'none',
    patch:
      'M-15 -39a7.5 7.5 0 1 0 15 0a7.5 7.5 0 1 0 -15 0' +
      'M0 -39a7.5 7.5 0 1 0 15 0a7.5 7.5 0 1 0 -15 0',
  },
  fay: {
    w: 50,
    h: 56,
    tone: 'plain',
    seed: 47,
    patchTone: 'signal',
    patch: 'M-25 -20h50v9h-50zM7 -11v8l4 -3 4 3v-8',
  },
  slick: {
    w: 44,
    h: 60,
    tone: 'muted',
    seed: 58,
    patchTone: 'ink',
    patch: 'M-23 -47h46v15h-15l-8 -5 -8 5h-15z',
  },
}

const short = (x: number): string => String(Math.round(x * 10) / 10)
type Spot = readonly [number, number]

/** The uneven ink line: a rounded box whose corners wander a little. */
function outline(w: number, h: number, seed: number): string {
  const radius = 8
  const next = uneven(seed)
  const j = (): number => (next() - 0.5) * 2.6
  const corners: readonly Spot[] = [
    [-w / 2 + j(), -h + j()],
    [w / 2 + j(), -h + j()],
    [w / 2 + j() * 0.6, 0],
    [-w / 2 + j() * 0.6, 0],
  ]
  const at = (i: number): Spot => corners[i % 4] ?? [0, 0]
  const mix = (a: Spot, b: Spot, t: number): Spot => [
    a[0] + (b[0] - a[0]) * t,
    a[1] + (b[1] - a[1]) * t,
  ]
  const toward = (a: Spot, b: Spot): Spot =>
    mix(a, b, radius / Math.hypot(a[0] - b[0], a[1] - b[1]))
  const pair = (p: Spot): string => `${short(p[0])} ${short(p[1])}`
  let d = ''
  corners.forEach((corner, i) => {
    const before = at(i + 3)
    const from = toward(corner, before)
    const to = toward(corner, at(i + 1))
    const bow = mix(from, before, 0.5)
    if (i === 0) d += `M${pair(from)}`
    else d += `Q${pair([bow[0] + j() * 0.7, bow[1] + j() * 0.7])} ${pair(from)}`
    d += `Q${pair(corner)} ${pair(to)}`
  })
  return `${d}Z`
}

function arms(w: number, h: number, mood: Mood): string {
  const side = w / 2
  if (mood === 'glad') {
    const y = short(-h * 0.4)
    return `M${-side} ${y}q-12 -6 -13 -20M${side} ${y}q12 -6 13 -20`
  }
  const y = short(-h * 0.42)
  if (mood === 'alarm') return `M${-side} ${y}q-13 2 -16 -8M${side} ${y}q13 2 16 -8`
  return `M${-side} ${y}q-10 5 -9 17M${side} ${y}q10 5 9 17`
}

/** The parts of one person in a mood, in the box -46 -76 92 92, standing on y = 11. */
export function castDrawing(id: CastId, mood: Mood): Drawing {
  const { w, h, tone, seed, patch, patchTone } = figures[id]
  const y = -h + (id === 'otto' ? 18 : 20)
  const mouths: Readonly<Record<Mood, string>> = {
    calm: `M-6 ${y + 11}q6 4 12 0`,
    glad: `M-8 ${y + 9}q8 10 16 0`,
    alarm: `M-5 ${y + 13}q5 -6 10 0`,
    sly: `M-7 ${y + 12}q8 3 13 -4`,
  }
  return {
    limbs: `M-9 -1v12h-6M9 -1v12h6${arms(w, h, mood)}`,
    body: outline(w, h, seed),
    tone,
    patch,
    patchTone,
    eye: id === 'slick' ? 'dot inverse' : 'dot',
    eyeY: y,
    mouth: mouths[mood],
  }
}
