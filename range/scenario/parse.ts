import { LineCounter, parseDocument, type Document, type Node } from 'yaml'
import type { z } from 'zod'
import { nearMiss } from '../../engine/near-miss.ts'
import { namesSchema, scenarioSchema, type ScenarioNames, type ScenarioText } from './schema.ts'

/**
 * An author's mistake: where it is, what is wrong, and what to write instead. Lines and columns
 * count from 1.
 */
export interface Diagnostic {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  readonly correction: string
}
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/** Longest text that is read, in characters. */
export const TEXT_MAX = 262_144

/** Reads scenario.yml and reports every mistake at once. Refuses texts of more than 256 KiB. */
export function parseScenario(file: string, text: string): Parsed<ScenarioText> {
  if (text.length > TEXT_MAX) {
    return {
      ok: false,
      diagnostics: [
        {
          file,
          line: 1,
          column: 1,
          message: 'longer than 256 KiB',
          correction: 'split the scenario',
        },
      ],
    }
  }
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
  })
  if (document.errors.length > 0) {
    return {
      ok: false,
      diagnostics: document.errors.map((error) => {
        const at = lines.linePos(error.pos[0])
        return {
          file,
          line: at.line,
          column: at.col,
          message: error.message,
          correction: 'mend the YAML at this place',
        }
      }),
    }
  }
  const result = scenarioSchema.safeParse(document.toJS({ maxAliasCount: 50 }) ?? {})
  if (result.success) return { ok: true, value: result.data }
  return {
    ok: false,
    diagnostics: result.error.issues.flatMap((issue) => explain(file, document, lines, issue)),
  }
}

/** What a text with mistakes of form still names, so that mistakes of meaning can be told too. */
export function namesIn(text: string): ScenarioNames | null {
  const document = parseDocument(text, { prettyErrors: false, uniqueKeys: true })
  if (document.errors.length > 0) return null
  const read = namesSchema.safeParse(document.toJS({ maxAliasCount: 50 }) ?? {})
  return read.success ? read.data : null
}

/** Where a path of the parsed text is written, for checks that need more than the schema knows. */
export function locate(
  text: string,
  path: readonly (string | number)[],
): { line: number; column: number } {
  const lines = new LineCounter()
  return position(parseDocument(text, { lineCounter: lines, prettyErrors: false }), lines, path)
}

function explain(
  file: string,
  document: Document,
  lines: LineCounter,
  issue: z.core.$ZodIssue,
): Diagnostic[] {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))
  const where = path.length === 0 ? 'the scenario' : path.join('.')
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      file,
      ...position(document, lines, [...path, key]),
      message: `${where} has no key "${key}"`,
      correction: didYouMean(key, knownKeys(path)) ?? 'remove it, or see scenarios/TEMPLATE.yml',
    }))
  }
  return [
    {
      file,
      ...position(document, lines, path),
      message: `${where}: ${issue.message}`,
      correction: correct(issue),
    },
  ]
}

function correct(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_value':
      return `one of: ${issue.values.map(String).join(', ')}`
    case 'too_big':
      return `at most ${issue.maximum}`
    case 'too_small':
      return `at least ${issue.minimum}`
    case 'invalid_type':
      return `write a ${issue.expected}`
    case 'invalid_format':
      return issue.message
    default:
      return 'see scenarios/TEMPLATE.yml'
  }
}

function position(
  document: Document,
  lines: LineCounter,
  path: readonly (string | number)[],
): { line: number; column: number } {
  for (let length = path.length; length >= 0; length--) {
    const node =
      length === 0
        ? document.contents
        : (document.getIn(path.slice(0, length), true) as Node | undefined)
    if (node?.range) {
      const at = lines.linePos(node.range[0])
      return { line: at.line, column: at.col }
    }
  }
  return { line: 1, column: 1 }
}

function knownKeys(path: readonly (string | number)[]): readonly string[] {
  let schema: unknown = scenarioSchema
  for (const step of path) schema = child(schema, step)
  const shape = unwrap(schema)
  return shape && 'shape' in shape ? Object.keys(shape.shape as object) : []
}
function child(schema: unknown, step: string | number): unknown {
  const inner = unwrap(schema)
  if (!inner) return null
  if ('shape' in inner && typeof step === 'string')
    return (inner.shape as Record<string, unknown>)[step]
  if ('element' in inner) return inner.element
  return null
}
function unwrap(schema: unknown): Record<string, unknown> | null {
  let current = schema as {
    unwrap?: () => unknown
    def?: { innerType?: unknown; type?: string }
  } | null
  for (let depth = 0; depth < 8 && current?.def?.innerType; depth++)
    current = current.def.innerType as typeof current
  return current as Record<string, unknown> | null
}

/** What the author may have meant, as a correction; null where no known word is near. */
export function didYouMean(word: string, known: readonly string[]): string | null {
  const near = nearMiss(word, known)
  return near === null ? null : `did you mean "${near}"?`
}
