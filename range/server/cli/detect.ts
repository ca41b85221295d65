import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createRequestScorer } from '../../../engine/anomaly/request-scorer.ts'
import type { RequestScorer } from '../../../engine/anomaly/request-scorer.ts'
import { createEngine, EngineError } from '../../../engine/engine.ts'
import type { Engine } from '../../../engine/engine.ts'
import { HOME } from '../home.ts'
import { readerOf } from './detect-format.ts'
import type { LogFormat } from './detect-line.ts'
import { createLineRules } from './detect-line-rules.ts'
import type { LineRules } from './detect-line-rules.ts'
import { incidentRow, incidentText, summaryText } from './detect-print.ts'
import { reportPage } from './detect-report.ts'
import type { FlaggedLine } from './detect-report.ts'
import { DetectRun } from './detect-run.ts'
import type { FoundIncident, LineResult, LineScore } from './detect-run.ts'
import { groupFiles, linesOf } from './detect-source.ts'
import type { LogGroup } from './detect-source.ts'
import { WrittenFolders } from './detect-written.ts'
import type { Written } from './detect-written.ts'
import { suppressionText } from './suppression-text.ts'

export interface DetectOptions {
  /** Log files, `-` for standard input; rotated files of one log are read as one, oldest first. */
  readonly files: readonly string[]
  /** Goes on as the (one) file grows, until interrupted. */
  readonly follow: boolean
  /** A score for each line instead of incidents. */
  readonly scores: boolean
  readonly json: boolean
  /** Guessed line by line if absent. */
  readonly format?: LogFormat
  /** Page to write. */
  readonly report?: string
  /** Folders of rules and formulas in place of those that ship; with `follow` they are watched. */
  readonly rules?: string
  readonly formulas?: string
}

const MODEL = join(HOME, 'engine', 'models', 'request', 'model.json')
/** Broken lines named on standard error; the rest are counted. */
const NAMED_MAX = 50
/** Flagged lines kept for the report. */
const FLAGGED_MAX = 5_000
/** How often the folders of rules and formulas are looked at while a log is followed. */
const RELOAD_MS = 1_000

/**
 * `doorstep detect`: the whole engine over real logs. Incidents, or scores of lines, go to standard output; broken
 * lines and the summary to standard error. Answers the exit code: 0 whatever is found, 2 for misuse.
 */
export async function detectCommand(options: DetectOptions): Promise<number> {
  const mistake = misuseOf(options)
  if (mistake !== null) return misuse(mistake)
  const folders = new WrittenFolders({
    rules: options.rules ?? join(HOME, 'engine', 'rules'),
    formulas: options.formulas ?? join(HOME, 'engine', 'formulas'),
  })
  const scorer = existsSync(MODEL) ? createRequestScorer(readFileSync(MODEL, 'utf8')) : null
  const session = new DetectSession(options, { ...folders.read(), scorer })
  const stop = new AbortController()
  const interrupted = (): void => {
    stop.abort()
  }
  if (options.follow) process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  process.stdout.on('error', () => process.exit(0))
  const watch = options.follow ? setInterval(() => reload(session, folders), RELOAD_MS) : null
  try {
    for (const group of groupFiles(options.files))
      await session.read(group, options.follow ? stop.signal : null)
    await session.finish()
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    process.stderr.write(`${error.message}\n`)
    return 2
  } finally {
    if (watch !== null) clearInterval(watch)
  }
  process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
  return 0
}

interface Parts extends Written {
  readonly scorer: RequestScorer | null
}

/** Takes up changed files; of broken ones all mistakes are told, and what was in force stays so. */
function reload(session: DetectSession, folders: WrittenFolders): void {
  try {
    const files = folders.changed()
    if (files === null) return
    session.reload(files)
    process.stderr.write('rules and formulas were changed and are in force\n')
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error)
    process.stderr.write(`${text}\nthe rules and formulas of before stay in force\n`)
  }
}

/** One call of the command: a run for each log, one output. */
class DetectSession {
  readonly #options: DetectOptions
  readonly #parts: Parts
  #rules: LineRules | null = null
  readonly #runs: DetectRun[] = []
  readonly #scores: number[] = []
  readonly #flagged: FlaggedLine[] = []
  readonly #several: boolean
  readonly #started = performance.now()
  #named = 0
  #out = ''

  constructor(options: DetectOptions, parts: Parts) {
    this.#options = options
    this.#parts = parts
    this.#several = new Set(options.files).size > 1
  }

