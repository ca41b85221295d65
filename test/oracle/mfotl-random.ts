import type { LogPoint } from './mfotl-oracle.ts'

/**
 * Signature of the random formulas: small whole numbers only, so that the oracle can try them all.
 */
export const RANDOM_SIGNATURE = 'p(x:int) q(x:int) r(x:int, y:int) s()'
const WHOLE = Array.from({ length: 7 }, (_, i) => i - 1)
/** Halves are values too where averages or medians are. */
export function randomDomain(source: string): number[] {
  return /AVG|MED/.test(source) ? [...WHOLE, 0.5, 1.5] : WHOLE
}
const VALUE_MAX = 2
const VARIABLES = ['x', 'y', 'z', 'w']

export type Draw = (below: number) => number

/** Mulberry32: the draws of a case depend on its seed alone. */
export function drawFrom(seed: number): Draw {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below)
  }
}

export function randomLog(draw: Draw, length: number): LogPoint[] {
  let timestamp = draw(3)
  return Array.from({ length }, () => {
    timestamp += draw(3) === 0 ? draw(6) : draw(2)
    const value = (): number => draw(VALUE_MAX + 1)
    const facts = Array.from({ length: draw(4) }, () => {
      switch (draw(4)) {
        case 0:
          return { name: 'p', args: [value()] }
        case 1:
          return { name: 'q', args: [value()] }
        case 2:
          return { name: 'r', args: [value(), value()] }
        default:
          return draw(2) === 0 ? { name: 's', args: [] } : { name: 'p', args: [value()] }
      }
    })
    return { timestamp, facts }
  })
}

/**
 * A random formula whose free variables are exactly the given ones, nearly always monitorable.
 * Past, future, quantifiers, arithmetic and aggregations all occur.
 */
export function randomFormula(draw: Draw, free: readonly string[], depth: number): string {
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)] as T
  const go = (vars: readonly string[]): string => `(${randomFormula(draw, vars, depth - 1)})`
  const some = (): string[] => free.filter(() => draw(2) === 0)
  if (depth <= 0) return leaf(draw, free)
  const interval = randomInterval(draw)
  switch (draw(19)) {
    case 0:
      return leaf(draw, free)
    case 1: {
      const left = some()
      return `${go(left)} AND ${go([...free.filter((v) => !left.includes(v)), ...left.filter(() => draw(3) === 0)])}`
    }
    case 2:
      return `${go(free)} AND NOT ${go(some())}`
    case 3:
      return `NOT ${go(some())} AND ${go(free)}`
    case 4:
      return free.length === 0 ? `NOT ${go([])}` : `${go(free)} AND ${comparison(draw, free)}`
    case 5:
      return `${go(free)} OR ${go(free)}`
    case 6: {
      const fresh = VARIABLES.find((v) => !free.includes(v)) ?? 'w'
      return `EXISTS ${fresh}. ${go([...free, fresh])}`
    }
    case 7:
      return `${pick(['PREV', 'NEXT', 'PREVIOUS'])}${interval} ${go(free)}`
    case 8:
      return `ONCE${interval} ${go(free)}`
    case 9:
      return `${draw(2) === 0 ? 'NOT ' : ''}${go(some())} SINCE${interval} ${go(free)}`
    case 10:
      return `EVENTUALLY${bounded(draw)} ${go(free)}`
    case 11:
      return `${draw(2) === 0 ? 'NOT ' : ''}${go(some())} UNTIL${bounded(draw)} ${go(free)}`
    case 12:
      return `${go(free)} AND HISTORICALLY${interval} NOT ${go(some())}`
    case 13:
      return `${go(free)} AND ALWAYS${bounded(draw)} NOT ${go(some())}`
    case 14:
      return free.length < 3 ? aggregation(draw, free, go) : leaf(draw, free)
    case 15: {
      const fresh = VARIABLES.find((v) => !free.includes(v)) ?? 'w'
      return `${go(free)} AND FORALL ${fresh}. (${go([...some(), fresh])} IMPLIES ${go([fresh])})`
    }
    case 16:
      return `${go(free)} AND (${go(some())} EQUIV ${go(some())})`
    case 17:
      return free.length === 1 || free.length === 2 ? middle(draw, free, go) : leaf(draw, free)
    default:
      return defined(draw, free, go, depth)
  }
}

