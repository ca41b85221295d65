/** The texts of a field: none, one, or several where the event has a list. */
export type Texts = string | readonly string[] | undefined

const UNREAD = Symbol('unread')
const LEAVES_MAX = 4_096
const DEPTH_MAX = 32

/**
 * One event's fields, each read at most once however many rules ask. A name with dots is a key
 * of that very name, else a path; a path through a list gives the values of all of its elements
 * (an index picks one).
 */
export class FieldTable {
  readonly #slots = new Map<string, number>()
  readonly #names: string[] = []
  readonly #paths: (readonly string[])[] = []
  #values: unknown[] = []
  #texts: (Texts | typeof UNREAD)[] = []
  #folded: (Texts | typeof UNREAD)[] = []
  #leaves: string[] | null = null
  #foldedLeaves: string[] | null = null
  #count = 0
  #event: Readonly<Record<string, unknown>> = {}

  /** The place of a field, made on first mention. */
  slot(field: string): number {
    const known = this.#slots.get(field)
    if (known !== undefined) return known
    const slot = this.#names.length
    this.#slots.set(field, slot)
    this.#names.push(field)
    this.#paths.push(field.split('.'))
    this.#values.push(UNREAD)
    this.#texts.push(UNREAD)
    this.#folded.push(UNREAD)
    return slot
  }

  /** Tells one loaded event from the next. */
  get event(): number {
    return this.#count
  }

  load(event: Readonly<Record<string, unknown>>): void {
    this.#event = event
    this.#count += 1
    this.#values.fill(UNREAD)
    this.#texts.fill(UNREAD)
    this.#folded.fill(UNREAD)
    this.#leaves = null
    this.#foldedLeaves = null
  }

  /** The field's value; undefined where the event has no such field. */
  value(slot: number): unknown {
    const read = this.#values[slot]
    if (read !== UNREAD) return read
    const name = this.#names[slot] as string
    const path = this.#paths[slot] as readonly string[]
    const flat = own(this.#event, name)
    const value = flat !== undefined || path.length === 1 ? flat : walk(this.#event, path, 0)
    this.#values[slot] = value
    return value
  }

  /** Strings as they are, numbers and booleans as text; null and maps have none. */
  texts(slot: number): Texts {
    const read = this.#texts[slot]
    if (read !== UNREAD) return read
    const texts = textsOf(this.value(slot))
    this.#texts[slot] = texts
    return texts
  }

  /** The same in lower case. */
  folded(slot: number): Texts {
    const read = this.#folded[slot]
    if (read !== UNREAD) return read
    const texts = this.texts(slot)
    const folded =
      typeof texts === 'object' ? texts.map(fold) : texts === undefined ? undefined : fold(texts)
    this.#folded[slot] = folded
    return folded
  }

  /** The texts of every value in the event, for keywords: at most 4,096 values, 32 levels deep. */
  leaves(options: { readonly folded: boolean }): readonly string[] {
    if (this.#leaves === null) {
      this.#leaves = []
      collect(this.#event, this.#leaves, 0)
    }
    if (!options.folded) return this.#leaves
    this.#foldedLeaves ??= this.#leaves.map(fold)
    return this.#foldedLeaves
  }
}

/** Lower case, as rules and events are compared unless `cased` says otherwise. */
export function fold(text: string): string {
  return text.toLowerCase()
}

function own(container: object, key: string): unknown {
  const value = (container as Record<string, unknown>)[key]
  return value === undefined || Object.hasOwn(container, key) ? value : undefined
}

function walk(container: unknown, path: readonly string[], from: number): unknown {
  let value = container
  for (let i = from; i < path.length; i += 1) {
    if (typeof value !== 'object' || value === null) return undefined
    const key = path[i] as string
    if (Array.isArray(value) && !/^\d+$/.test(key)) {
      const found = value.map((item) => walk(item, path, i)).filter((item) => item !== undefined)
      return found.length === 0 ? undefined : found.flat()
    }
    value = own(value, key)
  }
  return value
}

function textsOf(value: unknown): Texts {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (!Array.isArray(value)) return undefined
  const texts = value.flatMap((item) => {
    const text = Array.isArray(item) ? undefined : textsOf(item)
    return typeof text === 'string' ? [text] : []
  })
  return texts.length === 0 ? undefined : texts
}

function collect(value: unknown, into: string[], depth: number): void {
  if (into.length >= LEAVES_MAX || depth > DEPTH_MAX) return
  if (typeof value === 'object' && value !== null) {
    for (const item of Object.values(value)) collect(item, into, depth + 1)
    return
  }
  const text = textsOf(value)
  if (typeof text === 'string') into.push(text)
}
