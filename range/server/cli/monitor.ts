import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Diagnostic, Outcome } from '../../../engine/mfotl/ast.ts'
import { keptBounds } from '../../../engine/mfotl/bound.ts'
import {
  loadFormulaDocument,
  runFormulaCases,
  type CaseResult,
} from '../../../engine/mfotl/document.ts'
import type { Words } from '../../../engine/mfotl/explain-words.ts'
import { KEPT_MAX } from '../../../engine/mfotl/limits.ts'
import { formatVerdict, LogReader, type LogTimePoint } from '../../../engine/mfotl/log.ts'
import {
  compile,
  createMonitor,
  type CompiledFormula,
  type Monitor,
  type Verdict,
} from '../../../engine/mfotl/monitor.ts'
import { MonitorError } from '../../../engine/mfotl/monitor-error.ts'
import { parseSignature } from '../../../engine/mfotl/signature.ts'
import { readText, whyUnreadable } from './read-text.ts'
import { verdictText, VerdictExplainer } from './monitor-explain.ts'

export interface MonitorArguments {
  readonly sig: string
  readonly formula: string
  readonly log: string
  readonly negate?: boolean
  readonly noLastTimestamp?: boolean
  readonly json?: boolean
  /** Why each verdict is one. */
  readonly explain?: boolean
  /** What was kept, and its bounds, on standard error at the end. */
  readonly stats?: boolean
  /** Most tuples and events that may be kept; KEPT_MAX if absent. */
  readonly keptMax?: number
  /** Stops at the first part of the log that does not fit, instead of leaving it out. */
  readonly strict?: boolean
}

const PROBLEMS_SHOWN = 50

/**
 * `doorstep monitor`: MonPoly's signature, formula and log files in, its verdict lines on standard
 * output, what was left out on standard error. Returns the exit code: 0 whatever was found, 2
 * where a file cannot be read or the formula has mistakes, all of which are printed.
 */
export async function monitorCommand(args: MonitorArguments): Promise<number> {
  const sigText = textOf(args.sig)
  const formulaText = textOf(args.formula)
  if (sigText === null || formulaText === null) return 2
  const signature = parseSignature(sigText)
  if (!signature.ok) return refuse(args.sig, signature.diagnostics)
  const read = readFormula(args, formulaText, sigText)
  if (!read.ok) return refuse(args.formula, read.diagnostics)
  const { compiled, words } = read.value
  const types = compiled.variables.map((v) => v.type)
  const explainer = args.explain === true ? new VerdictExplainer(compiled, words) : null
  const print = (v: Verdict): string => {
    const told = explainer?.explain(v) ?? null
    if (args.json) return JSON.stringify({ ...v, ...(told && { explanations: told }) })
    return told === null ? formatVerdict(v, types) : verdictText(v, types, told)
  }
  const monitor = createMonitor(
    compiled,
    args.keptMax === undefined ? {} : { keptMax: args.keptMax },
  )
  let problems = 0
  const reader = new LogReader(
    signature.value,
    ({ line, message }) => {
      if (problems++ < PROBLEMS_SHOWN) process.stderr.write(`${args.log}:${line}: ${message}\n`)
      if (args.strict === true) throw new Stopped()
    },
    compiled.formula.predicates,
  )
  const out = new LineWriter()
  try {
    const take = (p: LogTimePoint): void => {
      explainer?.add(monitor.timePoints, p)
      for (const v of monitor.step(p.timestamp, p.facts)) out.write(print(v))
      if (args.strict !== true || monitor.dropped === 0) return
      process.stderr.write(`${args.log}:${p.line}: a time-point out of order\n`)
      throw new Stopped()
    }
    await readLog(args.log, reader, take, out)
    if (args.noLastTimestamp !== true) for (const v of monitor.end()) out.write(print(v))
    await out.flush()
  } catch (error) {
    await out.flush()
    if (args.stats === true) stats(args.formula, monitor, compiled, args.keptMax)
    if (error instanceof Stopped || error instanceof MonitorError || isMissing(error))
      return complain(args.log, error)
    throw error
  }
  summary(args.log, problems, monitor.dropped)
  if (args.stats === true) stats(args.formula, monitor, compiled, args.keptMax)
  return 0
}

async function readLog(
  log: string,
  reader: LogReader,
  take: (point: LogTimePoint) => void,
  out: LineWriter,
): Promise<void> {
  let rest = ''
  for await (const chunk of open(log)) {
    if (out.closed) break
    const lines = (rest + String(chunk)).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      reader.read(line, take)
      if (out.full) await out.flush()
    }
  }
  reader.read(rest, take)
  reader.end(take)
}

