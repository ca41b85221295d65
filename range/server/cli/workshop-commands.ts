import type { Command } from 'commander'
import { json, whole, type Done } from './options.ts'

/** For who works on the project: `train`, `bench`. */
export function workshopCommands(program: Command, done: Done): void {
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
      const { trainCommand } = await import('./train.ts')
      done(await trainCommand({ model, ...options }))
    })
  program
    .command('bench')
    .description('runs benchmarks')
    .argument('[name...]', 'names; all without')
    .action(async (names: string[]) => {
      const { benchCommand } = await import('./bench.ts')
      done(await benchCommand(names))
    })
}
