import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { HOME } from '../home.ts'

/** `doorstep bench`: the same as `npm run bench`. Returns the exit code. */
export function benchCommand(names: readonly string[]): Promise<number> {
  return new Promise((done) => {
    const child = spawn(process.execPath, [join(HOME, 'scripts/run.mjs'), 'bench', ...names], {
      cwd: HOME,
      stdio: 'inherit',
    })
    child.on('close', (code) => {
      done(code ?? 1)
    })
  })
}
