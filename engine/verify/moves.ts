import { compileHolds, compileNumber, type State } from './evaluate.ts'
import type { Ground, Step } from './ground.ts'
import type { Field } from './layout.ts'

/** A step, compiled: `clear` keeps every bit of its word but those of the field. */
export interface Move {
  readonly step: number
  readonly guard: (state: State) => boolean
  readonly set: readonly {
    readonly value: (state: State) => number
    readonly field: Field
    readonly clear: number
  }[]
}

interface Table {
  readonly cell: number
  readonly low: number
  readonly lists: readonly (readonly Move[])[]
}

/**
 * Most steps ask first for one value of one cell (`stage = paid`). They lie under that cell and
 * value, so that a state looks only at those that may be possible.
 */
export class Moves {
  readonly #free: Move[] = []
  /** By cell, then by value less the cell's lowest. */
  readonly #tables: Table[] = []
  readonly #now: (readonly Move[])[] = []

  constructor(steps: readonly Step[], fields: readonly Field[]) {
    const tables = new Map<number, Move[][]>()
    for (const [index, step] of steps.entries()) {
      const parts = step.guard.kind === 'and' ? step.guard.parts : [step.guard]
      const first = parts.findIndex((part) => equation(part) !== null)
      const asked = first < 0 ? null : equation(parts[first] as Ground)
      const rest = parts.filter((_, i) => i !== first)
      const move = {
        step: index,
        guard: rest.length === 0 ? () => true : compileHolds({ kind: 'and', parts: rest }),
        set: step.set.map(({ cell, value }) => {
          const field = fields[cell] as Field
          const { mask, shift } = field
          return { value: compileNumber(value), field, clear: ~(mask << shift) }
        }),
      }
      if (asked === null) {
        this.#free.push(move)
        continue
      }
      const { low, limit } = fields[asked.cell] as Field
      const lists = tables.get(asked.cell) ?? Array.from({ length: limit + 1 }, (): Move[] => [])
      tables.set(asked.cell, lists)
      lists[asked.value - low]?.push(move)
    }
    for (const [cell, lists] of tables)
      this.#tables.push({ cell, low: (fields[cell] as Field).low, lists })
  }

  /** Lists of the moves that may be possible; the array is used again by the next call. */
  at(state: State): readonly (readonly Move[])[] {
    const now = this.#now
    now.length = 0
    if (this.#free.length > 0) now.push(this.#free)
    for (let i = 0; i < this.#tables.length; i++) {
      const { cell, low, lists } = this.#tables[i] as Table
      const list = lists[(state[cell] as number) - low]
      if (list !== undefined && list.length > 0) now.push(list)
    }
    return now
  }
}

function equation(g: Ground): { cell: number; value: number } | null {
  if (g.kind === 'cell') return { cell: g.cell, value: 1 }
  if (g.kind === 'not' && g.body.kind === 'cell') return { cell: g.body.cell, value: 0 }
  const fits = g.kind === 'compare' && g.operator === '='
  if (!fits || g.left.kind !== 'cell' || g.right.kind !== 'constant') return null
  return { cell: g.left.cell, value: g.right.value }
}
