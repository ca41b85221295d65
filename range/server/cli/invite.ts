import { resolve } from 'node:path'
import { createAccounts, INVITATION_MINUTES } from '../accounts.ts'
import { openStore } from '../database.ts'

/**
 * `doorstep invite`: makes a link in the data folder, also while a server runs on it. Returns the
 * exit code.
 */
export function invite(args: {
  readonly data: string
  readonly reset: boolean
  readonly json: boolean
}): number {
  const store = openStore(resolve(args.data))
  try {
    const token = createAccounts(store).invite(args.reset ? 'reset' : 'setup')
    const link = `${store.setting('address') ?? 'http://127.0.0.1:3000'}/setup?token=${token}`
    process.stdout.write(
      args.json
        ? `${JSON.stringify({ link, minutes: INVITATION_MINUTES })}\n`
        : `${link}\n(works once, for ${INVITATION_MINUTES} minutes)\n`,
    )
    return 0
  } finally {
    store.close()
  }
}
