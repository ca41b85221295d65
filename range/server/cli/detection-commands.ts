import { Option, type Command } from 'commander'
import { join } from 'node:path'
import { HOME } from '../home.ts'
import { json, misuse, several, whole, type Done } from './options.ts'

/** The engine over logs of one's own: `detect`, `sigma`, `monitor`. */
export function detectionCommands(program: Command, done: Done): void {
  detect(program, done)
  sigmaCommands(program, done)
  monitorCommands(program, done)
}

function detect(program: Command, done: Done): void {
  program
    .command('detect')
    .description('runs the engine over real logs')
    .argument('<file...>', 'log files, or - for standard input')
    .option('--follow', 'goes on as the file grows; changed rules and formulas are taken up')
    .option('--rules <dir>', 'rules in place of those that ship')
    .option('--formulas <dir>', 'formulas and their signature in place of those that ship')
    .addOption(
      new Option('--format <name>', 'format of the lines').choices([
        'combined',
        'http',
        'ocsf',
        'epcis',
      ]),
    )
    .option('--scores', 'with --json: a score for each line')
    .option('--report <file>', 'writes a page with the distribution of scores')
    .addOption(json())
    .action(async (files: string[], options: Record<string, unknown>) => {
      const { detectCommand } = await import('./detect.ts')
      done(
        await detectCommand({
          files,
          follow: options['follow'] === true,
          scores: options['scores'] === true,
          json: options['json'] === true,
          ...(options['format'] === undefined ? {} : { format: options['format'] as 'combined' }),
          ...(options['rules'] === undefined ? {} : { rules: String(options['rules']) }),
          ...(options['formulas'] === undefined ? {} : { formulas: String(options['formulas']) }),
          ...(options['report'] === undefined ? {} : { report: String(options['report']) }),
        }),
      )
    })
}

interface SigmaWords {
  readonly rules?: string[]
  readonly input?: string
  readonly pipeline?: string[]
  readonly json?: boolean
  readonly strict?: boolean
}

function sigmaCommands(program: Command, done: Done): void {
  const sigma = program
    .command('sigma')
    .description('runs Sigma rules over JSON lines')
    .passThroughOptions()
    .option('--rules <path>', 'file or folder of rules; may be given again', several)
    .option('--input <file>', 'JSON lines, or - for standard input')
    .option('--pipeline <file>', 'renames fields of foreign rules; may be given again', several)
    .option('--strict', 'stops at the first broken line, instead of leaving it out')
    .addOption(json())
    .action(async (options: SigmaWords) => {
      if (options.rules === undefined || options.input === undefined)
        return done(misuse('sigma needs --rules PATH and --input FILE'))
      const { sigmaCommand } = await import('./sigma.ts')
      done(
        await sigmaCommand({
          rules: options.rules,
          input: options.input,
          pipelines: options.pipeline ?? [],
          json: options.json === true,
          strict: options.strict === true,
        }),
      )
    })
  sigma
    .command('test')
    .description('runs the cases inside rules')
    .argument('[path...]', 'files or folders', [join(HOME, 'engine/rules')])
    .option('--pipeline <file>', 'renames fields of foreign rules; may be given again', several)
    .addOption(json())
    .action(async (paths: string[], options: { json?: boolean; pipeline?: string[] }) => {
      const { sigmaTest } = await import('./sigma.ts')
      const pipelines = options.pipeline ?? []
      done(await sigmaTest(paths, { json: options.json === true, pipelines }))
    })
}

function monitorCommands(program: Command, done: Done): void {
  const monitor = program
    .command('monitor')
    .description("monitors a temporal formula over a log, with MonPoly's files")
    .passThroughOptions()
    .option('--sig <file>', 'signature')
    .option('--formula <file>', 'formula, or a formula document (.yml)')
    .option('--log <file>', 'log, or - for standard input')
    .option('--negate', 'monitors the negation')
    .option('--no-last-timestamp', 'leaves out what only the end of the log decides')
    .option('--explain', 'says of each verdict which events made it true, and which are missing')
    .option('--stats', 'says at the end how much was kept, and what bounds it')
    .option('--strict', 'stops at the first broken or out-of-order part of the log')
    .option('--kept-max <count>', 'stops beyond this many tuples', whole(1, 100_000_000))
    .addOption(json())
    .action(
      async (options: {
        sig?: string
        formula?: string
        log?: string
        negate?: boolean
        lastTimestamp?: boolean
        explain?: boolean
        stats?: boolean
        keptMax?: number
        json?: boolean
        strict?: boolean
      }) => {
        const { sig, formula, log } = options
        if (sig === undefined || formula === undefined || log === undefined)
          return done(misuse('monitor needs --sig, --formula and --log'))
        const { monitorCommand } = await import('./monitor.ts')
        done(
          await monitorCommand({
            sig,
            formula,
            log,
            negate: options.negate === true,
            noLastTimestamp: options.lastTimestamp === false,
            json: options.json === true,
            explain: options.explain === true,
            stats: options.stats === true,
            strict: options.strict === true,
            ...(options.keptMax === undefined ? {} : { keptMax: options.keptMax }),
          }),
        )
      },
    )
  monitor
    .command('test')
    .description('runs the cases inside formulas')
    .argument('[path...]', 'files or folders', [join(HOME, 'engine/formulas')])
    .addOption(json())
    .action(async (paths: string[], options: { json?: boolean }) => {
      const { monitorTest } = await import('./monitor.ts')
      done(await monitorTest(paths, { json: options.json === true }))
    })
}