/** A formula by itself, or the one of a document (`.yml`) with its words. */
function readFormula(
  { formula, negate }: MonitorArguments,
  text: string,
  signatureText: string,
): Outcome<{ readonly compiled: CompiledFormula; readonly words: Words }> {
  if (!/\.ya?ml$/.test(formula)) {
    const compiled = compile(text, signatureText, { negate: negate === true })
    return compiled.ok ? { ok: true, value: { compiled: compiled.value, words: {} } } : compiled
  }
  const document = loadFormulaDocument(text, signatureText)
  if (!document.ok) return document
  const { compiled, words } = document.value
  if (negate !== true) return { ok: true, value: { compiled, words } }
  const turned = compile(compiled.source, compiled.signature, { negate: true })
  return turned.ok ? { ok: true, value: { compiled: turned.value, words } } : turned
}

function stats(
  file: string,
  monitor: Monitor,
  compiled: CompiledFormula,
  keptMax: number = KEPT_MAX,
): void {
  const lines = [
    `${file}: ${monitor.timePoints} time-points; at most ${monitor.keptPeak} kept, ` +
      `${monitor.kept} at the end, of ${keptMax} allowed`,
    ...keptBounds(compiled).map(
      ({ line, column, operator, text }) => `${file}:${line}:${column}: ${operator} keeps ${text}`,
    ),
  ]
  process.stderr.write(`${lines.join('\n')}\n`)
}

/** The log in large pieces; `-` is standard input. */
function open(file: string): AsyncIterable<unknown> {
  return file === '-'
    ? process.stdin.setEncoding('utf8')
    : createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 18 })
}

function summary(file: string, problems: number, dropped: number): void {
  if (problems > PROBLEMS_SHOWN)
    process.stderr.write(`${file}: ${problems - PROBLEMS_SHOWN} more such parts\n`)
  if (dropped > 0)
    process.stderr.write(`${file}: ${dropped} time-points out of order were left out\n`)
}

/** Collects lines into large writes; `closed` once the reader of the output has gone. */
class LineWriter {
  #parts: string[] = []
  #size = 0
  closed = false

  get full(): boolean {
    return this.#size > 65_536
  }

  write(line: string): void {
    this.#parts.push(line)
    this.#size += line.length + 1
  }

  async flush(): Promise<void> {
    if (this.#size === 0 || this.closed) return
    const text = `${this.#parts.join('\n')}\n`
    this.#parts = []
    this.#size = 0
    const gone = (): void => {
      this.closed = true
    }
    process.stdout.once('error', gone)
    await new Promise<void>((done) => {
      process.stdout.write(text, () => done())
    })
    if (!this.closed) process.stdout.off('error', gone)
  }
}

/**
 * `doorstep monitor test`: runs the cases inside formula documents (`.yml` files, or folders of
 * them). Returns 0 where all hold, 1 where one does not, 2 where a document is broken or there is
 * none.
 */
export async function monitorTest(
  paths: readonly string[],
  options: { readonly json?: boolean },
): Promise<number> {
  const files = (await Promise.all(paths.map(documentsIn))).flat().sort()
  if (files.length === 0) {
    process.stderr.write(`no formula documents (.yml) in ${paths.join(', ')}\n`)
    return 2
  }
  let code = 0
  for (const file of files) {
    const text = textOf(file)
    const signatureText = textOf(join(file, '..', 'telemetry.sig'))
    if (text === null || signatureText === null) return 2
    const document = loadFormulaDocument(text, signatureText)
    if (!document.ok) {
      refuse(file, document.diagnostics)
      code = 2
      continue
    }
    for (const result of runFormulaCases(document.value)) {
      if (!result.ok && code === 0) code = 1
      const line = options.json
        ? JSON.stringify({ file, formula: document.value.id, ...result })
        : caseLine(document.value.id, result)
      process.stdout.write(`${line}\n`)
    }
  }
  return code
}

function caseLine(id: string, { ok, name, message }: CaseResult): string {
  return ok ? `ok   ${id}: ${name}` : `FAIL ${id}: ${name} — ${message}`
}

async function documentsIn(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path]
    return (await readdir(path)).filter((n) => /\.ya?ml$/.test(n)).map((n) => join(path, n))
  } catch (error) {
    complain(path, error)
    return []
  }
}

function textOf(path: string): string | null {
  try {
    return readText(path)
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
    return null
  }
}

/** By `strict`: what is broken has been told. */
class Stopped extends Error {
  constructor() {
    super('stopped, for it is read strictly')
  }
}

function refuse(file: string, diagnostics: readonly Diagnostic[]): 2 {
  for (const d of diagnostics) {
    const cure = d.correction === undefined ? '' : ` (write: ${d.correction})`
    process.stderr.write(`${file}:${d.line}:${d.column}: ${d.message}${cure}\n`)
  }
  return 2
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error
}

function complain(file: string, error: unknown): 2 {
  process.stderr.write(`${file}: ${whyUnreadable(error)}\n`)
  return 2
}