  /** Reads a log to its end, or for as long as it grows. */
  async read(group: LogGroup, follow: AbortSignal | null): Promise<void> {
    const engine = this.#engine()
    this.#rules ??= createLineRules(this.#parts.rules)
    const run = new DetectRun(
      engine,
      this.#parts.scorer,
      this.#rules,
      readerOf(this.#options.format),
    )
    this.#runs.push(run)
    for (const file of group.files) {
      const meter = new Meter(file)
      try {
        for await (const line of linesOf(file, file === group.files.at(-1) ? follow : null)) {
          await this.#take(run, file, run.take(file, line.number, line.text), follow !== null)
          meter.show(line.bytes, run)
        }
      } catch (error) {
        process.stderr.write(
          `${file}: ${error instanceof Error ? error.message : String(error)}; the rest of it is left out\n`,
        )
      }
      meter.clear()
    }
    run.end()
    if (!this.#options.scores)
      for (const each of follow === null ? run.incidents() : run.changes()) await this.#print(each)
  }

  /** Throws EngineError where the files have mistakes; then nothing has changed. */
  reload(files: Written): void {
    for (const run of this.#runs.slice(-1)) run.reload(files)
  }

  async finish(): Promise<void> {
    await this.#flush(true)
    const { report } = this.#options
    const found = this.#runs.flatMap((run) => run.incidents())
    if (report !== undefined) {
      writeFileSync(
        report,
        reportPage({
          files: this.#options.files,
          found,
          scores: this.#scores,
          runs: this.#runs,
          flagged: this.#flagged,
        }),
      )
    }
    if (this.#named > NAMED_MAX)
      process.stderr.write(`… and ${this.#named - NAMED_MAX} more broken lines\n`)
    for (const run of this.#runs)
      process.stderr.write(suppressionText(run.suppressions(), this.#options.json))
    process.stderr.write(summaryText(this.#runs, found, performance.now() - this.#started))
    if (report !== undefined) process.stderr.write(`report: ${report}\n`)
  }

  #engine(): Engine {
    const { rules, formulas, scorer } = this.#parts
    return createEngine({
      rules,
      formulas,
      twin: null,
      baseline: null,
      scorer: null,
      requestScorer: scorer,
    })
  }

  async #take(run: DetectRun, file: string, result: LineResult, following: boolean): Promise<void> {
    if ('error' in result) {
      this.#named += 1
      if (this.#named <= NAMED_MAX)
        process.stderr.write(`${file}:${result.line}: ${result.error}, left out\n`)
    } else if (this.#options.report !== undefined) this.#keep(run, file, result)
    if (this.#options.scores) await this.#write(this.#scoreLine(file, result))
    else if (following) for (const each of run.changes()) await this.#print(each)
    if (following) await this.#flush(true)
  }

  #keep(run: DetectRun, file: string, result: LineScore): void {
    this.#scores.push(result.score)
    const ref =
      result.flagged && this.#flagged.length < FLAGGED_MAX ? run.lineOf(file, result.line) : null
    if (ref !== null) this.#flagged.push({ ref, score: result.score, reasons: result.reasons })
  }

  #scoreLine(file: string, result: LineResult): string {
    const row = this.#several ? { file, ...result } : result
    if (this.#options.json) return `${JSON.stringify(row)}\n`
    const where = this.#several ? `${file}:${result.line}` : String(result.line)
    if ('error' in result) return `${where}\t${result.error}\n`
    return `${where}\t${result.score.toFixed(4)}\t${result.flagged ? 'flagged' : ''}\t${result.reasons.join('; ')}\n`
  }

  async #print(found: FoundIncident): Promise<void> {
    await this.#write(
      this.#options.json
        ? `${JSON.stringify(incidentRow(found, this.#several))}\n`
        : incidentText(found, this.#several),
    )
  }

  async #write(text: string): Promise<void> {
    this.#out += text
    await this.#flush(this.#out.length > 65_536)
  }

  async #flush(now: boolean): Promise<void> {
    if (!now || this.#out === '') return
    const text = this.#out
    this.#out = ''
    if (process.stdout.write(text)) return
    await new Promise<void>((resolve) => process.stdout.once('drain', resolve))
  }
}

/** Progress of one file on a terminal, at most ten times a second. */
class Meter {
  readonly #file: string
  readonly #size: number
  #shown = 0

  constructor(file: string) {
    this.#file = file
    this.#size = file === '-' ? 0 : (statSync(file, { throwIfNoEntry: false })?.size ?? 0)
  }

  show(bytes: number, run: DetectRun): void {
    if (!process.stderr.isTTY || performance.now() - this.#shown < 100) return
    this.#shown = performance.now()
    const share =
      this.#size > 0 && !this.#file.endsWith('.gz')
        ? `${Math.min(100, Math.floor((bytes / this.#size) * 100))} %, `
        : ''
    process.stderr.write(
      `\r\u001b[K${this.#file}: ${share}${run.lines} lines, ${run.flagged} flagged`,
    )
  }

  clear(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K')
  }
}

function misuseOf(options: DetectOptions): string | null {
  for (const file of options.files) {
    if (file === '-') continue
    const kind = statSync(file, { throwIfNoEntry: false })
    if (kind === undefined) return `no such file: ${file}`
    if (kind.isDirectory()) return `${file} is a folder; name the log files in it`
  }
  for (const folder of [options.rules, options.formulas]) {
    if (folder !== undefined && statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
      return `no such folder: ${folder}`
  }
  if (options.follow && options.files.length > 1) return '--follow goes with one file'
  if (options.follow && options.report !== undefined)
    return '--report needs an end; leave out --follow'
  if (options.report !== undefined && !existsSync(dirname(options.report)))
    return `no such folder: ${dirname(options.report)}`
  return null
}

function misuse(text: string): number {
  process.stderr.write(`detect: ${text}\n`)
  return 2
}
