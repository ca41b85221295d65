import type { Command } from 'commander'
import { json, whole, type Done } from './options.ts'

/** Audit and proofs without a server: `ledger verify`, `ledger prove`. */
export function ledgerCommands(program: Command, done: Done): void {
  const ledger = program.command('ledger').description('offline audit and proofs')
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
}
