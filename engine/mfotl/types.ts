import type { Diagnostic, Position, ValueType } from './ast.ts'

/** What is known of a variable's type: nothing, that it is a number, or the type. */
type Known = ValueType | 'number' | null

/** Type variables by union-find; a contradiction is reported once, where it shows. */
export class Types {
  readonly #parent: number[] = []
  readonly #known: Known[] = []
  readonly #report: (diagnostic: Diagnostic) => void

  constructor(report: (diagnostic: Diagnostic) => void) {
    this.#report = report
  }

  fresh(known: Known = null): number {
    this.#parent.push(this.#parent.length)
    this.#known.push(known)
    return this.#parent.length - 1
  }

  unify(a: number, b: number, at: Position, what: string): void {
    const x = this.#root(a)
    const y = this.#root(b)
    if (x === y) return
    const left = this.#known[x] ?? null
    const right = this.#known[y] ?? null
    const met = meet(left, right)
    if (met === 'clash') {
      const correction = conversion(left, right)
      this.#report({
        ...at,
        message: `${what}: ${word(left)} meets ${word(right)}`,
        ...(correction === null ? {} : { correction }),
      })
      return
    }
    this.#parent[x] = y
    this.#known[y] = met
  }

  known(a: number): Known {
    return this.#known[this.#root(a)] ?? null
  }

  /** The type, with `int` where a number was never told to be a float. */
  settled(a: number): ValueType | null {
    const known = this.known(a)
    return known === 'number' ? 'int' : known
  }

  #root(a: number): number {
    let x = a
    for (;;) {
      const up = this.#parent[x]
      if (up === undefined || up === x) return x
      x = up
    }
  }
}

function meet(a: Known, b: Known): Known | 'clash' {
  if (a === b || b === null) return a
  if (a === null) return b
  if (a === 'number') return b === 'string' ? 'clash' : b
  if (b === 'number') return a === 'string' ? 'clash' : a
  return 'clash'
}

function word(known: Known): string {
  return known === null ? 'anything' : known === 'number' ? 'a number' : `type ${known}`
}

function conversion(a: Known, b: Known): string | null {
  const pair = [a, b]
  return pair.includes('int') && pair.includes('float') ? 'i2f(…) or f2i(…)' : null
}
