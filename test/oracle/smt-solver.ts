/**
 * A solver for the scripts of `engine/verify/smt.ts` that is slow and obvious: it reads the text,
 * gives each constant each value of its range in turn, in the order of their declaration, and
 * steps back as soon as an assertion whose constants all have values is false. Knows the words that
 * those scripts use, and no others.
 */
type Sexp = string | readonly Sexp[]
interface Assertion {
  readonly holds: (env: Env) => boolean
  /** Position of its last constant in the order of declaration. */
  readonly last: number
}
type Env = Int32Array

export function solveByTrying(script: string): Promise<string> {
  const commands = parse(script.replaceAll(/;.*$/gm, ''))
  const names = new Map<string, number>()
  const asserted: Sexp[] = []
  let wanted: readonly Sexp[] = []
  for (const command of commands) {
    if (typeof command === 'string') throw new Error(`a word alone: ${command}`)
    const [word, first] = command as [string, Sexp]
    if (word === 'declare-const') names.set(first as string, names.size)
    else if (word === 'assert') asserted.push(first)
    else if (word === 'get-value') wanted = first as readonly Sexp[]
    else if (word !== 'set-logic' && word !== 'check-sat') throw new Error(`unknown: ${word}`)
  }
  const ranges = rangesOf(asserted, names)
  const byLast = Array.from({ length: names.size }, (): Assertion[] => [])
  for (const one of asserted) {
    const last = Math.max(-1, ...mentioned(one, names))
    const holds = compileBool(one, names)
    if (last < 0 && !holds(new Int32Array(0))) return Promise.resolve('unsat\n')
    byLast[last]?.push({ holds, last })
  }
  const env = new Int32Array(names.size)
  if (!assign(0, env, ranges, byLast)) return Promise.resolve('unsat\n')
  const values = wanted.map((name) => `(${String(name)} ${env[names.get(name as string)!]})`)
  return Promise.resolve(`sat\n(${values.join('\n ')})\n`)
}

function assign(
  at: number,
  env: Env,
  ranges: readonly (readonly [number, number])[],
  byLast: readonly (readonly Assertion[])[],
): boolean {
  if (at === env.length) return true
  const [low, high] = ranges[at]!
  for (let value = low; value <= high; value++) {
    env[at] = value
    if (byLast[at]!.every(({ holds }) => holds(env)) && assign(at + 1, env, ranges, byLast))
      return true
  }
  return false
}

function rangesOf(asserted: readonly Sexp[], names: ReadonlyMap<string, number>) {
  const ranges = Array.from({ length: names.size }, (): [number, number] => [NaN, NaN])
  for (const one of asserted) {
    if (!Array.isArray(one) || one[0] !== '<=' || one.length !== 4) continue
    const at = names.get(one[2] as string)
    const none = new Int32Array(0)
    const bound = (e: Sexp): number => compileInt(e, names)(none)
    if (at !== undefined) ranges[at] = [bound(one[1] as Sexp), bound(one[3] as Sexp)]
  }
  return ranges
}

function parse(text: string): Sexp[] {
  const tokens = text.match(/[()]|[^\s()]+/g) ?? []
  let at = 0
  const one = (): Sexp => {
    const token = tokens[at++]!
    if (token !== '(') return token
    const list: Sexp[] = []
    while (tokens[at] !== ')') list.push(one())
    at++
    return list
  }
  const all: Sexp[] = []
  while (at < tokens.length) all.push(one())
  return all
}

function mentioned(e: Sexp, names: ReadonlyMap<string, number>): number[] {
  if (typeof e === 'string') return names.has(e) ? [names.get(e)!] : []
  return e.flatMap((part) => mentioned(part, names))
}

function compileBool(e: Sexp, names: ReadonlyMap<string, number>): (env: Env) => boolean {
  if (typeof e === 'string') {
    if (e !== 'true' && e !== 'false') throw new Error(`no condition: ${e}`)
    return () => e === 'true'
  }
  const [word, ...rest] = e
  const bools = (): ((env: Env) => boolean)[] => rest.map((part) => compileBool(part, names))
  const ints = (): ((env: Env) => number)[] => rest.map((part) => compileInt(part, names))
  switch (word) {
    case 'not': {
      const [a] = bools()
      return (env) => !a!(env)
    }
    case 'and': {
      const all = bools()
      return (env) => all.every((one) => one(env))
    }
    case 'or': {
      const all = bools()
      return (env) => all.some((one) => one(env))
    }
    case '=>': {
      const [a, b] = bools()
      return (env) => !a!(env) || b!(env)
    }
    case '=': {
      const [a, b] = ints()
      return (env) => a!(env) === b!(env)
    }
    case '<': {
      const [a, b] = ints()
      return (env) => a!(env) < b!(env)
    }
    case '<=': {
      const all = ints()
      return (env) => all.every((one, i) => i === 0 || all[i - 1]!(env) <= one(env))
    }
    default:
      throw new Error(`no condition: ${String(word)}`)
  }
}

function compileInt(e: Sexp, names: ReadonlyMap<string, number>): (env: Env) => number {
  if (typeof e === 'string') {
    const at = names.get(e)
    if (at !== undefined) return (env) => env[at]!
    if (!/^\d+$/.test(e)) throw new Error(`no number: ${e}`)
    const value = Number(e)
    return () => value
  }
  const [word, ...rest] = e
  if (word === 'ite') {
    const test = compileBool(rest[0]!, names)
    const [a, b] = rest.slice(1).map((part) => compileInt(part, names))
    return (env) => (test(env) ? a!(env) : b!(env))
  }
  const [a, b] = rest.map((part) => compileInt(part, names))
  if (word === '+') return (env) => a!(env) + b!(env)
  if (word === '-') return b === undefined ? (env) => -a!(env) : (env) => a!(env) - b(env)
  throw new Error(`no number: ${String(word)}`)
}
