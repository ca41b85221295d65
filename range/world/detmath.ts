/**
 * Stand-ins for transcendental functions, made of + - * / and Math.sqrt only, which agree on every
 * machine (docs/decisions/0002-draws-and-numbers.md). Relative errors are below 1e-13 unless said
 * otherwise.
 */

const LN2 = 0.6931471805599453

/**
 * Natural logarithm of x > 0; NaN below, -Infinity at 0. Argument reduction, then the series of
 * artanh.
 */
export function ln(x: number): number {
  if (x === 0) return -Infinity
  if (!(x > 0) || x === Infinity) return x === Infinity ? Infinity : NaN
  let m = x
  let k = 0
  while (m >= 4294967296) [m, k] = [m / 4294967296, k + 32]
  while (m >= 1.4142135623730951) [m, k] = [m / 2, k + 1]
  while (m < 2.3283064365386963e-10) [m, k] = [m * 4294967296, k - 32]
  while (m < 0.7071067811865476) [m, k] = [m * 2, k - 1]
  const z = (m - 1) / (m + 1)
  const w = z * z
  let sum = 0
  for (let i = 21; i >= 1; i -= 2) sum = sum * w + 1 / i
  return 2 * z * sum + k * LN2
}

/** e to the x; 0 below -745, Infinity above 709. */
export function exp(x: number): number {
  if (x < -745) return 0
  if (x > 709) return Infinity
  const k = Math.floor(x / LN2 + 0.5)
  const r = x - k * LN2
  let sum = 1
  for (let i = 16; i >= 1; i--) sum = 1 + (sum * r) / i
  return scale(sum, k)
}

function scale(x: number, power: number): number {
  let y = x
  for (let k = power; k > 0; k--) y *= 2
  for (let k = power; k < 0; k++) y /= 2
  return y
}

/** Sine of `turns` full turns; absolute error below 1e-13. */
export function sinTurns(turns: number): number {
  let t = turns - Math.floor(turns)
  let sign = 1
  if (t >= 0.5) [t, sign] = [t - 0.5, -1]
  if (t > 0.25) t = 0.5 - t
  const x = t * 6.283185307179586
  const w = x * x
  let sum = 1
  for (let i = 20; i >= 2; i -= 2) sum = 1 - (sum * w) / (i * (i + 1))
  return sign * x * sum
}

/** Sine and cosine of radians. */
export function sin(x: number): number {
  return sinTurns(x / 6.283185307179586)
}
export function cos(x: number): number {
  return sinTurns(x / 6.283185307179586 + 0.25)
}

const A = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
] as const
const B = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572,
] as const
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734,
  4.374664141464968, 2.938163982698783,
] as const
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416] as const

/**
 * Quantile of the standard normal distribution for 0 < p < 1, relative error below 1.2e-9; p is
 * kept off its ends.
 * Source: P. J. Acklam, "An algorithm for computing the inverse normal cumulative distribution
 * function", 2003.
 */
export function normal(p: number): number {
  const u = p < 1.2e-10 ? 1.2e-10 : p > 1 - 1.2e-10 ? 1 - 1.2e-10 : p
  if (u < 0.02425) return tail(Math.sqrt(-2 * ln(u)))
  if (u > 1 - 0.02425) return -tail(Math.sqrt(-2 * ln(1 - u)))
  const q = u - 0.5
  const r = q * q
  return (horner(A, r) * q) / (horner(B, r) * r + 1)
}

function tail(q: number): number {
  return horner(C, q) / (horner(D, q) * q + 1)
}

function horner(coefficients: readonly number[], x: number): number {
  let sum = 0
  for (const c of coefficients) sum = sum * x + c
  return sum
}

/** Exponential quantile with the given mean, for 0 <= u < 1. */
export function exponential(mean: number, u: number): number {
  return -mean * ln(1 - u)
}

/** Poisson quantile with 0 <= mean <= 700, for 0 <= u < 1; at most 10,000. */
export function poisson(mean: number, u: number): number {
  let term = exp(-mean)
  let sum = term
  let n = 0
  while (u >= sum && n < 10_000) {
    n += 1
    term = (term * mean) / n
    sum += term
  }
  return n
}