/** An average or a median, which are floats, made whole. */
function middle(
  draw: Draw,
  [result, ...group]: readonly string[],
  go: (vars: readonly string[]) => string,
): string {
  const by = group.length > 0 ? `; ${group.join(', ')}` : ''
  const of = draw(2) === 0 ? 'AVG' : 'MED'
  return `EXISTS m. (m <- ${of} w${by} ${go(['w', ...group])}) AND ${result} = f2i(m)`
}

/** A predicate defined and used; its name carries a number, so that no two are the same. */
function defined(
  draw: Draw,
  free: readonly string[],
  go: (vars: readonly string[]) => string,
  depth: number,
): string {
  const name = `d${depth}${draw(1_000_000)}`
  const parameters = ['x', 'y'].slice(0, free.length > 2 ? 2 : free.length)
  const definition = go(parameters)
  const use = `${name}(${parameters.map((_, i) => free[i]).join(', ')})`
  const rest = free.slice(2).map((v) => ` AND q(${v})`)
  const again = draw(2) === 0 ? ` AND NOT PREVIOUS ${use}` : ''
  return `LET ${name}(${parameters.join(', ')}) = ${definition} IN ${use}${rest.join('')}${again}`
}

function aggregation(
  draw: Draw,
  free: readonly string[],
  go: (vars: readonly string[]) => string,
): string {
  const [result, ...group] = free
  if (result === undefined) return 's()'
  const inner = VARIABLES.find((v) => !free.includes(v)) ?? 'w'
  const operator = ['CNT', 'SUM', 'MIN', 'MAX'][draw(4)] ?? 'CNT'
  const by = group.length > 0 ? `; ${group.join(', ')}` : ''
  const body =
    draw(2) === 0 ? `(ONCE${randomInterval(draw)} ${go([inner, ...group])})` : go([inner, ...group])
  const formula = `(${result} <- ${operator} ${inner}${by} ${body})`
  return draw(2) === 0 ? formula : `${formula} AND ${result} >= ${draw(3)}`
}

function leaf(draw: Draw, free: readonly string[]): string {
  const argument = (): string => (draw(4) === 0 ? '_' : String(draw(VALUE_MAX + 1)))
  const [a, b] = free
  if (a === undefined)
    return ['s()', `p(${argument()})`, `r(${argument()},${argument()})`][draw(3)] ?? 's()'
  if (b === undefined) {
    return (
      [
        `p(${a})`,
        `q(${a})`,
        `r(${a},${argument()})`,
        `r(${argument()},${a})`,
        `r(${a},${a})`,
        `(p(${a}) AND ${comparison(draw, free)})`,
      ][draw(6)] ?? `p(${a})`
    )
  }
  const pair =
    [
      `r(${a},${b})`,
      `r(${b},${a})`,
      `(p(${a}) AND q(${b}))`,
      `(p(${a}) AND ${b} = ${a} + 1)`,
      `(p(${b}) AND ${a} = ${b})`,
    ][draw(5)] ?? ''
  return free.slice(2).reduce((f, v) => `(${f} AND q(${v}))`, pair)
}

function comparison(draw: Draw, free: readonly string[]): string {
  const term = (): string => {
    const v = free[draw(free.length)] ?? '0'
    return (
      [v, v, String(draw(4)), `${v} + 1`, `${v} * 2`, `${v}-1`, `${v} MOD 2`, `${v} / ${draw(2)}`][
        draw(8)
      ] ?? v
    )
  }
  const text = `${term()} ${['=', '<', '<=', '>', '>='][draw(5)] ?? '='} ${term()}`
  return draw(4) === 0 ? `NOT (${text})` : text
}

function randomInterval(draw: Draw): string {
  const from = draw(3) === 0 ? draw(3) : 0
  const to = from + draw(5)
  return (
    [
      '',
      `[${from},*)`,
      `[${from},${to}]`,
      `[${from},${to + 1})`,
      `(${from},${to + 1}]`,
      `[0,${to}s]`,
    ][draw(6)] ?? ''
  )
}

function bounded(draw: Draw): string {
  const from = draw(3) === 0 ? draw(3) : 0
  const to = from + draw(5)
  return [`[${from},${to}]`, `[${from},${to + 1})`, `(${from},${to + 1}]`][draw(3)] ?? '[0,1]'
}
