import { InvalidArgumentError, type Command } from 'commander'
import { decimal, json, several, url, whole, type Done } from './options.ts'

/** Audit, proofs, receipts, erasure, witnesses: `ledger verify`, `prove`, `receipt`, … */
export function ledgerCommands(program: Command, done: Done): void {
  const ledger = program.command('ledger').description('audit, proofs, receipts and witnesses')
  ledger
    .command('verify')
    .description('audits a log or checks a proof; exit code 1 names a changed entry')
    .argument('<target>', 'folder, address or proof file')
    .option('--key <key>', 'the key to trust, or its file')
    .addOption(json())
    .action(async (target: string, options: { key?: string; json?: boolean }) => {
      const { ledgerVerify } = await import('./ledger.ts')
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
      const { ledgerProve } = await import('./ledger.ts')
      done(ledgerProve(dir, index, options))
    })
  ledger
    .command('events')
    .description('checks an exported EPCIS document: hashes, and the devices’ signatures')
    .argument('<file>', 'the export of a debrief, doorstep-….jsonld')
    .option('--log <dir>', "the exercise's folder, whose record says which devices count")
    .addOption(json())
    .action(async (file: string, options: { log?: string; json?: boolean }) => {
      const { ledgerEvents } = await import('./ledger-events.ts')
      const { terminal } = await import('./ledger.ts')
      done(ledgerEvents(file, options, terminal))
    })
  receiptCommands(ledger, done)
  witnessCommands(ledger, done)
}

function receiptCommands(ledger: Command, done: Done): void {
  ledger
    .command('receipt')
    .description('judges receipts and slips that were saved in a browser')
    .argument('<files...>', 'saved receipts, one JSON line each, or the address out of a QR code')
    .requiredOption('--log <target>', "the exercise's folder, saved tiles, or the log's address")
    .option('--key <key>', 'the key to trust, or its file')
    .addOption(json())
    .addHelpText('after', RECEIPT_HELP)
    .action(async (files: string[], options: { log: string; key?: string; json?: boolean }) => {
      const { ledgerReceipt } = await import('./ledger-receipt.ts')
      const { terminal } = await import('./ledger.ts')
      done(await ledgerReceipt(files, options, terminal))
    })
  ledger
    .command('erase')
    .description('erases what a person handed in to an ended exercise; every proof stays valid')
    .argument('<dir>', 'folder of the exercise')
    .option('--entry <index>', 'index of an entry, more than once if needed', indexes, [])
    .option('--seat <seat>', 'all that a seat handed in, and its name', several, [])
    .option('--yes', 'do it; without it, it is only said what would be erased')
    .addOption(json())
    .addHelpText('after', ERASE_HELP)
    .action(async (dir: string, options: EraseArguments) => {
      const { ledgerErase } = await import('./ledger-erase.ts')
      const { terminal } = await import('./ledger.ts')
      const { entry, seat, ...others } = options
      done(ledgerErase(dir, { ...others, entries: entry, seats: seat }, terminal))
    })
}

interface EraseArguments {
  readonly entry: number[]
  readonly seat: string[]
  readonly yes?: boolean
  readonly json?: boolean
}

const RECEIPT_HELP = `
Works offline on a folder. Exit codes: 0 all in the record or not overdue; 1 one is unlogged, bent,
forged or of another log, or the record itself does not hold; 2 misuse.`

const ERASE_HELP = `
Stop the server first, or use the button on the debrief's page. An exercise that lacks entries can
be verified, and not be played again. Exit codes: 0 erased or listed, 2 misuse.`

function indexes(text: string, before: readonly number[] = []): number[] {
  return [...before, whole(0, 1_000_000_000)(text)]
}

function witnessCommands(ledger: Command, done: Done): void {
  ledger
    .command('witness')
    .description('follows a log from another machine and cosigns it as long as it only grows')
    .requiredOption(
      '--log <url>',
      'address of the log, e.g. https://range.example.org/ledger/ID',
      url,
    )
    .option('--vkey <key>', "the log's key, or its file; needed the first time")
    .requiredOption('--state <file>', "the witness's key and what it knows, one file a log")
    .option('--name <name>', 'name of a new witness, e.g. witness.example.org', witnessName)
    .option('--every <seconds>', 'time between two looks', decimal(0.2, 3600), 2)
    .option('--once', 'one checkpoint, then an end')
    .addHelpText('after', WITNESS_HELP)
    .action(async (options: WitnessArguments) => {
      const { ledgerWitness } = await import('./ledger-witness.ts')
      const { terminal } = await import('./ledger.ts')
      const stop = new AbortController()
      for (const signal of ['SIGINT', 'SIGTERM'] as const)
        process.once(signal, () => {
          stop.abort()
        })
      const { log, every, once, ...others } = options
      const asked = { ...others, log: log.href, everySeconds: every, once: once === true }
      done(await ledgerWitness(asked, terminal, stop.signal))
    })
  ledger
    .command('verify-fork')
    .description('checks a fork proof: exit code 0 where the log did sign two histories')
    .argument('<file>', 'the fork proof')
    .option('--vkey <key>', "the log's key, or its file; by default the one named in the proof")
    .action(async (path: string, options: { vkey?: string }) => {
      const { ledgerVerifyFork } = await import('./ledger-witness.ts')
      const { terminal } = await import('./ledger.ts')
      done(ledgerVerifyFork(path, options.vkey, terminal))
    })
}

interface WitnessArguments {
  readonly log: URL
  readonly vkey?: string
  readonly state: string
  readonly name?: string
  readonly every: number
  readonly once?: boolean
}

const WITNESS_HELP = `
Its first line is its own key. Give that to the server, so that its word counts for the quorum:
  doorstep serve --witness KEY
Exit codes: 0 stopped, 1 refused (a fork proof then lies at STATE.fork-proof), 2 misuse.
One state file a log, never a copy of it: two with one key could contradict each other.`

function witnessName(text: string): string {
  if (!/^[a-z0-9][a-z0-9./-]{0,63}$/.test(text))
    throw new InvalidArgumentError('write up to 64 of a-z 0-9 . / -')
  return text
}
