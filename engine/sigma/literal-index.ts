import { fold } from './fields.ts'
import type { FieldTable } from './fields.ts'
import { buildAutomaton } from './literal-automaton.ts'
import type { LiteralAutomaton } from './literal-automaton.ts'

/**
 * One of these must be so in a field: its text in lower case is one of `exact` or contains one of
 * `contained`, which are lower-case ASCII and not empty.
 */
export interface Clause {
  readonly field: string
  readonly exact: readonly string[]
  readonly contained: readonly string[]
}

/** Whether a text can be looked for by the index. */
export function isIndexed(text: string): boolean {
  return /^[^\u0080-\uffff]+$/.test(text)
}

/**
 * What all rules of a set ask of texts, found in one pass over each field, at most once per
 * event. A gate opens in events where each of its clauses holds; that may let through a text that
 * a rule then refuses, never the other way round. Gates are added before the first event.
 */
export class LiteralIndex {
  readonly #table: FieldTable
  readonly #fields = new Map<number, FieldLiterals>()
  readonly #known = new Map<string, number>()
  readonly #clauses = new Map<string, number>()
  readonly #gatesOf: number[][] = []
  readonly #slotsOf: (readonly number[])[] = []
  readonly #needed: number[] = []
  readonly #listeners: number[][] = []
  #clauseSeen = new Float64Array(0)
  #gateSeen = new Float64Array(0)
  #gateHeld = new Uint8Array(0)
  /** What listens to a gate that opened, in this event so far; the reader empties it. */
  readonly opened: number[] = []

  constructor(table: FieldTable) {
    this.#table = table
  }

  gate(clauses: readonly Clause[]): number {
    const ids = [...new Set(clauses.map((clause) => this.#clause(clause)))]
    const key = ids.sort((a, b) => a - b).join()
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const gate = this.#needed.push(ids.length) - 1
    this.#known.set(key, gate)
    this.#listeners.push([])
    this.#slotsOf.push([...new Set(clauses.map((clause) => this.#table.slot(clause.field)))])
    for (const id of ids) this.#gatesOf[id]?.push(gate)
    return gate
  }

  /** Puts `listener` into `opened` whenever the gate opens; answers the fields it hangs on. */
  listen(gate: number, listener: number): readonly number[] {
    this.#listeners[gate]?.push(listener)
    return this.#slotsOf[gate] as readonly number[]
  }

  isOpen(gate: number): boolean {
    const slots = this.#slotsOf[gate] as readonly number[]
    for (let i = 0; i < slots.length; i += 1) this.scan(slots[i] as number)
    return this.#gateSeen[gate] === this.#table.event && this.#gateHeld[gate] === 0
  }

  /** Looks for everything in one field, if that was not done for this event. */
  scan(slot: number): void {
    const field = this.#fields.get(slot)
    if (field === undefined || field.event === this.#table.event) return
    field.event = this.#table.event
    if (this.#gateSeen.length !== this.#needed.length) this.#makeRoom()
    const value = this.#table.value(slot)
    if (typeof value === 'string') this.#scanText(field, value)
    else if (typeof value === 'number' && Number.isFinite(value)) {
      this.#hold(field.exact.get(value))
      if (field.contained.size > 0) this.#scanContained(field, String(value))
    } else if (value !== undefined && value !== null) this.#scanOther(field, slot)
  }

  #makeRoom(): void {
    this.#clauseSeen = new Float64Array(this.#gatesOf.length).fill(-1)
    this.#gateSeen = new Float64Array(this.#needed.length).fill(-1)
    this.#gateHeld = new Uint8Array(this.#needed.length)
  }

  #scanOther(field: FieldLiterals, slot: number): void {
    const texts = this.#table.texts(slot)
    if (typeof texts === 'string') this.#scanText(field, texts)
    else if (texts !== undefined) for (const text of texts) this.#scanText(field, text)
  }

  #scanText(field: FieldLiterals, text: string): void {
    if (field.exact.size > 0) this.#hold(field.exact.get(fold(text)))
    if (field.contained.size > 0) this.#scanContained(field, text)
  }

  #scanContained(field: FieldLiterals, text: string): void {
    const automaton = field.automaton()
    if (automaton === null) return this.#hold(field.all)
    const place = text.length % QUIET_MAX
    if (field.quiet[place] === text) return
    const { classes, next, outFrom, outs, width } = automaton
    let state = 0
    let quiet = true
    for (let i = 0; i < text.length; i += 1) {
      const code = text.charCodeAt(i)
      if (code > 127) return this.#scanFolded(automaton, text)
      state = next[state + (classes[code] as number)] as number
      if (state < outFrom) continue
      quiet = false
      this.#hold(outs[(state - outFrom) / width])
    }
    if (quiet && text.length <= QUIET_TEXT_MAX) field.quiet[place] = text
  }

  /** A long s counts as an s, as it does for an expression that does not mind case. */
  #scanFolded({ classes, next, outFrom, outs, width }: LiteralAutomaton, text: string): void {
    const folded = fold(text).replaceAll('\u017f', 's')
    let state = 0
    for (let i = 0; i < folded.length; i += 1) {
      const code = folded.charCodeAt(i)
      state = next[state + (code < 128 ? (classes[code] as number) : 0)] as number
      if (state >= outFrom) this.#hold(outs[(state - outFrom) / width])
    }
  }

