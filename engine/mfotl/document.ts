import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml'
import { z } from 'zod'
import { FAMILIES } from '../alert/alert.ts'
import { LogReader } from './log.ts'
import { compile, createMonitor, type CompiledFormula, type Verdict } from './monitor.ts'
import { MonitorError } from './monitor-error.ts'
import { parseSignature } from './signature.ts'
import type { Diagnostic, Outcome, Value } from './ast.ts'
import type { Words } from './explain-words.ts'

const slug = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'write lower-case words joined by hyphens')
const template = z.string().min(1).max(300)
const valuation = z.record(z.string(), z.union([z.string(), z.number()]))

const documentSchema = z.strictObject({
  id: slug,
  title: z.string().min(1).max(80),
  kind: z.literal('T'),
  family: z.enum(FAMILIES),
  /** Rows of the attack catalogue; the first one's playbook fits. */
  attacks: z
    .array(z.string().regex(/^[A-Z]\d$/, 'write an id of the attack catalogue, such as I1'))
    .min(1),
  description: z.string().min(1),
  predicates: z.array(z.string()).min(1),
  formula: z.string().min(1),
  /** `{x}` stands for the value of the formula's variable x. */
  message: template,
  lead: z.array(template).min(1),
  entities: z.array(template).default([]),
  severity: z.union([
    z.literal(1),
    z.literal(2),
    z.literal(3),
    z.literal(4),
    z.literal(5),
    z.literal(6),
  ]),
  /** Plain words for predicates, for explanations: `{field}` is a field of the signature. */
  words: z
    .record(
      z.string(),
      z.strictObject({ happened: template.optional(), missing: template.optional() }),
    )
    .default({}),
  /** Seconds in which the same lead is not reported again. */
  suppressFor: z.number().int().min(0).max(86_400).default(0),
  cases: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        log: z.string().min(1),
        /** Answers in the order they become certain; none where the formula must stay silent. */
        expect: z.array(valuation),
      }),
    )
    .min(2),
})

/** What somebody writes in a hurry: no cases, no reading, and no place in the catalogue. */
const draftSchema = documentSchema.extend({
  id: slug.default('own'),
  kind: z.literal('T').default('T'),
  attacks: documentSchema.shape.attacks.default([]),
  description: z.string().default(''),
  predicates: z.array(z.string()).default([]),
  cases: z.array(documentSchema.shape.cases.element).default([]),
})

/**
 * A formula that ships or that a learner wrote, with its reading, its entities and its own cases.
 */
export type FormulaDocument = z.infer<typeof documentSchema> & {
  readonly compiled: CompiledFormula
}

const TEXT_MAX = 262_144

/**
 * Reads a formula document (YAML) against a signature. All mistakes come back together, those
 * inside the formula with their line in the document. A `draft` needs no id, attacks, description,
 * predicates or cases.
 */
export function loadFormulaDocument(
  text: string,
  signatureText: string,
  options: { readonly draft?: boolean } = {},
): Outcome<FormulaDocument> {
  if (text.length > TEXT_MAX) {
    const message = `a formula document has at most ${TEXT_MAX} characters`
    return { ok: false, diagnostics: [{ line: 1, column: 1, message }] }
  }
  const lines = new LineCounter()
  const yaml = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  if (yaml.errors.length > 0) {
    return {
      ok: false,
      diagnostics: yaml.errors.map((e) => ({
        ...place(lines, e.pos[0]),
        message: /call stack/.test(e.message) ? 'nested too deeply' : e.message,
      })),
    }
  }
  const plain = plainOf(yaml)
  if (plain === undefined)
    return { ok: false, diagnostics: [{ line: 1, column: 1, message: 'too many aliases' }] }
  const read = (options.draft === true ? draftSchema : documentSchema).safeParse(plain)
  if (!read.success) {
    const diagnostics = read.error.issues.map((issue) => ({
      ...place(lines, offsetOf(yaml, issue.path)),
      message: `${issue.path.map(String).join('.') || 'document'}: ${issue.message}`,
    }))
    return { ok: false, diagnostics }
  }
  const signature = parseSignature(signatureText)
  if (!signature.ok) return signature
  const compiled = compile(read.data.formula, signature.value)
  if (!compiled.ok)
    return { ok: false, diagnostics: compiled.diagnostics.map((d) => shift(d, yaml, lines)) }
  const diagnostics = contentProblems(read.data, compiled.value).map((p) => ({
    ...place(lines, offsetOf(yaml, [p.key])),
    ...p.problem,
  }))
  if (diagnostics.length > 0) return { ok: false, diagnostics }
  return { ok: true, value: { ...read.data, compiled: compiled.value } }
}

/** What the document says as plain data; undefined where aliases of aliases would never end. */
function plainOf(yaml: Document): unknown {
  try {
    return yaml.toJS() as unknown
  } catch (error) {
    if (error instanceof ReferenceError || error instanceof RangeError) return undefined
    throw error
  }
}

function place(lines: LineCounter, offset: number): { line: number; column: number } {
  const { line, col } = lines.linePos(offset)
  return { line, column: col }
}

