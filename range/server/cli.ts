import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { HOME } from './home.ts'

/** Every command of `doorstep`. Each loads what it needs only when it is called. */
const MISUSE = 2

function whole(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^-?\d{1,12}$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`write a whole number from ${min} to ${max}`)
    return value
  }
}
function decimal(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value) || value < min || value > max)
      throw new InvalidArgumentError(`write a number from ${min} to ${max}`)
    return value
  }
}
function url(text: string): URL {
  if (!URL.canParse(text) || !/^https?:\/\//.test(text))
    throw new InvalidArgumentError('write an address such as https://range.example.org')
  return new URL(text)
}
const several = (value: string, before: readonly string[] = []): string[] => [...before, value]
const dataOption = (): Option =>
  new Option('--data <dir>', "folder of the database and the exercises' logs")
    .env('DOORSTEP_DATA')
    .default(join(HOME, 'data'), 'data/ of the project')
const set = (): Option =>
  new Option('--set <key=value>', 'changes a parameter, e.g. stealth=0.4 or P2.stealth=0.4')
    .argParser(several)
    .default([])
const json = (): Option => new Option('--json', 'results as JSON')

/** Runs the command line and gives the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  let code = 0
  const done = (result: number): void => {
    code = result
  }
  const program = new Command('doorstep')
    .description('Trains people against every attack between the click and the doorstep.')
    .version(versionText())
    .showHelpAfterError(false)
    .showSuggestionAfterError(true)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      outputError: (text, write) => {
        write(
          `${text
            .replace(/^error: /, '')
            .trim()
            .replaceAll('\n', ' ')}\n`,
        )
      },
    })
  platformCommands(program, done)
  detectionCommands(program, done)
  rangeCommands(program, done)
  ledgerCommands(program, done)
  workshopCommands(program, done)
  for (const command of everyCommand(program))
    command.exitOverride().configureOutput(program.configureOutput())
  try {
    await program.parseAsync(argv, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError)
      return error.exitCode === 0 || error.code === 'commander.helpDisplayed' ? 0 : MISUSE
    process.stderr.write(
      `${error instanceof Error ? (process.env['DEBUG'] === undefined ? error.message : error.stack) : String(error)}\n`,
    )
    return MISUSE
  }
}

type Done = (code: number) => void
function everyCommand(command: Command): Command[] {
  return command.commands.flatMap((one) => [one, ...everyCommand(one as Command)]) as Command[]
}

function platformCommands(program: Command, done: Done): void {
  program
    .command('serve')
    .description('serves the whole platform (what npm start runs)')
    .addOption(
      new Option('--port <number>', 'port to listen on')
        .env('PORT')
        .default(3000)
        .argParser(whole(0, 65_535)),
    )
    .addOption(dataOption())
    .option(
      '--lan',
      'lets others in this room in: all interfaces, HTTP and HTTPS on one port, a local certificate, a QR code',
    )
    .addOption(
      new Option('--public-url <url>', 'address under which a proxy shows it').argParser(url),
    )
    .action(async (options: { port: number; data: string; lan?: boolean; publicUrl?: URL }) => {
      const { serve } = await import('./main.ts')
      done(
        await serve({
          port: options.port,
          data: options.data,
          lan: options.lan === true,
          ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
        }),
      )
    })
  program
    .command('invite')
    .description('prints a one-time link with which a trainer signs up')
    .option('--reset', 'a link for a trainer who has lost the password')
    .addOption(dataOption())
    .addOption(json())
    .action(async (options: { reset?: boolean; data: string; json?: boolean }) => {
      const { invite } = await import('./cli/invite.ts')
      done(
        invite({ data: options.data, reset: options.reset === true, json: options.json === true }),
      )
    })
}

function detectionCommands(program: Command, done: Done): void {
  program
    .command('detect')
    .description('runs the engine over real logs')
    .argument('<file...>', 'log files, or - for standard input')
    .option('--follow', 'goes on as the file grows')
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
      const { detectCommand } = await import('./cli/detect.ts')
      done(
        await detectCommand({
          files,
          follow: options['follow'] === true,
          scores: options['scores'] === true,
          json: options['json'] === true,
          ...(options['format'] === undefined ? {} : { format: options['format'] as 'combined' }),
          ...(options['report'] === undefined ? {} : { report: String(options['report']) }),
        }),
      )
    })
  const sigma = program
    .command('sigma')
    .description('runs Sigma rules over JSON lines')
    .passThroughOptions()
    .option('--rules <path>', 'file or folder of rules; may be given again', several)
    .option('--input <file>', 'JSON lines, or - for standard input')
    .addOption(json())
    .action(async (options: { rules?: string[]; input?: string; json?: boolean }) => {
      if (options.rules === undefined || options.input === undefined)
        return done(misuse('sigma needs --rules PATH and --input FILE'))
      const { sigmaCommand } = await import('./cli/sigma.ts')
      done(
        await sigmaCommand({
          rules: options.rules,
          input: options.input,
          json: options.json === true,
        }),
      )
    })
  sigma
    .command('test')
    .description('runs the cases inside rules')
    .argument('[path...]', 'files or folders', [join(HOME, 'engine/rules')])
    .addOption(json())
    .action(async (paths: string[], options: { json?: boolean }) => {
      const { sigmaTest } = await import('./cli/sigma.ts')
      done(await sigmaTest(paths, { json: options.json === true }))
    })
  const monitor = program
    .command('monitor')
    .description("monitors a temporal formula over a log, with MonPoly's files")
    .passThroughOptions()
    .option('--sig <file>', 'signature')
    .option('--formula <file>', 'formula')
    .option('--log <file>', 'log, or - for standard input')
    .option('--negate', 'monitors the negation')
    .option('--no-last-timestamp', 'leaves out what only the end of the log decides')
    .addOption(json())
    .action(
      async (options: {
        sig?: string
        formula?: string
        log?: string
        negate?: boolean
        lastTimestamp?: boolean
        json?: boolean
      }) => {
        const { sig, formula, log } = options
        if (sig === undefined || formula === undefined || log === undefined)
          return done(misuse('monitor needs --sig, --formula and --log'))
        const { monitorCommand } = await import('./cli/monitor.ts')
        done(
          await monitorCommand({
            sig,
            formula,
            log,
            negate: options.negate === true,
            noLastTimestamp: options.lastTimestamp === false,
            json: options.json === true,
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
      const { monitorTest } = await import('./cli/monitor.ts')
      done(await monitorTest(paths, { json: options.json === true }))
    })
}

function rangeCommands(program: Command, done: Done): void {
  program
    .command('simulate')
    .description('an unattended run as files; same arguments, same bytes')
    .argument('<scenario>', 'slug or path')
    .requiredOption('--seed <n>', 'seed', whole(0, 2_147_483_647))
    .option('--hours <h>', 'virtual hours', decimal(0.01, 240))
    .addOption(set())
    .addOption(
      new Option('--without <attack>', 'leaves an attack out').argParser(several).default([]),
    )
    .option('--undefended', 'nobody responds')
    .requiredOption('--out <dir>', 'folder for the files')
    .addOption(json())
    .action(
      async (
        scenario: string,
        options: {
          seed: number
          hours?: number
          set: string[]
          without: string[]
          undefended?: boolean
          out: string
          json?: boolean
        },
      ) => {
        const { simulateCommand } = await import('./cli/simulate.ts')
        done(
          await simulateCommand({
            scenario,
            seed: options.seed,
            set: options.set,
            without: options.without,
            defended: options.undefended !== true,
            out: options.out,
            json: options.json === true,
            ...(options.hours === undefined ? {} : { hours: options.hours }),
          }),
        )
      },
    )
  program
    .command('evaluate')
    .description('detection rate, time to detect and false incidents over seeds')
    .argument('<scenario...>', 'slugs or paths')
    .requiredOption('--seeds <a..b>', 'seeds, both included')
    .addOption(set())
    .option('--jobs <n>', 'runs at once', whole(1, 64), 2)
    .option('--days <n>', 'benign days to run', whole(0, 1000))
    .option('--vary', 'rates, durations, starts, targets and ways drawn from the seed')
    .addOption(json())
    .action(
      async (
        scenarios: string[],
        options: {
          seeds: string
          set: string[]
          jobs: number
          days?: number
          vary?: boolean
          json?: boolean
        },
      ) => {
        const { evaluateCommand } = await import('./cli/evaluate.ts')
        done(
          await evaluateCommand({
            scenarios,
            seeds: options.seeds,
            set: options.set,
            jobs: options.jobs,
            vary: options.vary === true,
            json: options.json === true,
            ...(options.days === undefined ? {} : { days: options.days }),
          }),
        )
      },
    )
  program
    .command('replay')
    .description('replays an exercise from its log; counterfactuals')
    .argument('<dir>', 'folder of the exercise')
    .option('--without <input>', 'leaves the input of this index out', whole(0, 1_000_000_000))
    .option('--with <file>', 'plays more inputs (JSON lines)')
    .option('--choice <choice>', 'a choice as in the debrief')
    .option('--out <dir>', 'writes the outputs')
    .addOption(json())
    .action(
      async (
        dir: string,
        options: { without?: number; with?: string; choice?: string; out?: string; json?: boolean },
      ) => {
        const { replayCommand } = await import('./cli/replay.ts')
        const { json: asJson, ...rest } = options
        done(await replayCommand({ dir, json: asJson === true, ...rest }))
      },
    )
}

function ledgerCommands(program: Command, done: Done): void {
  const ledger = program.command('ledger').description('offline audit and proofs')
  ledger
    .command('verify')
    .description('audits a log or checks a proof; exit code 1 names a changed entry')
    .argument('<target>', 'folder, address or proof file')
    .option('--key <key>', 'the key to trust, or its file')
    .addOption(json())
    .action(async (target: string, options: { key?: string; json?: boolean }) => {
      const { ledgerVerify } = await import('./cli/ledger.ts')
      done(
        await ledgerVerify(target, {
          json: options.json === true,
          ...(options.key === undefined ? {} : { key: options.key }),
        }),
      )
    })
  ledger
    .command('prove')
    .description('writes the proof of an entry')
    .argument('<dir>', 'folder of the exercise')
    .argument('<index>', 'index of the entry', whole(0, 1_000_000_000))
    .option('--out <file>', 'file to write')
    .action(async (dir: string, index: number, options: { out?: string }) => {
      const { ledgerProve } = await import('./cli/ledger.ts')
      done(ledgerProve(dir, index, options))
    })
}

function workshopCommands(program: Command, done: Done): void {
  program
    .command('train')
    .description('rebuilds a shipped model')
    .argument('<model>', 'name of the model')
    .option('--days <n>', 'quiet days to train on', whole(1, 1000))
    .option('--held <n>', 'quiet days held back', whole(1, 1000))
    .option('--seed <n>', 'first seed', whole(0, 2_147_483_647))
    .option('--steps <n>', 'steps of training', whole(1, 10_000_000))
    .option('--rows <file>', 'rows of an earlier --keep-rows')
    .option('--keep-rows <file>', 'keeps the rows')
    .option('--out <file>', 'model file to write')
    .addOption(json())
    .action(async (model: string, options: Record<string, never>) => {
      const { trainCommand } = await import('./cli/train.ts')
      done(await trainCommand({ model, ...options }))
    })
  program
    .command('bench')
    .description('runs benchmarks')
    .argument('[name...]', 'names; all without')
    .action(async (names: string[]) => {
      const { benchCommand } = await import('./cli/bench.ts')
      done(await benchCommand(names))
    })
}

function misuse(text: string): number {
  process.stderr.write(`${text}\n`)
  return MISUSE
}

function versionText(): string {
  const file = join(HOME, 'package.json')
  return existsSync(file)
    ? String((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version)
    : '0'
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === resolve(import.meta.filename)) {
  process.exitCode = await main(process.argv.slice(2))
}
