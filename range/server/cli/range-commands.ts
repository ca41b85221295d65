import { Option, type Command } from 'commander'
import type { ReasoningKind } from '../../../engine/alert/alert.ts'
import { decimal, detectors, json, set, several, whole, type Done } from './options.ts'

/** The exercise without a class: `simulate`, `evaluate`, `replay`. */
export function rangeCommands(program: Command, done: Done): void {
  simulate(program, done)
  evaluate(program, done)
  replay(program, done)
}

function simulate(program: Command, done: Done): void {
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
        const { simulateCommand } = await import('./simulate.ts')
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
}

function evaluate(program: Command, done: Done): void {
  program
    .command('evaluate')
    .description('detection rate, time to detect and false incidents over seeds')
    .argument('<scenario...>', 'slugs or paths')
    .requiredOption('--seeds <a..b>', 'seeds, both included')
    .addOption(set())
    .option('--jobs <n>', 'runs at once', whole(1, 64), 2)
    .option('--days <n>', 'benign days to run', whole(0, 1000))
    .option('--vary', 'rates, durations, starts, targets and ways drawn from the seed')
    .addOption(detectors())
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
          detectors?: readonly ReasoningKind[]
          json?: boolean
        },
      ) => {
        const { evaluateCommand } = await import('./evaluate.ts')
        done(
          await evaluateCommand({
            scenarios,
            seeds: options.seeds,
            set: options.set,
            jobs: options.jobs,
            vary: options.vary === true,
            json: options.json === true,
            ...(options.days === undefined ? {} : { days: options.days }),
            ...(options.detectors === undefined ? {} : { only: options.detectors }),
          }),
        )
      },
    )
}

function replay(program: Command, done: Done): void {
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
        const { replayCommand } = await import('./replay.ts')
        const { json: asJson, ...rest } = options
        done(await replayCommand({ dir, json: asJson === true, ...rest }))
      },
    )
}
