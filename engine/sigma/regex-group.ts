import { RE2Set } from 're2js'
import type { FieldTable } from './fields.ts'
import type { LiteralIndex } from './literal-index.ts'
import { compileRegex, programSize } from './regex.ts'
import { regexWay } from './requirement.ts'
import type { RegexFlags } from './rule.ts'

/** Expressions run together are at most this many, and this large together, in RE2 instructions. */
const TOGETHER_MAX = 48
const PROGRAM_MAX = 6_000

type Test = (table: FieldTable) => boolean

/**
 * All regular expressions of a set, each run at most once per event on a field. One whose matches
 * must contain certain texts runs only where these are found; the others on a field run together
 * in one pass. Time stays linear in the text. All are to be added before the first event.
 */
export class RegexGroups {
  readonly #table: FieldTable
  readonly #literals: LiteralIndex
  readonly #groups = new Map<number, RegexGroup[]>()
  readonly #known = new Map<string, Test>()

  constructor(table: FieldTable, literals: LiteralIndex) {
    this.#table = table
    this.#literals = literals
  }

  /** A test for the expression on a field. */
  add(field: string, source: string, flags: RegexFlags): Test {
    const inline = (flags.i ? 'i' : '') + (flags.m ? 'm' : '') + (flags.s ? 's' : '')
    const pattern = inline === '' ? source : `(?${inline})${source}`
    const slot = this.#table.slot(field)
    const key = `${slot} ${pattern}`
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const way = regexWay(field, source)
    const test =
      way.length === 0
        ? this.#together(slot, pattern, programSize(source, flags))
        : gated(this.#literals, this.#literals.gate(way), slot, source, flags)
    this.#known.set(key, test)
    return test
  }

  #together(slot: number, pattern: string, size: number): Test {
    const groups = this.#groups.get(slot) ?? []
    this.#groups.set(slot, groups)
    let group = groups.at(-1)
    if (group === undefined || !group.fits(size)) groups.push((group = new RegexGroup(slot)))
    const id = group.add(pattern, size)
    const owner = group
    return (table) => owner.holds(table, id)
  }
}

/** Runs where its gate is open, once per event. */
function gated(
  literals: LiteralIndex,
  gate: number,
  slot: number,
  source: string,
  flags: RegexFlags,
): Test {
  let test: ((text: string) => boolean) | null = null
  let event = -1
  let answer = false
  return (table) => {
    if (!literals.isOpen(gate)) return false
    if (event === table.event) return answer
    event = table.event
    test ??= compileRegex(source, flags)
    const texts = table.texts(slot)
    answer = typeof texts === 'string' ? test(texts) : texts !== undefined && texts.some(test)
    return answer
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
