import { Command, CommanderError } from 'commander'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { designCommands } from './cli/design-commands.ts'
import { detectionCommands } from './cli/detection-commands.ts'
import { ledgerCommands } from './cli/ledger-commands.ts'
import { MISUSE } from './cli/options.ts'
import { platformCommands } from './cli/platform-commands.ts'
import { rangeCommands } from './cli/range-commands.ts'
import { workshopCommands } from './cli/workshop-commands.ts'
import { HOME } from './home.ts'

/**
 * Runs the command line and gives the exit code. Each command loads what it needs only when it is
 * called.
 */
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
  designCommands(program, done)
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

function everyCommand(command: Command): Command[] {
  return command.commands.flatMap((one) => [one, ...everyCommand(one as Command)]) as Command[]
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
