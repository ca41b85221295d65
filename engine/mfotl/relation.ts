import type { Value } from './ast.ts'
import type { Limits } from './limits.ts'

export type Key = Value

/** One tuple that is kept. `stamp` and `count` belong to the operator that keeps it. */
export interface Entry {
  readonly values: readonly Value[]
  readonly key: Key
  /** Place in the bucket of each index, so that removal takes constant time. */
  readonly places: number[]
  stamp: number
  count: number
  alive: boolean
}

/** Buckets of the entries that agree on some columns. */
export class Index {
  readonly columns: readonly number[]
  readonly buckets = new Map<Key, Entry[]>()
  constructor(columns: readonly number[]) {
    this.columns = columns
  }
}

/**
 * A finite set of tuples with a hash index for each set of columns somebody asks by. Adding,
 * finding and removing take constant time; indexes must be asked for before the first tuple comes.
 */
export class Relation {
  readonly #entries = new Map<Key, Entry>()
  readonly #indexes: Index[] = []
  readonly #limits: Limits
  /** Told of each tuple that comes or goes. */
  onChange: ((entry: Entry, added: boolean) => void) | null = null

  constructor(limits: Limits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#entries.size
  }

  index(columns: readonly number[]): Index {
    const known = this.#indexes.find((i) => i.columns.join() === columns.join())
    if (known) return known
    const index = new Index(columns)
    this.#indexes.push(index)
    return index
  }

  get(key: Key): Entry | undefined {
    return this.#entries.get(key)
  }
  entries(): Iterable<Entry> {
    return this.#entries.values()
  }

  /** The entry of these values, made where there is none; `values` is kept and must not change. */
  obtain(key: Key, values: readonly Value[]): Entry {
    const known = this.#entries.get(key)
    if (known) return known
    const entry: Entry = { values, key, places: [], stamp: 0, count: 0, alive: true }
    this.#entries.set(key, entry)
    this.#limits.room(this.#entries.size)
    for (let i = 0; i < this.#indexes.length; i++) {
      const index = this.#indexes[i] as Index
      const at = keyOfColumns(values, index.columns)
      const bucket = index.buckets.get(at)
      if (bucket) {
        entry.places.push(bucket.length)
        bucket.push(entry)
      } else {
        entry.places.push(0)
        index.buckets.set(at, [entry])
      }
    }
    if (this.onChange) this.onChange(entry, true)
    return entry
  }

  remove(entry: Entry): void {
    if (!entry.alive) return
    entry.alive = false
    this.#entries.delete(entry.key)
    for (let i = 0; i < this.#indexes.length; i++) {
      const index = this.#indexes[i] as Index
      const at = keyOfColumns(entry.values, index.columns)
      const bucket = index.buckets.get(at) as Entry[]
      const last = bucket.pop() as Entry
      if (bucket.length === 0) index.buckets.delete(at)
      if (last === entry) continue
      const place = entry.places[i] as number
      bucket[place] = last
      last.places[i] = place
    }
    if (this.onChange) this.onChange(entry, false)
  }
}

/**
 * A key that two tuples share only where they are equal, given that each column holds one type.
 * Texts carry their length, so that no text can imitate a border.
 */
export function keyOf(values: readonly Value[]): Key {
  const n = values.length
  if (n === 1) return values[0] as Value
  if (n === 2) return keyOfPair(values[0] as Value, values[1] as Value)
  let key = ''
  for (let i = 0; i < n; i++) {
    const v = values[i] as Value
    key += part(v)
  }
  return key
}

export function keyOfColumns(values: readonly Value[], columns: readonly number[]): Key {
  const n = columns.length
  if (n === 1) return values[columns[0] as number] as Value
  if (n === 2)
    return keyOfPair(values[columns[0] as number] as Value, values[columns[1] as number] as Value)
  let key = ''
  for (let i = 0; i < n; i++) {
    const v = values[columns[i] as number] as Value
    key += part(v)
  }
  return key
}

const PAIR_BELOW = 2 ** 26

/** Two small whole numbers make one exact number, which hashes faster than a text. */
function keyOfPair(a: Value, b: Value): Key {
  if (
    typeof a === 'number' &&
    typeof b === 'number' &&
    a >= 0 &&
    b >= 0 &&
    a < PAIR_BELOW &&
    b < PAIR_BELOW &&
    Number.isInteger(a) &&
    Number.isInteger(b)
  )
    return a * PAIR_BELOW + b
  return part(a) + part(b)
}

function part(v: Value): string {
  return typeof v === 'string' ? `${v.length}:${v}|` : `${v}|`
}
