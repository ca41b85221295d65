import type { FieldTable } from './fields.ts'

/** Larger automata are not built; the rules then look for their texts one by one. */
const CELLS_MAX = 4_000_000

/**
 * All literal texts that rules look for in one field, found in one pass over it (Aho-Corasick),
 * at most once per event. A gate opens where any of its texts occurs in the lower-case field.
 * Source: Aho and Corasick, "Efficient string matching", CACM 18(6), 1975.
 */
export class LiteralIndex {
  readonly #fields = new Map<number, FieldLiterals>()

  /**
   * A gate for these lower-case texts in the field at `slot`, to be added before the first event;
   * null where one of them is empty or not ASCII, which the index does not keep.
   */
  gate(slot: number, texts: readonly string[]): ((table: FieldTable) => boolean) | null {
    if (texts.some((text) => !/^[^\u0080-\uffff]+$/.test(text))) return null
    const field = this.#fields.get(slot) ?? new FieldLiterals(slot)
    this.#fields.set(slot, field)
    const gate = field.add(texts)
    return (table) => field.open(table, gate)
  }
}

class FieldLiterals {
  readonly #slot: number
  readonly #gatesOf = new Map<string, number[]>()
  #gates = 0
  #automaton: Automaton | null | undefined = undefined
  #event = -1
  #found = false
  #seen = new Float64Array(0)

  constructor(slot: number) {
    this.#slot = slot
  }

  add(texts: readonly string[]): number {
    const gate = this.#gates
    this.#gates += 1
    for (const text of new Set(texts)) {
      const gates = this.#gatesOf.get(text)
      if (gates === undefined) this.#gatesOf.set(text, [gate])
      else gates.push(gate)
    }
    return gate
  }

  open(table: FieldTable, gate: number): boolean {
    if (this.#event !== table.event) this.#search(table)
    return this.#found && (this.#automaton === null || this.#seen[gate] === this.#event)
  }

  #search(table: FieldTable): void {
    this.#event = table.event
    if (this.#automaton === undefined) {
      this.#automaton = buildAutomaton(this.#gatesOf)
      this.#seen = new Float64Array(this.#gates).fill(-1)
    }
    const texts = table.folded(this.#slot)
    this.#found = this.#automaton === null && texts !== undefined
    if (this.#automaton === null || texts === undefined) return
    if (typeof texts === 'string') this.#scan(this.#automaton, texts)
    else for (const text of texts) this.#scan(this.#automaton, text)
  }

  #scan({ classes, width, next, out }: Automaton, text: string): void {
    let state = 0
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i)
      state = next[state * width + (code < 128 ? (classes[code] as number) : 0)] as number
      const gates = out[state]
      if (gates === undefined) continue
      this.#found = true
      for (const gate of gates) this.#seen[gate] = this.#event
    }
  }
}

interface Automaton {
  /** Class of a character; 0 is every character that no text has. */
  readonly classes: Uint8Array
  readonly width: number
  /** By state times width plus class. State 0 is the start. */
  readonly next: Int32Array
  /** Gates of all texts that end in a state. */
  readonly out: readonly (readonly number[] | undefined)[]
}

function buildAutomaton(gatesOf: ReadonlyMap<string, readonly number[]>): Automaton | null {
  const classes = new Uint8Array(128)
  let width = 1
  let states = 1
  for (const text of gatesOf.keys()) {
    states += text.length
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i)
      if (classes[code] === 0) classes[code] = width++
    }
  }
  if (states * width > CELLS_MAX) return null
  const next = new Int32Array(states * width)
  const out: (readonly number[] | undefined)[] = Array.from({ length: states }, () => undefined)
  let used = 1
  for (const [text, gates] of gatesOf) {
    let state = 0
    for (let i = 0; i < text.length; i += 1) {
      const cell = state * width + (classes[text.charCodeAt(i)] as number)
      if (next[cell] === 0) next[cell] = used++
      state = next[cell] as number
    }
    out[state] = gates
  }
  closeFailures(next, out, width)
  return { classes, width, next, out }
}

/** Fills missing transitions from the longest proper suffix, breadth first. */
function closeFailures(
  next: Int32Array,
  out: (readonly number[] | undefined)[],
  width: number,
): void {
  const failure = new Int32Array(out.length)
  const queue: number[] = []
  for (let c = 0; c < width; c += 1) if (next[c] !== 0) queue.push(next[c] as number)
  for (let head = 0; head < queue.length; head += 1) {
    const state = queue[head] as number
    const shorter = failure[state] as number
    const inherited = out[shorter]
    if (inherited !== undefined) out[state] = [...new Set([...(out[state] ?? []), ...inherited])]
    for (let c = 0; c < width; c += 1) {
      const target = next[state * width + c] as number
      const fallback = next[shorter * width + c] as number
      if (target === 0) next[state * width + c] = fallback
      else {
        failure[target] = fallback
        queue.push(target)
      }
    }
  }
}
