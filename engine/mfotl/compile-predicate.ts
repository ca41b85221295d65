import { keyReader, type Next } from './access.ts'
import { keyOfColumns, type Key } from './relation.ts'
import { compileTerm } from './term.ts'
import type { Value } from './ast.ts'
import type { Core, Slot } from './core.ts'
import type { Limits } from './limits.ts'
import type { Bound } from './monitorable.ts'
import type { Cell, Context } from './stage.ts'

type Rows = readonly (readonly Value[])[]
const INDEX_FROM = 16

/** How the columns of a predicate meet the environment. */
interface Pattern {
  readonly constants: { column: number; value: Value }[]
  readonly known: { column: number; slot: Slot }[]
  readonly binds: { column: number; slot: Slot }[]
  readonly repeated: { column: number; slot: Slot }[]
  readonly computed: { column: number; value: () => Value }[]
}

/**
 * Lists the events of the moment that fit. With more than 16 of them in one time-point, those that
 * agree on the known columns are found through an index made once for each time-point.
 */
export function compilePredicate(
  f: Extract<Core, { kind: 'predicate' }>,
  rowsOf: (context: Context) => Rows | undefined,
  bound: Bound,
  env: Value[],
  cell: Cell,
  limits: Limits,
  next: Next,
): Next {
  const pattern = patternOf(f, bound, env)
  const fits = matcher(pattern, env)
  const select = selector(pattern, env)
  return () => {
    const { context } = cell
    if (context === null) return false
    const all = rowsOf(context)
    if (all === undefined) return false
    const rows = all.length > INDEX_FROM ? select(all) : all
    limits.work(rows.length)
    for (let i = 0; i < rows.length; i++) {
      if (fits(rows[i] as readonly Value[]) && next()) return true
    }
    return false
  }
}

function patternOf(f: Extract<Core, { kind: 'predicate' }>, bound: Bound, env: Value[]): Pattern {
  const pattern: Pattern = { constants: [], known: [], binds: [], repeated: [], computed: [] }
  const seen = new Set<Slot>()
  f.terms.forEach((term, column) => {
    switch (term.kind) {
      case 'wildcard':
        return
      case 'constant':
        pattern.constants.push({ column, value: term.value })
        return
      case 'slot': {
        const list = bound.has(term.slot)
          ? pattern.known
          : seen.has(term.slot)
            ? pattern.repeated
            : pattern.binds
        list.push({ column, slot: term.slot })
        seen.add(term.slot)
        return
      }
      case 'arithmetic':
      case 'negative':
      case 'i2f':
      case 'f2i':
        pattern.computed.push({ column, value: compileTerm(term, env) })
    }
  })
  return pattern
}

/** Tests a row and, where it fits, writes its free columns to the environment. */
function matcher(pattern: Pattern, env: Value[]): (row: readonly Value[]) => boolean {
  const { constants, known, binds, repeated, computed } = pattern
  return (row) => {
    for (let i = 0; i < constants.length; i++) {
      const c = constants[i] as { column: number; value: Value }
      if (row[c.column] !== c.value) return false
    }
    for (let i = 0; i < known.length; i++) {
      const c = known[i] as { column: number; slot: Slot }
      if (row[c.column] !== env[c.slot]) return false
    }
    for (let i = 0; i < binds.length; i++) {
      const c = binds[i] as { column: number; slot: Slot }
      env[c.slot] = row[c.column] as Value
    }
    for (let i = 0; i < repeated.length; i++) {
      const c = repeated[i] as { column: number; slot: Slot }
      if (row[c.column] !== env[c.slot]) return false
    }
    for (let i = 0; i < computed.length; i++) {
      const c = computed[i] as { column: number; value: () => Value }
      if (row[c.column] !== c.value()) return false
    }
    return true
  }
}

/** Narrows many rows to those that agree on the known columns. */
function selector(pattern: Pattern, env: Value[]): (rows: Rows) => Rows {
  const { known } = pattern
  if (known.length === 0) return (rows) => rows
  const columns = known.map((k) => k.column)
  const read = keyReader(
    known.map((k) => k.slot),
    env,
  )
  let indexed: Rows | null = null
  let buckets = new Map<Key, (readonly Value[])[]>()
  return (rows) => {
    if (rows !== indexed) {
      indexed = rows
      buckets = new Map()
      for (const row of rows) {
        const key = keyOfColumns(row, columns)
        const bucket = buckets.get(key)
        if (bucket) bucket.push(row)
        else buckets.set(key, [row])
      }
    }
    return buckets.get(read()) ?? []
  }
}
