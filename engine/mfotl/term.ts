import { MonitorError } from './monitor-error.ts'
import type { Value } from './ast.ts'
import type { CoreTerm } from './core.ts'

/**
 * Compiles a term to a function of the environment. Whole numbers stay exact: a result beyond 2^53
 * - 1 throws `inexact-integer`. Division truncates towards zero; dividing a whole number by zero
 * gives NaN, which every comparison refuses.
 */
export function compileTerm(term: CoreTerm, env: Value[]): () => Value {
  switch (term.kind) {
    case 'slot': {
      const { slot } = term
      return () => env[slot] as Value
    }
    case 'constant': {
      const { value } = term
      return () => value
    }
    case 'wildcard':
      throw new Error('a wildcard has no value')
    case 'negative': {
      const argument = compileTerm(term.argument, env)
      return () => -(argument() as number)
    }
    case 'i2f':
      return compileTerm(term.argument, env)
    case 'f2i': {
      const argument = compileTerm(term.argument, env)
      return () => exact(Math.trunc(argument() as number))
    }
    case 'arithmetic':
      return arithmetic(term, env)
  }
}

function arithmetic(term: Extract<CoreTerm, { kind: 'arithmetic' }>, env: Value[]): () => Value {
  const left = compileTerm(term.left, env) as () => number
  const right = compileTerm(term.right, env) as () => number
  const integer = term.integer()
  switch (term.operator) {
    case '+':
      return integer ? () => exact(left() + right()) : () => left() + right()
    case '-':
      return integer ? () => exact(left() - right()) : () => left() - right()
    case '*':
      return integer ? () => exact(left() * right()) : () => left() * right()
    case '/':
      return integer
        ? () => {
            const divisor = right()
            return divisor === 0 ? NaN : Math.trunc(left() / divisor)
          }
        : () => left() / right()
    case 'MOD':
      return () => left() % right()
  }
}

/** The number itself; refuses one that may have been rounded. */
export function exact(n: number): number {
  if (Number.isSafeInteger(n) || Number.isNaN(n)) return n === 0 ? 0 : n
  throw new MonitorError('inexact-integer', `a result beyond 2^53 - 1 would not be exact: ${n}`)
}
