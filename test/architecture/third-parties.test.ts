import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { ROOT } from './sources.ts'

test('the list of third parties is current, and every licence on it is known', () => {
  const args = ['scripts/third-parties.mjs', '--check']
  const run = (): string => execFileSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' })
  expect(run).not.toThrow()
})
