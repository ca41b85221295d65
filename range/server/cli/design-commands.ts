import { Option, type Command } from 'commander'
import { json, type Done } from './options.ts'

/** What is proved before anything runs. */
export function designCommands(program: Command, done: Done): void {
  program
    .command('verify')
    .description('proves a workflow, or tells the shortest way to break it')
    .argument('<workflow>', 'slug of engine/workflows, e.g. posted-goods, or path')
    .option('--without <control...>', 'switches controls off, e.g. fourEyes', [])
    .addOption(
      new Option('--backend <name>', 'goes through every state, or asks a solver')
        .choices(['search', 'z3'])
        .default('search'),
    )
    .option('--scenario <file>', 'writes a scenario that plays the counterexample in the range')
    .addOption(json())
    .addHelpText('after', '\nExit code: 0 proved, 1 a counterexample, 2 misuse.')
    .action(
      async (
        workflow: string,
        options: {
          without: string[]
          backend: 'search' | 'z3'
          scenario?: string
          json?: boolean
        },
      ) => {
        const { verifyCommand } = await import('./verify.ts')
        done(await verifyCommand({ workflow, ...options, json: options.json === true }))
      },
    )
}
