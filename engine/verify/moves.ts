import { compileHolds, compileNumber, type State } from './evaluate.ts'
import type { Ground, Step } from './ground.ts'
import type { Field } from './layout.ts'

/** A step, compiled. */
export interface Move {
  readonly step: number
  readonly guard: (state: State) => boolean
  /** By word: the bits that stay, and those that the step's fixed values put there. */
  readonly keep: Int32Array
  readonly put: Int32Array
  /** Values that depend on the state; their fields are clear in `keep`. */
  readonly rest: readonly { readonly value: (state: State) => number; readonly field: Field }[]
}

interface Table {
  readonly cell: number
  readonly low: number
  readonly lists: readonly (readonly Move[])[]
}

/**
 * Most of what steps ask for speaks of one cell alone (`stage = paid`, `level < 3`): a set of
 * values. A step lies under the values of the cell that asks for least, so that a state looks only
 * at steps that may be possible; its other cells are tested by bits.
 */
export class Moves {
  readonly #free: Move[] = []
  /** By cell, then by value less the cell's lowest. */
  readonly #tables: Table[] = []
  readonly #now: (readonly Move[])[] = []

  constructor(steps: readonly Step[], fields: readonly Field[], words: number) {
    const tables = new Map<number, Move[][]>()
    for (const [index, step] of steps.entries()) {
      const { asked, others } = asksOf(step.guard, fields)
      asked.sort((a, b) => bitsOf(a.allowed) - bitsOf(b.allowed))
      const [least, ...more] = asked
      const move = { step: index, guard: guardOf(more, others), ...effectsOf(step, fields, words) }
      if (least === undefined) {
        this.#free.push(move)
        continue
      }
      const { limit } = fields[least.cell] as Field
      const lists = tables.get(least.cell) ?? Array.from({ length: limit + 1 }, (): Move[] => [])
      tables.set(least.cell, lists)
      lists.forEach((list, value) => {
        if (((least.allowed >>> value) & 1) === 1) list.push(move)
      })
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

function effectsOf(
  step: Step,
  fields: readonly Field[],
  words: number,
): Pick<Move, 'keep' | 'put' | 'rest'> {
  const keep = new Int32Array(words).fill(-1)
  const put = new Int32Array(words)
  const rest = step.set.flatMap(({ cell, value }) => {
    const field = fields[cell] as Field
    const { word, mask, shift, low, limit } = field
    keep[word] = (keep[word] as number) & ~(mask << shift)
    const fixed = value.kind === 'constant' ? value.value - low : -1
    if (fixed < 0 || fixed > limit) return [{ value: compileNumber(value), field }]
    put[word] = (put[word] as number) | (fixed << shift)
    return []
  })
  return { keep, put, rest }
}

/** Bit n of `allowed`: the cell may be `low + n`. */
interface Ask {
  readonly cell: number
  readonly low: number
  readonly allowed: number
}

/** The parts of a guard that speak of one cell, one set of values a cell; and the others. */
function asksOf(guard: Ground, fields: readonly Field[]): { asked: Ask[]; others: Ground[] } {
  const asked = new Map<number, Ask>()
  const others: Ground[] = []
  const state = Int32Array.from(fields, ({ low }) => low)
  for (const part of guard.kind === 'and' ? guard.parts : [guard]) {
    const cells = new Set<number>()
    collectCells(part, cells)
    const [cell = -1] = cells
    const field = fields[cell]
    if (cells.size !== 1 || field === undefined || field.limit > 31) {
      if (part.kind !== 'constant' || part.value === 0) others.push(part)
      continue
    }
    const { low, limit } = field
    const holds = compileHolds(part)
    let allowed = 0
    for (let n = 0; n <= limit; n++) {
      state[cell] = low + n
      if (holds(state)) allowed |= 1 << n
    }
    state[cell] = low
    asked.set(cell, { cell, low, allowed: allowed & (asked.get(cell)?.allowed ?? -1) })
  }
  return { asked: [...asked.values()], others }
}

function guardOf(asked: readonly Ask[], others: readonly Ground[]): (state: State) => boolean {
  const rest = others.length === 0 ? null : compileHolds({ kind: 'and', parts: others })
  const [a, b] = asked
  if (a === undefined) return rest ?? (() => true)
  const first = (state: State): boolean =>
    ((a.allowed >>> ((state[a.cell] as number) - a.low)) & 1) === 1
  if (b === undefined) return rest === null ? first : (state) => first(state) && rest(state)
  return (state) => {
    for (let i = 0; i < asked.length; i++) {
      const { cell, low, allowed } = asked[i] as Ask
      if (((allowed >>> ((state[cell] as number) - low)) & 1) === 0) return false
    }
    return rest === null || rest(state)
  }
}

function collectCells(g: Ground, into: Set<number>): void {
  switch (g.kind) {
    case 'constant':
      return
    case 'cell':
      into.add(g.cell)
      return
    case 'select':
      collectCells(g.index, into)
      for (const cell of g.cells) into.add(cell)
      return
    case 'among':
      collectCells(g.of, into)
      return
    case 'not':
      collectCells(g.body, into)
      return
    case 'and':
    case 'or':
    case 'total':
      for (const part of g.parts) collectCells(part, into)
      return
    case 'compare':
    case 'sum':
      collectCells(g.left, into)
      collectCells(g.right, into)
      return
  }
}

function bitsOf(mask: number): number {
  let count = 0
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++
  return count
}
