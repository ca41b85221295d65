import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { payment } from './made-telemetry.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
/** Below `node_modules`, so that an empty project there finds the engine's own packages. */
const CACHE = join(ROOT, 'node_modules', '.cache')
let project = ''

beforeAll(() => {
  mkdirSync(CACHE, { recursive: true })
  project = mkdtempSync(join(CACHE, 'engine-package-'))
  const packed = execFileSync(process.execPath, ['scripts/pack-engine.mjs', project], {
    cwd: ROOT,
    encoding: 'utf8',
  })
  const home = join(project, 'node_modules', '@doorstep', 'engine')
  mkdirSync(home, { recursive: true })
  execFileSync('tar', ['xzf', packed.trim(), '-C', home, '--strip-components', '1'])
  rmSync(join(project, 'engine'), { recursive: true })
}, 120_000)
afterAll(() => rmSync(project, { recursive: true, force: true }))

test('[E1] the tarball alone detects, from the ten lines of its README', () => {
  const script = /```js\n([\s\S]*?)```/.exec(
    readFileSync(join(ROOT, 'engine/README.md'), 'utf8'),
  )![1]!
  expect(script.trim().split('\n').length).toBeLessThanOrEqual(10)
  const declined = Array.from({ length: 30 }, (_, n) =>
    payment(n * 5_000, { card: `tok_${n}`, code: '05', ip: '203.0.113.9' }),
  )
  const lines = declined.map(({ body }) => JSON.stringify(body)).join('\n')
  writeFileSync(join(project, 'telemetry.jsonl'), lines)
  writeFileSync(join(project, 'detect.mjs'), script)
  const said = execFileSync(process.execPath, ['detect.mjs'], { cwd: project, encoding: 'utf8' })
  expect(said).toContain('alert Many different cards declined for one address ip:203.0.113.9')
  expect(said.match(/^incident/gm)).toHaveLength(1)
})