  #hold(clauses: readonly number[] | undefined): void {
    if (clauses === undefined) return
    const event = this.#table.event
    for (let i = 0; i < clauses.length; i += 1) {
      const clause = clauses[i] as number
      if (this.#clauseSeen[clause] === event) continue
      this.#clauseSeen[clause] = event
      const gates = this.#gatesOf[clause] as readonly number[]
      for (let j = 0; j < gates.length; j += 1) this.#lower(gates[j] as number, event)
    }
  }

  /** One clause fewer is missing. */
  #lower(gate: number, event: number): void {
    if (this.#gateSeen[gate] !== event) {
      this.#gateSeen[gate] = event
      this.#gateHeld[gate] = this.#needed[gate] as number
    }
    this.#gateHeld[gate] = (this.#gateHeld[gate] as number) - 1
    if (this.#gateHeld[gate] !== 0) return
    const listeners = this.#listeners[gate] as readonly number[]
    for (let i = 0; i < listeners.length; i += 1) this.opened.push(listeners[i] as number)
  }

  #clause(clause: Clause): number {
    const exact = [...new Set(clause.exact)].sort()
    const contained = [...new Set(clause.contained)].sort()
    const slot = this.#table.slot(clause.field)
    const key = JSON.stringify([slot, exact, contained])
    const known = this.#clauses.get(key)
    if (known !== undefined) return known
    const id = this.#gatesOf.push([]) - 1
    this.#clauses.set(key, id)
    const field = this.#fields.get(slot) ?? new FieldLiterals()
    this.#fields.set(slot, field)
    for (const text of exact) field.addExact(text, id)
    for (const text of contained) field.addContained(text, id)
    return id
  }
}

/**
 * Texts in which nothing was found that a field remembers, one for each length modulo this: the
 * same few browsers, hosts and referrers fill most of a log.
 */
const QUIET_MAX = 256
const QUIET_TEXT_MAX = 512

class FieldLiterals {
  /** Texts in lower case, and the numbers that read like one. */
  readonly exact = new Map<string | number, number[]>()
  readonly contained = new Map<string, number[]>()
  readonly all: number[] = []
  readonly quiet: string[] = Array.from({ length: QUIET_MAX }, () => '')
  event = -1
  #automaton: LiteralAutomaton | null | undefined = undefined

  addExact(text: string, clause: number): void {
    push(this.exact, text, clause)
    const number = Number(text)
    if (Number.isFinite(number) && fold(String(number)) === text) push(this.exact, number, clause)
  }

  addContained(text: string, clause: number): void {
    push(this.contained, text, clause)
    this.all.push(clause)
    this.#automaton = undefined
    this.quiet.fill('')
  }

  automaton(): LiteralAutomaton | null {
    this.#automaton ??= this.#automaton === null ? null : buildAutomaton(this.contained)
    return this.#automaton
  }
}

function push<K>(into: Map<K, number[]>, key: K, value: number): void {
  const held = into.get(key)
  if (held === undefined) into.set(key, [value])
  else held.push(value)
}
