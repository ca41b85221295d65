import { isAlias, isMap, isScalar, isSeq, LineCounter, parseAllDocuments } from 'yaml'
import type { Document, Node, Pair, Scalar, YAMLMap } from 'yaml'
import type { Diagnostic, Position } from './rule.ts'
import { nearMiss } from '../near-miss.ts'

/** A rule file is at most this long, in characters; a longer one is refused whole. */
export const FILE_LENGTH_MAX = 4_000_000
const DEPTH_MAX = 64
const ALIASES_MAX = 1_000

export type Scalars = string | number | boolean | null

/** One YAML document with everything that is wrong in it; nodes keep their places. */
export class SourceDocument {
  readonly file: string
  readonly root: Node | null
  readonly #document: Document.Parsed
  readonly #lines: LineCounter
  readonly #diagnostics: Diagnostic[]
  #aliases = 0

  constructor(file: string, document: Document.Parsed, lines: LineCounter, into: Diagnostic[]) {
    this.file = file
    this.#document = document
    this.#lines = lines
    this.#diagnostics = into
    this.root = document.contents
  }

  at(node: Node | null | undefined): Position {
    const offset = node?.range?.[0] ?? this.#document.range[0]
    const { line, col } = this.#lines.linePos(offset)
    return { file: this.file, line, column: col }
  }

  error(node: Node | null | undefined, message: string, correction?: string): void {
    this.report('error', this.at(node), message, correction)
  }

  warn(node: Node | null | undefined, message: string, correction?: string): void {
    this.report('warning', this.at(node), message, correction)
  }

  report(severity: 'error' | 'warning', at: Position, message: string, correction?: string): void {
    this.#diagnostics.push({
      ...at,
      severity,
      message,
      ...(correction === undefined ? {} : { correction }),
    })
  }

  /** Follows an alias to its anchor; null, with an error, where that goes on too long. */
  resolve(node: unknown): Node | null {
    if (!isAlias(node)) return node as Node | null
    this.#aliases += 1
    const target = this.#aliases > ALIASES_MAX ? undefined : node.resolve(this.#document)
    if (target === undefined) {
      this.error(
        node,
        this.#aliases > ALIASES_MAX ? 'too many aliases' : `unknown anchor *${node.source}`,
      )
      return null
    }
    return target
  }

  /** Key, key node and value of a map, in order; a key that is not a word is an error. */
  entries(map: YAMLMap): { key: string; keyNode: Node; value: Node | null }[] {
    return map.items.flatMap((pair: Pair) => {
      const keyNode = pair.key as Node
      if (!isScalar(keyNode)) {
        this.error(keyNode, 'a key must be a plain word')
        return []
      }
      return [{ key: String(keyNode.value), keyNode, value: this.resolve(pair.value) }]
    })
  }

  get(map: YAMLMap, key: string): { key: Node; value: Node | null } | null {
    const found = this.entries(map).find((entry) => entry.key === key)
    return found === undefined ? null : { key: found.keyNode, value: found.value }
  }

  /**
   * Text at `key`, or null with an error where it is something else. Numbers and booleans count
   * as text.
   */
  text(map: YAMLMap, key: string): string | null {
    const entry = this.get(map, key)
    if (entry === null) return null
    if (isScalar(entry.value) && entry.value.value !== null) return scalarText(entry.value)
    this.error(entry.value ?? entry.key, `'${key}' must be text`)
    return null
  }

  /** A list of texts at `key`; a single text counts as a list of one. */
  texts(map: YAMLMap, key: string): { text: string; node: Node }[] {
    const entry = this.get(map, key)
    if (entry === null) return []
    const nodes = isSeq(entry.value)
      ? entry.value.items.map((item) => this.resolve(item))
      : [entry.value]
    return nodes.flatMap((node) => {
      if (isScalar(node) && node.value !== null) return [{ text: scalarText(node), node }]
      this.error(node ?? entry.key, `'${key}' must be a list of texts`)
      return []
    })
  }

  /** Names keys that are none of `known` but nearly one of them. */
  checkKeys(map: YAMLMap, known: readonly string[], where: string, open: boolean): void {
    for (const { key, keyNode } of this.entries(map)) {
      if (known.includes(key)) continue
      const near = nearMiss(key, known)
      if (near !== null && this.get(map, near) === null) {
        this.report(
          open ? 'warning' : 'error',
          this.at(keyNode),
          `unknown key '${key}' in ${where}`,
          near,
        )
      } else if (!open) {
        this.error(keyNode, `unknown key '${key}' in ${where}`, `one of: ${known.join(', ')}`)
      }
    }
  }

  /** A node as plain JSON; null with an error where it is too deep. */
  plain(node: unknown, depth = 0): unknown {
    const resolved = this.resolve(node)
    if (depth > DEPTH_MAX) {
      this.error(resolved, 'too deeply nested')
      return null
    }
    if (isMap(resolved)) {
      const object: Record<string, unknown> = Object.create(null) as Record<string, unknown>
      for (const { key, value } of this.entries(resolved))
        object[key] = this.plain(value, depth + 1)
      return { ...object }
    }
    if (isSeq(resolved)) return resolved.items.map((item) => this.plain(item, depth + 1))
    return isScalar(resolved) ? resolved.value : null
  }
}

/** A scalar as its author wrote it: `0400` stays `0400`. */
export function scalarText(node: Scalar): string {
  if (typeof node.value === 'string') return node.value
  return node.source ?? String(node.value)
}

/** The documents of a file; syntax errors go to `into`. Empty documents are left out. */
export function readDocuments(file: string, text: string, into: Diagnostic[]): SourceDocument[] {
  if (text.length > FILE_LENGTH_MAX) {
    into.push({
      file,
      line: 1,
      column: 1,
      severity: 'error',
      message: `longer than ${FILE_LENGTH_MAX} characters`,
    })
    return []
  }
  const lines = new LineCounter()
  const found: SourceDocument[] = []
  for (const document of parseYaml(file, text, lines, into)) {
    for (const error of document.errors) {
      const { line, col } = lines.linePos(error.pos[0])
      const deep = /call stack/.test(error.message)
      const message = deep ? 'nested too deeply to be read' : error.message
      into.push({ file, line, column: col, severity: 'error', message })
    }
    if (document.errors.length === 0 && document.contents !== null) {
      found.push(new SourceDocument(file, document, lines, into))
    }
  }
  return found
}

function parseYaml(
  file: string,
  text: string,
  lines: LineCounter,
  into: Diagnostic[],
): Document.Parsed[] {
  try {
    const documents = parseAllDocuments(text, {
      lineCounter: lines,
      prettyErrors: false,
      strict: true,
    })
    return documents as Document.Parsed[]
  } catch {
    into.push({
      file,
      line: 1,
      column: 1,
      severity: 'error',
      message: 'nested too deeply to be read',
    })
    return []
  }
}
