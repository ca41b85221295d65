import { Option, type Command } from 'commander'
import { dataOption, json, several, url, whole, type Done } from './options.ts'

interface ServeArguments {
  readonly port: number
  readonly data: string
  readonly lan?: boolean
  readonly publicUrl?: URL
  readonly witness: readonly string[]
}

/** The platform for people: `serve`, `invite`. */
export function platformCommands(program: Command, done: Done): void {
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
    .addOption(
      new Option(
        '--witness <vkey>',
        'key of a witness elsewhere (doorstep ledger witness) whose word makes a quorum',
      )
        .argParser(several)
        .default([]),
    )
    .action(async (options: ServeArguments) => {
      const { serve } = await import('../main.ts')
      done(
        await serve({
          witnesses: options.witness,
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
      const { invite } = await import('./invite.ts')
      done(
        invite({ data: options.data, reset: options.reset === true, json: options.json === true }),
      )
    })
}
