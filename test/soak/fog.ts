/**
 * Every game of the fog tests in a real browser: those that `npm test` plays, and three more. Exits
 * as Playwright does.
 */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const { status } = spawnSync(
  process.execPath,
  ['node_modules/@playwright/test/cli.js', 'test', 'fog'],
  { cwd: ROOT, stdio: 'inherit', env: { ...process.env, DOORSTEP_ALL_GAMES: '1' } },
)
process.exitCode = status ?? 1
