import { createReadStream, statSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { joinPipelines, parsePipeline } from '../../../engine/sigma/parse-pipeline.ts'
import type { Pipeline } from '../../../engine/sigma/pipeline.ts'
import { casesOf, createRuleSet } from '../../../engine/sigma/rule-set.ts'
import type { RuleSet } from '../../../engine/sigma/rule-set.ts'
import type { Diagnostic } from '../../../engine/sigma/rule.ts'
import { eventTime } from './event-time.ts'
import { readText } from './read-text.ts'
import { readRuleFiles } from './rule-files.ts'
import { suppressionText } from './suppression-text.ts'

export interface SigmaOptions {
  /** Files and folders of Sigma rules. */
  readonly rules: readonly string[]
  /** A file of JSON Lines, or `-` for standard input. */
  readonly input: string
  /** Files of pipelines, applied one after the other. */
  readonly pipelines?: readonly string[]
  /** Diagnostics as JSON Lines too; matches always are. */
  readonly json?: boolean
  /** Stops at the first line that is no event, instead of leaving it out. */
  readonly strict?: boolean
}

/**
 * `doorstep sigma`: prints `{"index":N,"rule":ID}` for every match, index counting lines from 0;
 * a correlation names its last event. A broken line is named on standard error and left out, or
 * stops the run. Answers the exit code: 0, or 2 for a missing file, rules with mistakes or a stop.
 * An event without a time happens when the one before it did.
 */
export async function sigmaCommand(options: SigmaOptions): Promise<number> {
  const set = loadSet(options.rules, options)
  if (set === null) return 2
  if (
    options.input !== '-' &&
    statSync(options.input, { throwIfNoEntry: false })?.isFile() !== true
  ) {
    process.stderr.write(`sigma: no such file: ${options.input}\n`)
    return 2
  }
  const input = options.input === '-' ? process.stdin : createReadStream(options.input, 'utf8')
  let index = -1
  let time = 0
  let out = ''
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    index += 1
    if (line.trim() === '') continue
    const event = readEvent(index === 0 ? line.replace(/^\ufeff/, '') : line)
    if (typeof event === 'string') {
      const then = options.strict === true ? 'stopped here' : 'left out'
      process.stderr.write(`${options.input}:${index + 1}: ${event}, ${then}\n`)
      if (options.strict !== true) continue
      await write(out)
      return 2
    }
    time = event.time ?? time
    const ids = new Set(set.step(event.body, time).map((match) => match.ruleId))
    for (const rule of ids) out += `${JSON.stringify({ index, rule })}\n`
    if (out.length > 65_536) {
      await write(out)
      out = ''
    }
  }
  await write(out)
  const { late, forgotten } = set.counters()
  if (late > 0)
    process.stderr.write(`sigma: ${late} events came late and count as of the newest before them\n`)
  if (forgotten > 0)
    process.stderr.write(
      `sigma: ${forgotten} groups of correlations were forgotten at their bound\n`,
    )
  process.stderr.write(suppressionText(set.suppressions(), options.json === true))
  return 0
}

/**
 * `doorstep sigma test`: runs the cases inside rules. Answers 0, 1 where a case fails, 2 for
 * misuse.
 */
export async function sigmaTest(
  paths: readonly string[],
  options: { readonly json?: boolean; readonly pipelines?: readonly string[] } = {},
): Promise<number> {
  const set = loadSet(paths, { ...options, testing: true })
  if (set === null) return 2
  const empty = set.save()
  let failed = 0
  const cases = casesOf(set)
  for (const { rule, case: each } of cases) {
    set.restore(empty)
    const raised = each.events.flatMap(({ event, time }) => set.step(event, time))
    const fired = raised.some((match) => match.ruleId === rule.id)
    if (fired !== each.fires) failed += 1
    if (options.json === true) {
      const row = {
        rule: rule.id,
        case: each.name,
        expected: each.fires,
        fired,
        ok: fired === each.fires,
      }
      await write(`${JSON.stringify(row)}\n`)
    } else if (fired !== each.fires) {
      const wanted = each.fires ? 'should match' : 'should not match'
      await write(`${each.at.file}:${each.at.line}: ${rule.title}: ${each.name}: ${wanted}\n`)
    }
  }
  const bare = set.rules.filter((rule) => rule.doorstep.cases.length === 0).length
  process.stderr.write(
    `${cases.length - failed} of ${cases.length} cases hold; ${bare} rules have none\n`,
  )
  return failed === 0 ? 0 : 1
}

function loadSet(
  paths: readonly string[],
  options: {
    readonly json?: boolean
    /** Every rule raises, and nothing is suppressed. */
    readonly testing?: boolean
    readonly pipelines?: readonly string[]
  },
): RuleSet | null {
  try {
    const files = readRuleFiles(paths)
    const pipeline = loadPipelines(options.pipelines ?? [], options.json === true)
    if (pipeline === null) return null
    const testing = options.testing === true
    const result = createRuleSet(files, { generateAll: testing, unsuppressed: testing, pipeline })
    report(result.ok ? result.set.warnings : result.diagnostics, options.json === true)
    if (result.ok && result.set.rules.length === 0)
      throw new Error(`there is no rule in ${paths.join(', ')}`)
    return result.ok ? result.set : null
  } catch (error) {
    process.stderr.write(`sigma: ${error instanceof Error ? error.message : String(error)}\n`)
    return null
  }
}

function loadPipelines(paths: readonly string[], json: boolean): Pipeline | null {
  const parsed = paths.map((path) => parsePipeline(path, readText(path)))
  report(
    parsed.flatMap((each) => each.diagnostics),
    json,
  )
  const pipelines = parsed.flatMap((each) => each.pipeline ?? [])
  return pipelines.length < parsed.length ? null : joinPipelines(pipelines)
}

function report(diagnostics: readonly Diagnostic[], json: boolean): void {
  const ordered = [...diagnostics].sort((a, b) =>
    a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line,
  )
  for (const each of ordered) {
    const { file, line, column, severity, message, correction } = each
    const better = correction === undefined ? '' : ` (${correction})`
    process.stderr.write(
      json
        ? `${JSON.stringify(each)}\n`
        : `${file}:${line}:${column}: ${severity}: ${message}${better}\n`,
    )
  }
}

type Line = { readonly body: Readonly<Record<string, unknown>>; readonly time: number | null }

/** An event of a line; a line of our own telemetry is `{time, uid, body}` and gives its body. */
function readEvent(line: string): Line | string {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return 'not JSON'
  }
  if (!isObject(value)) return 'not a JSON object'
  const wrapped =
    Object.keys(value).length === 3 && 'time' in value && 'uid' in value && isObject(value['body'])
  return { body: wrapped ? (value['body'] as Line['body']) : value, time: eventTime(value) }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

async function write(text: string): Promise<void> {
  if (text === '' || process.stdout.write(text)) return
  await new Promise<void>((resolve) => process.stdout.once('drain', resolve))
}
