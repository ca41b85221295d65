/** The texts of a field: none, one, or several where the event has a list. */
export type Texts = string | readonly string[] | undefined

/** What stands where a list is on the way to a field. */
const LISTED = Symbol('listed')
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
  readonly #places: Place[] = []
  readonly #roots = new Map<string, Place>()
  readonly #values: unknown[] = []
  readonly #texts: Texts[] = []
  readonly #folded: Texts[] = []
  /** The event of which each value, texts and folded texts were last read. */
  readonly #valuesOf: number[] = []
  readonly #textsOf: number[] = []
  readonly #foldedOf: number[] = []
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
    this.#places.push(placeOf(field, this.#roots))
    this.#values.push(undefined)
    this.#texts.push(undefined)
    this.#folded.push(undefined)
    this.#valuesOf.push(-1)
    this.#textsOf.push(-1)
    this.#foldedOf.push(-1)
    return slot
  }

  /** Tells one loaded event from the next. */
  get event(): number {
    return this.#count
  }

  load(event: Readonly<Record<string, unknown>>): void {
    this.#event = event
    this.#count += 1
    this.#leaves = null
    this.#foldedLeaves = null
  }

  /** The field's value; undefined where the event has no such field. */
  value(slot: number): unknown {
    if (this.#valuesOf[slot] === this.#count) return this.#values[slot]
    this.#valuesOf[slot] = this.#count
    const place = this.#places[slot] as Place
    const value = this.#read(place, this.#names[slot] as string)
    this.#values[slot] = value
    return value
  }

  #read(place: Place, name: string): unknown {
    if (place.inside !== null) {
      const flat = this.#event[name]
      if (flat !== undefined) return flat
    }
    const value = this.#at(place)
    return value === LISTED ? walk(this.#event, name.split('.'), 0) : value
  }

  /** What stands at a place; fields that lie in one map share the way to it. */
  #at(place: Place): unknown {
    if (place.event === this.#count) return place.value
    place.event = this.#count
    const container = place.inside === null ? this.#event : this.#at(place.inside)
    place.value =
      container === LISTED || Array.isArray(container)
        ? LISTED
        : typeof container !== 'object' || container === null
          ? undefined
          : place.inherited
            ? own(container, place.key)
            : (container as Record<string, unknown>)[place.key]
    return place.value
  }

  /** Strings as they are, numbers and booleans as text; null and maps have none. */
  texts(slot: number): Texts {
    if (this.#textsOf[slot] === this.#count) return this.#texts[slot]
    this.#textsOf[slot] = this.#count
    const texts = textsOf(this.value(slot))
    this.#texts[slot] = texts
    return texts
  }

  /** The same in lower case. */
  folded(slot: number): Texts {
    if (this.#foldedOf[slot] === this.#count) return this.#folded[slot]
    this.#foldedOf[slot] = this.#count
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

/** A key in a map that may itself lie in another. */
interface Place {
  readonly inside: Place | null
  readonly key: string
  /** Whether every map inherits something of that name, which is no field. */
  readonly inherited: boolean
  readonly parts: Map<string, Place>
  event: number
  value: unknown
}

function placeOf(field: string, roots: Map<string, Place>): Place {
  let siblings = roots
  let place: Place | null = null
  for (const key of field.split('.')) {
    const known = siblings.get(key)
    const next: Place = known ?? {
      inside: place,
      key,
      inherited: key in Object.prototype,
      parts: new Map(),
      event: -1,
      value: undefined,
    }
    siblings.set(key, next)
    siblings = next.parts
    place = next
  }
  return place as Place
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
