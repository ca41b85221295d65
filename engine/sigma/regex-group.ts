import { RE2Set } from 're2js'
import type { FieldTable } from './fields.ts'
import { programSize } from './regex.ts'
import type { RegexFlags } from './rule.ts'

/** Expressions run together are at most this many, and this large together, in RE2 instructions. */
const TOGETHER_MAX = 48
const PROGRAM_MAX = 6_000

/**
 * All regular expressions on one field, run in one pass over its text however many rules ask, and
 * at most once per event. Time stays linear in the text.
 */
export class RegexGroups {
  readonly #groups = new Map<number, RegexGroup[]>()
  readonly #known = new Map<string, (table: FieldTable) => boolean>()

  /**
   * A test for the expression on the field at `slot`; all are to be added before the first event.
   */
  add(slot: number, source: string, flags: RegexFlags): (table: FieldTable) => boolean {
    const inline = (flags.i ? 'i' : '') + (flags.m ? 'm' : '') + (flags.s ? 's' : '')
    const pattern = inline === '' ? source : `(?${inline})${source}`
    const key = `${slot} ${pattern}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const size = programSize(source, flags)
    const groups = this.#groups.get(slot) ?? []
    this.#groups.set(slot, groups)
    let group = groups.at(-1)
    if (group === undefined || !group.fits(size)) groups.push((group = new RegexGroup(slot)))
    const id = group.add(pattern, size)
    const owner = group
    const test = (table: FieldTable): boolean => owner.holds(table, id)
    this.#known.set(key, test)
    return test
  }
}

class RegexGroup {
  readonly #slot: number
  readonly #patterns: string[] = []
  #size = 0
  #set: RE2Set | null = null
  #event = -1
  #hits: number[] = []

  constructor(slot: number) {
    this.#slot = slot
  }

  fits(size: number): boolean {
    return this.#patterns.length < TOGETHER_MAX && this.#size + size <= PROGRAM_MAX
  }

  add(pattern: string, size: number): number {
    this.#size += size
    return this.#patterns.push(pattern) - 1
  }

  holds(table: FieldTable, id: number): boolean {
    if (this.#event !== table.event) {
      this.#event = table.event
      this.#hits = this.#match(table)
    }
    return this.#hits.length > 0 && this.#hits.includes(id)
  }

  #match(table: FieldTable): number[] {
    const texts = table.texts(this.#slot)
    if (texts === undefined) return []
    this.#set ??= compileSet(this.#patterns)
    const set = this.#set
    return typeof texts === 'string' ? set.match(texts) : texts.flatMap((text) => set.match(text))
  }
}

function compileSet(patterns: readonly string[]): RE2Set {
  const set = new RE2Set(RE2Set.UNANCHORED)
  for (const pattern of patterns) set.add(pattern)
  set.compile()
  return set
}