function offsetOf(yaml: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node: unknown = yaml.getIn(path.slice(0, length), true)
    if (isScalar(node) || isMap(node)) return node.range?.[0] ?? 0
    const range = (node as { range?: readonly number[] } | undefined)?.range
    if (range) return range[0] ?? 0
  }
  return 0
}

/** Moves a mistake of the formula to its place in the document: a block scalar keeps its lines. */
function shift(d: Diagnostic, yaml: Document, lines: LineCounter): Diagnostic {
  const start = place(lines, offsetOf(yaml, ['formula']))
  const node: unknown = yaml.get('formula', true)
  const block = isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')
  return {
    ...d,
    line: start.line + d.line - (block ? 0 : 1),
    column: block ? d.column + 2 : start.column + d.column - 1,
  }
}

interface ContentProblem {
  readonly key: string
  readonly problem: { message: string; correction?: string }
}

function contentProblems(
  document: z.infer<typeof documentSchema>,
  compiled: CompiledFormula,
): ContentProblem[] {
  const names = compiled.variables.map((v) => v.name)
  const out: ContentProblem[] = []
  const templates = [
    ['message', document.message] as const,
    ...document.lead.map((t) => ['lead', t] as const),
    ...document.entities.map((t) => ['entities', t] as const),
  ]
  for (const [key, text] of templates) {
    for (const [, name = ''] of text.matchAll(/\{(\w+)\}/g)) {
      if (names.includes(name)) continue
      out.push({
        key,
        problem: {
          message: `{${name}} is no free variable of the formula`,
          correction: names.map((n) => `{${n}}`).join(' '),
        },
      })
    }
  }
  out.push(...wordsProblems(document.words, compiled))
  for (const name of document.predicates) {
    if (compiled.signature.has(name)) continue
    out.push({
      key: 'predicates',
      problem: { message: `the signature has no predicate \`${name}\`` },
    })
  }
  return out
}

function wordsProblems(words: Words, { signature }: CompiledFormula): ContentProblem[] {
  return Object.entries(words).flatMap(([name, { happened = '', missing = '' }]) => {
    const predicate = signature.get(name)
    if (predicate === undefined)
      return [{ key: 'words', problem: { message: `the signature has no predicate \`${name}\`` } }]
    const fields = predicate.fields ?? []
    return [...`${happened} ${missing}`.matchAll(/\{(\w+)\}/g)].flatMap(([, field = '']) => {
      if (fields.includes(field)) return []
      const correction = fields.map((f) => `{${f}}`).join(' ')
      return [
        { key: 'words', problem: { message: `\`${name}\` has no field ${field}`, correction } },
      ]
    })
  })
}

/**
 * Puts the values of a valuation into a template. A value that carries the kind already keeps it
 * once.
 */
export function fillTemplate(text: string, values: Readonly<Record<string, Value>>): string {
  return text.replace(
    /(?:(^|\s)([a-z]+):)?\{(\w+)\}/g,
    (_, before: string | undefined, kind: string | undefined, name: string) => {
      const value = String(values[name] ?? '')
      if (kind === undefined) return value
      return `${before ?? ''}${value.startsWith(`${kind}:`) ? value : `${kind}:${value}`}`
    },
  )
}

/** The answers of a verdict by the names of the formula's variables. */
export function valuations(compiled: CompiledFormula, verdict: Verdict): Record<string, Value>[] {
  return verdict.tuples.map((t) => valuationOf(compiled, t))
}

export function valuationOf(
  { variables }: CompiledFormula,
  tuple: readonly Value[],
): Record<string, Value> {
  return Object.fromEntries(variables.map((v, i) => [v.name, tuple[i] ?? '']))
}

export interface CaseResult {
  readonly name: string
  readonly ok: boolean
  readonly message: string
}

/** Runs a document's own cases: each log must give exactly its expected answers. */
export function runFormulaCases(document: FormulaDocument): CaseResult[] {
  return document.cases.map(({ name, log, expect }) => {
    const problems: string[] = []
    const found: Record<string, Value>[] = []
    const monitor = createMonitor(document.compiled)
    const reader = new LogReader(document.compiled.signature, (p) =>
      problems.push(`line ${p.line}: ${p.message}`),
    )
    const collect = (verdicts: readonly Verdict[]): void => {
      for (const v of verdicts) found.push(...valuations(document.compiled, v))
    }
    const take = (p: { timestamp: number; facts: Parameters<typeof monitor.step>[1] }): void => {
      collect(monitor.step(p.timestamp, p.facts))
    }
    try {
      for (const line of log.split('\n')) reader.read(line, take)
      reader.end(take)
      collect(monitor.end())
    } catch (error) {
      if (!(error instanceof MonitorError)) throw error
      problems.push(error.message)
    }
    if (problems.length > 0) return { name, ok: false, message: problems.join('; ') }
    const same = found.length === expect.length && expect.every((e, i) => agrees(found[i] ?? {}, e))
    return {
      name,
      ok: same,
      message: same ? '' : `expected ${JSON.stringify(expect)} but got ${JSON.stringify(found)}`,
    }
  })
}

function agrees(
  found: Readonly<Record<string, Value>>,
  expected: Readonly<Record<string, Value>>,
): boolean {
  return Object.entries(expected).every(([name, value]) => found[name] === value)
}
