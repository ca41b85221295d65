import type { Ground } from './ground.ts'

/** Values of all cells, in their order. */
export type State = Int32Array<ArrayBuffer>
type Evaluate = (state: State) => number
type Holds = (state: State) => boolean

/** An expression as a function of the state. */
export function compileNumber(g: Ground): Evaluate {
  switch (g.kind) {
    case 'constant': {
      const { value } = g
      return () => value
    }
    case 'cell': {
      const { cell } = g
      return (state) => state[cell] as number
    }
    case 'select': {
      const index = compileNumber(g.index)
      const cellOf = new Map(g.values.map((value, i) => [value, g.cells[i] as number]))
      return (state) => {
        const cell = cellOf.get(index(state))
        return cell === undefined ? 0 : (state[cell] as number)
      }
    }
    case 'sum': {
      const [left, right, sign] = [compileNumber(g.left), compileNumber(g.right), g.sign]
      return (state) => left(state) + sign * right(state)
    }
    case 'total': {
      const parts = g.parts.map(compileHolds)
      return (state) => parts.reduce((sum, part) => sum + (part(state) ? 1 : 0), 0)
    }
    default: {
      const holds = compileHolds(g)
      return (state) => (holds(state) ? 1 : 0)
    }
  }
}

/** A condition as a function of the state. */
export function compileHolds(g: Ground): Holds {
  switch (g.kind) {
    case 'not':
      return negated(g.body)
    case 'and':
      return conjunction(g.parts.map(compileHolds))
    case 'or': {
      const parts = g.parts.map(compileHolds)
      return (state) => {
        for (let i = 0; i < parts.length; i++) if ((parts[i] as Holds)(state)) return true
        return false
      }
    }
    case 'among': {
      const of = compileNumber(g.of)
      const values = new Set(g.values)
      return (state) => values.has(of(state))
    }
    case 'compare':
      return comparison(g)
    default: {
      const value = compileNumber(g)
      return (state) => value(state) !== 0
    }
  }
}

function negated(body: Ground): Holds {
  if (body.kind === 'cell') {
    const { cell } = body
    return (state) => state[cell] === 0
  }
  if (body.kind === 'compare' && body.operator === '=' && body.left.kind === 'cell') {
    const { cell } = body.left
    if (body.right.kind === 'constant') {
      const { value } = body.right
      return (state) => state[cell] !== value
    }
  }
  const holds = compileHolds(body)
  return (state) => !holds(state)
}

function conjunction(parts: readonly Holds[]): Holds {
  const [a, b, c] = parts
  if (a && b && parts.length === 2) return (state) => a(state) && b(state)
  if (a && b && c && parts.length === 3) return (state) => a(state) && b(state) && c(state)
  return (state) => {
    for (let i = 0; i < parts.length; i++) if (!(parts[i] as Holds)(state)) return false
    return true
  }
}

function comparison(g: Extract<Ground, { kind: 'compare' }>): Holds {
  if (g.left.kind === 'cell' && g.right.kind === 'constant' && g.operator === '=') {
    const { cell } = g.left
    const { value } = g.right
    return (state) => state[cell] === value
  }
  const [left, right] = [compileNumber(g.left), compileNumber(g.right)]
  switch (g.operator) {
    case '=':
      return (state) => left(state) === right(state)
    case '<':
      return (state) => left(state) < right(state)
    case '<=':
      return (state) => left(state) <= right(state)
  }
}
