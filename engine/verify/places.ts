import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml'
import type { Diagnostic, Position } from '../mfotl/ast.ts'

const BLOCK = 'one `key: value` a line: between { } a value with [ ] needs quotes'
type Path = readonly PropertyKey[]

/** A YAML text that remembers where everything stands. */
export class Places {
  readonly errors: readonly Diagnostic[]
  readonly #text: string
  readonly #document: Document
  readonly #lines = new LineCounter()

  constructor(text: string) {
    this.#text = text
    const options = { lineCounter: this.#lines, prettyErrors: false, uniqueKeys: true }
    this.#document = parseDocument(text, options)
    // What follows the first is nearly always its consequence.
    this.errors = this.#document.errors.slice(0, 1).map((error) => ({
      ...this.#at(error.pos[0]),
      message: /call stack/.test(error.message) ? 'nested too deeply' : error.message,
      ...(/flow/i.test(error.message) ? { correction: BLOCK } : {}),
    }))
  }

  /** Plain data; undefined where aliases of aliases would never end. */
  value(): unknown {
    try {
      return (this.#document.toJS({ maxAliasCount: 50 }) as unknown) ?? {}
    } catch (error) {
      if (error instanceof ReferenceError || error instanceof RangeError) return undefined
      throw error
    }
  }

  /** Where the value at a path stands, or the closest there is above it. */
  of(path: Path): Position {
    for (let length = path.length; length > 0; length--) {
      const node: unknown = this.#document.getIn(path.slice(0, length), true)
      const range = (node as { range?: readonly number[] | null } | undefined)?.range
      if (range) return this.#at(range[0] ?? 0)
    }
    return { line: 1, column: 1 }
  }

  /** Where a key stands. */
  ofKey(path: Path, key: string): Position {
    const parent: unknown =
      path.length === 0 ? this.#document.contents : this.#document.getIn(path, true)
    const pair = isMap(parent)
      ? parent.items.find(({ key: one }) => isScalar(one) && String(one.value) === key)
      : undefined
    const range = isScalar(pair?.key) ? pair.key.range : undefined
    return range ? this.#at(range[0]) : this.of([...path, key])
  }

  /** The place `offset` characters into the text at a path; for a folded text where it begins. */
  inside(path: Path, offset: number): Position {
    const node: unknown = this.#document.getIn(path, true)
    if (!isScalar(node) || !node.range) return this.of(path)
    const [start, end] = node.range
    const quoted = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE'
    const raw = this.#text.slice(start, end)
    const plain = (quoted || node.type === 'PLAIN') && !/[\n\\]/.test(raw)
    return this.#at(plain ? start + (quoted ? 1 : 0) + offset : start)
  }

  #at(offset: number): Position {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
}
